"""The record as a page and as CSV."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store import AuditRecord, Role
from app.store.audit import write_audit
from app.web.hotline.csv import csv_lines, harmless

DAY = datetime(2026, 3, 2, 4, tzinfo=UTC)  # noon in Shanghai


@pytest.fixture
def filled(desk):
    with desk.console.database.writing() as connection:
        for number in range(150):
            person = desk.person[Role.CLERK if number % 2 else Role.EDITOR]
            moment = DAY + timedelta(hours=number)
            record = AuditRecord("备注", person.name, person.id, f"来电 {number}", created_at=moment)
            write_audit(connection, record)
    return desk


def test_the_page_is_filtered_by_person_action_and_day(filled):
    clerk = filled.person[Role.CLERK]
    page = filled.admin.get(
        "/admin/audit",
        params={"who": clerk.id, "action": "备注", "since": "2026-03-02", "until": "2026-03-02"},
    )
    assert page.status_code == 200
    # Twelve hours are left of that day in Shanghai; every other record is the clerk's.
    assert [f"来电 {number}<" in page.text for number in (1, 11, 12, 13, 2)] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert "6 条" in page.text


def test_reading_on_gives_every_record_once(filled):
    seen, address = [], "/admin/audit?action=备注"
    while address:
        page = filled.admin.get(address).text
        seen += [line for line in page.split("<td") if "来电 " in line]
        following = [
            part
            for part in page.split('href="')
            if part.startswith("/admin/audit?") and "after=" in part[:300]
        ]
        address = following[0].partition('"')[0].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 150


@pytest.mark.parametrize("query", ["since=2026-02-30", "until=yesterday", "since=9999-12-31&until=9999-12-31", "after=x~y", "after=2026-03-02T00:00~z",
                                   "who=' OR 1=1 --", "action=%00", "who=" + "x" * 400])  # fmt: skip
def test_filters_that_make_no_sense_are_told_or_passed_over(filled, query):
    got = filled.admin.get(f"/admin/audit?{query}")
    assert got.status_code in (200, 422)
    assert "Traceback" not in got.text
    assert filled.admin.get(f"/admin/audit.csv?{query}").status_code in (200, 422)


def test_the_csv_holds_all_that_fit_and_no_formula(filled):
    filled.console.audit.record(
        "备注", filled.person[Role.ADMIN], subject='=HYPERLINK("http://x")', detail="+1\n@x"
    )
    got = filled.admin.get("/admin/audit.csv?action=备注")
    assert got.headers["content-type"] == "text/csv; charset=utf-8"
    assert got.content.startswith("\ufeff时间".encode())
    rows = list(csv.reader(io.StringIO(got.text.removeprefix("\ufeff"))))
    assert len(rows) == 152
    assert rows[1][3] == '\'=HYPERLINK("http://x")'
    assert rows[1][4].startswith("'+1")
    assert [each.action for each in filled.console.audit.records(limit=1)] == ["导出日志"]


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")), min_size=1),
        min_size=1,
    )
)
def test_every_cell_comes_back_and_none_is_a_formula(rows):
    page = b"".join(csv_lines(rows)).decode().removeprefix("\ufeff")
    back = list(csv.reader(io.StringIO(page, newline="")))
    assert back == [[harmless(cell) for cell in row] for row in rows]
    for row, found in zip(rows, back, strict=True):
        for cell, text in zip(row, found, strict=True):
            assert text in (cell, f"'{cell}")
            assert not text.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_numbers_stay_numbers():
    assert [harmless(each) for each in (-3, 2.5, None, "-3", " =1", "　＝1")] == [
        "-3",
        "2.5",
        "",
        "'-3",
        "' =1",
        "'　＝1",
    ]


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_a_day_too_far_away_is_named_on_every_page_that_looks_by_days(desk, day):
    for name in ("since", "until"):
        for path in ("/admin/audit", "/admin/audit.csv", "/hotline/gaps.csv"):
            assert desk.admin.get(f"{path}?{name}={day}").status_code == 422
        for path in ("/hotline/calls/find", "/hotline/gaps/find"):
            found = desk.admin.post(path, data={name: day})
            assert (found.status_code, "太远了" in found.text) == (422, True)
