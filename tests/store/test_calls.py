from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import CallNotFound
from app.store import Audit, CallFilter, Calls, Database, Outcome, Person, Role, Shown

from .conftest import NOW


def person(name, role=Role.CLERK, department="热线一组"):
    return Person(f"id-{name}", name, name, role, department, False, NOW, NOW)


AN, BO, EDITOR = person("安"), person("博"), person("编", Role.EDITOR)


@pytest.fixture
def desk(url):
    database = Database(url)
    clock = SimpleNamespace(now=NOW)
    yield SimpleNamespace(calls=Calls(database, lambda: clock.now), audit=Audit(database), clock=clock)
    database.close()


def test_a_call_keeps_what_was_asked_shown_and_said(desk):
    call = desk.calls.begin(AN, "停车怎么收费？")
    assert desk.calls.current(AN) == call
    pinned = Shown("clause", "park/3", "pinned", "《停车办法》第三条")
    desk.calls.show(call.id, AN, [pinned])
    desk.calls.show(call.id, AN, [pinned, Shown("answer", "a1", "spoken", "", "停车怎么收费？", "answered")])
    desk.calls.note(call.id, AN, said="每小时两元。", notes="催过一次", session_id="s1")
    desk.clock.now = NOW + timedelta(minutes=2)
    ended = desk.calls.end(call.id, AN, Outcome.ANSWERED)
    assert desk.calls.current(AN) is None
    assert desk.calls.call(call.id, AN) == ended
    assert (ended.question, ended.said, ended.notes, ended.session_id) == (
        "停车怎么收费？",
        "每小时两元。",
        "催过一次",
        "s1",
    )
    assert [each.how for each in ended.shown] == ["pinned", "spoken"]
    assert ended.ended_at == NOW + timedelta(minutes=2)
    assert ended.outcome is Outcome.ANSWERED


def test_a_new_call_ends_the_one_before_and_leaves_those_of_others_open(desk):
    first, other = desk.calls.begin(AN), desk.calls.begin(BO)
    second = desk.calls.begin(AN)
    assert desk.calls.call(first.id, AN).ended_at == NOW
    assert desk.calls.call(first.id, AN).outcome is None
    assert desk.calls.current(AN) == second
    assert desk.calls.current(BO) == other


def test_a_call_that_was_forgotten_is_over_and_lasted_no_night(desk):
    old = desk.calls.begin(AN)
    desk.clock.now = NOW + timedelta(hours=15)
    assert desk.calls.current(AN) is None
    desk.calls.begin(AN)
    assert desk.calls.call(old.id, AN).ended_at == NOW


def test_a_clerk_sees_and_changes_none_but_their_own_calls(desk):
    call = desk.calls.begin(AN, "停车")
    for act in (
        lambda: desk.calls.call(call.id, BO),
        lambda: desk.calls.note(call.id, BO, notes="x"),
        lambda: desk.calls.show(call.id, BO, [Shown("clause", "a", "shown")]),
        lambda: desk.calls.end(call.id, BO, Outcome.OTHER),
        lambda: desk.calls.note(call.id, EDITOR, notes="x"),
        lambda: desk.calls.end(call.id, EDITOR, None),
    ):
        with pytest.raises(CallNotFound):
            act()
    assert desk.calls.find(BO) == ()
    assert desk.calls.find(BO, CallFilter(person_id=AN.id)) == ()
    assert desk.calls.count(BO) == 0
    assert desk.calls.callers(BO) == ()
    assert desk.calls.call(call.id, EDITOR) == call
    assert desk.calls.find(EDITOR) == (call,)
    assert desk.calls.callers(EDITOR) == ((AN.id, AN.name),)


def test_what_people_type_is_masked(desk):
    number = "13800138000"
    call = desk.calls.begin(AN, f"我的手机{number}")
    desk.calls.note(call.id, AN, said=f"回拨{number}", notes=f"联系{number}")
    desk.calls.show(call.id, AN, [Shown("answer", "a", "shown", f"{number}", f"问{number}")])
    kept = desk.calls.call(call.id, AN)
    assert number not in repr(kept)
    assert repr(kept).count("[手机号]") == 5


def test_calls_are_found_by_words_day_clerk_and_outcome(desk):
    one = desk.calls.begin(AN, "停车 100% 收费")
    desk.calls.end(one.id, AN, Outcome.ANSWERED)
    desk.clock.now = NOW + timedelta(days=1)
    two = desk.calls.begin(AN, "公积金_提取")
    desk.calls.note(two.id, AN, notes="要回电")

    def found(**filters):
        calls = desk.calls.find(AN, CallFilter(**filters))
        assert desk.calls.count(AN, CallFilter(**filters)) == len(calls)
        return {each.id for each in calls}

    assert found() == {one.id, two.id}
    assert found(words="收费 停车") == {one.id}
    assert found(words="回电") == {two.id}
    assert found(words="%") == {one.id}
    assert found(words="_") == {two.id}
    assert found(words="'; DROP TABLE calls; --") == set()
    assert found(since=NOW + timedelta(hours=1)) == {two.id}
    assert found(until=NOW + timedelta(hours=1)) == {one.id}
    assert found(outcome=Outcome.ANSWERED) == {one.id}
    assert found(person_id=BO.id) == set()
    assert desk.calls.find(AN, limit=1)[0].id == two.id
    assert desk.calls.find(AN, limit=1, offset=1)[0].id == one.id


def test_beginning_ending_and_later_changes_are_on_record(desk):
    call = desk.calls.begin(AN, address="10.0.0.1")
    desk.calls.note(call.id, AN, notes="一边说一边记")
    desk.calls.end(call.id, AN, Outcome.DROPPED)
    desk.calls.note(call.id, AN, notes="记错了")
    desk.calls.note(call.id, AN, notes="记错了")
    found = [(each.action, each.subject, each.detail) for each in desk.audit.records()]
    assert sorted(found) == sorted(
        [("开始通话", call.id, ""), ("结束通话", call.id, "挂断"), ("更正通话", call.id, "挂断")]
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(text=st.text(max_size=30))
def test_no_text_breaks_a_call_or_looking_for_it(desk, text):
    call = desk.calls.begin(AN, text)
    desk.calls.note(call.id, AN, said=text, notes=text)
    desk.calls.show(call.id, AN, [Shown("clause", text, text, text)])
    kept = desk.calls.call(call.id, AN)
    assert call.id in {each.id for each in desk.calls.find(AN, CallFilter(kept.notes), limit=1000)}
