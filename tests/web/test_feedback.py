from dataclasses import replace

import pytest
from sqlalchemy import select

from app.clock import now
from app.store import Gaps, Sameness, Site, Store, Turn
from app.store.tables import feedback
from app.text import Analyzer
from app.web.admission import Caller
from tests.store.letters import Letters

from .corpus import tiny_services
from .visitors import at_home, public, visitor


def turn_of(answer_id):
    return Turn("s", answer_id, "问", "问", "answered", "notes", (), 0.9, "v", "api", 1.0, now())


@pytest.fixture
def store(tmp_path):
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite3", spool=tmp_path / "spool") as opened:
        yield opened


@pytest.fixture
def client(store, tmp_path):
    services = replace(tiny_services(), store=store)
    with public(services, tmp_path, handoff_phone="010-69642200", handoff_hours="工作日 9:00—17:00") as (
        app,
        access,
    ):
        opened = at_home(app)
        opened.access = access
        yield opened


def test_feedback_on_an_answer_is_kept_masked(client, store):
    store.record(turn_of("a1"))
    said = {"answer_id": "a1", "helpful": False, "reason": "引文不对", "comment": "请打13800138000"}
    response = client.post("/api/v1/feedback", json=said)
    assert (response.status_code, response.json()) == (200, {"answer_id": "a1", "accepted": True})
    (kept,) = store.export("s").feedback
    assert (kept.helpful, kept.reason) == (False, "引文不对")
    assert "13800138000" not in kept.comment


PARK = "https://www.park.example.cn"


@pytest.fixture
def widget(client):
    site = client.access.add_site(Site("园区", (PARK,), 1000))
    token = visitor(client.app, origin=PARK).post("/api/v1/session", json={"site": site.id}).json()["token"]
    return visitor(client.app, origin=PARK, authorization=f"Bearer {token}")


def test_each_session_that_got_an_answer_has_one_vote_and_nobody_else_has_any(widget, store):
    for session in ("mine", "another"):
        store.record(replace(turn_of("a1"), session_id=session))
    vote = {"answer_id": "a1", "helpful": True}
    assert widget.post("/api/v1/feedback", json=vote).status_code == 422
    assert widget.post("/api/v1/feedback", json=vote | {"session_id": "made-up"}).status_code == 404
    for helpful in (True, True, False):
        said = vote | {"session_id": "mine", "helpful": helpful}
        assert widget.post("/api/v1/feedback", json=said).status_code == 200
    assert widget.post("/api/v1/feedback", json=vote | {"session_id": "another"}).status_code == 200
    assert store.flush()
    with store._database.reading() as connection:
        assert sorted(connection.scalars(select(feedback.c.helpful))) == [False, True]


@pytest.mark.parametrize("called", ["hotline", "wechat", "api", None])
def test_a_site_token_comes_by_the_widget_whatever_it_calls_itself(widget, client, called):
    asked = {"question": "补贴多少？", "channel": called}
    assert widget.post("/api/v1/handoff", json=asked).status_code == 200
    assert kept_gaps(client)[-1].channel == "widget"


def test_a_key_may_not_come_as_a_widget_nor_a_stranger_as_the_hotline():
    key, open_to_all = Caller("key", "203.0.113.7"), Caller("open", "203.0.113.7")
    assert [key.channel(each) for each in ("hotline", "widget", None)] == ["hotline", "api", "api"]
    assert [open_to_all.channel(each) for each in ("hotline", "widget", None)] == ["api", "widget", "api"]


def test_feedback_on_an_answer_that_was_never_given_is_refused(client):
    response = client.post("/api/v1/feedback", json={"answer_id": "nobody", "helpful": True})
    assert (response.status_code, response.json()["code"]) == (404, "answer_not_found")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"helpful": True}, "answer_id"),
        ({"answer_id": "a"}, "helpful"),
        ({"answer_id": "a", "helpful": "yes"}, "helpful"),
        ({"answer_id": "a", "helpful": True, "comment": "长" * 1001}, "comment"),
        ({"answer_id": "a", "helpful": True, "reason": 1}, "reason"),
    ],
)
def test_a_bad_field_is_named(client, said, field):
    response = client.post("/api/v1/feedback", json=said)
    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, field)


def test_without_a_store_feedback_says_so(tmp_path):
    with public(tiny_services(), tmp_path) as (app, _):
        response = at_home(app).post("/api/v1/feedback", json={"answer_id": "a", "helpful": True})
        assert (response.status_code, response.json()["code"]) == (503, "store_unavailable")


def test_handing_on_shows_the_telephone_and_leaves_the_question_with_its_nearest_clauses(client):
    asked = {"question": "补贴多少？我的电话13800138000", "channel": "widget", "answer_id": "a1"}
    content = client.post("/api/v1/handoff", json=asked).json()
    assert (content["phone"], content["recorded"]) == ("010-69642200", True)
    assert content["message"] == "请拨打 010-69642200（工作日 9:00—17:00），由工作人员解答。"
    (gap,) = kept_gaps(client)
    assert gap.clauses == ("new-energy:0", "new-energy:1", "new-energy:2")
    assert (gap.channel, gap.answer_id, gap.site_id) == ("widget", "a1", None)
    assert "13800138000" not in gap.question


def kept_gaps(client):
    gaps = Gaps(client.access.database)
    gaps.gather(Sameness(Analyzer(), Letters()))
    return [gap for ticket in gaps.tickets() for gap in gaps.askings(ticket.id)]


def test_handing_on_needs_a_question_but_no_database_and_no_telephone(tmp_path):
    with public(tiny_services(), tmp_path, database_url=f"sqlite:///{tmp_path}/file/none.sqlite3") as (
        app,
        _,
    ):
        (tmp_path / "file").write_text("")
        content = at_home(app).post("/api/v1/handoff", json={"question": "补贴多少？"}).json()
        assert content["recorded"] is False
        assert "主管部门" in content["message"]
        assert at_home(app).post("/api/v1/handoff", json={"question": "？"}).status_code == 422
