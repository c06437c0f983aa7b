"""Whatever texts, questions and settings bring along is shown as text."""

import pytest

from tests.web.corpus import answer_of, citation_of

from .host import ask, open_widget

MARKUP = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script><svg onload=window.hacked=1>'
WILD = f"{MARKUP}\u202e反写\u202c" + "W" * 10_000 + "javascript:window.hacked=1"
LINKS = ("javascript:window.hacked=1", " JavaScript:window.hacked=1", "data:text/html,<script>1</script>",
         "vbscript:x", "//evil.example/x", "http://[")  # fmt: skip


@pytest.fixture(scope="module")
def wild(desk):
    """A site whose every setting is markup, and answers made of it."""
    document = desk.services.snapshot.documents["new-energy"]
    clause = desk.services.snapshot.clauses["new-energy"][5]
    cited = tuple(
        citation_of(document, clause, mark, url=url, label=WILD, document_title=WILD, document_number=MARKUP, issuer=MARKUP,
                    heading_path=(MARKUP, WILD), quote=WILD, clause_id="../../" + MARKUP)
        for mark, url in enumerate(LINKS, 1)
    )  # fmt: skip
    text = f"{MARKUP}[1]\n[2] {WILD}\n{WILD}[3][4][5][6][7]"
    desk.services.dialogue.answers[WILD[:400]] = answer_of(
        "answered", text, cited, interpreted_as=WILD, suggestions=(WILD,), options=(MARKUP,), disclaimer=WILD
    )
    tag = desk.host.tag(title=WILD, greeting=WILD, color=MARKUP, position=MARKUP, lang=MARKUP)
    return desk.host.page("/wild", "", head=tag)


def inert(page):
    """Nothing ran, nothing became an element, and nothing is wider than its box."""
    assert page.evaluate("window.hacked") is None
    root = "document.querySelector('zhengwen-chat').shadowRoot"
    assert (
        page.evaluate(f"{root}.querySelectorAll('img, script, iframe, svg[onload], [onerror]').length") == 0
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    wide = f"""() => {{ const found = []; for (const node of {root}.querySelectorAll('.talk, .page, .card, .drawer, .panel, .you'))
        if (node.getClientRects().length && node.scrollWidth > node.clientWidth + 1) found.push(node.className); return found }}"""
    assert page.evaluate(wide) == []


@pytest.mark.parametrize("width", [1280, 360])
def test_markup_long_words_and_reversed_letters_are_text_everywhere(page, wild, width):
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(wild)
    open_widget(page)
    inert(page)
    answer = ask(page, WILD[:400])
    inert(page)
    assert MARKUP in answer.inner_text()
    for mark in range(1, len(LINKS) + 1):
        answer.get_by_role("button", name=f"查看引文 {mark}").first.click()
        page.locator(".drawer mark").wait_for()
        inert(page)
        for link in page.locator(".drawer a").all():
            assert link.get_attribute("href").startswith("http://")
        page.keyboard.press("Escape")
    answer.get_by_role("button", name="没用").click()
    answer.get_by_label("哪里没有帮到您？").last.fill(MARKUP)
    answer.get_by_role("button", name="提交").click()
    answer.locator(".remark").wait_for()
    inert(page)
    page.reload()
    open_widget(page)
    page.locator("article.answer").wait_for()
    inert(page)


def test_a_problem_of_the_server_is_text_as_well(page, desk):
    page.goto(desk.host.page("/problem", "", head=desk.host.tag()))
    open_widget(page)
    body = '{"detail": "<img src=x onerror=window.hacked=1>"}'
    page.route(
        "**/api/v1/ask**",
        lambda route: route.fulfill(status=422, headers={"Access-Control-Allow-Origin": "*"}, body=body),
    )
    page.get_by_label("您的问题").fill("注意事项")
    page.keyboard.press("Enter")
    page.get_by_role("alert").get_by_text("<img src=x").wait_for()
    inert(page)


def test_a_kept_conversation_that_somebody_rewrote_is_text(page, desk):
    address = desk.host.page("/kept", "", head=desk.host.tag())
    page.goto(address)
    open_widget(page)
    ask(page, "注意事项有哪些")
    page.evaluate(
        """markup => { const key = Object.keys(localStorage)[0], kept = JSON.parse(localStorage[key]);
        kept.t0.q = markup; kept.t0.r = JSON.stringify({status: 'constructor', text: markup + '[1]', interpreted_as: [markup],
          citations: [{mark: 1, quote: markup, url: 'javascript:window.hacked=1', document_title: markup}, null], suggestions: {length: 2, 0: markup}});
        localStorage[key] = JSON.stringify(kept) }""",
        MARKUP,
    )
    page.reload()
    open_widget(page)
    inert(page)


def test_the_chat_page_and_the_demonstration_page_hold_no_markup_of_their_address(page, desk):
    for path in ("/chat", "/demo"):
        page.goto(f"{desk.address}{path}?site=%22%3E%3Cimg%20src%3Dx%20onerror%3Dwindow.hacked%3D1%3E")
        assert page.locator("img").count() == 0
        assert page.evaluate("window.hacked") is None
