"""The closed loop as people walk it: a question nobody could answer is drafted, approved, asked again and confirmed."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pypdfium2
import pytest
from playwright.sync_api import expect

from app.clock import now
from app.store import Gap, Gaps, Origin, Role
from app.store.rows import write_rows
from app.web.hotline.guard import COOKIE
from tests.converse.approved import sameness
from tests.store.rows import turn
from tests.web.browser.conftest import outside, policy_breach
from tests.web.hotline.reviewing import following, reviewing_services
from tests.web.test_server import served

ASKED = "办公用房租金能补贴多少钱"
NASTY = "<img src=x onerror=\"document.title='broken'\"> 有补贴吗"


@pytest.fixture(scope="module")
def office(chromium, tmp_path_factory):
    """A running console with an editor and a reviewer, a question nobody could answer, and a week of turns."""
    url = f"sqlite:///{tmp_path_factory.mktemp('gaps')}/gaps.sqlite3"
    services = replace(reviewing_services(url), sameness=sameness())
    with following(services):
        running = served(services, database_url=url, secret="a secret for the tests alone")
        with running as address:
            console = running.app.state.console
            people = {
                role: console.people.add(
                    role.value, "a long password 1", name=role.label, role=role, department="某区经信局", must_change=False
                )
                for role in (Role.EDITOR, Role.REVIEWER)
            }  # fmt: skip
            gaps = Gaps(console.database)
            gaps.record(Gap(ASKED, "widget", now(), origin=Origin.NOT_STATED, status="not_stated"))
            gaps.record(Gap(NASTY, "widget", now()))
            said = [
                turn(
                    f"问题{n % 5}",
                    created_at=now() - timedelta(days=7 + n % 7),
                    session_id=f"s{n}",
                    latency_ms=n,
                )
                for n in range(40)
            ]
            with console.database.writing() as connection:
                write_rows(connection, said)
            yield SimpleNamespace(
                address=address, gaps=gaps, token=lambda role: console.sign_ins.open(people[role])
            )


@pytest.fixture
def browser(chromium, office):
    """Opens pages for people; the test fails where a page complained."""
    complaints, contexts = [], []

    def opened(role, path, width=1440):
        context = chromium.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
        context.add_cookies([{"name": COOKIE, "value": office.token(role), "url": office.address}])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: policy_breach(message.text, complaints))
        page.on("request", lambda request: outside(request.url, complaints))
        page.set_default_timeout(20_000)
        page.goto(office.address + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def test_a_gap_is_drafted_approved_asked_again_and_confirmed_by_a_person(browser, office):
    editor = browser(Role.EDITOR, "/hotline/gaps")
    editor.get_by_role("link", name="重问与确认").click()
    editor.get_by_role("button", name="现在重问").click()
    expect(editor.locator(".toast")).to_contain_text("2 个仍无答案")

    editor.goto(office.address + "/hotline/gaps")
    editor.get_by_role("link", name=ASKED).click()
    editor.get_by_role("button", name="起草口径").click()
    expect(editor.get_by_label("标准问")).to_have_value(ASKED)
    if not editor.locator("[name=point]").count():
        editor.get_by_label("查找条款").fill("首次贷款 贴息")
        editor.get_by_label("查找条款").press("Enter")
        editor.locator("#found .card").first.get_by_role("button", name="选整条").click()
    editor.get_by_label("责任部门").fill("某区经信局")
    editor.get_by_role("button", name="保存并提交审核").click()
    expect(editor.locator(".toast")).to_contain_text("已提交")

    reviewer = browser(Role.REVIEWER, "/hotline/reviewed?state=submitted")
    reviewer.get_by_role("link", name=ASKED).click()
    reviewer.get_by_role("link", name="审核", exact=True).click()
    if reviewer.locator("[name=acknowledged]").count():
        reviewer.locator("[name=acknowledged]").check()
    reviewer.get_by_role("button", name="批准").click()
    expect(reviewer.locator(".toast")).to_contain_text("已批准")

    editor.goto(office.address + "/hotline/gaps/again")
    editor.get_by_role("button", name="现在重问").click()
    expect(editor.locator(".toast")).to_contain_text("1 个新能答复")
    editor.get_by_label(f"确认已解决：{ASKED}").check()
    editor.get_by_role("button", name="勾选的已解决").click()
    expect(editor.locator(".toast")).to_contain_text("已确认解决 1 个缺口")
    editor.goto(office.address + "/hotline/gaps?state=solved")
    expect(editor.get_by_role("link", name=ASKED)).to_be_visible()


def test_what_was_typed_runs_nowhere(browser, office):
    page = browser(Role.EDITOR, "/hotline/gaps?state=all")
    page.get_by_role("link", name="有补贴吗").click()
    expect(page.locator("h1")).to_contain_text("<img")
    assert page.title() != "broken"


@pytest.mark.parametrize("width", [1440, 1280, 390])
def test_nothing_hangs_over_the_edge(browser, width):
    page = browser(Role.EDITOR, "/hotline/dashboard", width)
    for path in ("/hotline/dashboard", "/hotline/gaps", "/hotline/gaps/again", "/hotline/dashboard/report"):
        page.goto(page.url.split("/hotline")[0] + path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_a_chart_has_a_table_that_a_keyboard_opens(browser):
    page = browser(Role.EDITOR, "/hotline/dashboard")
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("details[open] table").first).to_be_visible()


def test_the_weekly_report_prints_on_paper_without_the_bar(browser, tmp_path):
    page = browser(Role.EDITOR, "/hotline/dashboard/report")
    page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    document = pypdfium2.PdfDocument(tmp_path / "report.pdf")
    text = "".join(sheet.get_textpage().get_text_range() for sheet in document)
    width, height = document[0].get_size()
    assert (round(width), round(height)) == (595, 842)  # A4, in points
    assert len(document) <= 3
    assert "政策问答周报" in text
    assert "问题0" in text
    for left_out in ("退出", "打印或存为", "上一周"):
        assert left_out not in text
    document.close()
