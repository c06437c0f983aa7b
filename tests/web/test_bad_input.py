import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .conftest import serving
from .corpus import tiny_services

JSON = {"content-type": "application/json"}
CHINESE = re.compile("[\u4e00-\u9fff]")


def post(client, body, path="/api/v1/ask", headers=JSON):
    return client.post(path, content=body, headers=headers)


def check_problem(response, status, code):
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert (response.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert set(problem) - {"errors"} == {"type", "title", "status", "detail", "code"}
    assert CHINESE.search(problem["title"])
    assert CHINESE.search(problem["detail"])
    assert len(response.content) < 2000
    return problem


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("", "blank_question"),
        (" \u3000\n", "blank_question"),
        ("😀🎉", "blank_question"),
        ("？！……", "blank_question"),
        ("\x00\x01\x1f", "blank_question"),
        ("问" * 501, "question_too_long"),
    ],
)
def test_a_question_without_words_or_too_long_is_refused_with_its_reason(client, question, code):
    check_problem(client.post("/api/v1/ask", json={"question": question}), 422, code)
    check_problem(client.post("/api/v1/ask/stream", json={"question": question}), 422, code)
    check_problem(client.post("/api/v1/search", json={"query": question}), 422, code)


@pytest.mark.parametrize("escaped", [r"\ud800", r"\udfff\ud800", r"\ud83d", r"\u0000"])
def test_a_lone_surrogate_is_read_as_the_replacement_character(services, client, escaped):
    assert post(client, f'{{"question":"补贴{escaped}吗","session_id":"{escaped}"}}').status_code == 200
    asked = services.dialogue.asked[0]
    assert asked["utterance"].encode("utf-8")
    assert asked["utterance"].startswith("补贴")
    assert asked["utterance"].endswith("吗")
    check_problem(post(client, f'{{"question":"{escaped}"}}'), 422, "blank_question")
    check_problem(post(client, f'{{"question":"甲","document_id":"{escaped}"}}'), 404, "document_not_found")
    check_problem(post(client, f'{{"question":"甲","as_of":"{escaped}"}}'), 422, "invalid_date")
    assert post(client, f'{{"question":"甲","{escaped}":["{escaped}"]}}').status_code == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"  ", b"{", b"{'question':'a'}", b'{"question":NaN}', b'{"question":-Infinity}', b"[" * 60000,
     b'{"a":' * 12000, b'{"question":' + b"9" * 5000 + b"}", b'{"question":"\xff"}', "{\"question\":\"补贴\"}".encode("gb18030")],
)  # fmt: skip
def test_a_body_that_is_no_json_is_refused(client, body):
    check_problem(post(client, body), 400, "malformed_body")


@pytest.mark.parametrize("body", [b"[]", b"null", b"5", b'"\\ud800"'])
def test_json_that_is_no_object_is_refused(client, body):
    problem = check_problem(post(client, body), 422, "invalid_fields")
    assert problem["errors"][0]["field"] == "body"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/v1/ask", {}, "question"),
        ("/api/v1/ask", {"question": None}, "question"),
        ("/api/v1/ask", {"question": ["a" * 5000]}, "question"),
        ("/api/v1/ask", {"question": "甲", "channel": "x" * 5000}, "channel"),
        ("/api/v1/ask", {"question": "甲", "session_id": "x" * 5000}, "session_id"),
        ("/api/v1/ask", {"question": "甲", "as_of": 20250131}, "as_of"),
        ("/api/v1/search", {}, "query"),
        ("/api/v1/search", {"query": "甲", "limit": 0}, "limit"),
        ("/api/v1/search", {"query": "甲", "limit": 51}, "limit"),
        ("/api/v1/search", {"query": "甲", "limit": "3"}, "limit"),
        ("/api/v1/search", {"query": "甲", "limit": 2.5}, "limit"),
        ("/api/v1/search", {"query": "甲", "limit": True}, "limit"),
        ("/api/v1/search", {"query": "甲", "limit": 10**400}, "limit"),
    ],
)
def test_a_field_at_fault_is_named_and_not_repeated(client, path, body, field):
    problem = check_problem(client.post(path, json=body), 422, "invalid_fields")
    assert [error["field"] for error in problem["errors"]] == [field]
    assert field in problem["detail"]


@pytest.mark.parametrize(
    "day",
    [
        "2025-1-31",
        "2025-02-30",
        "20250131",
        "2025/01/31",
        "２０２５-01-31",
        "2025-01-31T00:00",
        "昨天",
        "2025-01-31\n",
    ],
)
def test_a_day_that_is_no_day_is_refused(client, day):
    check_problem(client.post("/api/v1/ask", json={"question": "甲", "as_of": day}), 422, "invalid_date")
    check_problem(client.post("/api/v1/search", json={"query": "甲", "as_of": day}), 422, "invalid_date")


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "application", "\x80"]
)
def test_another_content_type_is_refused(client, kind):
    headers = {} if kind is None else {b"content-type": kind.encode("latin-1")}
    check_problem(post(client, b'{"question":"a"}', headers=headers), 415, "unsupported_media_type")


def test_json_with_a_charset_or_a_mark_at_its_start_is_read(client):
    headers = {"content-type": "application/json; charset=utf-8"}
    assert post(client, b'\xef\xbb\xbf{"question":"a"}', headers=headers).status_code == 200


def test_a_body_over_the_limit_is_refused_whatever_its_length_header_says():
    with serving(tiny_services(), body_limit=1024) as client:
        body = json.dumps({"question": "a", "padding": "x" * 1024}).encode()
        check_problem(post(client, body), 413, "body_too_large")
        check_problem(post(client, iter([body[:600], body[600:]])), 413, "body_too_large")
        exact = json.dumps({"question": "a", "p": ""}).encode()
        exact = exact[:-2] + b"x" * (1024 - len(exact)) + exact[-2:]
        assert len(exact) == 1024
        assert post(client, exact).status_code == 200


def test_unknown_ids_addresses_and_methods_are_named(client):
    check_problem(client.get("/api/v1/documents/none"), 404, "document_not_found")
    check_problem(client.get("/api/v1/documents/none/text"), 404, "document_not_found")
    check_problem(client.get("/api/v1/clauses/none"), 404, "clause_not_found")
    check_problem(client.get("/api/v1/clauses/" + "x" * 3000), 404, "clause_not_found")
    check_problem(client.get("/api/v1/documents/%ED%A0%80"), 404, "document_not_found")
    check_problem(
        client.post("/api/v1/ask", json={"question": "甲", "document_id": "none"}), 404, "document_not_found"
    )
    check_problem(
        client.post("/api/v1/search", json={"query": "甲", "document_id": "x" * 99}),
        404,
        "document_not_found",
    )
    check_problem(client.get("/" + "x" * 3000), 404, "not_found")
    check_problem(client.get("/static/../../pyproject.toml"), 404, "not_found")
    check_problem(client.get("/static/%2e%2e/application.py"), 404, "not_found")
    assert check_problem(client.get("/api/v1/ask"), 405, "method_not_allowed")["detail"].count("POST") == 1


def test_a_failure_nobody_foresaw_leaves_a_reference_and_nothing_else(client, caplog):
    response = client.post("/api/v1/ask", json={"question": "崩溃"}, headers={"X-Request-ID": "call-7"})
    problem = check_problem(response, 500, "internal")
    assert "call-7" in problem["detail"]
    assert "秘密" not in response.text
    assert "秘密" in caplog.text
    assert response.headers["x-request-id"] == "call-7"


_JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters()), inner, max_size=3),
    max_leaves=8,
)
_FIELDS = ["question", "query", "as_of", "document_id", "session_id", "channel", "limit", "other"]
CLIENT = serving(tiny_services())


@settings(max_examples=150, deadline=None)
@given(
    path=st.sampled_from(["/api/v1/ask", "/api/v1/ask/stream", "/api/v1/search"]),
    body=st.binary(max_size=60)
    | st.dictionaries(st.sampled_from(_FIELDS), _JSON_VALUES).map(lambda value: json.dumps(value).encode()),
)
def test_no_body_whatever_breaks_the_service(path, body):
    response = post(CLIENT, body, path)
    assert response.status_code in (200, 400, 404, 422)
    if response.status_code != 200:
        check_problem(response, response.status_code, response.json()["code"])
