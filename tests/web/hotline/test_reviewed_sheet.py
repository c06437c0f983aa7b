import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.converse import point_at
from app.errors import ImportRefused, ReviewedInvalid
from app.store import Author, ReviewedEntry, ReviewedVersion, Wording, tidied
from app.web.hotline.reviewed_plan import day_of, plan_of
from app.web.hotline.reviewed_sheet import COLUMNS, ROWS, SIZE, csv_of, quoted, read_table, unquoted, xlsx_of
from tests.answer.desk import huairou
from tests.converse.approved import clause_with
from tests.web.hotline.reviewing import WORDS

SNAPSHOT = huairou()[0]
CLAUSE = clause_with(WORDS)
MOMENT = datetime(2026, 1, 2, tzinfo=UTC)


def entry_of(wording: Wording, entry_id: str = "e1") -> ReviewedEntry:
    version = ReviewedVersion(entry_id, 1, "approved", tidied(wording), (Author("a", "甲"),), MOMENT, MOMENT)
    return ReviewedEntry(entry_id, version, version, None, MOMENT, MOMENT)


def wording(question="首贷有支持吗", **more):
    facts = {
        "question": question,
        "points": (point_at(SNAPSHOT, CLAUSE.id),),
        "spoken": "=HYPERLINK(1)",
        "department": "某区经信局",
        "expires_on": date(2027, 1, 1),
    }
    return Wording(**(facts | more))


def csv_bytes(*lines, head="标准问,条款"):
    return "\r\n".join([head, *lines]).encode("utf-8-sig")


def both(entries):
    return {"csv": b"".join(csv_of(entries)), "xlsx": xlsx_of(entries)}


LINES = st.lists(st.text(max_size=20), max_size=3).map(tuple)
PLACES = st.builds(
    lambda start, length: point_at(SNAPSHOT, CLAUSE.id, CLAUSE.start + start, CLAUSE.start + start + length),
    st.integers(0, 10),
    st.integers(1, 12),
)
WORDINGS = st.builds(
    Wording,
    st.text(min_size=1, max_size=30) | st.sampled_from(["=1+1", "'quoted", "-2", "@SUM(A1)", "＝问"]),
    LINES,
    LINES,
    st.lists(PLACES, max_size=3).map(tuple),
    st.text(max_size=60) | st.sampled_from(["=cmd|' /C calc'!A0", "''", "'=1"]),
    st.text(alphabet="某区局=+-@'委", max_size=10),
    st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
)


@given(WORDINGS)
@settings(max_examples=80)
def test_what_is_taken_away_and_brought_back_changes_nothing(given_wording):
    try:
        entry = entry_of(given_wording)
    except ReviewedInvalid:
        return
    for kind, content in both([entry]).items():
        plan = plan_of(read_table(content, f"x.{kind}"), [entry], SNAPSHOT)
        assert [row.deed for row in plan.rows] == ["same"], (kind, plan.rows)


@given(st.text(max_size=40))
def test_no_cell_begins_with_a_formula_and_each_text_comes_back(text):
    assert not quoted(text).lstrip().startswith(("=", "+", "-", "@"))
    assert unquoted(quoted(text)) == text.replace("\0", "\ufffd")


def test_no_cell_of_a_workbook_is_a_formula():
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_of([entry_of(wording())]))).active
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value}
    assert kinds == {"s"}
    assert sheet["F2"].value == "'=HYPERLINK(1)"


def test_a_formula_that_comes_in_is_its_words():
    book = openpyxl.Workbook()
    book.active.append(["标准问", "条款", "口径"])
    book.active.append(["首贷有支持吗", CLAUSE.id, '=WEBSERVICE("http://x")'])
    held = io.BytesIO()
    book.save(held)
    (row,) = plan_of(read_table(held.getvalue(), "x.xlsx"), [], SNAPSHOT).rows
    assert (row.deed, row.wording.spoken) == ("add", '=WEBSERVICE("http://x")')


def test_each_row_says_what_would_become_of_it_and_why_not():
    old = entry_of(wording())
    rows = read_table(
        csv_bytes(
            f"e1,首贷有支持吗,{CLAUSE.id},改了,2027-01-01",
            f",新的问题,{CLAUSE.id},,2027年2月3日",
            ",坏条款,nowhere,,",
            f"e9,没有的编号,{CLAUSE.id},,",
            f",首贷有支持吗？,{CLAUSE.id},,",
            f",？！,{CLAUSE.id},,",
            f",两次,{CLAUSE.id},,",
            f",两次。,{CLAUSE.id},,",
            f",坏日期,{CLAUSE.id},,2027-02-30",
            ",,,,",
            head="编号,标准问,条款,口径,有效期",
        ),
        "x.csv",
    )
    plan = plan_of(rows, [old], SNAPSHOT)
    told = [(row.number, row.deed) for row in plan.rows]
    assert told == [
        (2, "change"), (3, "add"), (4, "refuse"), (5, "refuse"), (6, "refuse"), (7, "refuse"), (8, "refuse"), (9, "refuse"), (10, "refuse"),
    ]  # fmt: skip
    assert plan.rows[0].fields == ("口径",)
    assert plan.rows[0].wording.department == "某区经信局"  # a column the file lacks stays as it is
    reasons = [row.reason for row in plan.rows[2:]]
    for reason, words in zip(
        reasons,
        [
            "没有编号为“nowhere”的条款",
            "编号留空",
            "已有的口径（编号 e1）相同",
            "标准问是空的",
            "出现了两次",
            "出现了两次",
            "2027-02-30",
        ],
        strict=True,
    ):
        assert words in reason
    assert (plan.count("add"), len(plan.new), len(plan.changed)) == (1, 1, 1)


def test_a_clause_that_is_gone_stays_with_the_entry_that_has_it():
    gone = replace(point_at(SNAPSHOT, CLAUSE.id), clause_id="gone")
    entry = entry_of(wording(points=(gone,)))
    content = b"".join(csv_of([entry]))
    assert [row.deed for row in plan_of(read_table(content, "x.csv"), [entry], SNAPSHOT).rows] == ["same"]


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "x.csv", "文件是空的"),
        (b"\r\n,,\r\n", "x.csv", "没有内容"),
        ("问题,答案\r\n一,二".encode(), "x.csv", "没有“标准问”“条款”列"),
        ("标准问,条款,条款\r\n一,二,三".encode(), "x.csv", "出现了两次"),
        (b"not a workbook", "x.xlsx", "不是 XLSX 文件"),
        (b"PK\x03\x04 broken", "x.xlsx", "文件读不懂"),
        (b"\x81\x00\x81", "x.csv", "编码读不懂"),
        (b"a" * (SIZE + 1), "x.csv", "超过 2 MB"),
        (csv_bytes(*[f"第{n}问,c" for n in range(ROWS + 1)]), "x.csv", "1001 行"),
        (csv_bytes("长" * 20_001 + ",c"), "x.csv", "20000 字"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_with_the_remedy(content, name, words):
    with pytest.raises(ImportRefused, match=words):
        read_table(content, name)


def test_a_workbook_that_unpacks_to_too_much_is_not_opened():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (41 * 1024 * 1024))
    with pytest.raises(ImportRefused, match="解开后太大"):
        read_table(held.getvalue(), "x.xlsx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_what_spreadsheets_write_is_read(encoding, separator):
    text = f"标准问{separator}条款{separator}状态\r\n首贷有支持吗{separator}c1{separator}已批准\r\n"
    assert read_table(text.encode(encoding), "x.csv") == [
        (2, {"标准问": "首贷有支持吗", "条款": "c1", "状态": "已批准"})
    ]


@pytest.mark.parametrize(
    "text", ["2026-01-31", "2026/1/31", "2026年1月31日", "2026.1.31", "2026-01-31 00:00:00"]
)
def test_days_are_read_as_people_write_them(text):
    assert day_of(text) == date(2026, 1, 31)


def test_the_heading_is_what_the_page_says():
    assert read_table(b"".join(csv_of([])), "x.csv") == []
    assert COLUMNS[:2] == ("编号", "标准问")


def test_a_quote_that_is_never_closed_is_refused_with_its_row_and_swallows_none():
    content = csv_bytes("问一,a", '"问二,b', "问三,c")
    with pytest.raises(ImportRefused, match=r"第 3 行.*引号没有成对"):
        read_table(content, "a.csv")
