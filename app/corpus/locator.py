"""Where words of a text stand in the file they were read from: on which page, in which row and cell of which table."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple


class Row(NamedTuple):
    """Words of a text that stand in one row of a table of the file: its code points `start` to `end`.

    `row` and `columns` count from 1 as the file has them, header row and empty ones included. `columns` are those of the cells in
    these words, from left to right: of one cell, or of a line `| cell | cell |`. `table` counts from 1 the tables of the
    text, in a PDF those of `page`; it is 0 in a sheet, which is a table itself. `page` is 0 where the file has no pages.
    """

    start: int
    end: int
    row: int
    columns: tuple[int, ...]
    table: int = 0
    page: int = 0


def rows_of(plain: Iterable[Sequence[Any]]) -> tuple[Row, ...]:
    """Rows from their JSON form."""
    return tuple(Row(start, end, row, tuple(columns), *rest) for start, end, row, columns, *rest in plain)


@dataclass(frozen=True, slots=True)
class Locator:
    """A place in a file. What the file does not have is None; all of it, where nothing is known.

    `row` to `last_row` are rows of the sheet `sheet`, or of the table `table` (on `page`, where there is one), counted from 1;
    `column` is the only column the words stand in. A sheet of a CSV file has no name.
    """

    page: int | None = None
    sheet: str | None = None
    table: int | None = None
    row: int | None = None
    last_row: int | None = None
    column: int | None = None

    def __bool__(self) -> bool:
        return self != NOWHERE

    def __str__(self) -> str:
        """In Chinese: 第91页, 第2个表第3行, 工作表“政策清单”B5单元格; "" where nothing is known."""
        return in_words([self])

    def to_json(self) -> dict[str, Any]:
        """The words and the numbers they are made of."""
        return {
            "text": str(self),
            "page": self.page,
            "sheet": self.sheet,
            "table": self.table,
            "row": self.row,
            "last_row": self.last_row,
            "column": self.column,
        }


NOWHERE = Locator()


def locate(
    text: str, start: int, end: int, rows: Sequence[Row], page: int | None, sheet: str | None
) -> Locator:
    """Where code points `start` to `end` of a text begin, and how far down they go in that table.

    `rows` are in the order of the text; `page` is that of `start` as far as the file's pages tell.
    """
    at = bisect_right(rows, start, key=lambda row: row.start) - 1
    if at < 0 or rows[at].end <= start:
        return Locator(page, sheet)
    first = last = rows[at]
    for number in range(at + 1, len(rows)):
        row = rows[number]
        if row.start >= end or (row.table, row.page) != (first.table, first.page) or row.row < last.row:
            break
        last = row
    column = _column(text, start, end, first) if first == last else _shared(first, last)
    return Locator(first.page or page, sheet, first.table or None, first.row, last.row, column)


def _column(text: str, start: int, end: int, row: Row) -> int | None:
    """The column that holds all of the span; bars part the cells of a line and stand in none."""
    if len(row.columns) == 1:
        return row.columns[0]
    first = max(text.count("|", row.start, start + 1), 1)
    last = max(text.count("|", row.start, end), 1)
    return row.columns[first - 1] if first == last <= len(row.columns) else None


def _shared(first: Row, last: Row) -> int | None:
    return first.columns[0] if first.columns == last.columns and len(first.columns) == 1 else None


def in_words(places: Iterable[Locator]) -> str:
    """Several places in one file, in Chinese: 第91、92页; rows where all are in one table: 第91页第2个表第3至5、8行."""
    found = list(places)
    pages = _listed(place.page for place in found if place.page is not None)
    sheets = list(dict.fromkeys(place.sheet for place in found if place.sheet is not None))
    where = (f"第{pages}页" if pages else "") + (f"工作表“{'、'.join(sheets)}”" if sheets else "")
    tables = {(place.page, place.sheet, place.table) for place in found}
    if len(tables) != 1 or any(place.row is None for place in found):
        return where
    return where + _rows(found)


def _rows(found: Sequence[Locator]) -> str:
    """The rows of one table; of a sheet the cell where all is in one: 第2个表第3行, B5单元格."""
    rows = {row for place in found for row in range(place.row or 0, (place.last_row or place.row or 0) + 1)}
    columns = {place.column for place in found}
    column = columns.pop() if len(columns) == len(rows) == 1 else None
    table = found[0].table
    if column is not None and table is None:
        return f"{letters(column)}{min(rows)}单元格"
    return (f"第{table}个表" if table else "") + f"第{_runs(rows)}行"


def letters(column: int) -> str:
    """A column as spreadsheets name it: A, B, …, Z, AA."""
    made = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        made = chr(ord("A") + rest) + made
    return made


def _listed(numbers: Iterable[int]) -> str:
    return "、".join(map(str, sorted(set(numbers))))


def _runs(numbers: Iterable[int]) -> str:
    """Numbers in order, three and more that follow each other as a run: 3至5、8、9."""
    made: list[str] = []
    for _, run in groupby(enumerate(sorted(numbers)), key=lambda pair: pair[1] - pair[0]):
        held = [number for _, number in run]
        made += [f"{held[0]}至{held[-1]}"] if len(held) > 2 else map(str, held)
    return "、".join(made)
