from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.hotline.charts import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Series,
    lined,
    nice_top,
    plain,
    shares,
    stacked,
)
from app.web.templating import Pages

numbers = st.lists(st.integers(0, 10**6).map(float), min_size=1, max_size=40)


@given(numbers, st.data())
def test_bars_stand_on_each_other_inside_the_sheet_in_the_measure_of_their_numbers(first, data):
    second = data.draw(st.lists(st.integers(0, 10**6).map(float), min_size=len(first), max_size=len(first)))
    labels = [str(n) for n in range(len(first))]
    chart = stacked("图", labels, [Series("甲", "s1", tuple(first)), Series("乙", "s2", tuple(second))])
    top = nice_top(max(map(sum, zip(first, second, strict=True))))
    full = HEIGHT - TOP - BOTTOM
    tall = {"s1": 0.0, "s2": 0.0}
    for bar in chart.bars:
        assert bar.x >= LEFT
        assert bar.x + bar.width <= WIDTH - RIGHT + 0.02
        assert bar.y >= TOP - 0.02
        assert bar.y + bar.height <= HEIGHT - BOTTOM + 0.02
        tall[bar.style] += bar.height
    assert tall["s1"] == pytest.approx(sum(first) / top * full, abs=0.01 * len(first))
    assert tall["s2"] == pytest.approx(sum(second) / top * full, abs=0.01 * len(first))


@given(st.floats(0, 1e9))
def test_the_axis_ends_at_a_round_number_that_holds_all(most):
    top = nice_top(most)
    assert most <= top
    assert top <= max(most * 2, 4)


@given(st.lists(st.none() | st.floats(0, 1e6), max_size=40))
def test_a_line_is_broken_where_nothing_was_measured(values):
    chart = lined("图", ["一"] * len(values), [Series("甲", "s1", tuple(values))])
    (line,) = chart.lines
    drawn = sum(len(piece.split()) for piece in line.pieces) + len(line.dots)
    assert drawn == sum(value is not None for value in values)


def test_what_is_empty_says_so_and_the_table_says_what_the_picture_says():
    charts = Pages()._templates.get_template("hotline/charts.html").module
    empty = stacked("图", ["一"], [Series("甲", "s1", (0.0,))])
    assert "没有数据" in charts.draw(empty)
    chart = lined("<b>图", ["1-1", "1-2"], [Series("甲", "s1", (3.0, None))], "毫秒")
    table = charts.numbers(chart, plain)
    assert "甲（毫秒）" in table
    assert ">3<" in table
    assert ">—<" in table
    picture = charts.draw(chart)
    assert "<b>" not in picture
    reader = Balanced()
    reader.feed(picture + table)
    assert reader.open == []


class Balanced(HTMLParser):
    """Which elements are left open; none may have a style of its own, which the policy of the pages forbids."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        assert "style" not in dict(attrs)
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_shares_are_percent_of_all():
    assert shares({"a": 1, "b": 3}, {"a": "甲", "b": "乙", "c": "丙"}) == [
        ("a", "甲", 1, 25.0),
        ("b", "乙", 3, 75.0),
        ("c", "丙", 0, 0.0),
    ]
