"""Charts as plain geometry: numbers become places on a sheet, which the template `hotline/charts.html` draws as SVG.

Sizes are in units of the viewBox. Each chart carries its own numbers, so that the table beside it says the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 165
LEFT, RIGHT, TOP, BOTTOM = 46, 8, 8, 22
MOST_LABELS = 10  # below the horizontal axis
# What the axis may end at, times a power of ten, and into how many parts it is cut then.
_STEPS = {1.0: 5, 1.2: 4, 1.5: 5, 2.0: 4, 2.5: 5, 3.0: 3, 4.0: 4, 5.0: 5, 6.0: 3, 8.0: 4, 10.0: 5}
_LEAST = 4.0  # what the vertical axis reaches at least, so that its marks are whole numbers


@dataclass(frozen=True, slots=True)
class Series:
    """One row of numbers over the same places; None leaves a hole. `style` is a CSS class."""

    name: str
    style: str
    values: tuple[float | None, ...]

    @property
    def total(self) -> float:
        """The sum of what is there."""
        return sum(value for value in self.values if value is not None)


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where it stands, and its words."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle; `title` is shown when it is pointed at."""

    x: float
    y: float
    width: float
    height: float
    style: str
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points "x,y x,y", in pieces where there are holes; dots stand where a piece is one point."""

    pieces: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    style: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn, and the numbers behind it. `labels` name the places; `unit` follows the numbers."""

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...] = ()
    lines: tuple[Line, ...] = ()
    unit: str = ""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for each in self.series for value in each.values)


def stacked(title: str, labels: Sequence[str], series: Sequence[Series], unit: str = "") -> Chart:
    """Bars, one for each label, of one piece for each series."""
    sums = [sum(each.values[at] or 0 for each in series) for at in range(len(labels))]
    top = nice_top(max(sums, default=0))
    step = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    wide = max(min(step * 0.72, 36), 1)
    bars = []
    for at, label in enumerate(labels):
        foot = float(HEIGHT - BOTTOM)
        for each in series:
            value = each.values[at] or 0
            tall = value / top * (HEIGHT - BOTTOM - TOP)
            if value:
                foot -= tall
                x = LEFT + step * at + (step - wide) / 2
                words = f"{label} {each.name} {plain(value)}{unit}"
                bars.append(
                    Bar(round(x, 2), round(foot, 2), round(wide, 2), round(tall, 2), each.style, words)
                )
    return Chart(
        title, tuple(labels), tuple(series), _x_ticks(labels, step), _y_ticks(top), tuple(bars), unit=unit
    )


def lined(title: str, labels: Sequence[str], series: Sequence[Series], unit: str = "") -> Chart:
    """A line for each series."""
    top = nice_top(max((value for each in series for value in each.values if value is not None), default=0))
    step = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    lines = tuple(_line(each, step, top) for each in series)
    return Chart(
        title, tuple(labels), tuple(series), _x_ticks(labels, step), _y_ticks(top), lines=lines, unit=unit
    )


def nice_top(most: float) -> float:
    """A round number not below the greatest value, so that the marks on the axis are round."""
    size = 1.0
    while size * 10 < most:
        size *= 10
    return max(next(step * size for step in _STEPS if step * size >= most), _LEAST)


def plain(value: float) -> str:
    """A number as it is written beside a chart: no needless fraction."""
    return f"{value:,.0f}" if float(value).is_integer() or value >= 100 else f"{value:.1f}"


def shares(counts: Mapping[str, int], names: Mapping[str, str]) -> list[tuple[str, str, int, float]]:
    """(name, words, count, share of all in percent) of each known name, in their order."""
    total = sum(counts.values())
    return [
        (name, words, counts.get(name, 0), 100 * counts.get(name, 0) / total if total else 0.0)
        for name, words in names.items()
    ]


def _line(series: Series, step: float, top: float) -> Line:
    pieces: list[list[tuple[float, float]]] = [[]]
    for at, value in enumerate(series.values):
        if value is None:
            pieces.append([])
        else:
            high = value / top * (HEIGHT - BOTTOM - TOP)
            pieces[-1].append((round(LEFT + step * (at + 0.5), 2), round(HEIGHT - BOTTOM - high, 2)))
    drawn = tuple(" ".join(f"{x},{y}" for x, y in piece) for piece in pieces if len(piece) > 1)
    return Line(drawn, tuple(piece[0] for piece in pieces if len(piece) == 1), series.style)


def _x_ticks(labels: Sequence[str], step: float) -> tuple[Tick, ...]:
    every = -(-len(labels) // MOST_LABELS) or 1
    return tuple(
        Tick(round(LEFT + step * (at + 0.5), 2), label) for at, label in enumerate(labels) if at % every == 0
    )


def _y_ticks(top: float) -> tuple[Tick, ...]:
    size = 10.0 ** (len(str(int(top))) - 1)
    parts = next((parts for step, parts in _STEPS.items() if abs(step * size - top) < size / 100), 4)
    marks = [top * part / parts for part in range(parts + 1)]
    return tuple(
        Tick(round(HEIGHT - BOTTOM - mark / top * (HEIGHT - BOTTOM - TOP), 2), plain(mark)) for mark in marks
    )
