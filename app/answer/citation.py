"""Citations: a quote with its address, checked against the text when it is made (promise 1)."""

from dataclasses import dataclass
from datetime import date

from app.answer.answer import Citation
from app.corpus import Clause, Document
from app.errors import QuoteMismatch


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span of a clause that answers, before it is a citation. Offsets count in the document's text."""

    clause: Clause
    document: Document
    start: int
    end: int

    @property
    def text(self) -> str:
        """The words of the span."""
        return self.document.text[self.start : self.end]


def cite(evidence: Evidence, mark: int, as_of: date, base_url: str = "") -> Citation:
    """The citation of a piece of evidence.

    Raises:
        QuoteMismatch: the span does not lie inside its clause, is empty, or is not what the document says there.
    """
    clause, document = evidence.clause, evidence.document
    quote = document.text[evidence.start : evidence.end]
    inside = clause.start <= evidence.start < evidence.end <= clause.end
    if not inside or not quote.strip() or clause.document_id != document.id:
        raise QuoteMismatch(
            f"条款“{clause.id}”的引文区间 {evidence.start}–{evidence.end} 不在原文该条款之内，已停止输出。"
        )
    # Where there were other versions there may be more: the link then names the one that was quoted.
    version = f"&version={document.sha256[:12]}" if document.serves_from and not document.version_of else ""
    link = f"{base_url}/documents/{document.id}?start={evidence.start}&end={evidence.end}{version}#quote"
    return Citation(
        mark=mark,
        clause_id=clause.id,
        document_id=document.id,
        document_title=document.title,
        document_number=document.number,
        issuer="、".join(document.issuers) or None,
        heading_path=clause.heading_path,
        label=_label(evidence),
        quote=quote,
        start=evidence.start,
        end=evidence.end,
        sha256=document.sha256,
        url=link,
        in_force=document.in_force(as_of),
        effective_from=document.effective_from,
        expires_on=document.expires_on,
        locator=document.locate(evidence.start, evidence.end),
        kind=document.kind,
        version_of=document.version_of,
        last_day=document.last_day,
    )


def _label(evidence: Evidence) -> str:
    """The clause's label, with the item's where the span is one item of it: “第三条（二）”."""
    for item in evidence.clause.items:
        if (item.start, item.end) == (evidence.start, evidence.end):
            return f"{evidence.clause.label}{item.label}"
    return evidence.clause.label


def verify(citation: Citation, document: Document) -> None:
    """Check a finished citation against the document it names.

    Raises:
        QuoteMismatch: the version or the words differ.
    """
    if citation.sha256 != document.sha256 or document.text[citation.start : citation.end] != citation.quote:
        raise QuoteMismatch(f"引文[{citation.mark}]与《{document.title}》原文不一致，已停止输出。")
