"""Where words stand in their file: pages, and rows and cells of tables, as counted there and as said in Chinese."""

import io
from itertools import pairwise

import docx as word
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.corpus import NOWHERE, Document, Locator, in_words, outline, read_documents
from app.corpus.extract import Extract
from app.corpus.formats.reading import extract
from app.corpus.formats.tables import Line, Spot, rows_as_text, written
from app.corpus.locator import letters, locate

from . import files

TITLE = "某区技术改造扶持办法"
TABLE = [["企业类型", "补贴比例", "最高金额"], ["小微企业", "50%", "10万元"], ["中型企业", "30%", "20万元"]]
OTHER = [["材料", "份数"], ["营业执照", "一份"]]
BLOCKS = [
    "补贴标准见下表，按企业类型执行。",
    TABLE,
    "申报时须提交下列材料，一次交齐。",
    OTHER,
    "本办法由区经济和信息化局负责解释。",
]


def one_page(title: str, blocks: list[str | list[list[str]]]) -> bytes:
    return files.pdf(title, blocks, per_page=30)


def found(one: Extract | Document, words: str) -> Locator:
    start = one.text.index(words)
    page = one.page_at(start) if isinstance(one, Document) else one.page
    return locate(one.text, start, start + len(words), one.rows, page, one.sheet)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (Locator(), ""),
        (Locator(page=91), "第91页"),
        (Locator(page=91, table=2, row=3, last_row=3), "第91页第2个表第3行"),
        (Locator(table=2, row=3, last_row=4, column=2), "第2个表第3、4行"),
        (Locator(table=2, row=3, last_row=7), "第2个表第3至7行"),
        (Locator(sheet="政策清单", row=5, last_row=5), "工作表“政策清单”第5行"),
        (Locator(sheet="政策清单", row=5, last_row=5, column=28), "工作表“政策清单”AB5单元格"),
        (Locator(sheet="政策清单"), "工作表“政策清单”"),
        (Locator(row=5, last_row=5, column=2), "B5单元格"),
        (Locator(row=5, last_row=8), "第5至8行"),
    ],
)
def test_a_place_is_said_in_chinese(place, said):
    assert str(place) == said
    assert bool(place) == bool(said)
    assert place.to_json()["text"] == said


def test_several_places_are_said_together():
    def row(number, table=1, page=None):
        return Locator(page=page, table=table, row=number, last_row=number)

    assert in_words([]) == in_words([NOWHERE, NOWHERE]) == ""
    assert in_words([Locator(page=92), Locator(page=91), Locator(page=92)]) == "第91、92页"
    assert in_words([row(3), row(5), row(4), row(8)]) == "第1个表第3至5、8行"
    assert in_words([row(3, page=91), row(1, page=92)]) == "第91、92页"
    assert in_words([row(3), row(1, table=2)]) == ""  # each citation still says its own
    assert in_words([row(3), NOWHERE]) == ""
    assert (
        in_words([Locator(row=4, last_row=4, column=2), Locator(row=5, last_row=5, column=2)]) == "第4、5行"
    )


@given(st.integers(1, 16_384))
def test_columns_are_named_as_spreadsheets_name_them(column):
    from openpyxl.utils import get_column_letter

    assert letters(column) == get_column_letter(column)


CELL = st.text(alphabet="甲乙丙 |\n", max_size=4)


@given(st.lists(st.lists(CELL, min_size=1, max_size=5), max_size=8), st.text("前言", max_size=3))
def test_every_cell_of_a_table_is_found_in_its_row_and_column(grid, before):
    text, rows = written([Line(before), *rows_as_text(grid, table=7), Line("后")])
    at = 0
    for number, row in enumerate(grid, 1):
        for column, cell in enumerate(row, 1):
            words = " ".join(cell.split()).replace("|", "｜")
            if not words:
                continue
            at = text.index(f" {words} |", at) + 1
            assert locate(text, at, at + len(words), rows, None, None) == Locator(
                None, None, 1, number, number, column
            )
            at += len(words)
    assert not locate(text, len(text) - 2, len(text) - 1, rows, None, None)
    if before:
        assert not locate(text, 0, len(before), rows, None, None)


@given(st.lists(st.tuples(st.text("字 ", max_size=4), st.integers(0, 3)), max_size=12))
def test_the_rows_of_a_text_are_in_order_and_lie_within_it(drawn):
    lines = [Line(words, Spot(row, (1,), 4) if row else None) for words, row in drawn]
    text, rows = written(lines)
    assert text == "\n".join(words for words, _ in drawn) + "\n"
    assert all(0 <= one.start < one.end <= len(text) for one in rows)
    assert all(one.end < after.start for one, after in pairwise(rows))


@pytest.mark.parametrize("suffix", [".html", ".docx", ".pdf"])
def test_a_cell_is_found_in_its_table_row_and_column_of_every_format(tmp_path, suffix):
    made = {".html": files.html, ".docx": files.docx, ".pdf": one_page}[suffix](TITLE, BLOCKS)
    (tmp_path / f"a{suffix}").write_bytes(made)
    document = read_documents(tmp_path / f"a{suffix}")[0][0]
    page = 1 if suffix == ".pdf" else None
    assert found(document, "30%") == Locator(page, None, 1, 3, 3, 2)
    assert found(document, "小微企业 | 50%") == Locator(page, None, 1, 2, 2, None)
    assert found(document, "企业类型 | 补贴比例") == Locator(page, None, 1, 1, 1, None)
    whole = document.text[document.text.index("| 企业类型") : document.text.index("申报时须提交")].strip()
    assert found(document, whole) == Locator(page, None, 1, 1, 3, None)
    assert found(document, "补贴标准见下表") == Locator(page)
    assert found(document, "营业执照") == Locator(page, None, 2, 2, 2, 1)


def test_a_file_read_twice_gives_the_same_documents_and_clauses(tmp_path):
    for suffix, data in (
        (".docx", files.docx(TITLE, BLOCKS)),
        (".html", files.html(TITLE, BLOCKS)),
        (".pdf", files.pdf(TITLE, BLOCKS)),
        (".xlsx", files.sheet(".xlsx")),
        (".csv", files.sheet(".csv")),
    ):
        (tmp_path / f"a{suffix}").write_bytes(data)
        once, again = read_documents(tmp_path / f"a{suffix}"), read_documents(tmp_path / f"a{suffix}")
        assert once == again
        assert [outline(one) for one in once[0]] == [outline(one) for one in again[0]]


@pytest.mark.parametrize(("suffix", "sheet"), [(".xlsx", "政策清单"), (".csv", None)])
def test_a_policy_of_a_list_has_its_cells(suffix, sheet):
    data = files.sheet(suffix)
    if sheet:
        book = openpyxl.load_workbook(io.BytesIO(data))
        book.active.title = sheet
        out = io.BytesIO()
        book.save(out)
        data = out.getvalue()
    first, second = extract(data, f"清单{suffix}")
    assert found(first, "某市技改办法") == Locator(None, sheet, None, 2, 2, 2)
    assert found(second, "最高十万元。") == Locator(None, sheet, None, 3, 3, 5)
    assert found(second, "## 支持内容") == Locator(None, sheet, None, 1, 1, 5)
    assert str(found(second, "最高十万元。")) == (f"工作表“{sheet}”" if sheet else "") + "E3单元格"


def test_a_sheet_without_policies_counts_its_rows_empty_ones_too():
    data = "补贴标准\n\n类型,比例\n小微,50%\n\n说明,\n中型,30%\n".encode()
    (one,) = extract(data, "标准.csv")
    assert str(found(one, "补贴标准")) == "A1单元格"
    assert str(found(one, "类型 | 比例")) == "第3行"
    assert str(found(one, "50%")) == "B4单元格"
    assert str(found(one, "说明")) == "A6单元格"
    assert str(found(one, "30%")) == "B7单元格"


def test_sheets_keep_their_names_and_what_each_leaves_out():
    book = openpyxl.Workbook()
    book.active.title = "甲表"
    for title in ("甲表", "乙表"):
        sheet = book[title] if title in book.sheetnames else book.create_sheet(title)
        for row in (["序号", "政策名称", "支持内容"], ["7", f"{title}扶持办法", "最高一百万元。"]):
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    first, second = extract(out.getvalue(), "清单.xlsx")
    assert (first.sheet, first.name) == ("甲表", "甲表/甲表扶持办法")
    assert str(found(second, "最高一百万元。")) == "工作表“乙表”C2单元格"
    assert [dropped.words for dropped in second.dropped] == ["序号 政策名称 支持内容", "7"]


def test_a_word_table_of_long_cells_is_counted_and_a_frame_is_not():
    made = word.Document()
    made.add_table(1, 1).rows[0].cells[0].text = "框内的提示文字。"
    table = made.add_table(2, 2)
    for at, words in enumerate(
        ["支持方向", "支持内容", "技术改造", "按投资额给予补助。\n" + "对设备更新予以支持。" * 50]
    ):
        table.rows[at // 2].cells[at % 2].text = words
    out = io.BytesIO()
    made.save(out)
    (one,) = extract(out.getvalue(), "a.docx")
    assert not found(one, "框内的提示文字")
    assert found(one, "按投资额给予补助") == Locator(None, None, 1, 2, 2, 2)
    assert found(one, "按投资额给予补助。\n对设备更新予以支持。") == Locator(None, None, 1, 2, 2, 2)


def test_the_field_of_a_card_stands_in_its_row_and_goes_on_in_the_next_pages_table():
    long = "对智能化改造项目给予补助，同一项目不得重复申报，已获得" * 2
    pages = [
        [
            "1.支持智能改造",
            ["依据文件", "/"],
            ["发文机构", "某局"],
            ["发文字号", "/"],
            ["服务内容", long[:28]],
        ],
        [["", "其他财政资金支持的不再支持。"], ["联络方式", "某局：1"]],
        [
            "2.支持楼宇改造",
            ["依据文件", "/"],
            ["发文机构", "某局"],
            ["发文字号", "/"],
            ["服务内容", "补助10%。"],
        ],
    ]
    first = next(one for one in extract(files.cards(pages), "导引.pdf") if one.name == "支持智能改造")
    assert found(first, "某局").row == 2
    assert found(first, long[:10]) == Locator(1, None, 1, 4, 4, 2)
    assert found(first, "其他财政资金") == Locator(2, None, 1, 1, 1, 2)
    assert found(first, "某局：1") == Locator(2, None, 1, 2, 2, 2)


def test_tables_of_a_printed_page_count_from_its_top():
    blocks = [
        "本区对企业给予补助，标准见下。",
        TABLE,
        *(f"第{at}项说明由区经济和信息化局另行发布。" for at in range(3)),
        OTHER,
    ]
    (one,) = extract(files.pdf(TITLE, blocks, per_page=6), "a.pdf")
    assert str(found(one, "30%")) == "第1页第1个表第3行"
    assert str(found(one, "营业执照")) == "第2页第1个表第2行"
