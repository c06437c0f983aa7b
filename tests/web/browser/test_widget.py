"""The widget as people use it, on a page of another origin and on a tiny corpus."""

import json

import pytest

from tests.web.test_feedback import kept_gaps

from .host import ask, focused, open_widget

QUOTE = "（一）材料真实：申报材料必须真实、完整，不得虚报。"


@pytest.fixture(scope="module")
def site(desk):
    return desk.host.page("/site", "<p>正文</p><button id=own>页面自己的按钮</button>", head=desk.host.tag())


@pytest.fixture
def opened(page, site):
    page.goto(site)
    open_widget(page)
    return page


def test_the_greeting_offers_questions_that_this_corpus_answers(opened):
    assert "逐字引用" in opened.locator(".talk .card").first.inner_text()
    opened.get_by_role("button", name="企业技改有支持吗？").click()
    opened.locator("article.answer").wait_for()
    assert opened.locator(".you").inner_text().endswith("企业技改有支持吗？")


def test_a_question_and_its_follow_up_share_a_session(opened, desk):
    assert ask(opened, "注意事项有哪些").get_attribute("data-status") == "answered"
    assert ask(opened, "补贴多少钱").get_attribute("data-status") == "not_stated"
    assert [each["session_id"] for each in desk.services.dialogue.asked[-2:]] == [None, "session-1"]
    assert {each["channel"] for each in desk.services.dialogue.asked[-2:]} == {"widget"}
    assert opened.get_by_label("您的问题").input_value() == ""


def test_what_was_understood_is_shown_where_it_differs(opened):
    assert "按此理解：注意事项有哪些？" in ask(opened, "那注意些什么").inner_text()
    assert "按此理解" not in ask(opened, "注意事项有哪些？").inner_text()


def test_options_and_suggestions_ask_when_pressed(opened):
    answer = ask(opened, "怎么办理")
    assert answer.get_attribute("data-status") == "clarify"
    answer.get_by_role("button", name="技改怎么办理").click()
    opened.locator("article.answer").nth(1).wait_for()
    ask(opened, "今天天气").get_by_role("button", name="注意事项有哪些？").click()
    opened.locator("article.answer").nth(3).wait_for()


def test_a_chip_opens_the_clause_between_its_neighbours_with_the_quote_marked(opened, desk):
    answer = ask(opened, "注意事项有哪些")
    chip = answer.get_by_role("button", name="查看引文 1")
    chip.click()
    drawer = opened.get_by_role("dialog", name="条款原文 1")
    drawer.locator("mark").wait_for()
    assert drawer.locator("mark").inner_text() == QUOTE
    assert "二、注意事项 › （一）" in drawer.inner_text()
    assert "（二）专款专用" in drawer.locator(".near").last.inner_text()
    link = drawer.get_by_role("link", name="在原文中查看")
    assert link.get_attribute("href").startswith(f"{desk.address}/documents/new-energy")
    assert link.get_attribute("rel") == "noopener noreferrer"
    opened.keyboard.press("Escape")
    assert drawer.count() == 0
    assert focused(opened) == "查看引文 1"


def test_the_clause_that_cannot_be_fetched_is_shown_by_its_quote(opened):
    answer = ask(opened, "注意事项有哪些")
    opened.route("**/api/v1/clauses/**", lambda route: route.abort())
    answer.get_by_role("button", name="查看引文 1").click()
    opened.locator(".clause mark").wait_for()
    assert opened.locator(".clause mark").inner_text() == QUOTE


def test_the_keyboard_alone_is_enough_and_the_focus_stays_inside_and_comes_back(page, site):
    page.goto(site)
    page.locator("zhengwen-chat").wait_for(state="attached")
    page.locator("#own").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert focused(page) == "q"
    page.keyboard.type("注意事项有哪些")
    page.keyboard.press("Enter")
    page.locator("article.answer").wait_for()
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.append(focused(page))
    assert "own" not in seen
    assert "BODY" not in seen
    assert {"大字版", "关闭", "查看引文 1", "有用", "转人工", "q", "发送"} <= set(seen)
    page.keyboard.press("Shift+Tab")
    while focused(page) != "查看引文 1":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(".drawer mark").wait_for()
    seen = []
    for _ in range(8):
        page.keyboard.press("Shift+Tab")
        seen.append(focused(page))
    assert "返回对话" in seen
    assert "q" not in seen
    page.keyboard.press("Escape")
    assert focused(page) == "查看引文 1"
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0
    assert focused(page) == "问政策"


def test_opened_by_the_page_it_gives_the_focus_back_to_the_page(page, site):
    page.goto(site)
    page.locator("zhengwen-chat").wait_for(state="attached")
    page.locator("#own").focus()
    page.evaluate("Zhengwen.open()")
    page.keyboard.press("Escape")
    assert focused(page) == "own"


def test_enter_while_an_input_method_composes_does_not_send(opened):
    opened.get_by_label("您的问题").fill("zhu yi")
    for init in (
        "{key: 'Enter', isComposing: true}",
        "{key: 'Enter', keyCode: 229}",
        "{key: 'Escape', isComposing: true}",
    ):
        opened.get_by_label("您的问题").evaluate(
            f"field => field.dispatchEvent(new KeyboardEvent('keydown', {{bubbles: true, cancelable: true, composed: true, ...{init}}}))"
        )
    opened.keyboard.press("Shift+Enter")
    assert opened.locator(".you").count() == 0
    assert opened.get_by_role("dialog").is_visible()
    opened.keyboard.press("Enter")
    opened.locator("article.answer").wait_for()


def test_what_is_typed_does_not_reach_the_shortcuts_of_the_page(opened):
    opened.evaluate("document.addEventListener('keydown', event => (window.heard = event.key))")
    opened.get_by_label("您的问题").press("s")
    assert opened.evaluate("window.heard") is None


def test_a_reload_keeps_the_conversation_and_the_large_text(opened):
    ask(opened, "注意事项有哪些")
    opened.get_by_role("button", name="大字版").click()
    opened.reload()
    open_widget(opened)
    assert opened.locator("article.answer").count() == 1
    assert opened.get_by_role("button", name="查看引文 1").is_visible()
    assert opened.get_by_role("button", name="大字版").get_attribute("aria-pressed") == "true"
    assert opened.locator(".root.large").count() == 1


@pytest.mark.parametrize(
    "harm", ["kept.at -= 25 * 3600e3", "kept.t0 = 7", "kept = 'x'", "kept.t0.r = '{'", "kept.n = 1e9"]
)
def test_a_conversation_that_is_old_or_spoilt_is_let_go_of(opened, harm):
    ask(opened, "注意事项有哪些")
    opened.evaluate(
        f"""() => {{ const key = Object.keys(localStorage)[0]; let kept = JSON.parse(localStorage[key]); {harm};
        localStorage[key] = JSON.stringify(kept) }}"""
    )
    opened.reload()
    open_widget(opened)
    assert opened.locator("article.answer").count() == 0
    assert ask(opened, "补贴多少钱").is_visible()


def test_the_token_is_in_no_address_and_in_no_storage(page, site):
    seen = []
    page.on("request", lambda request: seen.append((request.url, request.headers)))
    page.goto(site)
    open_widget(page)
    ask(page, "注意事项有哪些")
    tokens = {headers["authorization"].split()[1] for _, headers in seen if "authorization" in headers}
    assert len(tokens) == 1
    (token,) = tokens
    assert not [url for url, _ in seen if token in url]
    assert token not in page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    )


def test_clearing_asks_twice_and_leaves_nothing(opened):
    ask(opened, "注意事项有哪些")
    opened.get_by_role("button", name="清空对话").click()
    assert opened.locator("article.answer").count() == 1
    opened.get_by_role("button", name="再按一次，清空对话").click()
    assert opened.locator("article.answer").count() == 0
    assert "注意事项有哪些" not in opened.evaluate("JSON.stringify({...localStorage})")


def test_an_answer_is_announced_once_and_only_when_it_is_whole(opened):
    opened.evaluate(
        """() => { window.said = []; const log = document.querySelector('zhengwen-chat').shadowRoot.querySelector('[role=log]');
        new MutationObserver(list => list.forEach(each => each.addedNodes.forEach(node => said.push(node.textContent)))).observe(log, {childList: true, subtree: true}) }"""
    )
    ask(opened, "注意事项有哪些")
    ask(opened, "补贴多少钱")
    said = opened.evaluate("said")
    assert [each.split("：")[0] for each in said] == ["答复", "文件未载明"]
    assert "专款专用" in said[0]


@pytest.mark.parametrize("trouble", ["broken", "cut", "refused", "plain"])
def test_where_streaming_fails_the_whole_answer_is_fetched(opened, trouble):
    def spoil(route):
        if trouble == "refused":
            return route.abort()
        bodies = {
            "broken": "event: done\ndata: {\n\n",
            "cut": 'event: text\ndata: {"text":"注意"}\n\n',
            "plain": "<html>",
        }
        kind = "text/html" if trouble == "plain" else "text/event-stream"
        headers = {"Access-Control-Allow-Origin": "*", "Content-Type": kind}
        return route.fulfill(status=200, headers=headers, body=bodies[trouble])

    opened.route("**/ask/stream", spoil)
    assert ask(opened, "注意事项有哪些").get_attribute("data-status") == "answered"


def test_a_failed_send_keeps_the_text_and_offers_to_retry(opened):
    opened.route("**/api/v1/ask**", lambda route: route.abort())
    opened.get_by_label("您的问题").fill("注意事项有哪些")
    opened.keyboard.press("Enter")
    opened.get_by_role("button", name="重试").wait_for()
    assert "网络" in opened.get_by_role("alert").inner_text()
    assert opened.get_by_label("您的问题").input_value() == "注意事项有哪些"
    opened.unroute("**/api/v1/ask**")
    opened.get_by_role("button", name="重试").click()
    opened.locator('article.answer[data-status="answered"]').wait_for()
    assert opened.locator(".failed").count() == 0
    assert opened.locator(".you").count() == 1
    assert opened.get_by_label("您的问题").input_value() == ""


def test_the_servers_own_words_are_shown_when_it_refuses(opened):
    problem = json.dumps({"detail": "同一地址每分钟最多 60 次，请在 20 秒后再试。", "status": 429})
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Content-Type": "application/problem+json",
        "Retry-After": "20",
    }
    opened.route("**/api/v1/ask**", lambda route: route.fulfill(status=429, headers=headers, body=problem))
    opened.get_by_label("您的问题").fill("注意事项")
    opened.keyboard.press("Enter")
    opened.get_by_role("alert").get_by_text("20 秒后再试").wait_for()


def test_a_token_that_ran_out_is_renewed_without_a_word(opened):
    refused = []

    def once(route):
        if refused:
            return route.continue_()
        refused.append(route.request.headers["authorization"])
        return route.fulfill(status=401, headers={"Access-Control-Allow-Origin": "*"}, body="{}")

    opened.route("**/ask/stream", once)
    assert ask(opened, "注意事项有哪些").get_attribute("data-status") == "answered"
    assert len(refused) == 1


def test_being_offline_is_said_and_goes_away(opened):
    opened.context.set_offline(True)
    opened.get_by_text("网络已断开").wait_for()
    opened.context.set_offline(False)
    opened.get_by_text("网络已断开").wait_for(state="hidden")


def test_useful_or_not_is_kept_with_its_reason_and_a_correction_with_its_words(opened, desk):
    answer = ask(opened, "注意事项有哪些")
    answer.get_by_role("button", name="有用", exact=True).click()
    answer.get_by_text("谢谢").wait_for()
    answer.get_by_role("button", name="没用").click()
    answer.get_by_role("button", name="引文不对").click()
    answer.get_by_role("button", name="纠错").click()
    answer.get_by_label("请写明哪里有误").last.fill("第二项应为三项")
    answer.get_by_role("button", name="提交").click()
    answer.locator(".form").wait_for(state="detached")
    opened.wait_for_function("() => true")
    said = [(each.helpful, each.reason, each.comment) for each in desk.services.store.said[-3:]]
    assert said[:2] == [(True, None, None), (False, "引文不对", None)]
    opened.wait_for_timeout(100)
    last = desk.services.store.said[-1]
    assert (last.helpful, last.reason, last.comment) == (False, "纠错", "第二项应为三项")


def test_a_copy_carries_the_source(opened):
    opened.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(opened, "注意事项有哪些").get_by_role("button", name="复制").click()
    opened.get_by_text("已复制").wait_for()
    copied = opened.evaluate("navigator.clipboard.readText()")
    assert "测政发〔2024〕1号 二、注意事项 › （一）" in copied
    assert "以原文为准" in copied


def test_asking_again_puts_the_question_back_for_a_change(opened):
    ask(opened, "注意事项有哪些").get_by_role("button", name="重新提问").click()
    assert opened.get_by_label("您的问题").input_value() == "注意事项有哪些"
    assert focused(opened) == "q"


def test_the_way_to_a_person_shows_the_telephone_and_leaves_the_question(opened, desk):
    ask(opened, "补贴多少钱").get_by_role("button", name="转人工").click()
    opened.get_by_text("请拨打 010-12345678（工作日 9:00—17:00）").wait_for()
    (gap,) = kept_gaps(desk)
    assert (gap.question, gap.channel, gap.site_id) == ("补贴多少钱", "widget", desk.host.site)


def test_a_phone_shows_it_full_screen_and_turning_it_keeps_the_input(page, site):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(site)
    open_widget(page)
    ask(page, "注意事项有哪些")
    page.get_by_label("您的问题").fill("写了一半的问题")
    for width, height in ((844, 390), (390, 844), (320, 568), (1280, 800), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.get_by_label("您的问题").input_value() == "写了一半的问题"
        box = page.locator(".panel").bounding_box()
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= height
        send = page.get_by_role("button", name="发送").bounding_box()
        assert send["y"] + send["height"] <= height
    assert (box["width"], box["height"]) == (390, 844)
    assert focused(page) == "q"


def test_a_long_question_is_counted_in_characters_and_not_sent(opened):
    opened.get_by_label("您的问题").fill("😀" * 501)
    assert opened.locator("#count").inner_text() == "501 / 500"
    opened.keyboard.press("Enter")
    assert opened.locator(".you").count() == 0


def test_a_page_may_open_ask_listen_and_close(page, site):
    page.goto(site)
    page.locator("zhengwen-chat").wait_for(state="attached")
    page.evaluate(
        """() => { window.heard = []; for (const name of ['open', 'ask', 'answer', 'close'])
        Zhengwen.on(name, detail => heard.push([name, detail && detail.status || detail || null]));
        Zhengwen.on('answer', () => { throw new Error('a mistake of the page') }) }"""
    )
    page.evaluate("Zhengwen.ask('补贴多少钱')")
    page.locator("article.answer").wait_for()
    page.evaluate("Zhengwen.close()")
    assert page.evaluate("heard") == [
        ["open", None],
        ["ask", "补贴多少钱"],
        ["answer", "not_stated"],
        ["close", None],
    ]
    assert page.get_by_role("dialog").count() == 0
