"""Questions that name an address (第三条, 第五部分, 注意事项第二项, 关键词诠释（二）, a 文号) and what stands there.

Such a question is looked up, not ranked: “第三条是什么” must never be answered with the clause that sounds most alike.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.answer.confidence import longest_run
from app.corpus import Clause, Document, Item, cn_number
from app.index import Snapshot
from app.text import fold

_NUMERAL = "零〇一二三四五六七八九十百千两0-9"
_UNITS = {"编": "编", "章": "章", "节": "节", "条": "条", "部分": "部分"}
_ADDRESS = re.compile(
    rf"第\s*([{_NUMERAL}]+)\s*(编|章|节|条|部分|大?[项点款个])(?:之([一二三四五六七八九十]+))?"
)
_BRACKET = re.compile(r"[(]\s*([一二三四五六七八九十]{1,3}|\d{1,2})\s*[)]")
_NUMBER = re.compile(
    r"([一-鿿]{1,12}(?:字|发|函|办|规|通|令|公告)?[一-鿿]{0,6})\s*[〔\[(【]\s*(\d{4})\s*[〕\])】]\s*第?\s*(\d{1,5})\s*号"
)
_MENTION_ONLY = re.compile(r"第\s*[一1]\s*[个次笔批家轮期]|第[一二三]产业|第[一二三两]方")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address leads: whole clauses, or items of a clause; empty when the text has no such place.

    `named` is the address as people write it, `documents` those in which it was sought.
    """

    named: str
    documents: tuple[Document, ...]
    found: tuple[tuple[Clause, Item | None], ...]


def find_number(
    question: str, documents: Sequence[Document]
) -> tuple[str, tuple[tuple[Document, int, int], ...]] | None:
    """A 文号 in the question, and where it stands in the texts (document, start, end), or None where none is named."""
    match = _NUMBER.search(fold(question))
    if match is None:
        return None
    name = re.sub(r"^.*?(?:是|的|查|找|按|据|问|看)", "", match.group(1)) or match.group(1)
    pattern = re.compile(
        rf"{re.escape(name[-8:])}\s*[〔\[（(【]\s*{match.group(2)}\s*[〕\]）)】]\s*第?\s*{match.group(3)}\s*号"
    )
    spans = [(d, m.start(), m.end()) for d in documents for m in [pattern.search(d.text)] if m]
    return f"{name}〔{match.group(2)}〕{match.group(3)}号", tuple(spans)


def find_place(question: str, snapshot: Snapshot, documents: Sequence[Document]) -> Place | None:
    """What the address in the question leads to, or None where the question names no address."""
    folded = fold(question)
    steps = [
        (m.start(), m.end(), cn_number(m.group(1)), m.group(2).removeprefix("大"), m.group(3))
        for m in _ADDRESS.finditer(folded)
    ]
    if _MENTION_ONLY.search(folded):
        steps = [step for step in steps if not _MENTION_ONLY.match(folded, step[0])]
    bracket = _BRACKET.search(folded)
    if not steps and bracket is None:
        return None
    about = folded[: steps[0][0] if steps else bracket.start() if bracket else 0]
    structural = [s for s in steps if s[3] in _UNITS]
    ordinal = next(
        (s[2] for s in steps if s[3] not in _UNITS), cn_number(bracket.group(1)) if bracket else None
    )
    if structural:
        place = _in_structure(folded, snapshot, documents, structural, ordinal)
        # People also count the entries of a list as 第三条; only where the text has no such article can they mean that.
        meant = None if place.found else _in_list(about, folded, snapshot, documents, structural[0][2])
        return meant or place
    return _in_list(about, folded, snapshot, documents, ordinal) if ordinal else None


def _in_structure(
    folded: str,
    snapshot: Snapshot,
    documents: Sequence[Document],
    steps: Sequence[tuple[int, int, int, str, str | None]],
    ordinal: int | None,
) -> Place:
    _, _, number, unit, extra = steps[-1]
    named = folded[steps[-1][0] : steps[-1][1]].replace(" ", "")
    sought = _by_title(folded, documents)
    found: list[tuple[Clause, Item | None]] = []
    for document in sought:
        for clause in snapshot.clauses_of(document.id):
            if _is_labelled(clause, number, unit, cn_number(extra) if extra else 0):
                found.append((clause, None))
                break
    if ordinal and len(found) == 1:
        found = _inside(found[0][0], ordinal, snapshot)
        named += f"第{ordinal}项"
    return Place(named, sought, tuple(found))


def _is_labelled(clause: Clause, number: int, unit: str, extra: int) -> bool:
    label = fold(clause.label)
    if match := re.fullmatch(rf"第([{_NUMERAL}]+)({unit})(?:之([一二三四五六七八九十]+))?", label):
        return (
            cn_number(match.group(1)) == number
            and (cn_number(match.group(3)) if match.group(3) else 0) == extra
        )
    if unit == "部分" and (match := re.fullmatch(rf"([{_NUMERAL}]+)[、.]", label)):
        return cn_number(match.group(1)) == number and len(clause.address) == 1
    return False


def _by_title(folded: str, documents: Sequence[Document]) -> tuple[Document, ...]:
    """The documents the question names, or all of them."""
    named = [d for d in documents if _names(folded, d)]
    return tuple(named) or tuple(documents)


def _names(folded: str, document: Document) -> bool:
    quoted = re.findall(r"《([^》]+)》", folded)
    if quoted:
        return any(q in fold(document.title) for q in quoted)
    short = re.sub(r"[(（].*?[)）]|^中华人民共和国", "", fold(document.title))
    return len(short) >= 2 and short in folded


def _in_list(
    about: str, folded: str, snapshot: Snapshot, documents: Sequence[Document], ordinal: int
) -> Place | None:
    heads = [
        (overlap, clause)
        for document in _by_title(folded, documents)
        for clause in snapshot.clauses_of(document.id)
        if (overlap := longest_run(about, _own_words(clause, snapshot))) >= 3
    ]
    heads = [(overlap, clause) for overlap, clause in heads if snapshot.children(clause) or clause.items]
    if not heads:
        return None
    best = max(overlap for overlap, _ in heads)
    clause = next(c for overlap, c in heads if overlap == best)
    document = snapshot.document(clause.document_id)
    return Place(f"第{ordinal}项", (document,), tuple(_inside(clause, ordinal, snapshot)))


def _own_words(clause: Clause, snapshot: Snapshot) -> str:
    text = re.sub(r"《[^》]*》", "", snapshot.text(clause)[:120])
    return fold(text)


def _inside(clause: Clause, ordinal: int, snapshot: Snapshot) -> list[tuple[Clause, Item | None]]:
    if clause.items:
        return [(clause, clause.items[ordinal - 1])] if ordinal <= len(clause.items) else []
    children = [c for c in snapshot.children(clause) if c.label]
    return [(children[ordinal - 1], None)] if ordinal <= len(children) else []
