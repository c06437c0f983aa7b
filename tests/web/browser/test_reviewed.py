"""A working day with reviewed answers: an editor drafts, a reviewer approves, the widget of another process answers."""

import time
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from app.store import Role
from app.web.hotline.guard import COOKIE
from tests.web.browser.conftest import outside, policy_breach
from tests.web.hotline.reviewing import QUESTION, answered_by, following, next_year, reviewing_services
from tests.web.test_server import served

SECRET = "a secret for the tests alone"
NASTY = '<img src=x onerror="document.title=\'broken\'"><script>document.title="broken"</script>'


@pytest.fixture(scope="module")
def office(chromium, tmp_path_factory):
    """Two servers over one database: the console's, and one that citizens ask."""
    url = f"sqlite:///{tmp_path_factory.mktemp('reviewed')}/reviewed.sqlite3"
    ours, theirs = reviewing_services(url), reviewing_services(url)
    with following(ours), following(theirs):
        desk, public = (served(each, database_url=url, secret=SECRET) for each in (ours, theirs))
        with desk as address, public as widget:
            console = desk.app.state.console
            people = {
                role: console.people.add(
                    role.value, "a long password 1", name=role.label, role=role, department="某区经信局", must_change=False
                )
                for role in (Role.EDITOR, Role.REVIEWER)
            }  # fmt: skip
            yield SimpleNamespace(
                address=address, widget=widget, token=lambda role: console.sign_ins.open(people[role])
            )


@pytest.fixture
def browser(chromium, office):
    """Opens pages for people; the test fails where a page complained."""
    complaints, contexts = [], []

    def opened(role=None, path="/hotline/reviewed", base=None):
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        if role is not None:
            context.add_cookies([{"name": COOKIE, "value": office.token(role), "url": office.address}])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: policy_breach(message.text, complaints))
        page.on("request", lambda request: outside(request.url, complaints))
        page.set_default_timeout(20_000)
        page.goto((base or office.address) + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def drafted(page, question=QUESTION, spoken="首次贷款有贴息和担保费支持。"):
    """Fill in the form of a new entry, choosing its clause by search."""
    page.get_by_label("标准问").fill(question)
    page.get_by_label("相似问").fill("首贷有哪些扶持")
    page.get_by_label("查找条款").fill("首次贷款 贴息")
    page.get_by_label("查找条款").press("Enter")
    found = page.locator("#found .card").filter(has_text="仅支持首次贷款贴息及担保费")
    found.get_by_role("button", name="选整条").first.click()
    page.get_by_label("口径（").fill(spoken)
    page.get_by_label("责任部门").fill("某区经信局")
    page.get_by_label("有效期至").fill(next_year())


def test_an_editor_drafts_a_reviewer_approves_and_the_widget_gives_the_approved_answer(browser, office):
    editor = browser(Role.EDITOR)
    editor.get_by_role("link", name="起草口径").click()
    drafted(editor)
    editor.get_by_role("button", name="预览").click()
    expect(editor.locator("#preview")).to_contain_text("【已审口径】某区经信局")
    expect(editor.locator("#preview")).to_contain_text("念给来电人：首次贷款有贴息和担保费支持。")
    editor.get_by_role("button", name="保存并提交审核").click()
    expect(editor.locator(".toast")).to_contain_text("已提交")

    reviewer = browser(Role.REVIEWER, "/hotline/reviewed?state=submitted")
    reviewer.get_by_role("link", name=QUESTION).click()
    reviewer.get_by_role("link", name="审核", exact=True).click()
    expect(reviewer.locator(".reviewed-answer")).to_contain_text("仅支持首次贷款贴息及担保费")
    reviewer.get_by_role("button", name="批准").click()
    expect(reviewer.locator(".toast")).to_contain_text("已批准")

    for _ in range(400):
        if answered_by(office.widget, QUESTION):
            break
        time.sleep(0.05)
    citizen = browser(path="/chat", base=office.widget)
    citizen.get_by_role("textbox").fill("首贷有哪些扶持")
    citizen.get_by_role("textbox").press("Enter")
    expect(citizen.get_by_text("【已审口径】某区经信局").first).to_be_visible()
    expect(citizen.get_by_text("仅支持首次贷款贴息及担保费").first).to_be_visible()

    reviewer.get_by_role("button", name="撤回").click()
    reviewer.get_by_role("dialog").get_by_role("button", name="撤回").click()
    expect(reviewer.locator(".toast")).to_contain_text("已撤回")
    for _ in range(400):
        if not answered_by(office.widget, QUESTION):
            break
        time.sleep(0.05)
    assert answered_by(office.widget, QUESTION) is None


def test_markup_in_every_field_stays_text_in_the_form_the_preview_and_the_pages(browser):
    editor = browser(Role.EDITOR, "/hotline/reviewed/new")
    drafted(editor, f"首贷{NASTY}怎么办", NASTY)
    editor.get_by_label("反例问").fill(NASTY)
    editor.get_by_role("button", name="预览").click()
    expect(editor.locator("#preview")).to_contain_text("念给来电人：<img src=x")
    editor.get_by_role("button", name="存为草稿").click()
    expect(editor.locator("h1")).to_contain_text("<script>")
    editor.get_by_role("link", name="修改").click()
    expect(editor.get_by_label("标准问")).to_have_value(f"首贷{NASTY}怎么办")
    assert "broken" not in editor.title().replace(NASTY, "")
    assert editor.locator("img[src=x]").count() == 0


def test_a_clause_is_removed_and_chosen_once(browser):
    editor = browser(Role.EDITOR, "/hotline/reviewed/new")
    drafted(editor)
    editor.locator("#found").get_by_role("button", name="选整条").first.click()
    expect(editor.locator("#points li")).to_have_count(1)
    expect(editor.locator(".toast")).to_contain_text("已经选过了")
    editor.get_by_role("button", name="移除").click()
    expect(editor.locator("#points li")).to_have_count(0)
    expect(editor.locator("#preview")).to_contain_text("还没有可以引用的条款")
