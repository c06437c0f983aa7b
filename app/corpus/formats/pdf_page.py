"""One page of a PDF: its characters become lines, its ruled lines become the cells of tables.

Coordinates are PDF points with y growing upwards; boxes are (left, bottom, right, top).
"""

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from app.corpus.formats.tables import Spot

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

_THIN = 3.0  # a ruled line is at most this thick
_NEAR = 3.0
_MOST_RULES = 3000
_MOST_GRID = 60_000
_COVERED = 0.6
_GUESSED = "\x1f"
_MOST_CHARS = 100_000  # of one page


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
    """The characters that stand on one line, the size of its letters, and its place in a table once that is known."""

    words: str
    box: Box
    size: float
    spot: Spot | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with what stands in it, from top to bottom; `row` and `column` count from 0 at the top left."""

    box: Box
    row: int
    column: int
    items: tuple["TextLine | Table", ...]


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
_Chars = list[tuple[str, Box | None]]


def read_page(page: "PdfPage") -> list[Item]:
    """The lines and tables of a page from top to bottom."""
    rules = _rules(page)
    upright = [box for box in rules if box.right - box.left <= _THIN]
    lines = [piece for line in _lines(page) for piece in _pieces(line, upright)]
    grids = [grid for group in _components(rules) if (grid := _grid(group))]
    return _arranged(lines, sorted(grids, key=lambda grid: _area(grid[0])))


def _area(box: Box) -> float:
    return (box.right - box.left) * (box.top - box.bottom)


def _arranged(lines: Sequence[TextLine], grids: list[tuple[Box, list[tuple[Box, int, int]]]]) -> list[Item]:
    """Lines and tables inside a cell are its items; smaller tables are made first so that they can lie in larger ones."""
    items: list[Item] = list(lines)
    for box, cells in grids:
        outside: list[Item] = []
        inside: list[list[Item]] = [[] for _ in cells]
        for item in items:
            x, y = _middle(item)
            at = next((at for at, (cell, _, _) in enumerate(cells) if cell.holds(x, y)), None)
            (outside if at is None else inside[at]).append(item)
        made = (
            Cell(cell, row, column, tuple(_downwards(own)))
            for (cell, row, column), own in zip(cells, inside, strict=True)
        )
        items = [*outside, Table(box, tuple(made))]
    return _downwards(items)


def _middle(item: Item) -> tuple[float, float]:
    box = item.box
    return (box.left + box.right) / 2, (box.bottom + box.top) / 2


def _downwards(items: Iterable[Item]) -> list[Item]:
    """In the order of the file where lines stand beside each other, else from top to bottom."""
    return sorted(
        items, key=lambda item: -round(item.box.top if isinstance(item, Table) else _middle(item)[1])
    )


def _lines(page: "PdfPage") -> list[_Chars]:
    """The characters of each line with their boxes; spaces have none."""
    import pypdfium2.raw as raw

    text = page.get_textpage()
    loose = raw.FS_RECTF()
    found: list[_Chars] = []
    held: _Chars = []
    for at in range(min(raw.FPDFText_CountChars(text), _MOST_CHARS)):
        char = chr(raw.FPDFText_GetUnicode(text, at))
        if char in "\r\n":
            found, held = [*found, held] if held else found, []
            continue
        if raw.FPDFText_IsGenerated(text, at) == 1 or not char.strip():
            held.append((_GUESSED if raw.FPDFText_IsGenerated(text, at) == 1 else char, None))
            continue
        raw.FPDFText_GetLooseCharBox(
            text, at, loose
        )  # the letter's place, not its ink: 一 and 、 stand on one line
        box = Box(loose.left, loose.bottom, loose.right, loose.top)
        if _is_elsewhere(box, held):  # no line end was marked between two lines
            found, held = [*found, held], []
        held.append((char, box))
    return [*found, held]


def _is_elsewhere(box: Box, held: _Chars) -> bool:
    last = next((one for _, one in reversed(held) if one), None)
    if last is None:
        return False
    apart = abs((box.top + box.bottom) - (last.top + last.bottom)) / 2
    return apart > 1.2 * max(last.top - last.bottom, box.top - box.bottom, 4)


def _pieces(held: _Chars, upright: Sequence[Box]) -> Iterator[TextLine]:
    """A line, or the parts of it that ruled lines keep apart: neighbouring cells of a table."""
    part: _Chars = []
    last: Box | None = None
    for char, box in held:
        if (
            box
            and last
            and box.left - last.right > 2
            and any(
                last.right - 1 <= rule.left
                and rule.right <= box.left + 1
                and rule.bottom <= (box.bottom + box.top) / 2 <= rule.top
                for rule in upright
            )
        ):
            yield from _line(part)
            part = []
        part.append((char, box))
        last = box or last
    yield from _line(part)


def _line(held: _Chars) -> Iterator[TextLine]:
    boxes = [box for _, box in held if box]
    words = "".join(
        _space(held, at) if char == _GUESSED else _usable(char) for at, (char, _) in enumerate(held)
    ).strip()
    if boxes and words:
        box = Box(
            min(box.left for box in boxes),
            min(box.bottom for box in boxes),
            max(box.right for box in boxes),
            max(box.top for box in boxes),
        )
        yield TextLine(
            _without_gaps(words),
            box,
            median(max(one.right - one.left, one.top - one.bottom) for one in boxes),
        )


def _space(held: _Chars, at: int) -> str:
    """A space that PDFium guessed from a gap: real between Latin letters, beside Chinese ones only where the gap is wide."""
    before = next(((char, box) for char, box in reversed(held[:at]) if box), None)
    after = next(((char, box) for char, box in held[at + 1 :] if box), None)
    if not before or not after or not before[1] or not after[1]:
        return ""
    if before[0] < "\u2e80" and after[0] < "\u2e80":
        return " "
    size = max(before[1].top - before[1].bottom, after[1].top - after[1].bottom, 6.0)
    return " " if after[1].left - before[1].right > 1.5 * size else ""


def _usable(char: str) -> str:
    if char in "\ufffe\uffff\x02\x00" or "\ud800" <= char <= "\udfff" or (char < " " and char != "\t"):
        return ""
    return " " if char in "\t\u00a0" else char


def _without_gaps(words: str) -> str:
    """Without the space that typesetting leaves between a Chinese and another character."""
    kept = []
    for at, char in enumerate(words):
        beside = words[at - 1 : at] + words[at + 1 : at + 2]
        if (
            char == " "
            and any(other > "\u2e7f" for other in beside)
            and not all(other > "\u2e7f" for other in beside)
        ):
            continue
        kept.append(char)
    return "".join(kept)


def _rules(page: "PdfPage") -> list[Box]:
    """Horizontal and vertical ruled lines as thin boxes."""
    import pypdfium2.raw as raw

    found: list[Box] = []
    for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=2):
        box = Box(*thing.get_bounds())
        wide, high = box.right - box.left, box.top - box.bottom
        if min(wide, high) <= _THIN < max(wide, high):
            found.append(box)
        elif min(wide, high) > 8 and _is_stroked(thing):
            found += [
                box._replace(right=box.left),
                box._replace(left=box.right),
                box._replace(top=box.bottom),
            ]
            found.append(box._replace(bottom=box.top))
        if len(found) > _MOST_RULES:
            return []  # a drawing
    return found


def _is_stroked(thing: object) -> bool:
    import pypdfium2.raw as raw

    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(thing, ctypes.byref(fill), ctypes.byref(stroke))
    return bool(stroke.value)


def _components(rules: list[Box]) -> list[list[Box]]:
    """Ruled lines that touch each other, directly or through others."""
    left = sorted(rules, key=lambda box: box.left)
    groups: list[list[Box]] = []
    while left:
        group, fresh = [], [left.pop(0)]
        while fresh:
            one = fresh.pop()
            group.append(one)
            touching = [other for other in left if _touch(one, other)]
            if touching:
                left = [other for other in left if not _touch(one, other)]
                fresh += touching
        groups.append(group)
    return groups


def _touch(one: Box, other: Box) -> bool:
    return (
        one.left - _NEAR <= other.right
        and other.left - _NEAR <= one.right
        and one.bottom - _NEAR <= other.top
        and other.bottom - _NEAR <= one.top
    )


def _grid(rules: Sequence[Box]) -> tuple[Box, list[tuple[Box, int, int]]] | None:
    """The cells between ruled lines: neighbours without a line between them are one cell. None for a mere frame."""
    upright = [box for box in rules if box.right - box.left <= _THIN]
    level = [box for box in rules if box.top - box.bottom <= _THIN]
    xs = _clustered([(box.left + box.right) / 2 for box in upright])
    ys = _clustered([(box.bottom + box.top) / 2 for box in level])[::-1]
    columns, rows = len(xs) - 1, len(ys) - 1
    if columns < 1 or rows < 1 or columns * rows < 2 or columns * rows * len(rules) > _MOST_GRID * 20:
        return None
    owner = {(row, column): (row, column) for row in range(rows) for column in range(columns)}

    def root(key: tuple[int, int]) -> tuple[int, int]:
        while owner[key] != key:
            key = owner[key]
        return key

    for row in range(rows):
        for column in range(columns):
            if column + 1 < columns and not _covers(upright, 0, xs[column + 1], ys[row + 1], ys[row]):
                _join(owner, root((row, column)), root((row, column + 1)))
            if row + 1 < rows and not _covers(level, 1, ys[row + 1], xs[column], xs[column + 1]):
                _join(owner, root((row, column)), root((row + 1, column)))
    members: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for key in owner:
        members.setdefault(root(key), []).append(key)
    cells = [
        (Box(xs[min(c for _, c in own)], ys[max(r for r, _ in own) + 1], xs[max(c for _, c in own) + 1], ys[min(r for r, _ in own)]),
         min(r for r, _ in own), min(c for _, c in own))
        for own in members.values()
    ]  # fmt: skip
    if len(cells) < 2:
        return None
    return Box(xs[0], ys[-1], xs[-1], ys[0]), sorted(cells, key=lambda cell: (cell[1], cell[2]))


def _join(
    owner: dict[tuple[int, int], tuple[int, int]], one: tuple[int, int], other: tuple[int, int]
) -> None:
    owner[max(one, other)] = min(one, other)


def _clustered(values: Iterable[float]) -> list[float]:
    """Values in order, near ones as their first."""
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] > _NEAR:
            kept.append(value)
    return kept


def _covers(rules: Sequence[Box], axis: int, place: float, low: float, high: float) -> bool:
    """Whether ruled lines at a place (x of upright, y of level ones) cover most of the stretch from low to high."""
    spans = sorted(
        (max(box[1 - axis], low), min(box[3 - axis], high))
        for box in rules
        if abs((box[axis] + box[axis + 2]) / 2 - place) <= _NEAR
        and box[1 - axis] < high
        and box[3 - axis] > low
    )
    covered, reached = 0.0, low
    for start, stop in spans:
        covered += max(0.0, stop - max(start, reached))
        reached = max(reached, stop)
    return covered >= _COVERED * (high - low)


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
