import html
import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.corpus import Row
from app.web.answer_view import blocks, parts, validity
from app.web.templating import web_link

from .conftest import serving
from .corpus import TEXT, citation_of, clauses_of, document_of, tiny_services

HTML = {"accept": "text/html,*/*"}
EVIL = "\"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}'"


def visible(page):
    page = re.sub(r"(?s)<(script|style|template).*?</\1>", "", page)
    return html.unescape(re.sub(r"<[^>]+>", "", page))


def test_the_page_has_a_form_that_works_without_a_script_and_examples_as_buttons(client):
    page = client.get("/").text
    assert '<form id="ask" class="ask" method="get" action="/"' in page
    assert page.count('<button class="chip" name="q"') == 2
    assert "style=" not in page
    assert not re.search(r"<script(?![^>]*src=)", page)
    assert not re.search(r"\son\w+=", page)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_the_server_shows_the_answer_and_each_mark_leads_to_its_citation(client):
    page = client.get("/", params={"q": "注意事项有哪些"}).text
    marks = re.findall(r'class="mark" href="#([^"]+)"', page)
    assert len(marks) == 2
    assert all(f'id="{mark}"' in page for mark in marks)
    assert "（一）材料真实：申报材料必须真实、完整，不得虚报。" in page
    assert 'name="session" value="session-1"' in page
    assert "二、注意事项 › （一）" in page


def test_the_link_to_the_original_shows_the_quote_marked(client):
    page = client.get("/", params={"q": "注意事项有哪些"}).text
    for link in re.findall(r'class="original" href="([^"]+)"', page):
        address = html.unescape(link)
        assert address.endswith("#quote")
        start, end = (int(number) for number in re.findall(r"=(\d+)", address))
        shown = re.search(r'<mark id="quote"[^>]*>(.*?)</mark>', client.get(address).text)
        assert html.unescape(shown[1]) == TEXT[start:end]


def test_part_answer_gives_the_answer_alone_and_errors_as_problems(client):
    part = client.get("/", params={"q": "甲", "part": "answer"})
    assert part.text.lstrip().startswith('<article class="turn"')
    assert client.get("/", params={"q": "", "part": "answer"}).json()["code"] == "blank_question"
    assert client.get("/", params={"q": "崩溃", "part": "answer"}).json()["code"] == "internal"


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("补贴多少钱", ["文件未载明", "最相近的条款（仅供参考）"]),
        ("今天天气", ["不在本库范围内", "可以接着问"]),
        ("怎么办理", ["请再说明一下", 'name="q" value="技改怎么办理"']),
        ("注意事项", ["按此理解："]),
        ("😀", ["没有读到问题", "😀"]),
        ("问" * 501, ["问题太长了", "问" * 501]),
    ],
)
def test_each_status_says_what_it_is_and_the_words_asked_are_kept(client, question, words):
    page = client.get("/", params={"q": question}).text
    assert all(each in page for each in words)


def test_a_question_understood_as_asked_is_not_repeated(client):
    assert "按此理解" not in client.get("/", params={"q": "注意事项 有哪些?"}).text


def test_what_people_and_texts_bring_is_escaped(client):
    for path in ("/", "/documents"):
        page = client.get(path, params={"q": EVIL, "session": EVIL}).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "49" not in visible(page)
    error = client.get("/documents/" + "<script>alert(1)<%2Fscript>", headers=HTML)
    assert "<script>alert" not in error.text


def test_a_text_that_holds_markup_is_shown_as_it_is():
    services = tiny_services(title=EVIL, source_url="javascript:alert(1)")
    with serving(services) as client:
        page = client.get("/documents/new-energy").text
        assert "<script>alert" not in page
        assert 'href="javascript:' not in page
        assert EVIL in visible(page)


def test_the_document_page_shows_the_text_word_for_word(client):
    page = client.get("/documents/new-energy").text
    official = re.search(r'(?s)<article class="official.*?</article>', page)[0]
    assert re.sub(r"\s", "", visible(official)) == re.sub(r"\s", "", TEXT)
    assert all(f'id="c=new-energy:{number}"' in page for number in range(7))


def test_the_document_page_says_where_in_the_file_the_quote_and_a_row_stand():
    quote = TEXT.index("（一）材料")
    rows = (Row(0, 12, 5, (2,)), Row(quote, quote + 20, 5, (4,)))
    with serving(tiny_services(rows=rows, sheet="政策清单")) as client:
        page = client.get(f"/documents/new-energy?start={quote}&end={quote + 20}").text
        assert "引文在文件的工作表“政策清单”D5单元格。" in page
        assert "new-energy.txt 工作表“政策清单”第5行" in client.get("/documents").text
    with serving(tiny_services()) as client:
        assert "引文在文件的" not in client.get(f"/documents/new-energy?start={quote}&end={quote + 20}").text


def test_a_link_with_a_place_that_does_not_exist_shows_the_text_and_says_so(client):
    for query in ("start=5", "start=9999&end=10000", "start=x&end=y"):
        page = client.get(f"/documents/new-energy?{query}")
        assert page.status_code == 200
        assert "不在这份文本之内" in page.text
    assert "不在这份文本之内" not in client.get("/documents/new-energy").text


def test_the_list_finds_by_title_and_number_and_turns_pages():
    services = tiny_services()
    for number in range(120):
        document = document_of(document_id=f"d{number}", title=f"第{number:03}号办法")
        services.snapshot.documents[document.id] = document
        services.snapshot.clauses[document.id] = clauses_of(document)
    with serving(services) as client:
        first = client.get("/documents").text
        assert "第 1 / 3 页" in first
        assert "第 3 / 3 页" in client.get("/documents?page=99").text
        assert "第 1 / 3 页" in client.get("/documents?page=x").text
        assert client.get("/documents?q=第007号").text.count("<h2>") == 1
        assert "没有这样的文件" in client.get("/documents?q=查无此文").text
        assert "坏文件.txt" in first


def test_a_browser_gets_a_page_and_a_program_a_problem(client):
    assert "没有找到这份文件" in client.get("/documents/none", headers=HTML).text
    assert client.get("/documents/none").headers["content-type"] == "application/problem+json"
    assert (
        client.get("/api/v1/documents/none", headers=HTML).headers["content-type"]
        == "application/problem+json"
    )


def test_a_question_can_stay_within_one_document(client, services):
    assert "只在《新能源企业扶持办法（试行）》中查找" in client.get("/?document_id=new-energy").text
    client.get("/?q=甲&document_id=new-energy")
    assert services.dialogue.asked[-1]["document_id"] == "new-energy"
    assert client.get("/?q=甲&document_id=none").status_code == 404


def test_head_is_answered_like_get(client):
    for path in ("/", "/documents", "/documents/new-energy", "/healthz", "/readyz"):
        assert client.head(path).status_code == 200


@given(st.text("甲[]0123 ", max_size=30), st.sets(st.integers(0, 30)))
def test_a_line_cut_at_its_marks_is_still_the_line(line, marks):
    made = parts(line, marks)
    assert "".join(part.text for part in made) == line
    assert {part.mark for part in made} - {None} <= marks


def test_a_quote_that_stands_in_the_text_is_shown_once_as_its_citation():
    document = document_of()
    clauses = clauses_of(document)
    one, two = citation_of(document, clauses[5], 1), citation_of(document, clauses[6], 2)
    made = blocks(f"共两项：\n[1] {one.quote}\n[2] {two.quote}\n以上。", (one, two))
    assert [[line[0].text for line in block.lines] for block in made] == [["共两项："], ["以上。"]]
    assert [block.citations for block in made] == [(one, two), ()]
    elsewhere = blocks(f"原文写明：[1] {one.quote}", (one,))
    assert "".join(part.text for part in elsewhere[0].lines[0]) == f"原文写明：[1] {one.quote}"
    assert elsewhere[0].citations == ()


def test_validity_says_only_what_the_text_states():
    document = document_of()
    citation = citation_of(document, clauses_of(document)[0], 1)

    def said(**facts):
        return [each.text for each in validity(replace(citation, **facts), date(2025, 1, 31))]

    assert said() == []
    assert said(effective_from=date(2024, 12, 1)) == ["2024年12月1日起施行"]
    assert said(expires_on=date(2025, 1, 31)) == ["在有效期内", "有效期至2025年1月31日"]
    assert said(expires_on=date(2025, 1, 30), in_force=False)[0] == "已过有效期"
    assert said(effective_from=date(2025, 2, 1), in_force=False)[0] == "尚未施行"
    assert said(in_force=False) == ["不在有效期内"]


def test_only_web_addresses_become_links():
    assert web_link(" https://example.cn/a ") == "https://example.cn/a"
    for text in (
        None,
        "",
        "javascript:alert(1)",
        "//example.cn",
        "https://",
        "http://[::1",
        "data:text/html,a",
    ):
        assert web_link(text) is None
