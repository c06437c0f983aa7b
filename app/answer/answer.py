"""What answering hands on."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.corpus import NOWHERE, Kind, Locator

Status = Literal["answered", "not_stated", "out_of_scope", "clarify"]


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote and its address: `quote` equals the document's text between `start` and `end`.

    `locator` is where it stands in the file: its page, and the row and cell of a table; `kind` is the document's.
    `version_of` is the document that it quotes an old version of, `last_day` the last day on which what it quotes applies.
    """

    mark: int
    clause_id: str
    document_id: str
    document_title: str
    document_number: str | None
    issuer: str | None
    heading_path: tuple[str, ...]
    label: str
    quote: str
    start: int
    end: int
    sha256: str
    url: str
    in_force: bool
    effective_from: date | None
    expires_on: date | None
    locator: Locator = NOWHERE
    kind: Kind = "其他"
    version_of: str | None = None
    last_day: date | None = None

    @property
    def page(self) -> int | None:
        """The page of the file on which it begins; None where the file has no pages."""
        return self.locator.page


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one whole question. Its text consists of template sentences and quotes, nothing else.

    `text_spoken` is short enough to be read out by hotline staff; `text_chat` is at most 2,048 bytes of UTF-8, for chat
    apps. Both leave out whole quotes where there is no room, and say how many.
    """

    status: Status
    intent: str
    interpreted_as: str
    text: str
    markdown: str
    citations: tuple[Citation, ...]
    confidence: float
    matched_terms: tuple[str, ...]
    suggestions: tuple[str, ...]
    options: tuple[str, ...]
    disclaimer: str
    text_spoken: str = ""
    text_chat: str = ""
