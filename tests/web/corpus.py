"""A tiny corpus and the fakes that serve it: the real rooms have tests of their own."""

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import date

from app.answer import Answer, Citation
from app.converse import Reply
from app.corpus import Chunk, Clause, Document
from app.errors import BlankQuestion, ClauseNotFound, DocumentNotFound, QuestionTooLong
from app.retrieve import Hit
from app.web import Services

TEXT = (
    "新能源企业扶持办法（试行）\r\n\r\n"
    "一、支持事项\r\n"
    "鼓励企业升规。对首次升规的企业给予支持。支持企业技改。对智能化技改项目给予支持。\r\n"
    "二、注意事项\r\n"
    "（一）材料真实：申报材料必须真实、完整，不得虚报。\r\n"
    "（二）专款专用：资金按照规定的用途使用。\r\n"
)
WORDS = (
    ("paragraph", "", (), "新能源企业扶持办法（试行）"),
    ("heading", "一、", (), "一、支持事项"),
    ("item", "鼓励企业升规", ("一、支持事项",), "鼓励企业升规。对首次升规的企业给予支持。"),
    ("item", "支持企业技改", ("一、支持事项",), "支持企业技改。对智能化技改项目给予支持。"),
    ("heading", "二、", (), "二、注意事项"),
    ("item", "（一）", ("二、注意事项",), "（一）材料真实：申报材料必须真实、完整，不得虚报。"),
    ("item", "（二）", ("二、注意事项",), "（二）专款专用：资金按照规定的用途使用。"),
)


def document_of(text: str = TEXT, document_id: str = "new-energy", **more: object) -> Document:
    facts = {"title": "新能源企业扶持办法（试行）", "kind": "原文", "number": "测政发〔2024〕1号"} | more
    return Document(
        id=document_id,
        file=f"{document_id}.txt",
        text=text,
        sha256=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(),
        **facts,  # type: ignore[arg-type]
    )


def clauses_of(document: Document, words=WORDS) -> tuple[Clause, ...]:
    made, position = [], 0
    for number, (kind, label, headings, text) in enumerate(words):
        start = document.text.index(text, position)
        position = start + len(text)
        address = (*headings, label) if label else headings
        made.append(
            Clause(
                f"{document.id}:{number}",
                document.id,
                kind,
                label,
                address,
                headings,
                None,
                number,
                start,
                position,
            )
        )
    return tuple(made)


@dataclass(frozen=True)
class FakeSnapshot:
    documents: dict[str, Document]
    clauses: dict[str, tuple[Clause, ...]]
    notes: tuple[str, ...] = ()
    version: str = "0123abcd"

    def document(self, document_id: str) -> Document:
        if document_id not in self.documents:
            raise DocumentNotFound(f"没有编号为“{document_id[:40]}”的文件。")
        return self.documents[document_id]

    def clause(self, clause_id: str) -> Clause:
        for clause in (each for clauses in self.clauses.values() for each in clauses):
            if clause.id == clause_id:
                return clause
        raise ClauseNotFound(f"没有编号为“{clause_id[:40]}”的条款。")

    def clauses_of(self, document_id: str) -> tuple[Clause, ...]:
        return self.clauses[document_id]

    def versions_of(self, document_id: str) -> tuple[Document, ...]:
        return (self.documents[document_id],) if document_id in self.documents else ()


@dataclass
class FakeRetriever:
    hits: list[Hit]
    asked: list[dict] = field(default_factory=list)

    def search(self, query, *, limit, as_of, document_id, **more):
        self.asked.append({"query": query, "limit": limit, "as_of": as_of, "document_id": document_id} | more)
        return self.hits[:limit]

    def glance(self, query, **wanted):
        self.asked.append({"query": query} | wanted)
        return self.hits[: wanted["limit"]]


@dataclass
class FakeDialogue:
    answers: dict[str, Answer]
    asked: list[dict] = field(default_factory=list)

    def reply(self, utterance, *, session_id, as_of, document_id, channel):
        self.asked.append(
            {"utterance": utterance, "session_id": session_id, "as_of": as_of, "document_id": document_id,
             "channel": channel}
        )  # fmt: skip
        return self.preview(utterance, session_id=session_id)

    def preview(self, utterance, *, session_id, **_):
        if len(utterance) > 500:
            raise QuestionTooLong(f"问题有 {len(utterance)} 字，最多 500 字，请删减后再问。")
        if not any(character.isalnum() for character in utterance):
            raise BlankQuestion("问题里没有文字，请写下想问的事。")
        if utterance == "崩溃":
            raise RuntimeError("秘密：数据库口令")
        found = self.answers.get(utterance, self.answers["*"])
        return Reply(uuid.uuid4().hex, session_id or "session-1", found)


def citation_of(document: Document, clause: Clause, mark: int, **more: object) -> Citation:
    facts = {
        "mark": mark, "clause_id": clause.id, "document_id": document.id, "document_title": document.title,
        "document_number": document.number, "issuer": document.issuers[0] if document.issuers else None,
        "heading_path": clause.heading_path, "label": clause.label,
        "quote": document.text[clause.start : clause.end], "start": clause.start, "end": clause.end,
        "sha256": document.sha256, "url": f"/documents/{document.id}#c={clause.id}", "in_force": True,
        "effective_from": document.effective_from, "expires_on": document.expires_on,
    }  # fmt: skip
    return Citation(**(facts | more))  # type: ignore[arg-type]


def answer_of(status: str, text: str, citations: tuple[Citation, ...] = (), **more: object) -> Answer:
    facts = {
        "status": status, "intent": "notes", "interpreted_as": "注意事项有哪些？", "text": text, "markdown": text,
        "citations": citations, "confidence": 0.9, "matched_terms": ("注意事项",), "suggestions": (), "options": (),
        "disclaimer": "以原文为准。",
    }  # fmt: skip
    return Answer(**(facts | more))  # type: ignore[arg-type]


def tiny_services(**documents: object) -> Services:
    document = document_of(**documents)  # type: ignore[arg-type]
    clauses = clauses_of(document)
    notes = citation_of(document, clauses[5], 1), citation_of(document, clauses[6], 2)
    hits = [
        Hit(clause, Chunk(n, clause.id, document.id, clause.start, clause.end,
                          document.text[clause.start : clause.end], document.title), document, 1.0 - n / 10, {}, ("企业",))
        for n, clause in enumerate(clauses)
    ]  # fmt: skip
    answers = {
        "*": answer_of("answered", "注意事项共两项：\n材料真实[1]\n专款专用[2]\n", notes),
        "今天天气": answer_of("out_of_scope", "这个问题不在本库范围内。", interpreted_as="今天天气",
                          suggestions=("注意事项有哪些？",)),
        "补贴多少钱": answer_of("not_stated", "文件未载明具体金额。最相近的是[1]。", notes[:1], interpreted_as="补贴多少钱"),
        "怎么办理": answer_of("clarify", "您想问的是哪一项？", interpreted_as="怎么办理", options=("升规怎么办理", "技改怎么办理")),
    }  # fmt: skip
    return Services(
        snapshot=FakeSnapshot(
            {document.id: document}, {document.id: clauses}, ("坏文件.txt：不是文本文件。",)
        ),
        retriever=FakeRetriever(hits),
        dialogue=FakeDialogue(answers),
        examples=lambda _: ("注意事项有哪些？", "企业技改有支持吗？"),
    )


AS_OF = date(2025, 1, 31)
