"""Tables as lines of text: one `| cell | cell |` a row, the header row first."""

from collections.abc import Iterable, Sequence

LONGEST_CELL = 400  # beyond it a cell is running text and the table a means of layout


def rows_as_text(rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table; empty rows and columns are left out, breaks inside a cell become spaces."""
    tidy = [[_cell(cell) for cell in row] for row in rows]
    width = max((len(row) for row in tidy), default=0)
    full = [row + [""] * (width - len(row)) for row in tidy if any(row)]
    kept = [at for at in range(width) if any(row[at] for row in full)]
    return ["| " + " | ".join(row[at] for at in kept) + " |" for row in full]


def is_layout(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table only places text on a page: one column, or cells as long as paragraphs."""
    widest = max((sum(bool(cell.strip()) for cell in row) for row in rows), default=0)
    return widest < 2 or any(len(cell) > LONGEST_CELL for row in rows for cell in row)


def _cell(words: str) -> str:
    pieces = [" ".join(piece.split()) for piece in words.split("\n")]
    return " ".join(piece for piece in pieces if piece).replace("|", "｜")
