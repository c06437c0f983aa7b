"""Of a sheet is read what Excel shows: values by their formats, nothing hidden or struck, and formulas without a result are named."""

import io
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
from openpyxl.styles import Font

from app.corpus.formats.number_format import shown
from app.corpus.formats.reading import extract

DAY = datetime(2027, 4, 5, 9, 7, 30)  # noqa: DTZ001 - a day of a sheet has no zone
YEAR = 'yyyy"年"m"月"d"日"'


@pytest.mark.parametrize(
    ("value", "pattern", "words"),
    [
        (0.3, "0%", "30%"),
        (0.075, "0.0%", "7.5%"),
        (0.12345, "0.00%", "12.35%"),
        (20, '0"万元"', "20万元"),
        (8.5, '0.0"万元"', "8.5万元"),
        (8.5, "0.00", "8.50"),
        (8.5, "0.##", "8.5"),
        (1234567.5, "#,##0.00", "1,234,567.50"),
        (1234567, '#,##0,"千元"', "1,235千元"),
        (1200, "¥#,##0", "¥1,200"),
        (1200, "[$¥-804]#,##0", "¥1,200"),
        (-5, "0;[Red](0)", "(5)"),
        (-5, "0.0", "-5.0"),
        (0, '0;-0;"无"', "无"),
        (7, "000", "007"),
        (1500, '[>=1000]0"元以上";0"元"', "1500元以上"),
        (500, '[>=1000]0"元以上";0"元"', "500元"),
        (45, "0_);(0)", "45"),
        (12, "[DBNum1]General", "十二"),
        (12, '[DBNum2]0"元"', "壹拾贰元"),
        (3.0, "General", "3"),
        (0.1 + 0.2, "General", "0.3"),
        (1e-7, "General", "0.0000001"),
        (5, '"最高"0"元"', "最高5元"),
        (9, ";;;", ""),
        ("甲", '"第"@"类"', "第甲类"),
        ("甲", "General", "甲"),
        (True, "General", "TRUE"),
        (DAY, YEAR, "2027年4月5日"),
        (DAY, YEAR + 'h"时"mm"分"', "2027年4月5日9时07分"),
        (DAY, "yyyy-mm-dd hh:mm", "2027-04-05 09:07"),
        (DAY, "yyyy/m/d", "2027/4/5"),
        (DAY, 'm"月"d"日"', "4月5日"),
        (DAY, "h:mm AM/PM", "9:07 AM"),
        (DAY, "mm:ss", "07:30"),
        (DAY, "aaaa", "星期一"),
        (DAY, "mm-dd-yy", "2027-04-05 09:07"),
        (DAY, '[DBNum1][$-804]yyyy"年"m"月"d"日"', "二〇二七年四月五日"),
        (date(2027, 4, 5), "mm-dd-yy", "2027-04-05"),
        (time(17, 0), "h:mm", "17:00"),
        (timedelta(hours=30), "[h]:mm", "30:00"),
        (None, "0%", ""),
    ],
)
def test_a_value_is_read_as_it_is_shown(value, pattern, words):
    assert shown(value, pattern) == words


def book(rows: list[list[object]]) -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    return made


def read(made: openpyxl.Workbook):
    out = io.BytesIO()
    made.save(out)
    return extract(out.getvalue(), "甲.xlsx")[0]


ROWS = [
    ["某镇补助表"],
    ["对象", "比例", "金额"],
    ["甲类", 0.5, "九元"],
    ["乙类", 0.25, "八元"],
    ["丙类", 0.1, "七元"],
]


def test_values_stand_in_the_text_as_their_cells_show_them():
    made = book(ROWS)
    for row in range(3, 6):
        made.active.cell(row, 2).number_format = "0%"
    assert read(made).text.splitlines()[2:] == [
        "| 甲类 | 50% | 九元 |",
        "| 乙类 | 25% | 八元 |",
        "| 丙类 | 10% | 七元 |",
    ]


def test_hidden_rows_columns_and_sheets_are_left_out_and_named():
    made = book(ROWS)
    made.active.row_dimensions[4].hidden = True
    made.active.column_dimensions["C"].hidden = True
    made.create_sheet("底稿").append(["不公开", "一"])
    made["底稿"].append(["不公开", "二"])
    made["底稿"].sheet_state = "hidden"
    found = read(made)
    assert found.text == "某镇补助表\n| 对象 | 比例 |\n| 甲类 | 0.5 |\n| 丙类 | 0.1 |\n"
    assert [one.words for one in found.dropped] == ["金额", "九元", "乙类 0.25 八元", "七元"]
    assert "底稿" in found.notes[0]
    assert "隐藏的行或列" in found.notes[1]


def test_struck_cells_are_left_out():
    made = book(ROWS)
    made.active["C3"].font = Font(strike=True)
    found = read(made)
    assert "| 甲类 | 0.5 |  |" in found.text
    assert found.dropped == (("九元", "删除线划去的文字"),)


def test_formulas_without_a_result_are_named():
    found = read(book([*ROWS, ["合计", "=B3+B4", "=C3&C4"]]))
    assert "工作表“Sheet”中 B6、C6 是没有计算结果的公式" in found.notes[0]


def test_a_lone_value_inside_a_table_stays_in_it():
    rows = [
        ["某镇补助表"],
        ["对象", "金额"],
        ["甲类", "九元"],
        ["养老方面"],
        ["乙类", "八元"],
        ["备注：按月发放。"],
    ]
    assert read(book(rows)).text.splitlines() == [
        "某镇补助表",
        "| 对象 | 金额 |",
        "| 甲类 | 九元 |",
        "| 养老方面 |  |",
        "| 乙类 | 八元 |",
        "备注：按月发放。",
    ]
