"""Promises that hang on which day it is, at hours and on machines where the day there and the day here differ."""

import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from types import SimpleNamespace

import pytest

from app.clock import now
from app.store import Calls, Gap, Gaps, Role
from app.store.rows import write_rows
from app.web.asking import Calendar
from app.web.hotline.reviewed_form import begun
from tests.converse.approved import clause_with, sameness
from tests.store.rows import turn
from tests.web.conftest import serving
from tests.web.corpus import tiny_services
from tests.web.hotline.reviewing import QUESTION, WORDS, approved, drafted, fields, reviewing_services, stamp
from tests.web.hotline.test_dashboard import read_csv
from tests.web.hotline.test_reviewed_import import HEAD, sent, table, waiting
from tests.web.visitors import at_home

DAYS = (date(2027, 12, 31), date(2028, 2, 29))
HOURS = (time(0, 30), time(7, 59), time(8, 1), time(16, 30), time(23, 59))  # UTC
MACHINES = ("UTC", "Asia/Shanghai", "America/New_York")
# Every hour of both days, on each machine in turn: all thirty pairs show no more and take three times as long.
AWKWARD = [
    (datetime.combine(day, hour, UTC), MACHINES[number % 3])
    for number, (day, hour) in enumerate(product(DAYS, HOURS))
]


@pytest.fixture(params=AWKWARD, ids=lambda pair: f"{pair[0]:%d-%b-%H:%M}-{pair[1]}")
def today(request, clock, machine_in):
    """The day in Shanghai, eight hours ahead of UTC all year, on a machine that stands where it likes."""
    moment, machine = request.param
    machine_in(machine)
    clock.set(moment)
    return (moment + timedelta(hours=8)).date()


@pytest.fixture
def services(url):
    return replace(reviewing_services(url), sameness=sameness())


def test_a_reviewed_answer_is_dated_today_and_answers_through_its_last_day(today, desk):
    tomorrow, yesterday = today + timedelta(days=1), today - timedelta(days=1)
    approved(desk, expires_on=str(today))

    def ask(**more):
        asked = {"question": QUESTION, **more}
        return at_home(desk.app).post("/api/v1/ask", json=asked).json()["reviewed"]

    mark = ask()
    assert (mark["reviewed_on"], mark["expires_on"]) == (str(today), str(today))
    assert ask(as_of=str(tomorrow)) is None
    for day, told in ((yesterday, "已过"), (tomorrow, "还没有到")):
        name = "expires_on" if day < today else "reviewed_on"
        late = fields(question="另一个首贷问题", similar="", **{name: str(day)}) | {"act": "submit"}
        refused = desk.editor.post("/hotline/reviewed", data=late)
        assert (refused.status_code, told in refused.text) == (422, True)


def test_an_import_that_ends_today_is_handed_in_and_the_export_bears_the_day(today, desk):
    clause = clause_with(WORDS).id
    page = sent(desk.editor, table(f"{QUESTION},{clause},有支持。,某区经信局,{today}", head=HEAD))
    form = {"waiting": waiting(page), "hand_in": "1"}
    assert desk.editor.post("/hotline/reviewed/import/confirm", data=form).status_code == 303
    assert QUESTION in desk.clerk.get("/hotline/reviewed?state=submitted").text
    file = desk.editor.get("/hotline/reviewed/export?format=csv")
    assert f'"reviewed-{today}.csv"' in file.headers["content-disposition"]


@pytest.mark.parametrize(
    ("day", "last"),
    [("2027-12-31", "2028-12-31"), ("2028-02-29", "2029-02-28"), ("2027-02-28", "2028-02-28")],
)
def test_a_new_answer_ends_a_year_later_on_a_day_that_there_is(day, last):
    person = SimpleNamespace(department="某区经信局")
    assert begun("首贷怎么办", (), "", person, date.fromisoformat(day)).expires_on == last


def test_what_was_asked_just_now_is_in_todays_figures_and_in_no_others(today, desk):
    database = desk.console.database
    database.prepare()
    with database.writing() as connection:
        write_rows(connection, [turn(created_at=now())])
    days = read_csv(desk.editor.get("/hotline/dashboard.csv"))[1:]
    assert [row[:2] for row in days if row[1] != "0"] == [[str(today), "1"]] == [days[-1][:2]]
    assert "增 1" in desk.editor.get(f"/hotline/dashboard/report?week={today}").text


def test_what_was_written_down_just_now_is_found_under_today_and_no_other_day(today, desk):
    clerk = desk.person[Role.CLERK]
    call = Calls(desk.console.database).begin(clerk, "停车怎么收费")
    ticket = Gaps(desk.console.database).open_ticket(Gap("停车怎么收费", "hotline", now()), sameness())
    desk.console.audit.record("备注", clerk, subject="停车怎么收费")

    def found(day):
        span = {"since": str(day), "until": str(day)}
        return [
            call.id in desk.editor.post("/hotline/calls/find", data=span).text,
            ticket.id in desk.editor.get("/hotline/gaps", params=span).text,
            "停车怎么收费" in desk.admin.get("/admin/audit", params=span).text,
        ]

    around = [today + timedelta(days=days) for days in (-1, 0, 1)]
    assert [found(day) for day in around] == [[False] * 3, [True] * 3, [False] * 3]


def test_a_question_without_a_day_is_about_today(today):
    services = replace(tiny_services(), examples=lambda day: (f"{day}有什么支持？",))
    with serving(services) as client:
        for reply in (
            client.post("/api/v1/ask", json={"question": "注意事项"}),
            client.post("/api/v1/search", json={"query": "企业"}),
            client.post("/api/v1/handoff", json={"question": "注意事项"}),
            client.get("/", params={"q": "注意事项"}),
        ):
            assert reply.status_code == 200
        assert re.findall(r'name="q" value="([^"]+)"', client.get("/").text) == [f"{today}有什么支持？"]
    asked = [*services.dialogue.asked, *services.retriever.asked]
    assert [each["as_of"] for each in asked] == [today] * 4


@pytest.fixture
def midnight(desk):
    """Days on end: the app is told another each time it asks for today; they are written down."""

    @contextmanager
    def falls():
        first, told = desk.today, []

        def next_day(_):
            told.append(first + timedelta(days=len(told)))
            return told[-1]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Calendar, "today", next_day)
            yield told

    return falls


@pytest.mark.parametrize(
    "path",
    ["dashboard", "dashboard.csv?figure=reviewed", "dashboard/report", "gaps", "reviewed", "{}", "{}/review"],
)
def test_a_page_on_which_midnight_falls_is_made_of_one_day(desk, midnight, path):
    address = drafted(desk.editor)
    wanted = path.format(address) if path.startswith("{}") else f"/hotline/{path}"
    with midnight() as days:
        assert desk.reviewer.get(wanted).status_code == 200
    assert len(days) <= 1


@pytest.mark.parametrize("path", ["search", "ask"])
def test_what_is_looked_up_while_midnight_falls_is_looked_up_for_one_day(desk, midnight, path):
    with midnight() as days:
        found = desk.clerk.post(f"/hotline/{path}", json={"query": "首次贷款"})
    assert (found.status_code, len(days)) == (200, 1)


def test_an_approval_on_which_midnight_falls_is_checked_and_dated_on_one_day(desk, midnight):
    address = drafted(desk.editor, expires_on=str(desk.today))
    seen = stamp(desk.reviewer.get(f"{address}/review"))
    with midnight() as days:
        assert desk.reviewer.post(f"{address}/approve", data={"seen": seen}).status_code == 303
    assert len(days) == 1
