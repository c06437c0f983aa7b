from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.converse import Dialogue, Sessions, tidy
from app.errors import BlankQuestion, QuestionTooLong
from app.store import Store
from tests.answer.desk import TODAY, analyzer, composer_for, huairou

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SNAPSHOT, COMPOSER = huairou()
DIALOGUE = Dialogue(COMPOSER, analyzer(), SNAPSHOT)


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
    assert tidy("ＣＲＯ給補助嗎？\u202e\n") == "CRO给补助吗？"


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
    desk = Dialogue(COMPOSER, analyzer(), SNAPSHOT, sessions)
    first = desk.reply("升规", as_of=TODAY).session_id
    for _ in range(5):
        desk.reply("升规", session_id=first, as_of=TODAY)
    assert len(sessions.resume(first, NOW) or ()) == 3
    for _ in range(2):
        desk.reply("升规", as_of=TODAY)
    assert sessions.resume(first, NOW) is None


def test_a_session_goes_on_in_another_process_through_the_store(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/turns.sqlite3"
    with Store.open(url, spool=tmp_path / "one") as store:
        first = Dialogue(COMPOSER, analyzer(), SNAPSHOT, store).reply("技改升级怎么支持企业", as_of=TODAY)
    with Store.open(url, spool=tmp_path / "two") as store:
        desk = Dialogue(COMPOSER, analyzer(), SNAPSHOT, store)
        second = desk.reply("那付款周期有限制吗", session_id=first.session_id, as_of=TODAY)
        assert second.session_id == first.session_id
        assert "技改" in second.answer.interpreted_as
        assert (
            desk.reply("第二个呢", session_id=first.session_id, as_of=TODAY, channel="hotline").session_id
            != first.session_id
        )


def test_a_session_that_is_over_begins_anew(tmp_path: Path) -> None:
    moments = iter([NOW, NOW + timedelta(hours=9)])
    with Store.open(f"sqlite:///{tmp_path}/turns.sqlite3", spool=tmp_path / "spool") as store:
        desk = Dialogue(COMPOSER, analyzer(), SNAPSHOT, store, lambda: next(moments))
        first = desk.reply("技改升级怎么支持企业", as_of=TODAY)
        assert desk.reply("付款周期", session_id=first.session_id, as_of=TODAY).session_id != first.session_id


def test_numbers_of_people_are_masked_in_the_store_and_the_answer_goes_on(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/turns.sqlite3", spool=tmp_path / "spool") as store:
        desk = Dialogue(COMPOSER, analyzer(), SNAPSHOT, store)
        reply = desk.reply("我的电话13812345678，升规有什么支持", as_of=TODAY)
        assert "13812345678" not in store.history(reply.session_id)[0].question


def test_a_reply_says_whether_a_new_session_began() -> None:
    first = DIALOGUE.reply("升规有什么支持", as_of=TODAY)
    assert first.session_started
    assert not DIALOGUE.reply("第二个呢", session_id=first.session_id, as_of=TODAY).session_started
    assert DIALOGUE.reply("升规有什么支持", session_id="expired", as_of=TODAY).session_started


def test_a_misspelt_word_of_the_corpus_is_understood_and_shown() -> None:
    answer = DIALOGUE.reply("贷款帖息有支持吗", as_of=TODAY).answer
    assert "贴息" in answer.interpreted_as
    assert answer.status == "answered"


def test_a_preview_answers_as_the_reply_would_and_keeps_nothing() -> None:
    sessions = Sessions()
    dialogue = Dialogue(COMPOSER, analyzer(), SNAPSHOT, sessions, lambda: NOW)
    first = dialogue.reply("注意事项有哪些？", as_of=TODAY, channel="hotline")
    told = dialogue.preview("第二个呢", session_id=first.session_id, as_of=TODAY, channel="hotline")
    assert len(sessions.resume(first.session_id, NOW) or ()) == 1
    reply = dialogue.reply("第二个呢", session_id=first.session_id, as_of=TODAY, channel="hotline")
    assert (told.answer_id, told.answer, told.session_id) == (reply.answer_id, reply.answer, reply.session_id)
    with pytest.raises(BlankQuestion):
        dialogue.preview("？", as_of=TODAY)


def test_a_follow_up_is_looked_for_in_the_document_last_quoted() -> None:
    """What is said next shares words with many documents; the one just quoted holds the answer."""
    texts = {
        "kiln": "# 龙窑柴烧技艺传承补助办法\n## 服务内容\n对开窑的传承人每次补助六千元。\n## 条件要求\n带徒不少于三人，烧成率不低于70%。\n",
        "loan": "# 绣坊贷款贴息办法\n## 服务内容\n按贷款利率的一半贴息，带徒的绣坊优先。\n",
        "boat": "# 木船修造奖励办法\n## 服务内容\n每艘奖励两万元。\n",
    }
    composer = composer_for(**texts)
    dialogue = Dialogue(composer, analyzer(), composer._snapshot)
    first = dialogue.reply("龙窑柴烧技艺补多少钱", as_of=TODAY)
    assert "六千元" in first.answer.text
    second = dialogue.reply("带徒要几个人", session_id=first.session_id, as_of=TODAY)
    assert "带徒不少于三人" in second.answer.text
    third = dialogue.reply("明天下雨吗", session_id=first.session_id, as_of=TODAY)
    assert third.answer.status != "answered"


def test_a_field_alone_is_that_of_the_document_last_quoted() -> None:
    """Another document says more of the field, word for word; what is asked is what the one just quoted says of it."""
    texts = {
        "kiln": "# 龙窑柴烧技艺传承补助办法\n## 服务内容\n对开窑的传承人每次补助六千元。\n## 条件要求\n申请人应当符合下列条件：带徒不少于三人。\n"
        "## 申请材料\n申请人应当提交传承人证书和开窑照片。\n## 联系方式\n咨询电话：80010001\n",
        "loan": "# 绣坊贷款贴息办法\n## 服务内容\n按贷款利率的一半贴息。\n## 条件要求\n要符合什么条件：绣坊应当取得营业执照。\n"
        "## 申请材料\n要交什么材料：营业执照。\n## 联系方式\n咨询电话：80020002\n",
    }
    composer = composer_for(**texts)
    dialogue = Dialogue(composer, analyzer(), composer._snapshot)
    session = dialogue.reply("龙窑柴烧技艺补多少钱", as_of=TODAY).session_id
    fields = {"要符合什么条件": "带徒", "材料呢": "证书", "打哪个电话": "80010001", "几号截止": ""}
    replies = [dialogue.reply(field, session_id=session, as_of=TODAY).answer for field in fields]
    assert {citation.document_title for answer in replies for citation in answer.citations} == {
        "龙窑柴烧技艺传承补助办法"
    }
    told = [holds in answer.text for holds, answer in zip(fields.values(), replies, strict=True)]
    assert sum(told) >= len(fields) - 1
