"""What the reader is shown once: a question beside a clause, and what is known of the two."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

SENTENCE = re.compile(r"[^。；;！!？?\n]*[。；;！!？?\n]+|[^。；;！!？?\n]+")


@dataclass(frozen=True, slots=True)
class Example:
    """`answers` and `related` (of the same matter) are 0 or 1, `related` None where nobody said;
    `marks` are the numbers of the sentences that answer, None where nobody said which."""

    question: str
    title: str
    path: str
    sentences: tuple[str, ...]
    answers: int
    related: int | None
    marks: tuple[int, ...] | None = None

    @property
    def head(self) -> str:
        """What stands before the clause's own words."""
        return "".join(f"{part}|" for part in (self.title, self.path) if part)


def sentences(text: str) -> tuple[str, ...]:
    """`text` cut behind its sentence ends; joined they are the text again."""
    return tuple(SENTENCE.findall(text)) or (text,)


def holding(parts: Sequence[str], start: int, end: int) -> tuple[int, ...]:
    """The numbers of the sentences that the span [start, end) of their joined text touches."""
    found, at = [], 0
    for number, part in enumerate(parts):
        if at < end and start < at + len(part):
            found.append(number)
        at += len(part)
    return tuple(found)


def window(
    parts: Sequence[str], marks: Sequence[int], before: int, after: int, longest: int
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The marked sentences with up to `before` and `after` others around them, at most `longest` characters;
    and the marks counted in it."""
    first, last = min(marks), max(marks) + 1
    size = sum(len(part) for part in parts[first:last])
    for _ in range(before):
        if first and size + len(parts[first - 1]) <= longest:
            first -= 1
            size += len(parts[first])
    for _ in range(after):
        if last < len(parts) and size + len(parts[last]) <= longest:
            size += len(parts[last])
            last += 1
    return tuple(parts[first:last]), tuple(mark - first for mark in marks)
