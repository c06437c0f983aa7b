import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.converse import Dialogue, Sessions, tidy
from app.errors import BlankQuestion, QuestionTooLong
from tests.answer.desk import TODAY, analyzer, huairou

SNAPSHOT, COMPOSER = huairou()
DIALOGUE = Dialogue(COMPOSER, analyzer(), SNAPSHOT.version)


@pytest.mark.parametrize(
    "utterance", ["", "   ", "😀😀", "？！。", "\u200b\u202e", "\x00\x01", "\ud800", "——"]
)
def test_an_utterance_with_nothing_to_read_is_refused_with_the_remedy(utterance: str) -> None:
    with pytest.raises(BlankQuestion, match="请用汉字、字母或数字"):
        DIALOGUE.reply(utterance, as_of=TODAY)


def test_500_characters_are_answered_and_501_are_refused() -> None:
    assert DIALOGUE.reply("升" * 500, as_of=TODAY).answer.status
    with pytest.raises(QuestionTooLong, match="501 个字"):
        DIALOGUE.reply("升" * 501, as_of=TODAY)


@given(st.text(max_size=80))
def test_no_utterance_breaks_the_conversation(utterance: str) -> None:
    try:
        reply = DIALOGUE.reply(utterance, as_of=TODAY)
    except BlankQuestion:
        return
    assert reply.answer.interpreted_as
    f"{reply.answer.text}{reply.answer.interpreted_as}".encode()


def test_traditional_characters_and_full_width_letters_are_shown_as_understood() -> None:
    assert tidy("ＣＤＭＯ有補貼嗎？\u202e\n") == "CDMO有补贴吗？"


def test_template_syntax_and_markup_are_only_words() -> None:
    for utterance in ("{{7*7}}升规", "<script>alert(1)</script>升规", "{% raw %}升规"):
        answer = DIALOGUE.reply(utterance, as_of=TODAY).answer
        assert "49" not in answer.text
        assert "alert" not in answer.text


def test_an_unknown_session_id_begins_a_new_session() -> None:
    reply = DIALOGUE.reply("升规有什么支持", session_id="someone-elses", as_of=TODAY)
    assert reply.session_id != "someone-elses"
    assert DIALOGUE.reply("第二个呢", session_id=reply.session_id, as_of=TODAY).session_id == reply.session_id


def test_sessions_and_turns_are_bounded() -> None:
    sessions = Sessions(sessions=2, turns=3)
    desk = Dialogue(COMPOSER, analyzer(), SNAPSHOT.version, sessions)
    first = desk.reply("升规", as_of=TODAY).session_id
    for _ in range(5):
        desk.reply("升规", session_id=first, as_of=TODAY)
    assert len(sessions.open(first)[1]) == 3
    for _ in range(2):
        desk.reply("升规", as_of=TODAY)
    assert sessions.open(first)[1] == ()
