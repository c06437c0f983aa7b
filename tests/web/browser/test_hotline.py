"""The look-up and the call in a real browser, by keyboard alone."""

import json

from playwright.sync_api import expect

from app.store import Outcome
from tests.web.browser.telephone import (  # noqa: F401 (fixtures)
    ask,
    clipboard,
    desk_of_clerk,
    new_clerk,
    office_of_town,
    type_in,
)

NASTY = '<img src=x onerror="document.title=\'broken\'"></p><script>document.title="broken"</script>'


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
    with page.expect_request("**/hotline/search"):
        page.keyboard.insert_text("停车")
    while not held:
        page.wait_for_timeout(20)
    with page.expect_event("requestfailed"):
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
    for _ in range(100):  # a machine under load may take the first request a while later
        if held:
            break
        page.wait_for_timeout(50)
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
    # Whichever got through first, what is kept is the whole; a held request may also reach the server at last.
    while office.calls.current(clerk).notes != "明早回电":
        page.wait_for_timeout(50)
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


def test_the_page_says_when_the_server_cannot_be_reached(desk):
    page = desk()
    page.route("**/hotline/search", lambda route: route.abort())
    page.route("**/hotline/ask", lambda route: route.abort())
    page.keyboard.insert_text("停车")
    expect(page.locator("#state")).to_have_text("连不上服务器，请检查网络后再试。")
