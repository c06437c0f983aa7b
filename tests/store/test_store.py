import uuid
from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import AnswerNotFound, InvalidSetting, SessionNotFound
from app.store import Feedback, Purged, Store
from tests.store.rows import NOW, SESSION, asked, in_session, together, turn, turns


@given(said=st.lists(turns, min_size=1, max_size=6))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_transcript_comes_back_as_it_was_said(store, opened, said):
    given_turns = in_session(said, uuid.uuid4().hex)
    for one in given_turns:
        store.record(one)
    kept = store.export(given_turns[0].session_id).turns
    assert list(kept) == given_turns
    assert {moment.created_at.tzinfo for moment in kept} == {UTC}
    assert store.history(given_turns[0].session_id) == kept


def test_a_session_survives_a_restart(opened):
    first = opened()
    first.record(turn("支持哪些方向？"))
    first.close()
    assert asked(opened().history(SESSION)) == ["支持哪些方向？"]


def test_what_was_recorded_is_seen_at_once_and_numbered_in_order(store):
    for number in range(1, 31):
        store.record(turn(f"第{number}问"))
        seen = store.history(SESSION)
        assert seen[-1].question == f"第{number}问"
        assert [one.number for one in seen] == list(range(max(1, number - 19), number + 1))


def test_another_worker_sees_a_session_and_goes_on_with_it(opened):
    one, other = opened(), opened()
    one.record(turn("支持哪些方向？"))
    assert one.flush()
    other.record(turn("那软件企业呢？"))
    assert asked(other.history(SESSION)) == ["支持哪些方向？", "那软件企业呢？"]
    assert other.flush()
    assert [one.number for one in one.history(SESSION)] == [1, 2]


def test_history_gives_the_last_turns_oldest_first(store):
    for number in range(8):
        store.record(turn(f"第{number}问"))
    assert asked(store.history(SESSION, 3)) == ["第5问", "第6问", "第7问"]
    assert store.history("别的会话") == ()


def test_at_once_in_one_session_no_turn_is_lost_and_no_number_shared(opened):
    stores = [opened(), opened(), opened()]

    def client(store, name):
        for number in range(20):
            store.record(turn(f"{name}-{number}"))
            store.history(SESSION)

    together(*(lambda s=s, n=n: client(s, n) for n, s in enumerate(stores * 3)))
    # A write that waits too long for another goes through the spool: on a slow machine that takes some turns.
    assert all(any(store.flush() for _ in range(10)) for store in stores)
    kept = stores[0].export(SESSION).turns
    assert [one.number for one in kept] == list(range(1, 181))
    assert len({one.question for one in kept}) == 180


def test_a_session_that_is_unknown_over_or_of_another_channel_cannot_go_on(opened):
    store = opened(idle=timedelta(minutes=30))
    store.record(turn())
    assert store.resume("猜的编号", NOW) is None
    assert store.resume(SESSION, NOW + timedelta(minutes=31)) is None
    assert store.resume(SESSION, NOW, channel="hotline") is None
    assert asked(store.resume(SESSION, NOW + timedelta(minutes=29), channel="api")) == ["注意事项有哪些？"]


def test_a_clock_that_went_back_does_not_end_a_session(store):
    store.record(turn("先问"))
    store.record(turn("后问", created_at=NOW - timedelta(days=400)))
    assert asked(store.resume(SESSION, NOW - timedelta(days=400))) == ["先问", "后问"]


def test_personal_data_is_masked_in_memory_and_in_the_database(opened):
    store = opened()
    said = turn("我是13812345678，身份证110101199003071234", interpreted_as="zhang@example.com 能申报吗")
    store.record(said)
    store.feedback(Feedback("a1", False, NOW, "电话69642345", "请回复13812345678"))
    seen = store.history(SESSION)
    assert store.export(SESSION).turns == seen
    assert (seen[0].question, seen[0].interpreted_as) == ("我是[手机号]，身份证[身份证号]", "[邮箱] 能申报吗")
    (told,) = store.export(SESSION).feedback
    assert (told.reason, told.comment) == ("电话[电话]", "请回复[手机号]")


def test_what_a_database_refuses_is_replaced(store):
    store.record(turn("补\0贴\ud800"))
    assert asked(store.export(SESSION).turns) == ["补\ufffd贴\ufffd"]


def test_feedback_needs_an_answer_that_was_given(store):
    with pytest.raises(AnswerNotFound, match="没有编号为“nothing”的答复"):
        store.feedback(Feedback("nothing", True, NOW))
    store.record(turn())
    store.feedback(Feedback("a1", True, NOW))  # the turn may still wait to be written
    assert [told.helpful for told in store.export(SESSION).feedback] == [True]


def test_forgetting_removes_the_session_and_only_its_own_feedback(opened):
    store, other = opened(), opened()
    store.record(turn(answer_id="mine"))
    store.record(turn(answer_id="shared"))
    store.record(turn(answer_id="shared", session_id="另一会话"))
    store.feedback(Feedback("mine", True, NOW))
    store.feedback(Feedback("shared", True, NOW))
    assert store.forget(SESSION) == Purged(turns=2, feedback=1, sessions=1)
    assert store.history(SESSION) == other.history(SESSION) == ()
    with pytest.raises(SessionNotFound, match=f"没有编号为“{SESSION}”的会话"):
        store.forget(SESSION)
    with pytest.raises(SessionNotFound):
        store.export(SESSION)
    assert len(store.export("另一会话").feedback) == 1


def test_a_purge_removes_what_is_older_and_keeps_the_rest(store):
    for number in range(1200):
        store.record(
            turn(f"旧{number}", created_at=NOW - timedelta(days=200), session_id=f"旧会话{number % 7}")
        )
    store.record(turn("旧的一问", created_at=NOW - timedelta(days=200)))
    store.record(turn("新的一问"))
    store.feedback(Feedback("a1", True, NOW - timedelta(days=200)))
    assert store.purge(NOW - timedelta(days=180)) == Purged(turns=1201, feedback=1, sessions=7)
    (kept,) = store.history(SESSION)
    assert (kept.question, kept.number) == ("新的一问", 2)
    with pytest.raises(ValueError, match="time zone"):
        store.purge(NOW.replace(tzinfo=None))


def test_what_is_past_its_retention_goes_by_itself(opened):
    before = opened()
    before.record(turn("旧的一问", created_at=NOW - timedelta(days=31)))
    before.record(turn("新的一问", created_at=NOW - timedelta(days=29)))
    before.close()
    after = opened(retention=timedelta(days=30), clock=lambda: NOW)
    assert asked(after.history(SESSION)) == ["新的一问"]


def test_the_same_turn_twice_is_one_turn(store):
    one = turn()
    for _ in range(2):
        store.record(one)
        assert store.flush()
    assert [kept.number for kept in store.export(SESSION).turns] == [1]


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        turn(created_at=NOW.replace(tzinfo=None))
    with pytest.raises(ValueError, match="time zone"):
        replace(Feedback("a1", True, NOW), created_at=NOW.replace(tzinfo=None))


@pytest.mark.parametrize("url", ["不是地址", "mysql://u:secret@h/d", "sqlite://", "sqlite:///:memory:", "sqlite:///file:x?uri=1", "postgresql://u:secret@h:端口/d"])  # fmt: skip
def test_an_address_that_can_never_be_used_is_told_without_its_password(url, tmp_path):
    with pytest.raises(InvalidSetting, match="ZHENGWEN_DATABASE_URL") as told:
        Store.open(url, spool=tmp_path)
    assert "secret" not in str(told.value)


def test_fifty_clients_over_two_workers_lose_no_turn(opened):
    stores = [opened(), opened()]

    def client(store, session):
        for number in range(20):
            assert len(store.history(session)) == number
            store.record(turn(f"{number}", session_id=session, answer_id=f"{session}-{number}"))
        store.feedback(Feedback(f"{session}-0", True, NOW))

    together(*(lambda n=n: client(stores[n % 2], f"s{n}") for n in range(50)))
    # A write that waits too long for another goes through the spool: on a slow machine that takes some turns.
    assert all(any(store.flush() for _ in range(10)) for store in stores)
    for session in range(50):
        transcript = stores[0].export(f"s{session}")
        assert asked(transcript.turns) == [f"{number}" for number in range(20)]
        assert len(transcript.feedback) == 1
    assert all(store.health() == stores[0].health() for store in stores)
    assert stores[0].health().dropped == 0


def test_turns_keep_their_order_when_the_queue_overflows(store):
    for number in range(1500):
        store.record(turn(f"{number}"))
    assert store.flush()
    assert asked(store.export(SESSION).turns) == [f"{number}" for number in range(1500)]
