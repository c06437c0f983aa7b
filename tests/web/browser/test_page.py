"""The page as people use it, on a tiny corpus."""

import pytest

from tests.web.corpus import TEXT, answer_of, citation_of, tiny_services
from tests.web.test_server import served

WIDTHS = [1440, 1280, 390, 360]
EVERY = [
    "/",
    "/?q=注意事项",
    "/?q=补贴多少钱",
    "/?q=怎么办理",
    "/?q=😀",
    "/documents",
    "/documents/new-energy?start=60&end=90",
]


@pytest.fixture(scope="module")
def services():
    services = tiny_services()
    document = services.snapshot.documents["new-energy"]
    clause = services.snapshot.clauses["new-energy"][5]
    wild = "\u202e反写" + "W" * 10_000 + "<b onclick=alert(1)>"
    services.dialogue.answers["狂野"] = answer_of(
        "answered", wild + "[1]", (citation_of(document, clause, 1, label=wild, document_title=wild),),
        interpreted_as=wild, suggestions=(wild,),
    )  # fmt: skip
    return services


@pytest.fixture(scope="module")
def address(services):
    with served(services) as found:
        yield found


def ask(page, question):
    page.get_by_label("您的问题").fill(question)
    page.get_by_role("button", name="提问").click()
    page.locator(".turn .asked", has_text=question[:20]).first.wait_for()


def test_asking_shows_the_answer_in_place_and_the_original_with_its_quote(page, address):
    page.goto(address)
    ask(page, "注意事项有哪些")
    assert page.locator(".turn").count() == 1
    page.locator("a.mark").first.click()
    source = page.locator(".source").first
    assert source.evaluate("node => node === document.activeElement")
    source.get_by_role("link", name="查看原文").click()
    mark = page.locator("mark#quote")
    mark.wait_for()
    assert mark.inner_text() == "（一）材料真实：申报材料必须真实、完整，不得虚报。"
    assert mark.evaluate(
        "node => { const b = node.getBoundingClientRect(); return b.top >= 0 && b.bottom <= innerHeight }"
    )


def test_turns_stay_on_the_page_and_share_a_session(page, address, services):
    page.goto(address)
    ask(page, "注意事项有哪些")
    ask(page, "补贴多少钱")
    assert page.locator(".turn").count() == 2
    assert page.locator(".turn").first.get_attribute("data-status") == "not_stated"
    assert [asked["session_id"] for asked in services.dialogue.asked[-2:]] == [None, "session-1"]
    assert page.get_by_label("您的问题").input_value() == ""


def test_example_option_and_suggestion_buttons_ask(page, address):
    page.goto(address)
    page.get_by_role("button", name="企业技改有支持吗？").click()
    page.locator('.turn[data-status="answered"]').wait_for()
    ask(page, "怎么办理")
    page.get_by_role("button", name="技改怎么办理").click()
    page.locator(".turn").nth(2).wait_for()
    assert page.locator(".asked").first.inner_text().endswith("技改怎么办理")


def test_the_keyboard_alone_is_enough(page, address):
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.locator("#q").focus()
    page.keyboard.type("补贴多少钱")
    page.keyboard.press("Enter")
    page.locator(".turn").wait_for()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "original":
            break
    page.keyboard.press("Enter")
    page.locator("mark#quote").wait_for()


def test_enter_while_an_input_method_composes_does_not_send(page, address):
    page.goto(address)
    page.locator("#q").fill("zhu yi")
    for init in ("{key: 'Enter', isComposing: true}", "{key: 'Enter', keyCode: 229}"):
        page.evaluate(
            f"document.getElementById('q').dispatchEvent(new KeyboardEvent('keydown', "
            f"{{bubbles: true, cancelable: true, ...{init}}}))"
        )
    page.keyboard.press("Shift+Enter")
    assert page.locator(".turn, .waiting").count() == 0


def test_an_answer_under_way_says_so_and_a_failure_keeps_the_words(page, address):
    page.goto(address)
    page.route("**/?*part=answer", lambda route: route.abort())
    page.locator("#q").fill("注意事项有哪些")
    page.get_by_role("button", name="提问").click()
    page.get_by_role("button", name="重试").wait_for()
    assert page.locator("#q").input_value() == "注意事项有哪些"
    assert "网络" in page.locator("#status").text_content()
    page.unroute("**/?*part=answer")
    page.get_by_role("button", name="重试").click()
    page.locator(".turn").wait_for()
    assert page.locator(".problem, .waiting").count() == 0


def test_a_server_that_fails_is_told_in_its_own_words(page, address):
    page.goto(address)
    page.locator("#q").fill("崩溃")
    page.keyboard.press("Enter")
    page.locator(".problem", has_text="编号").wait_for()
    assert page.locator("#q").input_value() == "崩溃"


def test_waiting_is_shown_and_announced(page, address):
    page.goto(address)
    page.evaluate("() => { window.fetch = () => new Promise(() => {}) }")
    page.locator("#q").fill("注意事项")
    page.keyboard.press("Enter")
    page.locator(".waiting").wait_for()
    assert page.locator("#status").text_content() == "正在查找原文…"
    assert page.locator("#answers").get_attribute("aria-busy") == "true"


def test_a_long_question_is_counted_in_characters(page, address):
    page.goto(address)
    page.locator("#q").fill("😀" * 501)
    assert page.locator("#count").inner_text() == "501 / 500 字"


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_the_screen(page, address, build, width):
    page.set_viewport_size({"width": width, "height": 844})
    for number, path in enumerate([*EVERY, "/?q=狂野"]):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.screenshot(path=build / f"page-{width}-{number}.png")


def test_what_texts_bring_along_is_inert(page, address):
    page.goto(f"{address}/?q=狂野")
    assert page.locator("[onclick]").count() == 0
    ask(page, "狂野")
    assert page.locator("[onclick]").count() == 0


def test_without_a_script_the_form_answers_as_well(chromium, address):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.locator("#q").fill("注意事项有哪些")
    page.get_by_role("button", name="提问").click()
    page.get_by_role("link", name="查看原文").first.click()
    assert page.locator("mark#quote").inner_text() in TEXT
    context.close()


def test_the_interface_page_works_without_an_outside_network(page, address):
    page.goto(f"{address}/docs")
    page.get_by_text("/api/v1/ask/stream").wait_for()
    page.locator(".opblock-summary").first.click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    page.locator(".responses-table.live-responses-table").wait_for()
