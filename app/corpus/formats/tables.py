"""Tables as lines of text, one `| cell | cell |` a row, the header row first; and where each line stands in the file."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from app.corpus.locator import Row

LONGEST_CELL = 400  # beyond it a cell is running text and the table a means of layout


class Spot(NamedTuple):
    """A row of a table and the columns that stand in a line; what each number counts is told at `Row`.

    While a file is read, `table` may be any number that no other table of it has: `written` counts them.
    """

    row: int
    columns: tuple[int, ...]
    table: int = 0
    page: int = 0


class Line(NamedTuple):
    """A line of the text to be; without a spot it stands in no table.

    `turns` are the offsets in its words from which on it stands elsewhere: a paragraph may go on in the next page's table.
    """

    words: str
    spot: Spot | None = None
    turns: tuple[tuple[int, Spot], ...] = ()

    def stretches(self) -> Iterator[tuple[int, int, Spot]]:
        """(start, end, place) of each part of its words that stands in a table."""
        if self.spot and self.words:
            ends = [*(at for at, _ in self.turns), len(self.words)]
            for (start, spot), end in zip([(0, self.spot), *self.turns], ends, strict=True):
                yield start, end, spot


def rows_as_text(rows: Iterable[Sequence[str]], table: int = 0, first: int = 1) -> list[Line]:
    """The lines of a table whose first row has the number `first`.

    Empty rows and columns are left out, breaks inside a cell become spaces.
    """
    tidy = [[_cell(cell) for cell in row] for row in rows]
    width = max((len(row) for row in tidy), default=0)
    full = [(number, row + [""] * (width - len(row))) for number, row in enumerate(tidy, first) if any(row)]
    kept = [at for at in range(width) if any(row[at] for _, row in full)]
    columns = tuple(at + 1 for at in kept)
    return [
        Line("| " + " | ".join(row[at] for at in kept) + " |", Spot(number, columns, table))
        for number, row in full
    ]


def is_layout(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table only places text on a page: one column, or cells as long as paragraphs."""
    return is_narrow(rows) or any(len(cell) > LONGEST_CELL for row in rows for cell in row)


def is_narrow(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table has words in one column at most: a frame around them."""
    return max((sum(bool(cell.strip()) for cell in row) for row in rows), default=0) < 2


def written(lines: Iterable[Line]) -> tuple[str, tuple[Row, ...]]:
    """(The lines as a text, its rows of tables.) Where a file has no pages, its tables count in the order of the text."""
    pieces: list[str] = []
    rows: list[Row] = []
    numbers: dict[int, int] = {}
    at = 0
    before: Spot | None = None
    for line in lines:
        pieces.append(line.words)
        if line.words and line.spot is None:
            before = None
        for start, end, spot in line.stretches():
            number = spot.table if spot.page or not spot.table else _number(numbers, spot.table)
            start = rows.pop().start if spot == before else at + start  # another line of the same cell
            rows.append(Row(start, at + end, spot.row, spot.columns, number, spot.page))
            before = spot
        at += len(line.words) + 1
    return "\n".join(pieces) + "\n", tuple(rows)


def _number(numbers: dict[int, int], table: int) -> int:
    return numbers.setdefault(table, len(numbers) + 1)


def _cell(words: str) -> str:
    pieces = [" ".join(piece.split()) for piece in words.split("\n")]
    return " ".join(piece for piece in pieces if piece).replace("|", "｜")
