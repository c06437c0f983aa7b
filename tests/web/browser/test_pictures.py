"""The pictures of the dashboard and of a review, over invented work.

    ZHENGWEN_UPDATE_SCREENSHOTS=1 .venv/bin/python -m pytest tests/web/browser

renews these and all others of `app/web/pictures`, which the tests of the pages they show take. The clock is set, so that the month ends
on the same day in every picture.
"""

import random
from dataclasses import replace
from datetime import datetime, time, timedelta
from types import SimpleNamespace

import httpx2
import pytest
from playwright.sync_api import expect

from app.clock import today
from app.store import Calls, Feedback, Gap, Gaps, Origin, Outcome, Role, TicketState, csrf_of
from app.store.rows import write_rows
from app.web.hotline.guard import COOKIE
from tests.conftest import Clock
from tests.converse.approved import sameness
from tests.store.rows import turn
from tests.web.browser.conftest import outside, policy_breach
from tests.web.browser.reach import over_the_edge
from tests.web.hotline.reviewing import HERE, fields, following, reviewing_services, stamp
from tests.web.test_server import served

DAYS = 30
ANSWERED = ("注意事项有哪些", "支持哪些方向", "首次贷款能享受什么支持", "技术改造支持什么", "企业升规有什么支持",
            "什么是专精特新企业", "资金怎么使用", "制定的背景依据是什么", "支持融资租赁吗")  # fmt: skip
MISSED = ("补贴什么时候到账", "办公用房租金能补贴多少钱", "员工子女入学有没有照顾", "公积金最多能贷多少",
          "食堂能不能补一点")  # fmt: skip
OUTCOMES = (Outcome.ANSWERED,) * 6 + (Outcome.NOT_STATED, Outcome.TRANSFERRED, Outcome.DROPPED)


@pytest.fixture(scope="module")
def office(chromium, tmp_path_factory):
    """A running console after a month of work, with a reviewed answer that is to be changed."""
    url = f"sqlite:///{tmp_path_factory.mktemp('pictures')}/desk.sqlite3"
    services = replace(reviewing_services(url), sameness=sameness())
    running = served(services, database_url=url, secret="a secret for the tests alone")
    with following(services), pytest.MonkeyPatch.context() as patch, running as address:
        Clock(patch)
        for name, value in (("PASSES", 1), ("MEMORY", 8), ("LANES", 1)):
            patch.setattr(f"app.store.password.{name}", value)
        held = running.app.state.console
        people = {
            role: held.people.add(
                role.value, "a long password 1", name=name, role=role, department=department, must_change=False
            )
            for role, name, department in (
                (Role.CLERK, "王敏", "12345热线"),
                (Role.EDITOR, "李编", "区经信局"),
                (Role.REVIEWER, "周审", "区经信局"),
            )
        }  # fmt: skip
        yield SimpleNamespace(
            address=address,
            asked=_month(held.database, people),
            review=_change(address, held, people),
            token=lambda role: held.sign_ins.open(people[role]),
        )


def _month(database, people):
    """How many questions were asked in the month that is written down; the same numbers whenever it is."""
    drawn = random.Random(7)
    last = datetime.combine(today(HERE), time(11), HERE)
    rows, gaps = [], Gaps(database)
    for back in range(DAYS):
        noon = last - timedelta(days=back)
        for _ in range(drawn.randint(14, 26) if noon.weekday() > 4 else drawn.randint(60, 100)):
            rows += _asked(drawn, noon, gaps, len(rows))
        calls = Calls(database, lambda noon=noon: noon + timedelta(seconds=drawn.randint(40, 900)))
        for _ in range(drawn.randint(0, 4)):
            call = calls.begin(people[Role.CLERK], drawn.choice(ANSWERED))
            calls.end(call.id, people[Role.CLERK], drawn.choice(OUTCOMES))
    database.prepare()
    with database.writing() as connection:
        write_rows(connection, rows)
    while gaps.waiting():
        gaps.gather(sameness())
    states = (TicketState.WORKING, TicketState.WORKING, TicketState.DRAFTED)
    for ticket, state in zip(gaps.tickets(), states, strict=False):
        gaps.move(ticket.id, state, people[Role.EDITOR])
    return sum(not isinstance(row, Feedback) for row in rows)


def _asked(drawn, noon, gaps, number):
    """A question with its answer, and what was thought of it."""
    known = drawn.random() < 0.8
    question = drawn.choices(ANSWERED if known else MISSED, range(9 if known else 5, 0, -1))[0]
    status = "answered" if known else drawn.choice(("not_stated", "out_of_scope"))
    channel = drawn.choices(("widget", "hotline", "wechat", "api"), (45, 30, 18, 7))[0]
    said = turn(question, created_at=noon, status=status, channel=channel, session_id=f"s{number}",
                answer_id=f"a{number}", latency_ms=drawn.lognormvariate(2, 0.5), citations=())  # fmt: skip
    if not known and drawn.random() < 0.3:
        gaps.record(Gap(question, channel, noon, origin=Origin.NOT_STATED, status=status))
    if drawn.random() < 0.2:
        return [said, Feedback(said.answer_id, known and drawn.random() < 0.9, noon)]
    return [said]


def _change(address, held, people):
    """The page where a change of a reviewed answer is reviewed: its words now name a figure that no quote has."""

    def client(role):
        token = held.sign_ins.open(people[role])
        headers = {"x-csrf-token": csrf_of(token), "origin": address, "accept": "text/html"}
        return httpx2.Client(base_url=address, cookies={COOKIE: token}, headers=headers, timeout=60)

    with client(Role.EDITOR) as editor, client(Role.REVIEWER) as reviewer:
        made = editor.post("/hotline/reviewed", data=fields() | {"act": "submit"}).headers["location"]
        seen = stamp(reviewer.get(f"{made}/review"))
        reviewer.post(f"{made}/approve", data={"seen": seen, "acknowledged": "1"})
        changed = fields(spoken="首次贷款有贴息支持，最高补50万元。") | {"act": "submit"}
        editor.post(made, data=changed | {"seen": stamp(editor.get(f"{made}/edit"))})
    return f"{made}/review"


@pytest.fixture
def opened(chromium, office):
    """Opens a page for a person; the test fails where the page complained."""
    complaints, contexts = [], []

    def at(role, path, height=900):
        context = chromium.new_context(viewport={"width": 1440, "height": height}, locale="zh-CN")
        context.add_cookies([{"name": COOKIE, "value": office.token(role), "url": office.address}])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: policy_breach(message.text, complaints))
        page.on("request", lambda request: outside(request.url, complaints))
        page.goto(office.address + path)
        return page

    yield at
    for context in contexts:
        context.close()
    assert complaints == []


def test_a_month_of_questions_is_on_the_dashboard(opened, office, picture):
    page = opened(Role.EDITOR, "/hotline/dashboard")
    expect(page.locator(".stat b").first).to_have_text(f"{office.asked:,}")
    expect(page.locator("svg.chart")).to_have_count(4)
    assert over_the_edge(page) == []
    picture(page, "console-dashboard")


def test_a_change_is_reviewed_beside_what_citizens_will_see(opened, office, picture):
    page = opened(Role.REVIEWER, office.review, height=640)
    expect(page.locator(".diff ins").first).to_have_text("，最高补50万元")
    expect(page.locator(".alert.warn")).to_contain_text("50万元")
    picture(page, "reviewed-review")
