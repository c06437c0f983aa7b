"""The look-up and the call in a real browser, by keyboard alone."""

import json
from dataclasses import replace
from datetime import date
from itertools import count
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from app.store import Calls, Gaps, Outcome, Role
from app.web.hotline.guard import COOKIE
from tests.web.browser.conftest import outside, policy_breach
from tests.web.browser.reach import over_the_edge, too_low
from tests.web.browser.test_widget_access import AXE
from tests.web.hotline.texts import town
from tests.web.test_server import served

expect.set_options(timeout=30_000)
NASTY = '<img src=x onerror="document.title=\'broken\'"></p><script>document.title="broken"</script>'


@pytest.fixture(scope="module")
def office(chromium, tmp_path_factory):
    """The served town; `clerk()` is a new clerk each time, `calls` and `gaps` are its stores."""
    url = f"sqlite:///{tmp_path_factory.mktemp('hotline')}/hotline.sqlite3"
    running = served(replace(town()), database_url=url, secret="a secret for the tests alone")
    with running as address, pytest.MonkeyPatch.context() as patch:
        # The cost of a password is not what is tested here.
        patch.setattr("app.store.password.PASSES", 1)
        patch.setattr("app.store.password.MEMORY", 8)
        patch.setattr("app.store.password.LANES", 1)
        running.app.state.parts.opening.services().dialogue.preview(
            "停车多久免费", session_id=None, as_of=date(2026, 1, 1), document_id=None, channel="hotline"
        )
        console = running.app.state.console
        numbers = count()

        def clerk():
            account = f"clerk{next(numbers)}"
            return console.people.add(
                account,
                "a long password 1",
                name="王敏",
                role=Role.CLERK,
                department="南屏热线",
                must_change=False,
            )

        yield SimpleNamespace(
            address=address,
            clerk=clerk,
            token=console.sign_ins.open,
            calls=Calls(console.database),
            gaps=Gaps(console.database),
        )


@pytest.fixture
def clerk(office):
    """A clerk of this test alone."""
    return office.clerk()


@pytest.fixture
def desk(chromium, office, clerk):
    """Opens the look-up for the clerk, at a size; the test fails where the page itself complained."""
    complaints, contexts = [], []

    def opened(width=1440, height=900, path="/hotline", **more):
        viewport = {"width": width, "height": height}
        context = chromium.new_context(viewport=viewport, locale="zh-CN", **more)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.add_cookies([{"name": COOKIE, "value": office.token(clerk), "url": office.address}])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: policy_breach(message.text, complaints))
        page.on("request", lambda request: outside(request.url, complaints))
        page.set_default_timeout(30_000)
        page.goto(office.address + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def type_in(page, text):
    """As an input method does it: a few characters at a time."""
    for start in range(0, len(text), 2):
        page.keyboard.insert_text(text[start : start + 2])


def ask(page, text):
    """Type a question, press Enter, and wait for the answer."""
    type_in(page, text)
    page.keyboard.press("Enter")
    expect(page.locator("#option-answer .status")).not_to_be_empty()
    expect(page.locator("#list")).to_be_focused()


def clipboard(page):
    return page.evaluate("navigator.clipboard.readText()")


def test_a_clerk_answers_three_calls_by_keyboard_alone(desk, office, clerk):
    page = desk()

    # The first: read the answer out, copy it, done.
    ask(page, "停车多久免费")
    expect(page.locator("#call-state")).to_have_text("通话中")
    page.keyboard.press("s")
    expect(page.locator("#aloud-text")).to_contain_text("停放不超过30分钟的免收停车费")
    page.keyboard.press("Enter")
    expect(page.locator("#aloud")).to_be_hidden()
    page.keyboard.press("c")
    expect(page.locator(".toast").last).to_contain_text("已复制")
    assert clipboard(page) == (
        "停放不超过30分钟的免收停车费，超过30分钟的从第1分钟起计费。\n"
        "——《南屏市机动车停放服务收费管理办法》政策解读三、停放多久免费"
    )
    page.keyboard.press("1")
    expect(page.locator("#call-state")).to_have_text("未开始")
    expect(page.locator("#box")).to_be_focused()
    expect(page.locator("#box")).to_have_value("")

    # The second: down to a clause, pin two, copy one with its source, a note, handed on.
    ask(page, "养老驿站补助怎么申请")
    page.keyboard.press("ArrowDown")
    first = page.locator(".passage-source").inner_text()
    words = page.locator("#detail .quote").inner_text()
    page.keyboard.press("p")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("p")
    expect(page.locator(".pin")).to_have_count(2)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("c")
    expect(page.locator(".toast").last).to_contain_text(first)
    assert clipboard(page) == f"{words}\n——{first}"
    assert first.startswith("《东林区养老服务驿站运营补助办法》（东民发〔2025〕6号）第")
    page.keyboard.press("e")
    page.keyboard.type("call back 13800138000")
    page.keyboard.press("Escape")
    expect(page.locator("#list")).to_be_focused()
    page.keyboard.press("3")
    expect(page.locator("#call-state")).to_have_text("未开始")

    # The third: nothing says it. One key, and it is a gap.
    ask(page, "骑摩托车上下班补贴多少钱")
    page.keyboard.press("g")
    expect(page.locator(".toast").last).to_contain_text("已登记缺口")
    page.keyboard.press("2")
    expect(page.locator("#call-state")).to_have_text("未开始")

    third, second, one = office.calls.find(clerk)
    assert [each.outcome for each in (one, second, third)] == [
        Outcome.ANSWERED,
        Outcome.TRANSFERRED,
        Outcome.NOT_STATED,
    ]
    assert "免收停车费" in one.said
    assert {each.how for each in one.shown} == {"shown", "spoken", "copied"}
    assert second.question == "养老驿站补助怎么申请"
    assert second.notes == "call back [手机号]"
    assert [each.how for each in second.shown].count("pinned") == 2
    ticket = office.gaps.ticket(third.gap_id)
    assert (ticket.question, ticket.department) == ("骑摩托车上下班补贴多少钱", "南屏热线")
    assert len(ticket.clauses) == 5


def test_only_the_latest_request_counts_and_older_ones_are_cancelled(desk):
    page = desk()
    held, cancelled = [], []

    def slow(route):
        if json.loads(route.request.post_data)["query"] == "停车":
            held.append(route)
        else:
            route.continue_()

    page.route("**/hotline/search", slow)
    page.on("requestfailed", lambda request: cancelled.append(json.loads(request.post_data)["query"]))
    page.keyboard.insert_text("停车")
    page.wait_for_function("() => true")
    page.keyboard.insert_text("认证")
    expect(page.locator(".hit").first).to_contain_text("认证")
    # On a slow machine the answer overtakes the second search and cancels that, too.
    assert cancelled[:1] == ["停车"]
    late = {"hits": []}
    held[0].fulfill(status=200, content_type="application/json", body=json.dumps(late))
    page.wait_for_timeout(100)
    expect(page.locator(".hit").first).to_contain_text("认证")


def test_a_late_answer_is_dropped_even_where_it_was_not_cancelled(desk):
    page = desk()
    page.evaluate(
        "window.AbortController = class { constructor() { this.signal = undefined; } abort() {} }; 0"
    )
    held = []
    page.route("**/hotline/search", lambda route: held.append(route) if not held else route.continue_())
    page.keyboard.insert_text("失业")
    page.keyboard.insert_text("停车收费")
    expect(page.locator(".hit").first).to_contain_text("停车")
    held[0].continue_()
    page.wait_for_timeout(200)
    expect(page.locator(".hit").first).to_contain_text("停车")


def test_pinyin_asks_for_nothing_until_it_is_chosen(desk):
    page = desk()
    asked = []
    page.on(
        "request",
        lambda request: asked.append(request.post_data) if "/hotline/search" in request.url else None,
    )
    keys = page.context.new_cdp_session(page)
    for text in ("t", "ti", "ting", "ting che"):
        keys.send(
            "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
        )
    assert page.locator("#box").input_value() == "ting che"
    page.wait_for_timeout(500)
    assert asked == []
    keys.send("Input.insertText", {"text": "停车"})
    expect(page.locator(".hit").first).to_contain_text("停车")
    assert len(asked) == 1


def test_typing_marks_what_matches_and_a_pause_gives_the_answer(desk):
    page = desk()
    type_in(page, "失业保险金什么时候发放")
    expect(page.locator(".hit mark").first).to_be_visible()
    expect(page.locator("#option-answer .status")).to_have_text("答复")
    expect(page.locator("#option-answer")).to_have_attribute("aria-selected", "true")
    assert page.url.endswith("#q=" + page.evaluate("encodeURIComponent('失业保险金什么时候发放')"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#detail .neighbour").first).to_be_visible()
    source = page.locator(".passage-source").inner_text()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".passage-source")).not_to_have_text(source)
    page.keyboard.press("f")
    expect(page.locator("#document")).to_have_class("seek-document set")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("#box")).to_be_focused()


def test_filters_narrow_the_hits(desk):
    page = desk()
    type_in(page, "停车收费")
    expect(page.locator("#option-answer .status")).not_to_be_empty()
    page.locator("#kind").select_option("解读")
    expect(page.locator(".hit .badge", has_text="解读").first).to_be_visible()
    expect(page.locator(".hit").filter(has_not_text="解读")).to_have_count(0)
    expect(page.locator(".hit").first).to_contain_text("解读")
    page.locator("#kind").select_option("")
    page.locator("#any-day").check()
    expect(page.locator(".hit .badge", has_text="已过有效期").first).to_be_visible()
    page.locator("#region").select_option("南屏市东林区")
    expect(page.locator(".hit .badge", has_text="已过有效期")).to_have_count(0)


def test_whatever_a_text_or_a_person_brings_is_shown_as_text(desk, office, clerk):
    page = desk()
    clause = {
        "id": "x", "document_id": "x", "title": NASTY, "number": NASTY, "label": NASTY, "path": [NASTY], "text": NASTY,
        "source": NASTY, "spoken": NASTY, "url": "/documents", "page": None, "place": NASTY, "kind": NASTY, "region": NASTY,
        "validity": [{"text": NASTY, "tone": "good"}], "matched": ["img"], "whole": True,
        "previous": {"id": "y", "label": NASTY, "text": NASTY}, "next": None,
    }  # fmt: skip
    quote = clause | {"mark": 1}
    answer = {
        "id": "a", "question": NASTY, "status": "answered", "heading": NASTY, "understood": NASTY, "spoken": NASTY,
        "text": NASTY, "blocks": [{"lines": [NASTY], "quotes": [quote]}], "others": [], "options": [NASTY],
        "suggestions": [NASTY], "disclaimer": NASTY,
    }  # fmt: skip
    told = json.dumps({"hits": [clause], "answer": answer})
    for path in ("search", "ask", "clauses/x"):
        body = json.dumps(clause) if path == "clauses/x" else told
        page.route(
            f"**/hotline/{path}",
            lambda route, request, body=body: route.fulfill(content_type="application/json", body=body),
        )
    page.keyboard.insert_text(NASTY)
    expect(page.locator("#option-answer .status")).to_have_text(NASTY)
    page.keyboard.press("Enter")
    expect(page.locator("#list")).to_be_focused()
    for key in ("s", "Escape", "ArrowDown", "p", "s", "Escape", "c"):
        page.keyboard.press(key)
    expect(page.locator(".pin")).to_have_count(1)
    page.locator("#notes").fill(NASTY)
    page.keyboard.press("Escape")
    expect(page.locator("#kept")).to_have_text("已保存")
    call = office.calls.current(clerk)
    for path in (f"/hotline/calls/{call.id}", "/hotline/calls", "/hotline"):
        page.goto(office.address + path)
    assert page.locator("#main img").count() == 0
    assert "broken" not in page.title()
    assert page.locator("#notes").input_value() == NASTY


def test_saved_is_said_when_the_last_word_is_saved_and_an_earlier_text_never_comes_after_it(
    desk, office, clerk
):
    page = desk()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("#call-state")).to_have_text("通话中")
    held, later = [], []

    def slow(route):
        (later if held else held).append(route)
        if later:
            later[-1].continue_()

    page.route("**/notes", slow)
    notes = page.locator("#notes")
    notes.fill("来电人问")
    with page.expect_request("**/notes"):
        notes.blur()
    notes.fill("来电人问停车")
    notes.blur()
    page.wait_for_timeout(1000)  # longer than the page waits before it saves what is typed
    assert later == []
    assert page.locator("#kept").text_content() == ""
    held[0].continue_()
    expect(page.locator("#kept")).to_have_text("已保存")
    assert office.calls.current(clerk).notes == "来电人问停车"


def test_what_was_just_typed_is_kept_when_the_page_is_left_at_once(desk, office, clerk):
    page = desk()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("#call-state")).to_have_text("通话中")
    page.locator("#notes").fill("明早回电")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(office.address + "/documents")
    page.goto(office.address + "/hotline")
    expect(page.locator("#notes")).to_have_value("明早回电")


def test_what_the_server_never_confirmed_is_taken_up_again_and_saved(desk, office, clerk):
    """Neither a request that hangs nor one that was cut off loses a word."""
    page = desk()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("#call-state")).to_have_text("通话中")
    page.route("**/hotline/calls/*/notes", lambda route: None)  # hangs
    with page.expect_request("**/hotline/calls/*/notes"):
        page.locator("#notes").fill("明早")
    page.locator("#notes").fill("明早回电")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(office.address + "/documents")
    page.unroute("**/hotline/calls/*/notes")
    page.goto(office.address + "/hotline")
    expect(page.locator("#notes")).to_have_value("明早回电")
    expect(page.locator("#kept")).to_have_text("已保存")
    assert office.calls.current(clerk).notes == "明早回电"
    page.goto(office.address + "/hotline")
    expect(page.locator("#notes")).to_have_value("明早回电")
    assert page.evaluate("sessionStorage.length") == 0


def test_a_draft_stays_with_its_call_and_goes_when_the_clerk_signs_out(desk, office, clerk):
    page = desk()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("#call-state")).to_have_text("通话中")
    page.evaluate(
        """sessionStorage.setItem("zhengwen-draft", JSON.stringify({id: "another", texts: {notes: "别人的话"}}))"""
    )
    page.reload()
    expect(page.locator("#call-state")).to_have_text("通话中")
    expect(page.locator("#notes")).to_have_value("")
    assert page.evaluate("sessionStorage.length") == 0
    page.route("**/hotline/calls/*/notes", lambda route: route.abort())
    page.locator("#notes").fill("还没存好")
    expect(page.locator(".toast").last).to_contain_text("没有保存")
    assert page.evaluate("sessionStorage.length") == 1
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="退出", exact=True).click()
    page.wait_for_url("**/hotline/sign-in**")
    assert page.evaluate("sessionStorage.length") == 0


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 720)])
def test_the_common_case_needs_no_scrolling(desk, width, height, picture):
    page = desk(width, height)
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("#call-state")).to_have_text("通话中")
    ask(page, "申请驿站运营补助要什么材料")
    page.keyboard.press("s")
    expect(page.locator("#aloud")).to_be_visible()
    page.keyboard.press("Enter")
    for key in ("ArrowDown", "ArrowDown", "p", "ArrowUp", "p"):
        page.keyboard.press(key)
    expect(page.locator(".pin")).to_have_count(2)
    expect(page.locator("#detail .neighbour").last).to_be_visible()
    expect(page.locator("#kept")).to_have_text("已保存")
    expect(page.locator(".toast")).to_have_count(0)
    page.mouse.move(1, height - 100)
    picture(page, f"hotline-{width}")
    assert page.evaluate("document.scrollingElement.scrollHeight <= window.innerHeight")
    assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")
    for part in (".found", "#call"):
        assert page.locator(part).evaluate("pane => pane.scrollHeight <= pane.clientHeight"), part
    assert page.locator(".hit").count() == 8


def test_the_box_says_what_it_controls_and_a_reader_hears_of_the_answer(desk):
    page = desk()
    box = page.get_by_role("search").get_by_role("textbox", name="来电问题或关键词")
    expect(box).to_have_attribute("aria-controls", page.get_by_role("listbox").get_attribute("id"))
    expect(box).to_have_accessible_description("按 Enter 提问并转到结果，按向下键转到结果")
    ask(page, "停车多久免费")
    expect(page.locator("#told")).to_have_text("答复，条款 8 条")
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#list").get_attribute("aria-activedescendant")
    expect(page.locator(f"#{chosen}")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("/")
    page.keyboard.press("Backspace")
    expect(page.locator("#told")).to_be_empty()


def test_on_a_phone_what_is_tapped_comes_into_sight_and_nothing_is_too_low_to_press(desk):
    page = desk(390, 844, has_touch=True)
    type_in(page, "驿站补助怎么申请")
    page.keyboard.press("Enter")
    expect(page.locator("#option-answer .status")).not_to_be_empty()
    page.locator(".hit").nth(2).tap()
    expect(page.locator("#detail .passage-source")).to_be_in_viewport()
    expect(page.locator("#detail .neighbour").last).to_be_visible()
    page.get_by_role("button", name="备用").tap()
    expect(page.locator(".pin")).to_have_count(1)
    assert over_the_edge(page) == []
    assert too_low(page) == []
    page.get_by_role("button", name="口述").tap()
    expect(page.locator("#aloud")).to_be_visible()
    assert over_the_edge(page) == []
    assert too_low(page) == []


def test_blank_lines_are_not_shown_but_copied_and_a_question_that_is_offered_stands_once(desk):
    page = desk()
    clause = {
        "id": "x", "document_id": "x", "title": "甲", "number": "", "label": "", "path": [], "text": "一、材料：\n\n（一）身份证。",
        "source": "《甲》", "spoken": "", "url": "/documents", "page": None, "place": "", "kind": "原文", "region": "",
        "validity": [], "matched": [], "whole": True, "previous": None, "next": None,
    }  # fmt: skip
    answer = {
        "id": "a", "question": "甲", "status": "clarify", "heading": "请再说明一下", "understood": "甲", "spoken": "",
        "text": "", "blocks": [{"lines": ["请选一项：", "1. 甲是什么？"], "quotes": [clause | {"mark": 1}]}], "others": [],
        "options": ["甲是什么？"], "suggestions": [], "disclaimer": "",
    }  # fmt: skip
    told = json.dumps({"hits": [], "answer": answer})
    for path in ("search", "ask"):
        page.route(
            f"**/hotline/{path}", lambda route: route.fulfill(content_type="application/json", body=told)
        )
    ask(page, "甲")
    expect(page.locator("#detail .quote")).to_have_text("一、材料：\n（一）身份证。", use_inner_text=True)
    expect(page.locator("#detail").get_by_text("甲是什么？")).to_have_count(1)
    page.keyboard.press("c")
    expect(page.locator(".toast").last).to_contain_text("已复制")
    assert clipboard(page).startswith("一、材料：\n\n（一）身份证。")


def complaints_of_axe(page):
    page.evaluate("axe.reset()")
    run = "axe.run(document, {resultTypes: ['violations']})"
    return page.evaluate(
        f"{run}.then(r => r.violations.map(v => [v.id, v.nodes.slice(0, 3).map(n => n.html.slice(0, 160))]))"
    )


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_finds_nothing_while_typing_in_an_answer_in_a_clause_and_in_the_records(
    desk, office, clerk, look
):
    page = desk(color_scheme=look)
    page.evaluate(AXE)
    assert complaints_of_axe(page) == []
    ask(page, "停车多久免费")
    assert complaints_of_axe(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("p")
    expect(page.locator(".pin")).to_have_count(1)
    assert complaints_of_axe(page) == []
    page.keyboard.press("s")
    expect(page.locator("#aloud")).to_be_visible()
    assert complaints_of_axe(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    expect(page.locator("#call-state")).to_have_text("未开始")
    call = office.calls.find(clerk)[0]
    for path in ("/hotline/calls", f"/hotline/calls/{call.id}"):
        page.goto(office.address + path)
        page.evaluate(AXE)
        assert complaints_of_axe(page) == []


def test_the_page_says_when_the_server_cannot_be_reached(desk):
    page = desk()
    page.route("**/hotline/search", lambda route: route.abort())
    page.route("**/hotline/ask", lambda route: route.abort())
    page.keyboard.insert_text("停车")
    expect(page.locator("#state")).to_have_text("连不上服务器，请检查网络后再试。")
