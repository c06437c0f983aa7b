"""Questions that a document answers, made from its own headings and labels, each verified by asking it."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import chain, islice, zip_longest

from app.corpus import Clause
from app.index import Snapshot

EXAMPLES = 6  # questions on an empty page
FEW = 3  # of so few documents every candidate is tried, so that suggestions can stand near the clause quoted
ALL = 60
ENOUGH = 2  # verified questions of a document among many
TRIED = 3  # otherwise how many of a document are tried, each at the cost of an answer
_TITLE = re.compile(r"《[^》]*》的?")
_MARKER = re.compile(
    r"^(?:#+\s*)?(?:第[一二三四五六七八九十百\d]+[编章节条部分]+|[一二三四五六七八九十]+、|[(（][^)）]{1,4}[)）]|\d+[.．、])\s*"
)
_QUESTION = re.compile(r"[?？]$|(?:是什么|有哪些|怎么办|如何.*)$")
_NAME = re.compile(r"^[一-鿿A-Za-z0-9、“”]{4,18}$")
_EMPTY = re.compile(r"总则|附则|附件|附录|其他|前言|序言")

Asks = Callable[[str, Clause], bool]


class Suggestions:
    """Verified questions by document; each document is worked out once, when first needed."""

    def __init__(self, snapshot: Snapshot, answers: Asks) -> None:
        """`answers(question, clause)` says whether asking the question is answered from that clause or from below it."""
        self._snapshot = snapshot
        self._answers = answers
        self.of_document = lru_cache(maxsize=4096)(self._of_document)

    def beside(
        self, document_id: str, question: str, as_of: date, quoted: Sequence[str], limit: int = 3
    ) -> tuple[str, ...]:
        """At most `limit` questions about the document, other than the one asked and about other clauses than those quoted."""
        if not self._snapshot.document(document_id).in_force(as_of):
            return ()
        known = self.of_document(document_id)
        places = [self._snapshot.clause(clause_id).position for clause_id in quoted] or [0]
        near = sorted(known, key=lambda entry: min(abs(entry[2] - place) for place in places))
        return tuple(text for text, clause_id, _ in near if text != question and clause_id not in quoted)[
            :limit
        ]

    def examples(self, as_of: date, limit: int = EXAMPLES) -> tuple[str, ...]:
        """Questions for an empty page, taken in turn from the first documents in force."""
        in_force = (d.id for d in self._snapshot.documents.values() if d.in_force(as_of))
        documents = list(islice(in_force, limit))
        turns = zip_longest(*map(self.of_document, documents))
        return tuple(dict.fromkeys(entry[0] for entry in chain.from_iterable(turns) if entry))[:limit]

    def _of_document(self, document_id: str) -> tuple[tuple[str, str, int], ...]:
        """Verified questions with the clause they ask for and its position."""
        tries = ALL if len(self._snapshot.documents) <= FEW else TRIED
        found: dict[str, tuple[str, str, int]] = {}
        for question, clause in islice(_candidates(self._snapshot, document_id), tries):
            if question not in found and self._answers(question, clause):
                found[question] = (question, clause.id, clause.position)
            if tries == TRIED and len(found) == ENOUGH:
                break
        return tuple(found.values())


def _candidates(snapshot: Snapshot, document_id: str) -> Iterator[tuple[str, Clause]]:
    """Questions from question headings, from named items and from plain headings, in turn."""
    kinds: tuple[list[tuple[str, Clause]], ...] = ([], [], [])
    for clause in snapshot.clauses_of(document_id):
        for kind, made in zip(kinds, _made_of(clause, snapshot), strict=True):
            if made:
                kind.append((made, clause))
    several = len(snapshot.documents) > 1
    title = snapshot.document(document_id).title
    for entry in chain.from_iterable(zip_longest(*kinds)):
        if entry:
            question, clause = entry
            yield (f"{_titled(title)}{question}" if several else question), clause


def question_about(clause: Clause, snapshot: Snapshot) -> str | None:
    """A question in words that asks for just this clause, or None where its heading and label give none."""
    made = next(filter(None, _made_of(clause, snapshot)), None)
    title = snapshot.document(clause.document_id).title
    if made is None and clause.kind == "article" and clause.label and len(title) <= 40:
        return f"{_titled(title) or title}{clause.label}是什么？"
    return f"{_titled(title)}{made}" if made and len(snapshot.documents) > 1 else made


def _titled(title: str) -> str:
    return "" if len(title) > 30 else title if "《" in title else f"《{title}》"


def _made_of(clause: Clause, snapshot: Snapshot) -> tuple[str | None, str | None, str | None]:
    text, title = snapshot.text(clause), snapshot.document(clause.document_id).title
    if clause.kind == "heading":
        words = _TITLE.sub("", _MARKER.sub("", text.strip())).strip()
        if _QUESTION.search(words) and 4 <= len(words) <= 40:
            return words if words.endswith(("?", "？")) else f"{words}？", None, None
        if _NAME.match(words) and not _EMPTY.search(words) and words not in title:
            return None, None, f"{words}有哪些规定？"
    elif len(clause.label) >= 5 and _NAME.match(clause.label) and text.startswith(clause.label):
        return None, f"{clause.label}的具体内容是什么？", None
    return None, None, None
