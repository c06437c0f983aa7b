"""What a page of a PDF is made of: lines of text and ruled tables, each with its place.

Coordinates are PDF points with y growing upwards; boxes are (left, bottom, right, top).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import NamedTuple

from app.corpus.formats.tables import Spot


class Box(NamedTuple):
    """A rectangle on the page."""

    left: float
    bottom: float
    right: float
    top: float

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies inside."""
        return self.left <= x <= self.right and self.bottom <= y <= self.top


class TextLine(NamedTuple):
    """The characters that stand on one line, the size of its letters, and its place in a table once that is known.

    `margins` are the left and right edges of its column on a page set in columns.
    """

    words: str
    box: Box
    size: float
    spot: Spot | None = None
    margins: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with what stands in it, from top to bottom; `row` and `column` count from 0 at the top left, `rows` and `columns` are
    those that it spans."""

    box: Box
    row: int
    column: int
    items: tuple["TextLine | Table", ...]
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a ruled table in reading order.

    `spot`, once that is known, has its page and number, and row 0; of a table within a cell it is the place of that cell.
    """

    box: Box
    cells: tuple[Cell, ...]
    spot: Spot | None = None

    def at(self, row: int, columns: tuple[int, ...]) -> Spot | None:
        """The place of cells of it, counted from 0 like those of `Cell`."""
        if self.spot is None or self.spot.row:
            return self.spot
        return self.spot._replace(row=row + 1, columns=tuple(column + 1 for column in columns))


Item = TextLine | Table


def rows_of(table: Table) -> list[list[Cell]]:
    """The cells of a table row by row; a cell that spans rows stands in its first."""
    rows: dict[int, list[Cell]] = {}
    for cell in table.cells:
        rows.setdefault(cell.row, []).append(cell)
    return [rows[row] for row in sorted(rows)]


def placed(pages: Sequence[Sequence[Item]]) -> list[list[Item]]:
    """The pages with the place of each line that stands in a table; the tables of a page are counted from its top."""
    made: list[list[Item]] = []
    for number, page in enumerate(pages, 1):
        tables = count(1)
        made.append(
            [
                item if isinstance(item, TextLine) else _placed(item, Spot(0, (), next(tables), number))
                for item in page
            ]
        )
    return made


def _placed(table: Table, spot: Spot) -> Table:
    known = replace(table, spot=spot)
    return replace(
        known,
        cells=tuple(
            replace(cell, items=tuple(_put(item, known.at(cell.row, (cell.column,))) for item in cell.items))
            for cell in table.cells
        ),
    )


def _put(item: Item, spot: Spot | None) -> Item:
    if isinstance(item, TextLine):
        return item._replace(spot=spot)
    return _placed(item, spot) if spot else item
