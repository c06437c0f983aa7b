"""Tables of Word on their grid (ECMA-376 part 1, 17.4): rows and cells in any wrapper, late rows, cells merged down and across."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

from app.corpus.formats.grid import Cell, Grid, laid

T = TypeVar("T")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MOST_SPANNED = 100
WRAPPERS = {f"{_W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")}


def grid_of(table: Any, read: Callable[[Any], T], blank: T, unseen: Callable[[Any, str], None]) -> Grid[T]:
    """The cells of a table as `read` reads them; `blank` stands where a row begins late or ends early.

    `unseen` is told each row and cell that Word does not show, and why.
    """
    cells: list[Cell[T]] = []
    above: dict[int, int] = {}  # column → the cell that goes on from the row above
    rows = (row for row in inner(table, "tr") if not _is_gone(row, "trPr", unseen))
    for at, row in enumerate(rows):
        column = _number(row, "trPr", "gridBefore", 0)
        if column:
            cells.append(Cell(at, 0, blank, 1, column))
        going_on: dict[int, int] = {}
        last: int | None = None
        for element in inner(row, "tc"):
            if _is_gone(element, "tcPr", unseen):
                continue
            across = max(_number(element, "tcPr", "gridSpan", 1), 1)
            down, right = _merge(element, "vMerge"), _merge(element, "hMerge")
            if right == "continue" and column:
                if last is not None:
                    cells[last] = replace(cells[last], columns=cells[last].columns + across)
            elif down == "continue" and column in above:
                going_on[column] = above[column]
                cells[above[column]] = _lower(cells[above[column]])
                last = None
            else:
                last = len(cells)
                cells.append(Cell(at, column, read(element), 1, across))
                if down:
                    going_on[column] = last
            column += across
        if after := _number(row, "trPr", "gridAfter", 0):
            cells.append(Cell(at, column, blank, 1, after))
        above = going_on
    return laid(cells)


def inner(element: Any, name: str) -> Iterator[Any]:
    """The rows of a table or the cells of a row, also those in content controls and insertions."""
    for child in element:
        if child.tag == f"{_W}{name}":
            yield child
        elif child.tag in WRAPPERS:
            yield from inner(child, name)


def _lower(cell: Cell[T]) -> Cell[T]:
    return replace(cell, rows=cell.rows + 1)


def _is_gone(element: Any, properties: str, unseen: Callable[[Any, str], None]) -> bool:
    """Whether a row or cell was deleted in a revision, or is hidden."""
    found = element.find(f"{_W}{properties}")
    if found is None:
        return False
    for name, reason in (
        ("del", "修订中删除的文字"),
        ("cellDel", "修订中删除的文字"),
        ("hidden", "隐藏文字"),
    ):
        mark = found.find(f"{_W}{name}")
        if mark is not None and (mark.get(f"{_W}val") or "1") not in ("0", "false", "off"):
            unseen(element, reason)
            return True
    return False


def _merge(cell: Any, name: str) -> str:
    """restart, continue, or "" for a cell that is not merged in this direction."""
    found = cell.find(f"{_W}tcPr/{_W}{name}")
    return "" if found is None else found.get(f"{_W}val") or "continue"


def _number(element: Any, properties: str, name: str, otherwise: int) -> int:
    found = element.find(f"{_W}{properties}/{_W}{name}")
    words = (found.get(f"{_W}val") if found is not None else None) or ""
    return min(int(words), _MOST_SPANNED) if words.isdecimal() else otherwise
