"""One page of a PDF: its characters become lines, its ruled lines become the cells of tables.

Coordinates are PDF points with y growing upwards; boxes are (left, bottom, right, top).
"""

import ctypes
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from app.corpus.extract import Dropped
from app.corpus.formats.pdf_columns import Run, gutters, in_columns
from app.corpus.formats.pdf_glyphs import Drawn, is_slanted, meant
from app.corpus.formats.pdf_parts import Box, Cell, Item, Table, TextLine

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

_THIN = 3.0  # a ruled line is at most this thick
_NEAR = 3.0
_MOST_RULES = 3000
_MOST_GRID = 60_000
_COVERED = 0.6
_GUESSED = "\x1f"
_LABEL = re.compile(r"第[零〇一二三四五六七八九十百千\d]{1,9}[条章节编]")
_LONGEST_LABEL = 12
_MOST_CHARS = 100_000  # of one page


_Chars = list[tuple[str, Box | None]]
_Span = tuple[Box, int, int, int, int]  # a cell: its box, its first row and column, how many of each it spans
_Ruled = tuple[Box, list[_Span]]


def read_page(page: "PdfPage") -> tuple[list[Item], list[Dropped]]:
    """The lines and tables of a page in reading order, and what was left out of it: watermarks."""
    rules = _rules(page)
    upright = [box for box in rules if box.right - box.left <= _THIN]
    grids = [grid for group in _components(rules) if (grid := _grid(group))]
    chars, aslant = _lines(page)
    strips = gutters([run for held in chars for run in _runs(held) if not _is_inside(run, grids)])
    parting = [*upright, *(Box(strip.left, strip.bottom, strip.right, strip.top) for strip in strips)]
    lines = [piece for held in chars for piece in _pieces(held, parting)]
    items = _arranged(lines, sorted(grids, key=lambda grid: _area(grid[0])))
    return in_columns(items, strips), [Dropped(words, "水印") for words in aslant]


def _runs(held: _Chars) -> Iterator[Run]:
    """The stretches of a line that no wide gap parts."""
    boxes = [box for _, box in held if box]
    start = 0
    for at, (before, after) in enumerate(pairwise(boxes), 1):
        if after.left - before.right > max(before.top - before.bottom, 6.0) or after.left < before.left:
            yield _run(boxes[start:at])
            start = at
    if boxes:
        yield _run(boxes[start:])


def _run(boxes: Sequence[Box]) -> Run:
    return Run(
        Box(boxes[0].left, boxes[0].bottom, max(box.right for box in boxes), boxes[0].top),
        len(boxes),
        median(box.top - box.bottom for box in boxes),
    )


def _is_inside(run: Run, grids: Sequence[_Ruled]) -> bool:
    x, y = (run.box.left + run.box.right) / 2, (run.box.bottom + run.box.top) / 2
    return any(box.holds(x, y) for box, _ in grids)


def _area(box: Box) -> float:
    return (box.right - box.left) * (box.top - box.bottom)


def _arranged(lines: Sequence[TextLine], grids: list[_Ruled]) -> list[Item]:
    """Lines and tables inside a cell are its items; smaller tables are made first so that they can lie in larger ones."""
    items: list[Item] = list(lines)
    for box, cells in grids:
        outside: list[Item] = []
        inside: list[list[Item]] = [[] for _ in cells]
        for item in items:
            x, y = _middle(item)
            at = next((at for at, (cell, *_) in enumerate(cells) if cell.holds(x, y)), None)
            (outside if at is None else inside[at]).append(item)
        made = (
            Cell(cell, row, column, tuple(_downwards(own)), rows, columns)
            for (cell, row, column, rows, columns), own in zip(cells, inside, strict=True)
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


def _lines(page: "PdfPage") -> tuple[list[_Chars], list[str]]:
    """The characters of each line with their boxes, spaces have none; and the words that stand aslant, unless most do.

    A letter that is drawn a second time upon itself, for weight or shade, is one.
    """
    import pypdfium2.raw as raw

    text = page.get_textpage()
    loose = raw.FS_RECTF()
    drawn = Drawn()
    found: list[_Chars] = []
    slanted: list[int] = []
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
        if drawn.again(char, box):
            continue
        if _is_elsewhere(box, held):  # no line end was marked between two lines
            found, held = [*found, held], []
        if not held and is_slanted(raw.FPDFText_GetCharAngle(text, at)):
            slanted.append(len(found))
        held.append((char, box))
    found.append(held)
    return _without_slanted(found, set(slanted))


def _without_slanted(found: list[_Chars], slanted: set[int]) -> tuple[list[_Chars], list[str]]:
    words = {at: "".join(char for char, box in found[at] if box) for at in slanted}
    whole = sum(box is not None for held in found for _, box in held)
    if 2 * sum(map(len, words.values())) > whole:
        return found, []  # the page itself is set aslant
    return [held for at, held in enumerate(found) if at not in slanted], [words[at] for at in sorted(slanted)]


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
    """A space that PDFium guessed from a gap: real between Latin letters and behind 第一条, else beside Chinese ones where it is wide."""
    before = next(((char, box) for char, box in reversed(held[:at]) if box), None)
    after = next(((char, box) for char, box in held[at + 1 :] if box), None)
    if not before or not after or not before[1] or not after[1]:
        return ""
    if before[0] < "\u2e80" and after[0] < "\u2e80":
        return " "
    if at <= _LONGEST_LABEL and _LABEL.fullmatch("".join(char for char, box in held[:at] if box)):
        return " "
    size = max(before[1].top - before[1].bottom, after[1].top - after[1].bottom, 6.0)
    return " " if after[1].left - before[1].right > 1.5 * size else ""


def _usable(char: str) -> str:
    if char in "\ufffe\uffff\x02\x00" or "\ud800" <= char <= "\udfff" or (char < " " and char != "\t"):
        return ""
    return " " if char in "\t\u00a0" else meant(char)


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


def _grid(rules: Sequence[Box]) -> _Ruled | None:
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
    cells = [_between(xs, ys, own) for own in members.values()]
    if len(cells) < 2:
        return None
    return Box(xs[0], ys[-1], xs[-1], ys[0]), sorted(cells, key=lambda cell: (cell[1], cell[2]))


def _between(xs: Sequence[float], ys: Sequence[float], places: Sequence[tuple[int, int]]) -> _Span:
    """The cell that takes up some places of a grid."""
    top, bottom = min(row for row, _ in places), max(row for row, _ in places)
    left, right = min(column for _, column in places), max(column for _, column in places)
    return (
        Box(xs[left], ys[bottom + 1], xs[right + 1], ys[top]),
        top,
        left,
        bottom - top + 1,
        right - left + 1,
    )


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
