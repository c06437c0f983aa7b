"""An answer as a page shows it: its text cut at the [1] marks, its citations with what is known of their validity."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.answer import Citation
from app.converse import Reply

_MARK = re.compile(r"\[([0-9]{1,4})\]")
HEADINGS = {
    "answered": "答复",
    "not_stated": "文件未载明",
    "out_of_scope": "不在本库范围内",
    "clarify": "请再说明一下",
}


@dataclass(frozen=True, slots=True)
class Part:
    """Words, or the mark of a citation."""

    text: str
    mark: int | None = None


@dataclass(frozen=True, slots=True)
class Validity:
    """What to say about whether a citation's document applies. `tone` is “good”, “bad” or “plain”."""

    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of the answer's text, then the citations that stand after them in it, in place of their words."""

    lines: tuple[tuple[Part, ...], ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer, ready for the template. `prefix` makes the ids of its citations unique on a page.

    `others` are the citations whose words are not in the text, so that each quote is shown exactly once.
    """

    question: str
    reply: Reply
    heading: str
    prefix: str
    blocks: tuple[Block, ...]
    others: tuple[Citation, ...]
    validity: dict[int, tuple[Validity, ...]]
    rewritten: bool


def turn(question: str, reply: Reply, as_of: date) -> Turn:
    """What the template needs to show the reply to the question."""
    answer = reply.answer
    shown = blocks(answer.text, answer.citations)
    placed = {citation.mark for block in shown for citation in block.citations}
    return Turn(
        question=question,
        reply=reply,
        heading=HEADINGS[answer.status],
        prefix="a-" + re.sub(r"[^A-Za-z0-9]", "", reply.answer_id)[:32],
        blocks=shown,
        others=tuple(citation for citation in answer.citations if citation.mark not in placed),
        validity={citation.mark: validity(citation, as_of) for citation in answer.citations},
        rewritten=_plain(answer.interpreted_as) != _plain(question),
    )


def blocks(text: str, citations: Sequence[Citation]) -> tuple[Block, ...]:
    """The text in order; a line “[n] quote” becomes citation n itself."""
    marks = {citation.mark for citation in citations}
    made: list[Block] = []
    position = 0
    for citation in citations:
        words = f"[{citation.mark}] {citation.quote}"
        start = text.find(words, position)
        end = start + len(words)
        if start < 0 or text[start - 1 : start] not in ("", "\n") or text[end : end + 1] not in ("", "\n"):
            continue
        lines = _lines(text[position:start], marks)
        if made and not lines:
            made[-1] = Block(made[-1].lines, (*made[-1].citations, citation))
        else:
            made.append(Block(lines, (citation,)))
        position = end
    rest = _lines(text[position:], marks)
    return (*made, Block(rest, ())) if rest else tuple(made)


def parts(line: str, marks: set[int]) -> tuple[Part, ...]:
    """The line, cut at the marks that have a citation. Joined, the texts are the line."""
    made: list[Part] = []
    position = 0
    for found in _MARK.finditer(line):
        mark = int(found[1])
        if mark not in marks:
            continue
        if found.start() > position:
            made.append(Part(line[position : found.start()]))
        made.append(Part(found[0], mark))
        position = found.end()
    if position < len(line):
        made.append(Part(line[position:]))
    return tuple(made)


def validity(citation: Citation, as_of: date) -> tuple[Validity, ...]:
    """What the text states about its dates; nothing where it states nothing."""
    begins, expires = citation.effective_from, citation.expires_on
    made: list[Validity] = []
    if begins is not None and begins > as_of:
        made.append(Validity("尚未施行", "bad"))
    elif expires is not None and expires < as_of:
        made.append(Validity("已过有效期", "bad"))
    elif not citation.in_force:
        made.append(Validity("不在有效期内", "bad"))
    elif expires is not None:
        # Without a last day a text says when it began, not that nobody has repealed it since.
        made.append(Validity("在有效期内", "good"))
    if begins is not None:
        made.append(Validity(f"{_day(begins)}起施行", "plain"))
    if expires is not None:
        made.append(Validity(f"有效期至{_day(expires)}", "plain"))
    return tuple(made)


def _lines(text: str, marks: set[int]) -> tuple[tuple[Part, ...], ...]:
    return tuple(parts(line, marks) for line in text.splitlines() if line.strip())


def _plain(text: str) -> str:
    return re.sub(r"[\s。.？?！!，,]", "", text).casefold()


def _day(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"
