import csv
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store import CitedSpan, Database, Feedback, Gap, Gaps, Outcome, Role, Sameness
from app.store.calls import Calls
from app.store.rows import write_rows
from app.text import Analyzer
from app.web.hotline.dashboard_view import EARLIEST, departments, read_period, stale, week_of
from tests.conftest import START
from tests.store.letters import Letters
from tests.store.rows import turn
from tests.web.corpus import document_of, tiny_services

HERE = ZoneInfo("Asia/Shanghai")
TODAY = START.astimezone(HERE).date()
EARLY = datetime.combine(TODAY, time(0, 1), HERE)
TABLES = ("days", "questions", "gaps", "documents", "reviewed", "departments", "calls")


@pytest.fixture
def services():
    return replace(tiny_services(issuers=("区经信局",)), sameness=Sameness(Analyzer(), Letters()))


@pytest.fixture
def busy(desk, services):
    """A desk after a day's work."""
    database: Database = desk.console.database
    database.prepare()
    rows = [
        turn(
            question,
            created_at=EARLY,
            channel=channel,
            status=status,
            session_id=f"s{number}",
            answer_id=f"a{number}",
            latency_ms=10.0 + number,
            citations=(CitedSpan("new-energy:5", 0, 3),) if status == "answered" else (),
        )
        for number, (question, channel, status) in enumerate(
            [
                ("注意事项有哪些", "widget", "answered"),
                ("注意事项有哪些", "hotline", "answered"),
                ("=1+1", "wechat", "not_stated"),
                ("办公用房租金", "api", "out_of_scope"),
            ]
        )
    ]
    told = [Feedback("a0", True, EARLY), Feedback("a1", True, EARLY), Feedback("a2", False, EARLY)]
    with database.writing() as connection:
        write_rows(connection, [*rows, *told])
    gaps = Gaps(database)
    gaps.open_ticket(Gap("=1+1", "wechat", EARLY, department="区住建局"), services.sameness)
    calls = Calls(database)
    call = calls.begin(desk.person[Role.CLERK], "注意事项")
    calls.end(call.id, desk.person[Role.CLERK], Outcome.ANSWERED)
    return desk


def read_csv(response):
    assert response.headers["content-type"].startswith("text/csv")
    return list(csv.reader(response.content.decode("utf-8-sig").splitlines()))


def test_the_dashboard_shows_the_figures_of_the_days(busy):
    text = busy.editor.get("/hotline/dashboard").text
    for shown in ("50.0", "25.0", "66.7", "注意事项有哪些", "区经信局", "区住建局", "=1+1", "没有写明日期"):
        assert shown in text
    assert text.count("<svg") == 4
    assert text.count("<details>") == 4
    assert 'style="' not in text


def test_the_files_hold_the_same_and_run_no_formula(busy):
    files = {name: read_csv(busy.editor.get(f"/hotline/dashboard.csv?figure={name}")) for name in TABLES}
    head, *days = files["days"]
    assert dict(zip(head, days[-1], strict=True)) == {
        "日期": str(TODAY), "提问": "4", "网页": "1", "热线": "1", "微信": "1", "接口": "1", "已答复": "2",
        "文件未载明": "1", "不在范围": "1", "需澄清": "0", "有用": "2", "没用": "1",
        "用时中位数（毫秒）": "11.0", "用时95分位（毫秒）": "13.0",
    }  # fmt: skip
    assert len(days) == 30
    assert files["questions"][1] == ["注意事项有哪些", "2", "2"]
    assert ["'=1+1", "1", "0"] in files["questions"]
    assert files["gaps"][1:] == [["'=1+1", "1", "新"]]
    assert ["区经信局", "2", "0", "0", "0"] in files["departments"]
    assert ["热线", "0", "0", "1", "1"] in files["departments"]
    assert files["calls"][1] == ["已解答", "1"]
    assert files["documents"][1][0] == "新能源企业扶持办法（试行）"
    actions = [record.action for record in busy.console.audit.records()]
    assert actions.count("导出看板") == len(TABLES)


def test_the_weekly_report_sets_two_weeks_side_by_side(busy):
    text = busy.editor.get(f"/hotline/dashboard/report?week={TODAY}").text
    assert "政策问答周报" in text
    for shown in ("增 4", "50.0%", "注意事项有哪些", "区经信局"):
        assert shown in text
    last = busy.editor.get("/hotline/dashboard/report").text
    assert "本周" in last
    assert "增 4" not in last


def test_a_change_too_small_to_be_shown_is_none(desk):
    rows = [
        turn(created_at=EARLY - timedelta(days=7 * weeks), answer_id=f"a{weeks}", latency_ms=10 + weeks / 50)
        for weeks in range(2)
    ]
    desk.console.database.prepare()
    with desk.console.database.writing() as connection:
        write_rows(connection, rows)
    text = desk.editor.get(f"/hotline/dashboard/report?week={TODAY}").text
    assert "减 0" not in text


def test_an_editor_sees_it_and_a_clerk_does_not(busy):
    for path in ("/hotline/dashboard", "/hotline/dashboard.csv", "/hotline/dashboard/report"):
        assert busy.clerk.get(path).status_code == 403
        assert busy.reviewer.get(path).status_code == 200


def test_days_that_are_none_are_named_and_far_ones_are_cut(desk):
    refused = desk.editor.get("/hotline/dashboard?since=2025-02-30")
    assert refused.status_code == 422
    assert "2025-02-30" in refused.text
    for query in (
        "since=0001-01-01&until=0001-01-01",
        "since=9999-12-31",
        "until=9999-12-31",
        "since=0001-01-01",
    ):
        assert desk.editor.get(f"/hotline/dashboard?{query}").status_code == 200, query
    for week in ("0001-01-01", "9999-12-31"):
        assert desk.editor.get(f"/hotline/dashboard/report?week={week}").status_code == 200
    assert desk.editor.get("/hotline/dashboard/report?week=x").status_code == 422
    assert desk.editor.get("/hotline/dashboard.csv?figure=../../etc").status_code == 200


days = st.dates(date(1, 1, 1), date(9999, 12, 31)).map(str) | st.just("")


@given(days, days, st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_a_period_lies_between_the_first_day_and_today_and_is_no_longer_than_a_year(since, until, today):
    period = read_period(since, until, today)
    assert EARLIEST <= period.first <= period.last <= today
    assert period.days <= 366


@given(st.dates(date(2000, 1, 15), date(2100, 1, 1)))
def test_a_week_begins_on_monday_and_holds_its_day(day):
    week = week_of(day)
    assert (week.first.weekday(), week.days) == (0, 7)
    assert week.first <= day <= week.last
    assert week.before.last == week.first - timedelta(days=1)


def test_documents_are_named_when_they_end_have_ended_or_name_no_day():
    today = date(2025, 3, 1)

    def made(name, **days):
        return document_of(document_id=name, title=name, **days)

    found = stale(
        [
            made("旧", expires_on=date(2025, 2, 28)),
            made("将到期", expires_on=date(2025, 4, 30)),
            made("今天到期", expires_on=today),
            made("还早", expires_on=date(2025, 5, 1)),
            made("无日期"),
            made("有发布日期", published_on=date(2020, 1, 1)),
        ],
        today,
    )
    assert [(each.document.title, each.words) for each in found] == [
        ("今天到期", "0 天后失效"),
        ("将到期", "60 天后失效"),
        ("旧", "已于 2025-02-28 失效"),
        ("无日期", "没有写明日期"),
    ]


def test_a_question_belongs_to_who_issued_the_first_document_it_quotes(services):
    counted = departments(services.snapshot, {"new-energy:5": 3, "gone-1": 2, "": 7}, {"": 1}, ())
    assert [(each.name, each.questions, each.gaps) for each in counted] == [
        ("区经信局", 3, 0),
        ("已撤下的文件", 2, 0),
        ("未写明", 0, 1),
    ]


def test_moments_are_counted_on_the_days_of_the_setting(busy):
    # One minute past midnight here is still yesterday in UTC.
    assert EARLY.astimezone(UTC).date() == TODAY - timedelta(days=1)
    _, *rows = read_csv(busy.editor.get(f"/hotline/dashboard.csv?since={TODAY}&until={TODAY}"))
    assert rows[0][:2] == [str(TODAY), "4"]
