"""Signing in, people and documents in a real browser: by keyboard, under the strict policy, light and dark, wide and narrow."""

import re
import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from app.corpus import Shelf, read_corpus
from app.index import Changes
from app.store import Publications, Role
from app.web.hotline.guard import COOKIE
from app.web.services import Intake
from tests.web.browser.conftest import outside, policy_breach
from tests.web.corpus import tiny_services
from tests.web.hotline.conftest import PASSWORD
from tests.web.test_server import served

expect.set_options(timeout=15_000)
RULES = "某市停车管理办法\n\n第一条 为规范停车秩序，制定本办法。\n第二条 首小时收费不超过五元。\n"


@pytest.fixture(scope="module")
def office(chromium, tmp_path_factory):
    """The served console with a person of each role and a way in for documents; the index is only pretended to be built."""
    folder = tmp_path_factory.mktemp("console")
    corpus = folder / "corpus"
    corpus.mkdir()
    (corpus / "old.txt").write_text("某市旧办法\n第一条 本办法供测试之用。\n", "utf-8")
    running = served(
        tiny_services(),
        database_url=f"sqlite:///{folder}/desk.sqlite3",
        secret="a secret for the tests alone",
    )
    gate = threading.Event()

    def build(progress):
        progress("划分条款", 1, 2)
        assert gate.wait(30)
        return Changes(("某市停车管理办法",), (), (), rebuilt=True)

    with running as address:
        shelf = Shelf(corpus, lambda: read_corpus(corpus).documents)
        running.app.state.parts = replace(running.app.state.parts, intake=Intake(shelf, build))
        held = running.app.state.console
        made = {
            role: held.people.add(role.value, PASSWORD, name=f"{role.label}甲", role=role, must_change=False)
            for role in Role
        }
        yield SimpleNamespace(address=address, held=held, people=made, gate=gate, corpus=corpus)


@pytest.fixture
def at(chromium, office):
    """Opens a page as a person of a role, or as nobody; the test fails where a page complained."""
    complaints, contexts = [], []

    def opened(path, role=None, width=1280, height=800, scheme="light"):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", color_scheme=scheme
        )
        if role is not None:
            token = office.held.sign_ins.open(office.people[role])
            context.add_cookies([{"name": COOKIE, "value": token, "url": office.address}])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: policy_breach(message.text, complaints))
        page.on("request", lambda request: outside(request.url, complaints))
        page.on("dialog", lambda dialog: dialog.accept())
        page.set_default_timeout(15_000)
        page.goto(office.address + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def test_signing_in_by_keyboard_and_out_again(at):
    page = at("/hotline/account")
    page.keyboard.type("clerk")
    page.keyboard.press("Tab")
    page.keyboard.insert_text("竹子 river 43")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("账号或密码不对")
    expect(page.locator("#password")).to_be_focused()
    page.keyboard.insert_text(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="我的账号")).to_be_visible()
    expect(page.locator(".bar-who")).to_contain_text("坐席甲")
    expect(page.locator(".bar-nav")).not_to_contain_text("人员")
    page.get_by_role("button", name="退出", exact=True).click()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    page.goto(page.url.replace("/hotline/sign-in", "/hotline/account"))
    expect(page).to_have_url(re.compile(r"/hotline/sign-in\?next="))


def test_a_person_is_added_changed_and_disabled_in_dialogs(at, office):
    page = at("/admin/people", Role.ADMIN)
    page.get_by_role("button", name="新增人员").click()
    expect(page.locator("#account")).to_be_focused()
    page.keyboard.type("wangfang")
    page.locator("#name").fill("王芳")
    page.locator("#add").get_by_role("button", name="保存").click()
    expect(page.get_by_text("只在这时显示一次")).to_be_visible()
    row = page.get_by_role("row", name="王芳")
    row.get_by_role("button", name="管理").click()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    row.get_by_role("button", name="管理").click()
    page.locator("dialog[open] select").select_option("reviewer")
    page.locator("dialog[open]").get_by_role("button", name="保存").click()
    expect(page.locator(".toast")).to_contain_text("已修改王芳")
    page.get_by_role("row", name="王芳").get_by_role("button", name="管理").click()
    page.locator("dialog[open]").get_by_role("button", name="停用").click()
    expect(page.get_by_role("row", name="王芳")).to_contain_text("已停用")
    assert office.held.people.by_account("wangfang").role is Role.REVIEWER


def test_a_file_is_dropped_read_reviewed_and_published_while_one_watches(at, office):
    editor = at("/admin/documents", Role.EDITOR)
    drop(editor, ["a.txt", "b.txt"])
    expect(editor.locator("[data-said]")).to_contain_text("一次拖入一个文件")
    drop(editor, ["停车管理办法.txt"])
    expect(editor.get_by_role("heading", name="信息核对")).to_be_visible()
    expect(editor.locator(".tree")).to_contain_text("第二条 首小时收费不超过五元。")
    editor.locator("#f-region").fill("某市")
    editor.get_by_role("button", name="保存核改").click()
    expect(editor.locator(".toast")).to_contain_text("发布时生效")
    reviewer = at(editor.url.removeprefix(office.address), Role.REVIEWER)
    reviewer.get_by_role("button", name="审核无误，发布").click()
    expect(reviewer.locator("#work-stage")).to_have_text("划分条款")
    expect(reviewer.locator("#work-count")).to_have_text("1 / 2")
    office.gate.set()
    expect(reviewer.get_by_text("已完成")).to_be_visible()
    expect(reviewer.locator("main")).to_contain_text("新增 1 份（《某市停车管理办法》）")
    assert Publications(office.held.database).waiting() == ()


def test_a_refused_file_is_told_and_another_can_be_sent(at):
    page = at("/admin/documents", Role.EDITOR)
    drop(page, ["程序.exe"])
    expect(page.locator("[data-said]")).to_contain_text("程序.exe")
    expect(page.get_by_role("button", name="上传并预览")).to_be_enabled()


def drop(page, names):
    page.evaluate(
        """([names, text]) => {
          const data = new DataTransfer();
          for (const name of names) data.items.add(new File([text], name));
          const box = document.querySelector(".drop");
          box.dispatchEvent(new DragEvent("dragover", { dataTransfer: data, bubbles: true, cancelable: true }));
          box.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        [names, RULES],
    )


def test_a_session_that_is_over_leads_from_a_script_to_the_sign_in_page_and_back(at, office):
    page = at("/admin/documents", Role.EDITOR)
    office.held.sign_ins.end_all(office.people[Role.EDITOR].id)
    page.evaluate("() => void zhengwen.ask('/admin/documents').catch(() => null)")
    expect(page).to_have_url(re.compile(r"/hotline/sign-in\?next=%2Fadmin%2Fdocuments"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_control_of_the_people_page_has_a_name_and_shows_its_focus(at, scheme):
    page = at("/admin/people", Role.ADMIN, scheme=scheme)
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("input:not([type=hidden]), select, button, a")]
          .filter((each) => !(each.textContent.trim() || each.labels?.length || each.getAttribute("aria-label"))).length"""
    )
    assert nameless == 0
    for _ in range(6):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
