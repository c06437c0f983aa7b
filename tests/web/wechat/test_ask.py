import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.schemas import AskReply
from app.web.wechat.ask import chunks, lines
from app.web.wechat.schemas import DocumentPage, HistoryReply
from scripts.fake_wechat import Fault

from .office import login, office

CHECK = "/wxa/msg_sec_check"
QUESTION = "注意事项有哪些？"


@pytest.fixture
def headers(client):
    return login(client)


def ask(client, headers, question=QUESTION, **more):
    return client.post("/wechat/v1/ask", json={"question": question, **more}, headers=headers)


def test_the_answer_is_the_one_other_channels_give(client, headers):
    here = ask(client, headers).json()
    there = client.post("/api/v1/ask", json={"question": QUESTION}).json()
    AskReply.model_validate(here, strict=True)
    for name in ("answer_id", "session_id"):
        del here[name], there[name]
    assert here == there
    assert [asked["channel"] for asked in client.talk.asked] == ["wechat", "api"]


def test_a_session_goes_on_for_its_person_alone(client, headers):
    session = ask(client, headers).json()["session_id"]
    assert ask(client, headers, session_id=session).json()["session_id"] == session
    assert ask(client, login(client, "ben"), session_id=session).json()["session_id"] != session
    assert ask(client, headers, session_id="unknown").json()["session_id"] != "unknown"


def test_the_day_and_the_document_reach_the_dialogue(client, headers):
    assert ask(client, headers, as_of="2025-01-31", document_id="new-energy").status_code == 200
    assert client.talk.asked[0]["as_of"].isoformat() == "2025-01-31"
    assert ask(client, headers, as_of="2025-02-30").json()["code"] == "invalid_date"
    assert ask(client, headers, document_id="none").json()["code"] == "document_not_found"


@pytest.mark.parametrize(
    ("question", "code"),
    [("？！", "blank_question"), ("甲" * 501, "question_too_long"), ("", "blank_question")],
)
def test_what_cannot_be_answered_is_said_and_not_shown_to_wechat(client, fake, headers, question, code):
    assert ask(client, headers, question).json()["code"] == code
    if question != "？！":
        assert fake.count(CHECK) == 0


def test_a_person_may_ask_so_often_a_day(tmp_path, fake, clock):
    with office(tmp_path, fake, wechat_person_per_day=2) as client:
        anna, ben = login(client), login(client, "ben")
        assert [ask(client, anna).status_code for _ in range(3)] == [200, 200, 429]
        response = ask(client, anna)
        assert response.json()["code"] == "too_many_requests"
        assert 1 <= int(response.headers["retry-after"]) <= 86400
        assert ask(client, ben).status_code == 200


def test_all_together_may_ask_so_often_a_day(tmp_path, fake, clock):
    with office(tmp_path, fake, wechat_per_day=2) as client:
        assert [ask(client, login(client, name)).status_code for name in ("a", "b", "c")] == [200, 200, 429]


def policies(client):
    return [(check.suggest, check.policy) for check in client.app_.state.wechat.desk().records.checks()]


@pytest.mark.parametrize("finding", ["risky", "review"])
@pytest.mark.parametrize(("policy", "status"), [("answer", 200), ("refuse", 422), ("record", 200)])
def test_the_settings_decide_what_follows_from_a_check(tmp_path, fake, logged, finding, policy, status):
    fake.risky["坏话"] = finding
    with office(tmp_path, fake, **{f"wechat_{finding}": policy}) as client:
        response = ask(client, login(client), "坏话")
        assert response.status_code == status
        assert policies(client) == [(finding, policy)]
        check = client.app_.state.wechat.desk().records.checks()[0]
        assert check.trace_id
        assert check.label == 20001
        noted = [line for line in logged if "content check" in line]
        assert bool(noted) is (policy != "answer")
        assert all(check.trace_id in line and "坏话" not in line for line in noted)
        if status == 422:
            assert response.json()["code"] == "content_refused"
            assert client.talk.asked == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault("errcode", 61010),
        Fault("errcode", -1),
        Fault("status", 500),
        Fault("malformed"),
        Fault("hangup"),
    ],
)
@pytest.mark.parametrize(("policy", "status"), [("answer", 200), ("refuse", 422), ("record", 200)])
def test_the_settings_decide_what_follows_when_the_check_is_away(tmp_path, fake, fault, policy, status):
    fake.fail(CHECK, fault)
    with office(tmp_path, fake, wechat_unavailable=policy) as client:
        assert ask(client, login(client)).status_code == status
        assert policies(client) == [("unavailable", policy)]


def test_a_slow_check_is_not_waited_for(client, fake, headers, monkeypatch):
    monkeypatch.setattr("app.web.wechat.client.CHECK_TIMEOUT", 0.2)
    fake.fail(CHECK, Fault("slow", seconds=1))
    assert ask(client, headers).status_code == 200
    assert policies(client) == [("unavailable", "record")]


def test_the_check_sees_the_words_the_scene_and_the_person(client, fake, headers):
    ask(client, headers)
    body = next(call.body for call in fake.calls if call.path == CHECK)
    assert body == {"version": 2, "scene": 2, "openid": "openid-anna", "content": QUESTION}
    assert policies(client) == [("pass", "answer")]


def test_the_stream_is_lines_of_json_that_end_with_the_whole_answer(client, headers):
    response = client.post("/wechat/v1/ask/stream", json={"question": QUESTION}, headers=headers)
    assert response.headers["content-type"].startswith("application/x-ndjson")
    found = [json.loads(line) for line in response.content.splitlines()]
    assert [each["event"] for each in found] == [
        "status",
        "citation",
        "citation",
        "text",
        "text",
        "text",
        "done",
    ]
    done = found[-1]["data"]
    AskReply.model_validate(done, strict=True)
    assert "".join(each["data"]["text"] for each in found if each["event"] == "text") == done["text"]


def test_what_the_stream_cannot_answer_has_a_status_code_of_its_own(client, headers):
    response = client.post("/wechat/v1/ask/stream", json={"question": "？！"}, headers=headers)
    assert (response.status_code, response.json()["code"]) == (422, "blank_question")


@given(st.text(), st.integers(4, 40))
def test_no_chunk_of_the_stream_cuts_a_character(text, size):
    content = {"answer_id": "a", "session_id": "s", "status": "answered", "interpreted_as": text, "intent": "other",
               "citations": [], "text": text}  # fmt: skip
    whole = b"".join(lines(content))
    made = list(chunks(lines(content), size))
    assert b"".join(made) == whole
    assert "".join(chunk.decode() for chunk in made) == whole.decode()
    assert all(0 < len(chunk) <= size for chunk in made)


def test_feedback_is_kept_for_answers_that_were_given(client, headers):
    answer = ask(client, headers).json()["answer_id"]
    said = client.post(
        "/wechat/v1/feedback",
        json={"answer_id": answer, "helpful": False, "comment": "太长"},
        headers=headers,
    )
    assert said.json() == {"accepted": True}
    client.store.flush()
    unknown = client.post("/wechat/v1/feedback", json={"answer_id": "none", "helpful": True}, headers=headers)
    assert unknown.json()["code"] == "answer_not_found"


def test_the_history_is_the_persons_own_and_can_be_removed(client, headers):
    first = ask(client, headers, "甲问").json()
    ask(client, headers, "乙问", session_id=first["session_id"])
    ask(client, headers, "丙问")
    ben = login(client, "ben")
    ask(client, ben, "丁问")
    body = client.get("/wechat/v1/history", headers=headers).json()
    HistoryReply.model_validate(body, strict=True)
    assert [turn["question"] for turn in body["turns"]] == ["丙问", "乙问", "甲问"]
    assert len(client.get("/wechat/v1/history?limit=1", headers=headers).json()["turns"]) == 1
    assert client.delete("/wechat/v1/history", headers=headers).json() == {"sessions": 2, "turns": 3}
    assert client.get("/wechat/v1/history", headers=headers).json() == {"turns": []}
    assert len(client.get("/wechat/v1/history", headers=ben).json()["turns"]) == 1


def test_clauses_and_documents_are_read_by_whoever_is_logged_in(client, headers):
    clause = client.get("/wechat/v1/clauses/new-energy:5", headers=headers).json()
    assert clause == client.get("/api/v1/clauses/new-energy:5").json()
    page = client.get("/wechat/v1/documents/new-energy?limit=3", headers=headers).json()
    DocumentPage.model_validate(page, strict=True)
    rest = client.get(f"/wechat/v1/documents/new-energy?offset={page['next']}", headers=headers).json()
    assert [len(page["clauses"]), len(rest["clauses"]), rest["next"], rest["total"]] == [3, 4, None, 7]
    assert (
        client.get("/wechat/v1/documents", headers=headers).json() == client.get("/api/v1/documents").json()
    )
    assert client.get("/wechat/v1/clauses/none", headers=headers).json()["code"] == "clause_not_found"
    for path in ("clauses/new-energy:5", "documents", "documents/new-energy", "history"):
        assert client.get(f"/wechat/v1/{path}").status_code == 401


def test_answers_go_on_while_the_database_is_away(tmp_path, fake):
    (tmp_path / "file").write_text("in the way")
    with office(tmp_path, fake, database_url=f"sqlite:///{tmp_path}/file/store.sqlite3") as client:
        headers = login(client)
        assert ask(client, headers).status_code == 200
        assert client.get("/wechat/v1/history", headers=headers).json() == {"turns": []}
        assert client.delete("/wechat/v1/history", headers=headers).json()["code"] == "store_unavailable"
