"""One policy text and what is known about it."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["原文", "解读", "问答", "指南", "通告", "其他"]


@dataclass(frozen=True, slots=True)
class Document:
    """A policy text as it is served: the canonical text and its metadata.

    `text` is the canonical text; every offset in the product counts its Unicode code points. `sha256` is of its
    UTF-8 bytes. What the file does not state is None or empty; nothing is made up. `file` is the path inside the
    corpus folder, with `/`; several documents may come from one file, and `page` is then the page, from 1, on which the
    document begins there; `pages` are the offsets at which that page and the following ones begin. `interprets` is the title of the document a 解读 explains, `basis` the legal basis as
    the text words it.
    """

    id: str
    file: str
    title: str
    text: str
    sha256: str
    kind: Kind = "其他"
    number: str | None = None
    issuers: tuple[str, ...] = ()
    published_on: date | None = None
    effective_from: date | None = None
    expires_on: date | None = None
    region: str | None = None
    level: str | None = None
    source_url: str | None = None
    interprets: str | None = None
    basis: str | None = None
    page: int | None = None
    pages: tuple[int, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """The page of the file on which a code point of the text stands; None where the file has no pages."""
        if self.page is None:
            return None
        return self.page + max(0, bisect_right(self.pages, offset) - 1)

    def in_force(self, as_of: date) -> bool:
        """Whether the document applies on that day; a date that is not stated does not exclude it."""
        begun = self.effective_from is None or self.effective_from <= as_of
        return begun and (self.expires_on is None or as_of <= self.expires_on)
