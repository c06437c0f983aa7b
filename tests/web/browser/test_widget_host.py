"""The widget on pages that are strict, hostile, or not allowed to carry it, and in an iframe."""

import json

import pytest

from app.store import Site

from .host import STRICT, ask, open_widget

HOSTILE = """
for (const name of Object.getOwnPropertyNames(Array.prototype)) {
  if (typeof Array.prototype[name] === "function" && name !== "constructor")
    Array.prototype[name] = function () { throw new Error("the page's own " + name) };
}
Array.prototype[Symbol.iterator] = function () { throw new Error("the page's own iterator") };
Array.prototype.toJSON = function () { return "spoilt" };
Object.prototype.extra = "added by the page";
for (const each of [Object, Array, Function, String, Promise, Error, RegExp, Map, Element, Node, EventTarget])
  Object.freeze(each.prototype);
"""
RESETS = """
* { all: unset !important; color: red !important; display: inline !important; font-size: 3px !important; }
button { visibility: hidden !important; position: absolute !important; }
zhengwen-chat { display: none !important; opacity: 0 !important; transform: scale(0) !important; }
html { font-size: 40px; direction: rtl; letter-spacing: 1em; }
"""

WALK = """(async () => {
  const until = async test => {
    for (let i = 0; i < 400; i += 1) {
      if (test()) return true;
      await new Promise(done => setTimeout(done, 25));
    }
    return false;
  };
  if (!await until(() => document.querySelector("zhengwen-chat"))) return "no widget";
  const root = document.querySelector("zhengwen-chat").shadowRoot;
  Zhengwen.ask("注意事项有哪些");
  if (!await until(() => root.querySelector("article.answer"))) return root.querySelector(".talk").textContent;
  root.querySelector(".chip").click();
  if (!await until(() => root.querySelector("mark"))) return root.querySelector(".drawer").textContent;
  Zhengwen.close();
  return root.querySelector("mark").textContent + "|" + localStorage[Object.keys(localStorage)[0]].includes("spoilt");
})()"""


def loaded(page):
    page.locator("zhengwen-chat").wait_for(state="attached")


def test_it_works_under_a_strict_policy_that_also_asks_for_trusted_types(page, desk):
    page.goto(
        desk.host.page("/strict", "", head=desk.host.tag(color="#b5302a", position="left"), policy=STRICT)
    )
    open_widget(page)
    ask(page, "注意事项有哪些").get_by_role("button", name="查看引文 1").click()
    page.locator(".drawer mark").wait_for()
    assert (
        page.evaluate(
            "document.querySelector('zhengwen-chat').shadowRoot.querySelectorAll('[style], style, script').length"
        )
        == 0
    )


def test_it_works_on_a_page_that_changed_what_arrays_do_and_froze_the_rest(chromium, desk):
    context = chromium.new_context()
    page = context.new_page()
    ours = []
    # The driver's own scripts stumble here as well; what counts is whether ours do.
    page.on(
        "pageerror", lambda error: ours.append(error.stack) if "widget.js" in (error.stack or "") else None
    )
    page.goto(desk.host.page("/hostile", "", head=desk.host.tag(), script=HOSTILE))
    # Nor do locators work on such a page: it is asked with plain statements, past the driver.
    found = context.new_cdp_session(page).send(
        "Runtime.evaluate", {"expression": WALK, "awaitPromise": True, "returnByValue": True}
    )
    assert found["result"].get("value") == "（一）材料真实：申报材料必须真实、完整，不得虚报。|false", found
    assert ours == []
    context.close()


def test_the_styles_of_the_page_do_not_reach_it(page, desk):
    desk.host.pages["/resets.css"] = (RESETS, {}, "text/css")
    page.goto(
        desk.host.page("/resets", "", head='<link rel=stylesheet href="/resets.css">' + desk.host.tag())
    )
    open_widget(page)
    answer = ask(page, "注意事项有哪些")
    style = "node => { const s = getComputedStyle(node); return [s.fontSize, s.color, s.direction, s.letterSpacing, s.display] }"
    assert answer.evaluate(style) == ["16px", "rgb(28, 36, 48)", "ltr", "normal", "block"]
    assert page.locator(".panel").bounding_box()["width"] == 420


def test_a_second_widget_is_refused_with_a_word_in_the_console(page, desk):
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(desk.host.page("/twice", "", head=desk.host.tag() + desk.host.tag(title="第二个")))
    loaded(page)
    assert page.locator("zhengwen-chat").count() == 1
    assert [each for each in said if "已经有一个问答组件" in each]
    open_widget(page)
    assert page.get_by_role("dialog", name="政策问答").count() == 1


@pytest.mark.parametrize("site", ["unknown", "empty", "other", "none"])
def test_where_it_is_not_allowed_nothing_shows_but_a_word_in_the_console(page, desk, site):
    sites = {"unknown": "site-unknown", "none": ""}
    if site in ("empty", "other"):
        origins = () if site == "empty" else ("https://other.example.cn",)
        sites[site] = desk.access.add_site(Site(site, origins, 10)).id
        desk.forget_sites()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(desk.host.page(f"/refused-{site}", "", head=desk.host.tag(site=sites[site])))
    page.wait_for_function("() => window.Zhengwen")
    for _ in range(80):
        if any("问答组件没有显示" in each for each in said):
            break
        page.wait_for_timeout(25)
    assert [each for each in said if "[政问] 问答组件没有显示" in each]
    page.evaluate("Zhengwen.open()")
    assert page.locator("zhengwen-chat").count() == 0


def test_with_the_server_away_the_bubble_is_there_and_asking_can_be_tried_again(page, desk):
    page.route("**/api/v1/**", lambda route: route.abort())
    page.goto(desk.host.page("/away", "", head=desk.host.tag()))
    open_widget(page)
    page.get_by_label("您的问题").fill("注意事项有哪些")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="重试").wait_for()
    page.unroute("**/api/v1/**")
    page.get_by_role("button", name="重试").click()
    page.locator('article.answer[data-status="answered"]').wait_for()


def test_the_page_for_a_frame_works_in_the_sites_own_and_in_no_other(page, desk):
    frame = f'<iframe title="政策问答" src="{desk.address}/chat?site={desk.host.site}" width=500 height=700></iframe>'
    page.goto(desk.host.page("/framed", frame))
    inner = page.frame_locator("iframe")
    inner.get_by_label("您的问题").fill("注意事项有哪些")
    inner.get_by_label("您的问题").press("Enter")
    inner.locator("article.answer").wait_for()
    inner.get_by_role("button", name="查看引文 1").click()
    inner.locator("mark").wait_for()
    other = frame.replace(
        desk.host.site, desk.access.add_site(Site("别处", ("https://other.example.cn",), 10)).id
    )
    desk.forget_sites()
    context = page.context.browser.new_context()
    stranger = context.new_page()
    said = []
    stranger.on("console", lambda message: said.append(message.text))
    stranger.goto(desk.host.page("/stranger", other))
    for _ in range(80):
        if said:
            break
        stranger.wait_for_timeout(25)
    assert "frame-ancestors" in "".join(said)
    context.close()


def test_the_demonstration_page_carries_it(page, desk):
    page.goto(f"{desk.address}/demo")
    open_widget(page)
    ask(page, "注意事项有哪些")


@pytest.mark.parametrize(
    "data", [{"lang": "en", "title": "Ask us"}, {"color": "#ffee00"}, {"color": "url(javascript:alert(1))"}]
)
def test_the_settings_of_the_tag_are_followed_where_they_make_sense(page, desk, data):
    page.goto(desk.host.page("/set", "", head=desk.host.tag(**data)))
    page.locator(".bubble").wait_for()
    ink, fill = page.locator(".bubble").evaluate(
        "node => [getComputedStyle(node).color, getComputedStyle(node).backgroundColor]"
    )
    yellow = data.get("color") == "#ffee00"
    assert fill == ("rgb(255, 238, 0)" if yellow else "rgb(29, 68, 130)")
    assert ink == ("rgb(16, 24, 38)" if yellow else "rgb(255, 255, 255)")
    if data.get("lang") == "en":
        page.get_by_role("button", name="Ask", exact=True).click()
        page.get_by_role("dialog", name="Ask us").wait_for()


def test_its_size_is_within_the_budget(desk):
    import httpx2

    assert len(httpx2.get(f"{desk.address}/widget.js").content) <= 40 * 1024
    assert json.loads(httpx2.get(f"{desk.address}/openapi.json").content)
