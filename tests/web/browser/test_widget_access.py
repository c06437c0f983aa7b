"""axe-core finds nothing to complain about, in every state and every look."""

from pathlib import Path

import pytest

from .host import ask, open_widget

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
LOOKS = {
    "light": {"viewport": {"width": 1280, "height": 800}},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "large": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 360, "height": 740}, "reduced_motion": "reduce", "has_touch": True},
}


def found(page):
    """What axe finds wrong now: rule, and the first elements at fault."""
    # A fade that is still going on changes colours.
    page.wait_for_function(
        "() => document.querySelector('zhengwen-chat').shadowRoot.getAnimations().every(each => each.effect.getTiming().iterations === Infinity)"
    )
    page.evaluate("axe.reset()")
    run = "axe.run(document, {resultTypes: ['violations']})"
    wrong = page.evaluate(
        f"{run}.then(r => r.violations.map(v => [v.id, v.nodes.slice(0, 3).map(n => n.html.slice(0, 160))]))"
    )
    return dict(wrong)


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_in_any_state(chromium, desk, look):
    context = chromium.new_context(**LOOKS[look])
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{desk.address}/demo")
    page.locator(".bubble").wait_for()
    page.evaluate(AXE)
    wrong = {"closed": found(page)}
    open_widget(page)
    if look == "large":
        page.get_by_role("button", name="大字版").click()
    wrong["greeting"] = found(page)
    for question in ("注意事项有哪些", "补贴多少钱", "今天天气", "怎么办理"):
        ask(page, question)
    wrong["answers"] = found(page)
    answer = page.locator("article.answer").first
    answer.get_by_role("button", name="没用").click()
    wrong["form"] = found(page)
    page.get_by_role("button", name="引文不对").click()
    answer.get_by_text("谢谢").wait_for()
    answer.get_by_role("button", name="转人工").click()
    page.get_by_text("请拨打").wait_for()
    wrong["person"] = found(page)
    answer.get_by_role("button", name="查看引文 2").click()
    page.locator(".drawer mark").wait_for()
    wrong["drawer"] = found(page)
    page.keyboard.press("Escape")
    page.route("**/api/v1/**", lambda route: route.abort())
    page.get_by_label("您的问题").fill("失败的问题")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="重试").wait_for()
    context.set_offline(True)
    page.get_by_text("网络已断开").wait_for()
    wrong["failed and offline"] = found(page)
    context.set_offline(False)
    page.unroute("**/api/v1/**")
    page.evaluate("() => { window.fetch = () => new Promise(() => {}) }")
    page.get_by_label("您的问题").fill("等待中的问题")
    page.keyboard.press("Enter")
    page.get_by_text("正在查找原文").wait_for()
    wrong["waiting"] = found(page)
    context.close()
    assert {state: rules for state, rules in wrong.items() if rules} == {}


def test_axe_finds_nothing_on_the_page_for_a_frame(page, desk):
    page.goto(f"{desk.address}/chat")
    ask(page, "注意事项有哪些")
    page.evaluate(AXE)
    assert found(page) == {}
