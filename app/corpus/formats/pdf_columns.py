"""Pages set in columns: where the gutters are, and the order in which such a page is read.

A gutter is believed only where running text stands on both sides of it: lines that fill their column. What reaches across it (a
title, a wide table) parts the page into bands, and in each band the left column is read before the right one.
"""

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from app.corpus.formats.pdf_parts import Box, Item, TextLine

_FEWEST_LINES = 4  # of a column
_FEWEST_CHARS = 8  # of half of its lines
_FULL = 0.4  # the share of lines that reach its right edge
_MOST_ACROSS = 0.34  # the share of lines that may reach across a gutter
_NEAR = 3.0
_MOST_COLUMNS = 4


class Run(NamedTuple):
    """Characters of a line without a wide gap between them."""

    box: Box
    chars: int
    size: float


def gutters(runs: Sequence[Run]) -> list[Box]:
    """The strips between the columns of a page, from left to right; none on a page of one column."""
    found: list[Box] = []
    rest = list(runs)
    while len(found) < _MOST_COLUMNS - 1 and (gutter := _gutter(rest)):
        found.append(gutter)
        rest = [run for run in rest if run.box.left >= gutter.right - _NEAR]
    return found


def _gutter(runs: Sequence[Run]) -> Box | None:
    """The first gutter from the left: it ends where many lines begin."""
    starts = sorted(run.box.left for run in runs)
    for at in range(1, len(starts)):
        edge = starts[at]
        if edge - starts[at - 1] > _NEAR and (gutter := _before(edge, runs)):
            return gutter
    return None


def _before(edge: float, runs: Sequence[Run]) -> Box | None:
    left = [run for run in runs if run.box.right <= edge - 0.8 * run.size]
    right = [run for run in runs if run.box.left >= edge - _NEAR]
    next_one = [
        run for run in right if run.box.left <= edge + 2.5 * run.size
    ]  # others stand in columns to its right
    if len(left) + len(right) < (1 - _MOST_ACROSS) * len(runs) or not (
        _is_column(left) and _is_column(next_one)
    ):
        return None
    low = max(min(run.box.bottom for run in side) for side in (left, next_one))
    high = min(max(run.box.top for run in side) for side in (left, next_one))
    if any(
        sum(low <= run.box.bottom <= high for run in side) < _FEWEST_LINES - 1 for side in (left, next_one)
    ):
        return None  # one stands below the other
    return Box(_usual_end(left), low, edge, high)


def _is_column(runs: Sequence[Run]) -> bool:
    """Whether lines are running text set in one column: long, and most of them full."""
    if len(runs) < _FEWEST_LINES or median(run.chars for run in runs) < _FEWEST_CHARS:
        return False
    end = _usual_end(runs)
    return sum(run.box.right >= end - 2.2 * run.size for run in runs) >= _FULL * len(runs)


def _usual_end(runs: Sequence[Run]) -> float:
    """Where the longest lines end, but for a few that stand apart."""
    ends = sorted(run.box.right for run in runs)
    return ends[min(len(ends) - 1, int(0.9 * len(ends)))]


def in_columns(items: Sequence[Item], strips: Sequence[Box]) -> list[Item]:
    """Items, given from top to bottom, in the order in which columns are read; each line knows the margins of its column."""
    if not strips:
        return list(items)
    strip = strips[0]
    made: list[Item] = []
    left: list[Item] = []
    right: list[Item] = []
    for item in items:
        if item.box.right > strip.left + 0.3 * _size(item) and item.box.left < strip.right - _NEAR:
            made += [*_read(left, right, strips), item]
            left, right = [], []
        else:
            (left if item.box.left < strip.left else right).append(item)
    return [*made, *_read(left, right, strips)]


def _read(left: list[Item], right: list[Item], strips: Sequence[Box]) -> list[Item]:
    """One band: heads of the page first, the left column, the columns to its right, feet of the page last."""
    if not left or not right:
        return [*left, *in_columns(right, strips[1:])]
    heads = _apart(left, right, top=True) + _apart(right, left, top=True)
    feet = _apart(left, right, top=False) + _apart(right, left, top=False)
    return [*heads, *_with_margins(left), *_with_margins_in(right, strips[1:]), *feet]


def _with_margins_in(items: list[Item], strips: Sequence[Box]) -> list[Item]:
    return in_columns(items, strips) if strips else _with_margins(items)


def _apart(side: list[Item], other: Sequence[Item], *, top: bool) -> list[Item]:
    """Take off a lone item beyond the end of both columns: the number or the head of a page."""
    if len(side) < 2 or not other:
        return []
    at = 0 if top else -1
    item, beside = side[at], side[1 if top else -2]
    gap = item.box.bottom - beside.box.top if top else beside.box.bottom - item.box.top
    beyond = item.box.bottom >= other[0].box.top if top else item.box.top <= other[-1].box.bottom
    return [side.pop(at)] if beyond and gap > 1.5 * _size(item) else []


def _with_margins(items: Sequence[Item]) -> list[Item]:
    lines = [item for item in items if isinstance(item, TextLine)]
    if not lines:
        return list(items)
    margins = min(line.box.left for line in lines), max(line.box.right for line in lines)
    return [item._replace(margins=margins) if isinstance(item, TextLine) else item for item in items]


def _size(item: Item) -> float:
    return max(item.size, 6.0) if isinstance(item, TextLine) else 12.0
