"""A clause: the unit that is addressed, retrieved and quoted."""

from dataclasses import dataclass
from typing import Literal

ClauseKind = Literal["heading", "article", "paragraph", "item", "table", "form"]


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of an enumeration that stays inside its clause, such as （二） of an article."""

    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Clause:
    """A span of a document's text with its address.

    The clauses of a document, in order, cover every non-space character of it without overlap. `start` and `end`
    count code points of the canonical text and are tight (no white space at either end).

    `label` is how people address it within its parent: “第三条”, “（二）”, “支持企业升规”, or "" for a plain paragraph.
    `address` is the labels from the outermost down to this clause's own. `heading_path` is the wording of the headings
    above it, outermost first, verbatim. `parent` is the id of the clause that heads it. `position` counts
    clauses of the document from 0. `items` are the entries of an enumeration kept inside this clause.
    """

    id: str
    document_id: str
    kind: ClauseKind
    label: str
    address: tuple[str, ...]
    heading_path: tuple[str, ...]
    parent: str | None
    position: int
    start: int
    end: int
    items: tuple[Item, ...] = ()
