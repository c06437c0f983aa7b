from app.store.recent import SESSIONS, TURNS, UNWRITTEN, Recent
from tests.store.rows import turn


def test_the_last_turns_of_the_last_sessions_are_remembered():
    recent = Recent()
    for number in range(SESSIONS + 5):
        recent.add(turn(session_id=f"s{number}", answer_id=f"a{number}"))
    assert recent.of("s4") == ((), ())
    assert len(recent.of("s5")[0]) == 1
    assert not recent.knows_answer("a4")
    assert recent.knows_answer("a5")


def test_a_session_keeps_its_unwritten_turns_and_the_last_written_ones():
    recent, said = Recent(), [turn(f"{number}") for number in range(TURNS * 2)]
    for one in said:
        recent.add(one)
    assert recent.of(said[0].session_id) == (tuple(said), tuple(said))
    recent.written(said)
    recent.add(turn("新"))
    remembered, unwritten = recent.of(said[0].session_id)
    assert (len(remembered), len(unwritten)) == (TURNS, 1)


def test_a_session_that_only_grows_is_cut():
    recent = Recent()
    for number in range(UNWRITTEN + 5):
        recent.add(turn(f"{number}"))
    assert len(recent.of(turn().session_id)[1]) == UNWRITTEN


def test_nothing_of_a_forgotten_session_is_left():
    recent = Recent()
    recent.add(turn())
    recent.forget(turn().session_id)
    assert recent.of(turn().session_id) == ((), ())
    assert not recent.knows_answer("a1")
