"""The look-up: who may, what is told, and that a question is kept only when the clerk means it."""

import json

import pytest

from app.store import Calls
from app.web.hotline.lookup_view import Wanted, choices, source, spoken
from tests.web.corpus import AS_OF, clauses_of, document_of


def test_the_page_offers_the_filters_of_the_corpus_and_the_open_call(desk):
    calls = Calls(desk.console.database)
    page = desk.clerk.get("/hotline")
    assert page.status_code == 200
    assert "<option>原文</option>" in page.text
    assert 'data-call=""' in page.text
    begun = calls.begin(desk.person["clerk"], "停车怎么收费")
    assert begun.id in desk.clerk.get("/hotline").text
    assert begun.id not in desk.editor.get("/hotline").text


def test_a_glance_gives_each_clause_with_its_address_and_the_words_that_matched(desk, services):
    told = desk.clerk.post("/hotline/search", json={"query": "注意"}).json()
    hit = told["hits"][5]
    assert hit["text"] == "（一）材料真实：申报材料必须真实、完整，不得虚报。"
    assert hit["source"] == "《新能源企业扶持办法（试行）》（测政发〔2024〕1号）二、注意事项（一）"
    assert hit["path"] == ["二、注意事项"]
    assert hit["matched"] == ["企业"]
    document = services.snapshot.documents["new-energy"]
    assert hit["url"].startswith("/documents/new-energy?start=")
    assert hit["text"] in document.text
    assert services.retriever.asked[-1]["query"] == "注意"


def test_filters_reach_the_retriever(desk, services):
    def asked(**more):
        assert desk.clerk.post("/hotline/search", json={"query": "注意"} | more).status_code == 200
        return services.retriever.asked[-1]

    assert asked(document_id="new-energy")["document_id"] == "new-energy"
    assert asked(kind="原文")["within"] == ["new-energy"]
    assert asked(kind="解读")["within"] == []
    assert asked()["within"] is None
    assert asked(as_of="2024-05-01")["as_of"].isoformat() == "2024-05-01"
    assert asked(any_day=True)["as_of"] is None
    assert desk.clerk.post("/hotline/search", json={"query": "a", "document_id": "x"}).status_code == 404
    assert desk.clerk.post("/hotline/search", json={"query": "a", "as_of": "明天"}).status_code == 422


@pytest.mark.parametrize("query", ["", "  ", "？！", "\u200b", "\ud800"])
def test_nothing_to_look_for_gives_nothing(desk, query):
    body = json.dumps({"query": query})
    reply = desk.clerk.post("/hotline/search", content=body, headers={"content-type": "application/json"})
    assert reply.status_code == 200


def test_a_query_that_is_too_long_is_refused_with_the_remedy(desk):
    reply = desk.clerk.post(
        "/hotline/search", json={"query": "字" * 501}, headers={"accept": "application/json"}
    )
    assert reply.status_code == 422
    assert "501 字" in reply.json()["detail"]


def test_the_answer_is_the_one_every_channel_gets(desk):
    told = desk.clerk.post("/hotline/ask", json={"query": "注意事项有哪些？"}).json()["answer"]
    elsewhere = desk.stranger(address="127.0.0.1", base="http://127.0.0.1").post(
        "/api/v1/ask", json={"question": "注意事项有哪些？"}
    )
    other = elsewhere.json()
    assert (told["status"], told["text"], told["understood"]) == (
        other["status"], other["text"], other["interpreted_as"],
    )  # fmt: skip
    quotes = [each["text"] for block in told["blocks"] for each in block["quotes"]] + [
        each["text"] for each in told["others"]
    ]
    assert sorted(quotes) == sorted(each["quote"] for each in other["citations"])


def test_a_preview_keeps_nothing_and_a_question_that_is_meant_belongs_to_the_call(desk, services):
    calls, clerk = Calls(desk.console.database), desk.person["clerk"]
    assert "call" not in desk.clerk.post("/hotline/ask", json={"query": "注意事项有哪些？"}).json()
    assert services.dialogue.asked == []
    assert calls.current(clerk) is None
    call = desk.clerk.post(
        "/hotline/ask", json={"query": "我的手机13800138000，注意事项有哪些？", "keep": True}
    ).json()["call"]
    kept = calls.current(clerk)
    assert kept.id == call["id"]
    assert kept.question == "我的手机[手机号]，注意事项有哪些？"
    assert [each.kind for each in kept.shown] == ["answer", "clause", "clause"]
    assert services.dialogue.asked[-1]["channel"] == "hotline"
    assert services.dialogue.asked[-1]["session_id"] is None
    desk.clerk.post("/hotline/ask", json={"query": "第二项呢", "keep": True, "call_id": call["id"]})
    assert services.dialogue.asked[-1]["session_id"] == kept.session_id
    assert len(calls.find(clerk)) == 1


def test_nobody_asks_into_the_call_of_somebody_else(desk, services):
    call = desk.clerk.post("/hotline/calls", json={}).json()
    for role in ("editor", "admin"):
        reply = desk.client(desk.person[role].role).post(
            "/hotline/ask", json={"query": "注意事项有哪些？", "keep": True, "call_id": call["id"]}
        )
        assert reply.status_code == 404
    assert Calls(desk.console.database).call(call["id"], desk.person["clerk"]).question == ""


def test_a_clause_comes_with_its_neighbours(desk):
    told = desk.clerk.get("/hotline/clauses/new-energy:5").json()
    assert told["previous"]["text"] == "二、注意事项"
    assert told["next"]["label"] == "（二）"
    assert told["whole"]
    assert desk.clerk.get("/hotline/clauses/new-energy:0").json()["previous"] is None
    assert desk.clerk.get("/hotline/clauses/nothing/here").status_code == 404


def test_a_question_travels_in_no_address(desk):
    for path in ("/hotline/search", "/hotline/ask"):
        assert desk.clerk.get(path, params={"query": "我的病历"}).status_code == 405


def test_a_place_has_the_places_in_it():
    documents = {
        each.id: each
        for each in (
            document_of(document_id="a", region="甲市乙区", level="区"),
            document_of(document_id="b", region="甲市", level="市", kind="解读"),
            document_of(document_id="c", region=None, level="国家"),
        )
    }
    assert Wanted(AS_OF).within(documents) is None
    assert Wanted(AS_OF, region="甲市").within(documents) == ["a", "b"]
    assert Wanted(AS_OF, region="甲市乙区").within(documents) == ["a"]
    assert Wanted(AS_OF, region="甲市", kind="解读").within(documents) == ["b"]
    assert Wanted(AS_OF, level="国家").within(documents) == ["c"]
    assert choices(documents).levels == ("国家", "市", "区")


def test_a_source_is_told_as_people_write_it():
    assert source("停车办法", "某政发〔2025〕3号", "第三条") == "《停车办法》（某政发〔2025〕3号）第三条"
    assert source("停车办法", None, "第三条", ("第二章 收费",)) == "《停车办法》第三条"
    assert source("《停车办法》政策解读", None, "") == "《停车办法》政策解读"
    assert source("停车指南", None, "（一）", ("指南", "二、材料")) == "《停车指南》二、材料（一）"
    assert source("停车指南", None, "", ("长" * 40,)) == f"《停车指南》{'长' * 30}…"


def test_what_is_read_out_is_whole_sentences_and_says_no_label_twice():
    text = "停车办法\n第三条 " + "一句话。" * 60 + "\n（一）" + "很" * 400 + "。"
    document = document_of(text, title="停车办法", number="某政发〔2025〕3号")
    article, item = clauses_of(
        document,
        (
            ("article", "第三条", (), text.split("\n")[1]),
            ("item", "（一）", ("二、材料",), text.split("\n")[2]),
        ),
    )
    assert spoken(article, document, text.split("\n")[1]) == "《停车办法》：第三条 " + "一句话。" * 39
    assert spoken(item, document, text.split("\n")[2]) == f"《停车办法》二、材料：（一）{'很' * 400}。"
    assert spoken(item, document, "很短。") == "《停车办法》二、材料（一）：很短。"
