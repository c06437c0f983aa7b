"""One policy text and what is known about it."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Literal, NamedTuple

from app.corpus.locator import Locator, Row, locate, rows_of

Kind = Literal["原文", "解读", "问答", "指南", "通告", "其他"]
Place = Literal["正文", "文件头", "文件信息"]
Value = date | str | tuple[str, ...] | None


class Origin(NamedTuple):
    """Where the value of a field was read: code points of the text, or outside it (front matter, page, card)."""

    field: str
    place: Place
    start: int | None = None
    end: int | None = None


class Named(NamedTuple):
    """Another document as the text names it, by title or number or both, and where it does."""

    title: str | None
    number: str | None
    start: int
    end: int


class Prolonged(NamedTuple):
    """Another document as the text names it, and the last day until which the text says that one now applies."""

    named: Named
    until: date


class Correction(NamedTuple):
    """A value an editor put in place of the one read; `day` is when, as YYYY-MM-DD."""

    field: str
    read: Value
    value: Value
    editor: str
    day: str


@dataclass(frozen=True, slots=True)
class Document:
    """A policy text as it is served: the canonical text and its metadata.

    `text` is the canonical text; every offset in the product counts its Unicode code points. `sha256` is of its
    UTF-8 bytes. What the file does not state is None or empty; nothing is made up. `file` is the path inside the
    corpus folder, with `/`; several documents may come from one file, and `page` is then the page, from 1, on which the
    document begins there; `pages` are the offsets at which that page and the following ones begin. `rows` are the parts of the
    text that stand in tables of the file, in order, and `sheet` is the sheet it comes from. `interprets` is the title of the
    document a 解读 explains, `basis` the legal basis as the text words it. `repeals` and `amends` are the documents it says
    it does that to, `prolongs` those to which it gives a later last day. `repealed`: the publisher marks it as 废止 or 失效 and
    nothing says since when, so it applies on no day. `origins` tell where each value was read, `corrections` which of them an editor put right.

    `version_of` is the id of the document that this is an old version of. `serves_from` and `serves_until` are the first
    and the last day on which this version is the one that answers; None where no other version precedes or follows it.
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
    rows: tuple[Row, ...] = ()
    sheet: str | None = None
    repeals: tuple[Named, ...] = ()
    amends: tuple[Named, ...] = ()
    prolongs: tuple[Prolonged, ...] = ()
    repealed: bool = False
    origins: tuple[Origin, ...] = ()
    corrections: tuple[Correction, ...] = ()
    version_of: str | None = None
    serves_from: date | None = None
    serves_until: date | None = None

    @property
    def first_day(self) -> date | None:
        """The first day on which it answers; None where nothing states one."""
        return max((day for day in (self.effective_from, self.serves_from) if day), default=None)

    @property
    def last_day(self) -> date | None:
        """The last day on which it answers; None where nothing states one, the first of days where it answers on none."""
        if self.repealed:
            return date.min
        return min((day for day in (self.expires_on, self.serves_until) if day), default=None)

    @property
    def never_serves(self) -> bool:
        """Whether it is kept to be read and cited only, and answers on no day."""
        return self.serves_until == date.min

    def page_at(self, offset: int) -> int | None:
        """The page of the file on which a code point of the text stands; None where the file has no pages."""
        if self.page is None:
            return None
        return self.page + max(0, bisect_right(self.pages, offset) - 1)

    def locate(self, start: int, end: int) -> Locator:
        """Where code points `start` to `end` of the text stand in the file: page, and row and cell of a table."""
        return locate(self.text, start, end, self.rows, self.page_at(start), self.sheet)

    @property
    def beginning(self) -> Locator:
        """Where the text begins in the file: its page, or its row of a sheet."""
        return replace(self.locate(0, 1), column=None)

    def in_force(self, as_of: date) -> bool:
        """Whether the document applies on that day; a date that is not stated does not exclude it."""
        # Asked of every document for every question: each date on its own takes a third of the time of `first_day`.
        return (
            not self.repealed
            and (self.effective_from is None or self.effective_from <= as_of)
            and (self.serves_from is None or self.serves_from <= as_of)
            and (self.expires_on is None or as_of <= self.expires_on)
            and (self.serves_until is None or as_of <= self.serves_until)
        )

    def to_json(self) -> dict[str, Any]:
        """A form that survives JSON."""
        row = {each.name: getattr(self, each.name) for each in fields(self)}
        row = {name: _plain(value) for name, value in row.items() if value or name not in _SELDOM}
        if self.prolongs:
            row["prolongs"] = [[list(one.named), one.until.isoformat()] for one in self.prolongs]
        if self.corrections:
            row["corrections"] = [[_plain(part) for part in each] for each in self.corrections]
        return row

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Document":
        """What `to_json` gave; a field that it lacks has its default."""
        values = dict(row)
        values["rows"] = rows_of(values.get("rows", ()))
        values |= {name: tuple(values[name]) for name in ("issuers", "pages") if name in values}
        values |= {name: date.fromisoformat(values[name]) for name in _DAYS if values.get(name)}
        values |= {
            name: tuple(Named(*each) for each in values.get(name, ())) for name in ("repeals", "amends")
        }
        values["prolongs"] = tuple(
            Prolonged(Named(*named), date.fromisoformat(until)) for named, until in values.get("prolongs", ())
        )
        values["origins"] = tuple(Origin(*each) for each in values.get("origins", ()))
        values["corrections"] = tuple(
            Correction(field, to_value(field, read), to_value(field, value), editor, day)
            for field, read, value, editor, day in values.get("corrections", ())
        )
        return cls(**values)


_DAYS = ("published_on", "effective_from", "expires_on", "serves_from", "serves_until")
_SELDOM = (
    "rows",
    "sheet",
    "repeals",
    "amends",
    "prolongs",
    "repealed",
    "origins",
    "corrections",
    "version_of",
    "serves_from",
    "serves_until",
)  # left out when empty


def to_value(field: str, plain: Any) -> Value:
    """The value of a field from its JSON form."""
    if plain is None:
        return None
    if field in _DAYS:
        return date.fromisoformat(plain)
    return tuple(plain) if field == "issuers" else str(plain)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
