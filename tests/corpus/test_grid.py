"""A table stands on its grid in every format: what is merged is repeated, what begins late stands where it stands."""

import io
from collections.abc import Iterator
from typing import NamedTuple

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.corpus.formats.grid import Cell, laid, words_of
from app.corpus.formats.reading import extract

from .files import cell, para, row, word, wrapped_in_control


class Merged(NamedTuple):
    """A cell of a table to be made: from 0, with its spans."""

    row: int
    column: int
    rows: int
    columns: int
    words: str


def table_lines(data: bytes, name: str) -> list[str]:
    return [line for line in extract(data, name)[0].text.splitlines() if line.startswith("|")]


@st.composite
def tables(draw) -> list[Merged]:
    """A table cut into cells at random; every row and column has a cell of its own, every word is another."""
    height, width = draw(st.integers(2, 5)), draw(st.integers(2, 5))
    free = {(row, column) for row in range(height) for column in range(width)}
    made = []
    for row_ in range(height):
        for column in range(width):
            if (row_, column) not in free:
                continue
            across = draw(st.integers(1, 2)) if (row_, column + 1) in free else 1
            below = all((row_ + 1, at) in free for at in range(column, column + across))
            down = draw(st.integers(1, 2)) if below else 1
            free -= {(r, c) for r in range(row_, row_ + down) for c in range(column, column + across)}
            made.append(Merged(row_, column, down, across, f"格{len(made)}"))
    return made


def at_row(cells: list[Merged], number: int) -> Iterator[Merged]:
    yield from sorted(
        (one for one in cells if one.row <= number < one.row + one.rows), key=lambda one: one.column
    )


def height_of(cells: list[Merged]) -> int:
    return max(one.row + one.rows for one in cells)


def as_word(cells: list[Merged]) -> bytes:
    rows = []
    for number in range(height_of(cells)):
        made = []
        for one in at_row(cells, number):
            span = f"<w:gridSpan w:val='{one.columns}'/>" if one.columns > 1 else ""
            first = one.row == number
            state = "restart" if first else "continue"
            merge = f"<w:vMerge w:val='{state}'/>" if one.rows > 1 else ""
            made.append(cell(one.words if first else "", span + merge))
        rows.append(row(*made))
    return word(para("某镇标准表") + f"<w:tbl>{''.join(rows)}</w:tbl>")


def as_page(cells: list[Merged]) -> bytes:
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td rowspan={one.rows} colspan={one.columns}>{one.words}</td>"
            for one in at_row(cells, number)
            if one.row == number
        )
        + "</tr>"
        for number in range(height_of(cells))
    )
    return f"<html><body><p>某镇标准表</p><table>{rows}</table></body></html>".encode()


def as_sheet(cells: list[Merged]) -> bytes:
    book = openpyxl.Workbook()
    for one in cells:
        book.active.cell(one.row + 1, one.column + 1, one.words)
        if one.rows * one.columns > 1:
            book.active.merge_cells(
                start_row=one.row + 1,
                start_column=one.column + 1,
                end_row=one.row + one.rows,
                end_column=one.column + one.columns,
            )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def expected(cells: list[Merged]) -> list[str]:
    """The slow truth: look for each place among all cells; a column that nothing parts from the one before is none."""
    height, width = height_of(cells), max(one.column + one.columns for one in cells)

    def at(row_: int, column: int) -> Merged:
        return next(
            one
            for one in cells
            if one.row <= row_ < one.row + one.rows and one.column <= column < one.column + one.columns
        )

    kept = [c for c in range(width) if c == 0 or any(at(r, c) != at(r, c - 1) for r in range(height))]
    lines = []
    for r in range(height):
        alone = len({at(r, c) for c in range(width)}) == 1
        words = [at(r, c).words if not alone or at(r, c).column == c else "" for c in kept]
        lines.append("| " + " | ".join(words) + " |")
    return lines


def is_plain(cells: list[Merged]) -> bool:
    """Whether every row has two values at least: a row of one is a line above a sheet's table."""
    return all(len(list(at_row(cells, number))) > 1 for number in range(height_of(cells)))


@given(tables().filter(is_plain))
@settings(max_examples=100, deadline=None)
def test_one_table_stands_on_the_same_grid_in_every_format(cells):
    wanted = expected(cells)
    assert table_lines(as_word(cells), "a.docx") == wanted
    assert table_lines(as_page(cells), "a.html") == wanted
    assert table_lines(as_sheet(cells), "a.xlsx") == wanted


def test_rows_and_cells_in_content_controls_stand_in_their_table():
    rows = row("规模", "标准", "期限") + wrapped_in_control(row("甲级", "三百元", "四月"))
    inner = wrapped_in_control(cell("五百元"))
    rows += row("乙级", inner, "五月") + f"<w:ins>{row('丙级', '七百元', '六月')}</w:ins>"
    assert table_lines(word(f"<w:tbl>{rows}</w:tbl>"), "a.docx") == [
        "| 规模 | 标准 | 期限 |",
        "| 甲级 | 三百元 | 四月 |",
        "| 乙级 | 五百元 | 五月 |",
        "| 丙级 | 七百元 | 六月 |",
    ]


def test_rows_that_begin_late_or_end_early_stand_under_their_columns():
    rows = row("档次", "年限", "月标准", "备注")
    rows += row("甲档", "满一年", "九百元", "按月")
    rows += row("满两年", "一千元", properties="<w:gridBefore w:val='1'/><w:gridAfter w:val='1'/>")
    assert table_lines(word(f"<w:tbl>{rows}</w:tbl>"), "a.docx")[2] == "|  | 满两年 | 一千元 |  |"


def test_cells_merged_in_the_older_way_are_merged():
    rows = row(cell("类别", "<w:hMerge w:val='restart'/>"), cell("", "<w:hMerge/>"), "金额")
    rows += row("老年", "孤寡", "十元")
    assert table_lines(word(f"<w:tbl>{rows}</w:tbl>"), "a.docx") == [
        "| 类别 | 类别 | 金额 |",
        "| 老年 | 孤寡 | 十元 |",
    ]


TORN_PAGE = "<table>{}</table>".format(
    "".join(
        f"<tr>{''.join(f'<td>{words}</td>' for words in cells)}</tr>"
        for cells in (
            ["档次", "年限", "月标准"],
            ["甲档", "满一年", "九百元"],
            ["满两年", "一千元"],
            ["乙档", "满三年", "两千元"],
        )
    )
)
TORN_WORD = word(
    f"<w:tbl>{row('档次', '年限', '月标准')}{row('甲档', '满一年', '九百元')}{row('满两年', '一千元')}{row('乙档', '满三年', '两千元')}</w:tbl>"
)


@pytest.mark.parametrize(("name", "data"), [("a.html", TORN_PAGE.encode()), ("a.docx", TORN_WORD)])
def test_a_row_that_does_not_span_its_table_is_named_and_not_read(name, data):
    (found,) = extract(data, name)
    assert found.text == "| 档次 | 年限 | 月标准 |\n| 甲档 | 满一年 | 九百元 |\n| 乙档 | 满三年 | 两千元 |\n"
    assert found.notes == (
        f"文件“{name}”第1个表第3行的格数与表格不符，各格属于哪一列无法确定，没有读入，请在原文件中补齐单元格后重新加入。",
    )
    assert found.dropped == (("满两年 一千元", "与表格各列对不上的行"),)


def test_browsers_show_heads_first_and_cut_spans_at_the_end_of_their_group():
    page = (
        "<table><tfoot><tr><td>合计</td><td>三十元</td></tr></tfoot><tbody><tr><td rowspan=9>甲</td><td>十元</td></tr>"
        "<tr style='display:none'><td>五元</td></tr><tr><td>二十元</td></tr></tbody>"
        "<thead><tr><form><th>项目</th><th>金额</th></form></tr></thead></table>"
    )
    assert table_lines(page.encode(), "a.html") == [
        "| 项目 | 金额 |",
        "| 甲 | 十元 |",
        "| 甲 | 二十元 |",
        "| 合计 | 三十元 |",
    ]


def test_a_table_in_a_cell_is_in_that_cell():
    inner = "<table><tr><td>材料一</td><td>一份</td></tr><tr><td>材料二</td><td>两份</td></tr></table>"
    page = f"<table><tr><td>事项</td><td>材料</td></tr><tr><td>甲事</td><td>{inner}</td></tr><tr><td>乙事</td><td>无</td></tr></table>"
    assert table_lines(page.encode(), "a.html") == [
        "| 事项 | 材料 |",
        "| 甲事 | ｜ 材料一 ｜ 一份 ｜ ｜ 材料二 ｜ 两份 ｜ |",
        "| 乙事 | 无 |",
    ]


def test_a_long_value_over_several_columns_is_written_once():
    note = "此处为长说明" * 10
    grid = laid(
        [Cell(0, 0, "甲"), Cell(0, 1, note, 1, 2), Cell(1, 0, "乙"), Cell(1, 1, "丙"), Cell(1, 2, "丁")]
    )
    assert words_of(grid, str) == [["甲", note, ""], ["乙", "丙", "丁"]]
