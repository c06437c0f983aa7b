"""Every figure equals a count that Python makes of the same rows, on both databases and in any time zone."""

import math
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, text

from app.store import (
    Call,
    CitedSpan,
    Database,
    Feedback,
    Gap,
    Gaps,
    Outcome,
    Sameness,
    Statistics,
    TicketState,
)
from app.store.calls import _columns, calls
from app.store.rows import write_rows
from app.store.statistics import days_of
from app.store.tables import feedback, sessions, turns
from app.text import Analyzer

from .letters import Letters
from .rows import turn

FIRST, LAST = date(2025, 3, 28), date(2025, 4, 2)
# New York has a day of 23 hours before, Sydney one of 25 within, Apia lies across the date line, Shanghai is ours.
ZONES = ("Asia/Shanghai", "Australia/Sydney", "America/New_York", "Pacific/Apia", "UTC")
STATUSES = ("answered", "not_stated", "out_of_scope", "clarify")
FEW = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])

# hypothesis takes its bounds without a zone
moments = st.datetimes(datetime(2025, 3, 26), datetime(2025, 4, 5), timezones=st.just(UTC))  # noqa: DTZ001
latencies = st.one_of(st.floats(0, 30_000), st.sampled_from([0.0, 0.1, 0.3, 5.0, 5.05, 17.6, 1e6]))
asked = st.lists(
    st.builds(
        lambda at, channel, status, question, latency, clauses: turn(
            question,
            created_at=at,
            channel=channel,
            status=status,
            latency_ms=latency,
            citations=tuple(CitedSpan(clause, 0, 1) for clause in clauses),
        ),
        moments,
        st.sampled_from(["widget", "hotline", "wechat", "api"]),
        st.sampled_from(STATUSES),
        st.sampled_from(["租金补贴", "注意事项", "办理材料"]),
        latencies,
        st.lists(st.sampled_from(["d-1", "d-2", "e-1"]), max_size=2),
    ),
    max_size=30,
)
told = st.lists(st.builds(lambda at, good: Feedback("a", good, at), moments, st.booleans()), max_size=15)


@pytest.fixture
def database(url):
    with closing(Database(url)) as opened:
        opened.prepare()
        yield opened


def put(database, rows):
    with database.writing() as connection:
        for table in (feedback, turns, sessions):
            connection.execute(delete(table))
        write_rows(connection, [replace(row, id=f"{n:032}") for n, row in enumerate(rows)])


def within(rows, zone, first=FIRST, last=LAST):
    return [row for row in rows if first <= row.created_at.astimezone(zone).date() <= last]


def nearest_rank(rows, share):
    """The textbook's: the value at place ⌈share·n⌉ of all, of values cut to a tenth."""
    values = sorted(int(row.latency_ms / 0.1) for row in rows)
    return round(values[math.ceil(share * len(values)) - 1] * 0.1, 1) if values else None


@FEW
@given(rows=asked, said=told, name=st.sampled_from(ZONES))
def test_the_figures_of_each_day_and_of_all_are_those_that_python_counts(database, rows, said, name):
    put(database, [*rows, *said])
    zone = ZoneInfo(name)
    found = Statistics(database, zone).figures(FIRST, LAST)
    assert [day.day for day in found.days] == list(days_of(FIRST, LAST))
    for day, first, last in [
        (found.total, FIRST, LAST),
        *((each, each.day, each.day) for each in found.days),
    ]:
        mine, heard = within(rows, zone, first, last), within(said, zone, first, last)
        assert dict(day.channels) == Counter(row.channel for row in mine)
        assert dict(day.statuses) == Counter(row.status for row in mine)
        assert day.asked == len(mine)
        assert (day.helpful, day.unhelpful) == (
            sum(each.helpful for each in heard),
            sum(not each.helpful for each in heard),
        )
        assert (day.p50, day.p95) == (nearest_rank(mine, 0.5), nearest_rank(mine, 0.95))
        assert day.share("answered") == (
            sum(row.status == "answered" for row in mine) / len(mine) if mine else 0.0
        )


@FEW
@given(rows=asked, name=st.sampled_from(ZONES))
def test_the_questions_and_clauses_are_those_that_python_counts(database, rows, name):
    put(database, rows)
    zone = ZoneInfo(name)
    figures, mine = Statistics(database, zone), within(rows, ZoneInfo(name))
    counts = Counter(row.interpreted_as for row in mine)
    good = Counter(row.interpreted_as for row in mine if row.status == "answered")
    found = figures.top_questions(FIRST, LAST, limit=2)
    wanted = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0].encode()))[:2]
    assert [(each.question, each.asked) for each in found] == wanted
    assert all(each.answered == good[each.question] for each in found)
    clauses = Counter(row.citations[0].clause_id if row.citations else "" for row in mine)
    assert figures.by_clause(FIRST, LAST) == clauses


held = st.lists(
    st.builds(
        lambda at, seconds, department, outcome: Call(
            "p", "坐席", department, at, outcome=outcome,
            ended_at=at + timedelta(seconds=seconds) if seconds else None,
        ),
        moments,
        st.integers(0, 3000),
        st.sampled_from(["热线", "窗口", ""]),
        st.sampled_from([None, *Outcome]),
    ),
    max_size=20,
)  # fmt: skip


@FEW
@given(rows=held, name=st.sampled_from(ZONES))
def test_the_calls_of_each_department_are_those_that_python_counts(database, rows, name):
    with database.writing() as connection:
        connection.execute(delete(calls))
        for row in rows:
            connection.execute(insert(calls), _columns(row) | {"id": row.id})
    zone = ZoneInfo(name)
    mine = [row for row in rows if FIRST <= row.started_at.astimezone(zone).date() <= LAST]
    counts = Counter((row.department, row.outcome) for row in mine)
    found = Statistics(database, zone).calls(FIRST, LAST)
    assert {(each.department, each.outcome): each.calls for each in found} == counts
    assert sum(each.seconds for each in found) == sum(
        (row.ended_at - row.started_at).total_seconds() for row in mine if row.ended_at
    )


def test_the_gaps_of_a_period_are_counted_by_when_they_were_asked(database):
    same, kept = Sameness(Analyzer(), Letters()), Gaps(database)
    zone = ZoneInfo("Asia/Shanghai")
    for question, day in (
        ("租金补贴", 29),
        ("租金补贴", 30),
        ("租金补贴", 1),
        ("入学照顾", 30),
        ("打车发票", 30),
    ):
        at = datetime(2025, 3, day, 4, tzinfo=UTC)
        kept.open_ticket(Gap(question, "widget", at), same)
    (declined,) = [each for each in kept.tickets() if each.question == "打车发票"]
    kept.move(declined.id, TicketState.DECLINED, None)
    found = Statistics(database, zone).top_gaps(FIRST, LAST)
    assert [(each.question, each.asked) for each in found] == [("租金补贴", 2), ("入学照顾", 1)]


def test_a_period_is_at_most_a_year_and_one_that_ends_before_it_begins_is_empty(database):
    figures = Statistics(database, ZoneInfo("Asia/Shanghai"))
    assert len(figures.figures(date(2020, 1, 1), LAST).days) == 366
    assert figures.figures(LAST, FIRST).days == ()
    assert figures.figures(LAST, FIRST).total.asked == 0


def test_a_days_counts_come_from_the_index_alone(sqlite):
    with closing(Database(sqlite)) as database:
        database.prepare()
        with database.reading() as connection:
            for wanted in ("channel, status, count(*)", "latency_ms, count(*)", "first_clause, count(*)"):
                plan = connection.execute(
                    text(
                        f"EXPLAIN QUERY PLAN SELECT {wanted} FROM turns "
                        "WHERE created_at >= '2025' AND created_at < '2026' GROUP BY 1"
                    )
                ).all()
                assert "USING COVERING INDEX turns_figures (created_at>? AND created_at<?)" in str(plan)
