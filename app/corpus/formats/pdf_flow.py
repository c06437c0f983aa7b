"""Lines become paragraphs, and pages one text: hard-wrapped lines are joined, page numbers and running heads left out."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from app.corpus.extract import Dropped
from app.corpus.formats.grid import Cell as Spanning
from app.corpus.formats.grid import laid, words_of
from app.corpus.formats.pdf_parts import Box, Cell, Item, Table, TextLine
from app.corpus.formats.tables import Line, Spot, rows_as_text
from app.corpus.markers import read_marker

_PAGE_NUMBER = re.compile(
    r"[\s\-—–·•~]*(?:第\s*)?(?:\d{1,4}|[IVXLCⅠ-Ⅻivxlc]{1,6})\s*(?:页)?(?:\s*[/／共]\s*(?:共\s*)?\d{1,4}\s*页?)?[\s\-—–·•~]*"
)
_ENDS = re.compile(r"[。！？!?；;：:][”’」』）)》]*$")
_EDGE_LINES = 2
_CELL_PADDING = 8.0


def without_heads(pages: Sequence[list[Item]]) -> tuple[list[list[Item]], list[Dropped]]:
    """The pages without page numbers and the heads and feet that most of them share, and what was left out."""
    edges = [_edge(page) for page in pages]
    counts = Counter(_pattern(line.words) for edge in edges for line in edge)
    running = {words for words, count in counts.items() if count >= 3 and count >= 0.3 * len(pages)}
    kept, dropped = [], []
    for page, edge in zip(pages, edges, strict=True):
        out = {id(line): _reason(line, running) for line in edge}
        dropped += [Dropped(line.words, reason) for line in edge if (reason := out[id(line)])]
        kept.append([item for item in page if not out.get(id(item))])
    return kept, dropped


def _edge(page: Sequence[Item]) -> list[TextLine]:
    """The outermost lines of a page that are not in a table."""
    outer = [*page[:_EDGE_LINES], *page[max(_EDGE_LINES, len(page) - _EDGE_LINES) :]]
    return [item for item in outer if isinstance(item, TextLine) and len(item.words) <= 80]


def _pattern(words: str) -> str:
    return re.sub(r"\d+", "#", "".join(words.split()))


def _reason(line: TextLine, running: set[str]) -> str:
    if _PAGE_NUMBER.fullmatch(line.words):
        return "页码"
    return (
        "页眉页脚"
        if _pattern(line.words) in running and read_marker(line.words, 0, len(line.words)) is None
        else ""
    )


def paragraphs(items: Iterable[Item], edge: Box | None = None) -> list[Line]:
    """Paragraphs and table rows of a stretch of text, wrapped lines joined. `edge` is the cell around it, if any.

    Each has the place of its beginning.
    """
    stretch = list(items)
    lines = [item for item in stretch if isinstance(item, TextLine)]
    whole = [line for line in lines if line.margins is None]
    right = edge.right - _CELL_PADDING if edge else max((line.box.right for line in whole), default=0.0)
    left = min((line.box.left for line in whole), default=0.0)
    indents = any(
        line.box.left > _margins(line, left, right)[0] + 1.2 * max(line.size, 6.0) for line in lines
    )
    made: list[Line] = []
    last: TextLine | None = None
    for item in _beside_joined(stretch):
        if isinstance(item, Table):
            made += table_rows(item)
            last = None
        elif last and _goes_on(last, item, left, right, indents):
            made[-1] = _continued(made[-1], item)
            last = item
        else:
            made.append(Line(item.words, item.spot))
            last = item
    return made


def _continued(line: Line, item: TextLine) -> Line:
    """A paragraph with its next line, which may stand in another table: that of the next page."""
    begun = line.words + _glue(line.words, item.words)
    spot = line.turns[-1][1] if line.turns else line.spot
    turns = line.turns if item.spot is None or item.spot == spot else (*line.turns, (len(begun), item.spot))
    return Line(begun + item.words, line.spot, turns)


def _beside_joined(items: Iterable[Item]) -> list[Item]:
    """Lines that stand beside each other on one height are one line."""
    made: list[Item] = []
    for item in items:
        before = made[-1] if made else None
        if isinstance(item, TextLine) and isinstance(before, TextLine) and _beside(before, item):
            box = Box(
                before.box.left,
                min(before.box.bottom, item.box.bottom),
                item.box.right,
                max(before.box.top, item.box.top),
            )
            made[-1] = before._replace(words=f"{before.words} {item.words}", box=box)
        else:
            made.append(item)
    return made


def _beside(one: TextLine, other: TextLine) -> bool:
    apart = abs((one.box.top + one.box.bottom) - (other.box.top + other.box.bottom)) / 2
    same = one.margins == other.margins  # and not two lines of neighbouring columns
    return same and apart < 0.4 * max(one.size, 6) and other.box.left >= one.box.right


def _goes_on(last: TextLine, line: TextLine, left: float, right: float, indents: bool) -> bool:
    """Whether a line was broken at the right margin and goes on: the last is full and this one is not indented.

    Where paragraphs are indented (`indents`), a sentence that ends at the margin does not end one.
    """
    if (last.margins is None) != (line.margins is None):
        return False  # from a title over both columns into one of them
    size = max(line.size, last.size, 6.0)
    last_left, last_right = _margins(last, left, right)
    full = last.box.right >= last_right - 2.2 * size
    indented = line.box.left > _margins(line, left, right)[0] + 1.2 * size
    if not full or indented:
        return False
    starts_even = last.box.left <= last_left + 1.2 * size and not indents
    marked = read_marker(line.words, 0, len(line.words)) is not None
    return not ((marked or starts_even) and _ENDS.search(last.words))


def _margins(line: TextLine, left: float, right: float) -> tuple[float, float]:
    """The edges between which a line is set: those of its column, else of the stretch."""
    return line.margins or (left, right)


def _glue(before: str, after: str) -> str:
    return (
        " "
        if before[-1:].isascii() and after[:1].isascii() and before[-1:].isalnum() and after[:1].isalnum()
        else ""
    )


def table_rows(table: Table) -> list[Line]:
    """A table as lines, one a row, the header row first."""
    said = {id(cell): cell_words(cell) for cell in table.cells}
    grid = laid(
        Spanning(cell.row, cell.column, said[id(cell)], cell.rows, cell.columns) for cell in table.cells
    )
    rows = words_of(grid, str)
    width = max(map(len, rows))
    return [
        Line(line.words, place(table, line, range(len(rows)), range(width))) for line in rows_as_text(rows)
    ]


def place(table: Table, line: Line, rows: Sequence[int], columns: Sequence[int]) -> Spot | None:
    """The place in a table of a line made of `rows` and `columns` of it: the line's spot counts in these."""
    if line.spot is None:
        return None
    return table.at(rows[line.spot.row - 1], tuple(columns[at - 1] for at in line.spot.columns))


def cell_words(cell: Cell) -> str:
    """The words of a cell in one line."""
    return joined(paragraphs(cell.items, cell.box), " ")


def joined(lines: Iterable[Line], between: str = "") -> str:
    """The words of lines in one."""
    return between.join(line.words for line in lines)
