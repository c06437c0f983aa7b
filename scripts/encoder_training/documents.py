"""Documents as the encoder learns from them: passages as the index shows them, and what is asked of them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

QUERY, PASSAGE = "query: ", "passage: "  # what the weights were pretrained with
LONGEST = 150  # characters of a passage: with its head about 112 tokens


@dataclass(frozen=True, slots=True)
class Passage:
    """The words of a clause, and the title and headings that are indexed in front of them."""

    head: str
    text: str

    @property
    def shown(self) -> str:
        """As `app.index` gives it to the encoder."""
        return f"{self.head}\n{self.text}" if self.head else self.text


@dataclass(frozen=True, slots=True)
class Asked:
    """One question in one or several forms. `right` numbers the passages that answer it; a passage of any document
    in which one of `marks` stands answers it too, and is never shown as a wrong one."""

    forms: tuple[str, ...]
    right: tuple[int, ...]
    marks: tuple[str, ...]

    def may_be_answered_by(self, text: str) -> bool:
        """Whether one of the marks stands in `text`."""
        return any(mark in text for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Document:
    """Two documents of one `group` never share a batch."""

    group: str
    passages: tuple[Passage, ...]
    asked: tuple[Asked, ...]


def is_held(name: str, share: int = 10) -> bool:
    """Whether the document of this title or number is of the tenth that no training sees."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % share == 0


def head(title: str, *headings: str) -> str:
    """Title and headings in one line, outermost first."""
    return " ".join(part for part in (title, *(" ".join(h.split()) for h in headings)) if part)


def cut(parts: Sequence[str], longest: int = LONGEST) -> list[range]:
    """Neighbouring sentences packed into windows of at most `longest` characters; one that is longer stands alone."""
    made: list[range] = []
    first = size = 0
    for number, part in enumerate(parts):
        if number > first and size + len(part) > longest:
            made.append(range(first, number))
            first, size = number, 0
        size += len(part)
    return [*made, range(first, len(parts))] if parts else made


def windows(title: str, parts: Sequence[str]) -> tuple[list[range], tuple[Passage, ...]]:
    """A text as the index would cut it: which sentences each passage holds, and the passages."""
    spans = cut(parts)
    return spans, tuple(Passage(title, "".join(parts[n] for n in span)) for span in spans)


def holding(spans: Sequence[range], numbers: Sequence[int]) -> tuple[int, ...]:
    """Which of `spans` hold one of the sentences `numbers`."""
    return tuple(i for i, span in enumerate(spans) if any(n in span for n in numbers))
