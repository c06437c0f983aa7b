"""Tables of a page on their grid, as browsers lay them out (HTML standard, 4.9.12 “Forming a table”)."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from app.corpus.formats.grid import Cell, Grid, laid
from app.corpus.formats.html_seen import is_hidden

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_GROUPS = ("thead", "tbody", "tfoot")
_MOST_SPANNED = 1000
_MOST_COLUMNS = 1000


def grid_of(table: "HtmlElement", say: Callable[["HtmlElement"], str]) -> Grid[str]:
    """The table with the words of each cell. Heads stand first and feet last; what wraps rows or cells is seen through."""
    cells: list[Cell[str]] = []
    top = 0
    for rows in _groups(table):
        taken: dict[int, set[int]] = {}
        for at, row in enumerate(rows):
            column = 0
            for cell in _inner(row, ("td", "th")):
                while column in taken.get(at, ()):
                    column += 1
                down = min(_span(cell, "rowspan") or len(rows), len(rows) - at)
                across = max(_span(cell, "colspan"), 1)
                if column + across > _MOST_COLUMNS:
                    raise MemoryError
                cells.append(Cell(top + at, column, say(cell), down, across))
                for below in range(at, at + down):
                    taken.setdefault(below, set()).update(range(column, column + across))
                column += across
        top += len(rows)
    return laid(cells)


def _groups(table: "HtmlElement") -> list[list["HtmlElement"]]:
    """The rows of each row group in the order in which a browser shows them; a cell never reaches out of its group."""
    found: dict[str, list[list[HtmlElement]]] = {name: [] for name in _GROUPS}
    loose: list[HtmlElement] | None = None
    for one in _inner(table, (*_GROUPS, "tr")):
        if one.tag != "tr":
            found[str(one.tag)].append(list(_inner(one, ("tr",))))
            loose = None
        elif loose is None:
            loose = [one]
            found["tbody"].append(loose)
        else:
            loose.append(one)
    return [rows for name in _GROUPS for rows in found[name]]


def _inner(element: "HtmlElement", tags: tuple[str, ...]) -> Iterator["HtmlElement"]:
    """The nearest elements of some kinds that are shown below one, not those of a table within."""
    for child in element:
        if not isinstance(child.tag, str) or child.tag == "table" or is_hidden(child):
            continue
        if child.tag in tags:
            yield child
        elif child.tag not in ("caption", "td", "th"):
            yield from _inner(child, tags)


def _span(cell: "HtmlElement", key: str) -> int:
    words = (cell.get(key) or "1").strip()
    return min(int(words), _MOST_SPANNED) if words.isdecimal() else 1
