"""What a clerk sees of the look-up, and what a screen reader and a finger find there."""

import json

import pytest
from playwright.sync_api import expect

from tests.web.browser.reach import over_the_edge, too_low
from tests.web.browser.telephone import (  # noqa: F401 (fixtures)
    ask,
    clipboard,
    desk_of_clerk,
    new_clerk,
    office_of_town,
    type_in,
)
from tests.web.browser.test_widget_access import AXE


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
