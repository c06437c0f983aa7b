"""What a reader hands on: canonical text, facts that stand outside it, and what was left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from app.corpus.locator import Row


class Dropped(NamedTuple):
    """Words of a file that are in no clause, and why."""

    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class Extract:
    """One document of a file, as plain text that the outline reads like a `.txt` of the same content.

    `facts` are what the file says outside the text (see `app.corpus.metadata.Facts`). `name` tells the documents of one
    file apart and is "" where there is only one. `page` is the page it begins on, from 1, and `pages` are the offsets in `text` at
    which that page and the following ones begin. `rows` are the parts of `text` that stand in tables, in order; `sheet` is the name of
    the sheet it comes from. `notes` are sentences about what a person should look at.
    """

    text: str
    facts: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    page: int | None = None
    pages: tuple[int, ...] = ()
    rows: tuple[Row, ...] = ()
    sheet: str | None = None
    dropped: tuple[Dropped, ...] = ()
    notes: tuple[str, ...] = ()
