"""The grid a table stands on. Every format hands its cells with their spans to one walk, which says what stands in each place."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.corpus.extract import Dropped

T = TypeVar("T")
LONGEST_REPEATED = (
    40  # characters: what heads several columns is short, a paragraph in a wide cell is written once
)
_MOST_PLACES = 5_000_000


@dataclass(frozen=True, slots=True)
class Cell(Generic[T]):
    """A cell with its first row and column, from 0, and how many of each it spans. A place left out on purpose is a cell of nothing."""

    row: int
    column: int
    value: T
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Grid(Generic[T]):
    """The cell in each place of a table, a spanning one in all of its places; None where the file has none.

    `torn` are the rows, from 0, that do not span the grid: a place without a cell, or with two.
    """

    rows: list[list[Cell[T] | None]]
    torn: frozenset[int]


def laid(cells: Iterable[Cell[T]]) -> Grid[T]:
    """The cells on their grid, which is as wide as the widest row. Of two cells in one place the first one stands."""
    found = list(cells)
    height = max((cell.row + cell.rows for cell in found), default=0)
    width = max((cell.column + cell.columns for cell in found), default=0)
    if height * width > _MOST_PLACES:
        raise MemoryError
    rows: list[list[Cell[T] | None]] = [[None] * width for _ in range(height)]
    torn = set()
    for cell in found:
        for row in range(cell.row, cell.row + cell.rows):
            for column in range(cell.column, cell.column + cell.columns):
                if rows[row][column] is None:
                    rows[row][column] = cell
                else:
                    torn.add(row)
    torn |= {at for at, row in enumerate(rows) if None in row and any(row)}
    return Grid(rows, frozenset(torn))


def words_of(grid: Grid[T], say: Callable[[T], str]) -> list[list[str]]:
    """The words in each place, "" where there are none. A merged value stands in every row and every column that it covers.

    It is written once where it is all that its row has, or too long to head a column; and a column that no row parts from the
    one before it stays empty.
    """
    said = {id(cell): say(cell.value) for row in grid.rows for cell in row if cell}
    parted = {at for row in grid.rows for at in range(len(row)) if at == 0 or row[at] is not row[at - 1]}
    made = []
    for row in grid.rows:
        alone = len({id(cell) for cell in row if cell and said[id(cell)].strip()}) == 1
        line = []
        for at, cell in enumerate(row):
            words = said[id(cell)] if cell and at in parted else ""
            first = cell is not None and at == cell.column
            line.append(words if first or not (alone or len(words) > LONGEST_REPEATED) else "")
        made.append(line)
    return made


def doubtful(grid: Grid[T], words: list[list[str]]) -> list[int]:
    """The torn rows of which it cannot be told which column a value belongs to: those with several values."""
    return [at for at in sorted(grid.torn) if sum(bool(word.strip()) for word in words[at]) > 1]


def without_doubtful(words: list[list[str]], rows: Iterable[int]) -> tuple[list[list[str]], list[Dropped]]:
    """The words without those of some rows, and these as left out."""
    out = set(rows)
    left = [Dropped(" ".join(filter(None, words[at])), "与表格各列对不上的行") for at in sorted(out)]
    return [[] if at in out else row for at, row in enumerate(words)], left


def torn_note(name: str, table: int, rows: Iterable[int]) -> str:
    """The sentence that names rows, from 0, that were not read because they do not span their table."""
    listed = "、".join(str(at + 1) for at in rows)
    return (
        f"文件“{name}”第{table}个表第{listed}行的格数与表格不符，各格属于哪一列无法确定，没有读入，"
        "请在原文件中补齐单元格后重新加入。"
    )
