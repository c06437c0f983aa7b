import json
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from app.corpus import Row
from app.web.ask import events
from app.web.schemas import AskReply, SearchReply

from .conftest import serving
from .corpus import TEXT, WORDS, answer_of, citation_of, clauses_of, document_of, tiny_services


def ask(client, **body):
    return client.post("/api/v1/ask", json={"question": "注意事项有哪些？"} | body)


def test_an_answer_has_the_fields_of_the_contract_and_no_other(client):
    body = ask(client).json()
    assert list(body) == [
        "answer_id", "session_id", "session_started", "status", "interpreted_as", "intent", "text", "markdown", "citations",
        "confidence", "matched_terms", "suggestions", "options", "disclaimer", "text_spoken", "text_chat", "reviewed",
    ]  # fmt: skip
    assert list(body["citations"][0]) == [
        "mark", "clause_id", "document_id", "document_title", "document_number", "issuer", "heading_path", "label",
        "quote", "start", "end", "sha256", "url", "in_force", "effective_from", "expires_on", "page", "locator",
        "kind",
    ]  # fmt: skip
    AskReply.model_validate(body, strict=True)


def test_a_citation_a_hit_a_clause_and_a_document_say_where_in_the_file_they_stand():
    rows = (Row(0, 12, 5, (2,)), Row(TEXT.index("（一）材料"), len(TEXT) - 2, 5, (4,)))
    services = tiny_services(rows=rows, sheet="政策清单")
    document = services.snapshot.documents["new-energy"]
    clause = services.snapshot.clauses_of("new-energy")[5]
    cited = citation_of(document, clause, 1, locator=document.locate(clause.start, clause.end))
    services.dialogue.answers["*"] = answer_of("answered", f"[1] {cited.quote}", (cited,))
    place = {
        "text": "工作表“政策清单”D5单元格", "page": None, "sheet": "政策清单", "table": None,
        "row": 5, "last_row": 5, "column": 4,
    }  # fmt: skip
    with serving(services) as client:
        body = ask(client).json()
        AskReply.model_validate(body, strict=True)
        hits = client.post("/api/v1/search", json={"query": "企业", "limit": 7}).json()["hits"]
        one = client.get(f"/api/v1/clauses/{clause.id}").json()
        listed = client.get("/api/v1/documents").json()["documents"][0]
        shown = client.get("/", params={"q": "注意事项", "part": "answer"}).text
    assert body["citations"][0]["locator"] == hits[5]["locator"] == one["locator"] == place
    assert body["citations"][0]["page"] is None
    assert listed["locator"]["text"] == "工作表“政策清单”第5行"
    assert hits[1]["locator"]["text"] == "工作表“政策清单”"
    assert "· 工作表“政策清单”D5单元格" in shown


def test_each_quote_is_the_text_between_its_offsets(client):
    text = client.get("/api/v1/documents/new-energy/text").content.decode()
    for citation in ask(client).json()["citations"]:
        assert citation["quote"] == text[citation["start"] : citation["end"]]


def test_the_day_the_document_the_session_and_the_channel_reach_the_dialogue(client, services):
    ask(client, as_of="2025-01-31", document_id="new-energy", session_id="s", channel="hotline")
    asked = services.dialogue.asked[0]
    assert asked["as_of"].isoformat() == "2025-01-31"
    assert (asked["document_id"], asked["session_id"], asked["channel"]) == ("new-energy", "s", "hotline")


def test_without_a_day_today_in_the_time_zone_is_meant(client, services, clock):
    ask(client, as_of=None, channel=None, session_id="", document_id="")
    asked = services.dialogue.asked[0]
    assert asked["as_of"] == date(2026, 7, 1)  # in UTC it is still 30 June
    assert (asked["document_id"], asked["session_id"], asked["channel"]) == (None, None, "api")


def test_unknown_fields_are_passed_over(client):
    assert ask(client, mood="急").status_code == 200


def test_markup_and_template_syntax_are_just_words(client, services):
    for question in ("<script>alert(1)</script>", "{{7*7}}", "\u202e倒写", "补贴\x00\x07吗"):
        assert ask(client, question=question).status_code == 200
        assert services.dialogue.asked[-1]["utterance"] == question


def test_the_stream_ends_with_the_whole_answer(client):
    response = client.post("/api/v1/ask/stream", json={"question": "注意事项有哪些？"})
    assert response.headers["content-type"].startswith("text/event-stream")
    found = read_events(response.content)
    assert [name for name, _ in found] == ["status", "citation", "citation", "text", "text", "text", "done"]
    done = found[-1][1]
    AskReply.model_validate(done, strict=True)
    assert [data for name, data in found if name == "citation"] == done["citations"]
    assert found[0][1]["status"] == done["status"] == "answered"


@given(st.text())
def test_the_text_events_joined_are_the_text(text):
    content = {"answer_id": "a", "session_id": "s", "status": "answered", "interpreted_as": "", "intent": "other",
               "citations": [], "text": text}  # fmt: skip
    found = read_events(b"".join(events(content)))
    assert "".join(data["text"] for name, data in found if name == "text") == text


def test_a_question_the_stream_cannot_answer_has_a_status_code_of_its_own(client):
    response = client.post("/api/v1/ask/stream", json={"question": "？！"})
    assert (response.status_code, response.json()["code"]) == (422, "blank_question")


def test_search_gives_hits_with_the_fields_of_the_contract(client, services):
    response = client.post("/api/v1/search", json={"query": "企业", "limit": 3, "as_of": "2025-01-31"})
    hits = response.json()["hits"]
    assert len(hits) == 3
    assert list(hits[0]) == [
        "clause_id", "document_id", "document_title", "heading_path", "label", "text", "start", "end", "score",
        "matched_terms", "page", "locator",
    ]  # fmt: skip
    SearchReply.model_validate(response.json(), strict=True)
    assert all(hit["text"] == TEXT[hit["start"] : hit["end"]] for hit in hits)
    assert services.retriever.asked[0]["limit"] == 3


def test_a_long_clause_is_found_as_its_chunk():
    from app.corpus import Chunk
    from app.retrieve import Hit
    from app.web.wire import hit_json

    document = document_of("甲" * 600 + "乙" * 10)
    clause = clauses_of(document, (("paragraph", "", (), document.text),))[0]
    chunk = Chunk(0, clause.id, document.id, 590, 610, document.text[590:610], "")
    hit = hit_json(Hit(clause, chunk, document, 1.0, {}, ()))
    assert (hit["start"], hit["end"], hit["text"]) == (590, 610, document.text[590:610])


def test_the_tiny_corpus_is_what_the_tests_say_it_is():
    services = tiny_services()
    assert [TEXT[c.start : c.end] for c in services.snapshot.clauses["new-energy"]] == [
        words[3] for words in WORDS
    ]


def read_events(body):
    blocks = [block for block in body.decode().split("\n\n") if block]
    lines = [block.split("\n") for block in blocks]
    assert all(len(pair) == 2 for pair in lines)
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in lines]
