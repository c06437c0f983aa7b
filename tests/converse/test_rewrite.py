import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.converse import Dialogue
from app.text import fold
from tests.answer.desk import TODAY, analyzer, huairou

SNAPSHOT, COMPOSER = huairou()
CORPUS = fold("".join(d.title + d.text for d in SNAPSHOT.documents.values()))


def dialogue() -> Dialogue:
    return Dialogue(COMPOSER, analyzer(), SNAPSHOT)


def talk(*utterances: str):  # type: ignore[no-untyped-def]
    desk, session, replies = dialogue(), None, []
    for utterance in utterances:
        reply = desk.reply(utterance, session_id=session, as_of=TODAY)
        session = reply.session_id
        replies.append(reply.answer)
    return replies


@pytest.mark.parametrize(
    ("turns", "holds"),
    [
        (("技改升级怎么支持企业", "那付款周期有限制吗"), "实际付款周期原则上不超过三年"),
        (("注意事项有哪些", "第二个呢"), "合法合规性"),
        (("注意事项第三项说什么", "第五点呢"), "持续关注和更新"),
        (("支持哪些方向", "第四个呢"), "鼓励企业升规纳统"),
        (("升规有什么支持", "不是，我问的是技改"), "智能化、数字化、绿色化技改升级"),
        (("升规有什么支持", "那游戏电竞呢"), "游戏版号"),
        (("中小微企业首贷能贴息吗", "融资租赁也可以吗"), "融资租赁的中小微企业"),
        (("技改升级支持什么项目", "换个问题，特色园区怎么支持"), "特色园区"),
    ],
)
def test_a_follow_up_is_understood_and_answered(turns: tuple[str, ...], holds: str) -> None:
    last = talk(*turns)[-1]
    assert last.status == "answered"
    assert holds in "".join(c.quote for c in last.citations)


def test_what_is_not_stated_of_the_topic_is_said_of_the_topic() -> None:
    first, second = talk("小巨人企业迁入有支持吗", "到底给多少钱")
    assert second.status == "not_stated"
    assert second.citations[0].clause_id == first.citations[0].clause_id
    assert "小巨人" in second.interpreted_as


def test_a_new_question_does_not_drag_the_old_topic_along() -> None:
    _, second = talk("升规有什么支持", "游戏版号首次上线运营给支持吗")
    assert "升规" not in second.interpreted_as
    _, other = talk("升规有什么支持", "慕田峪长城门票多少钱")
    assert other.status == "out_of_scope"


def test_a_topic_survives_a_question_beside_it() -> None:
    replies = talk("生物医药有什么扶持", "你好", "具体给多少钱")
    assert replies[-1].status == "not_stated"
    assert "生物医药" in replies[-1].interpreted_as


UTTERANCES = st.sampled_from(
    [
        "升规有什么支持", "注意事项有哪些", "支持哪些方向", "第二个呢", "那软件企业呢", "它给多少钱", "不是，我问的是技改",
        "换个问题，园区", "那材料呢", "融资租赁也可以吗", "要认定吗", "首次贷款是指什么", "上面那条什么时候截止", "雁栖湖门票", "第九条", "你好",
    ]
)  # fmt: skip


@given(st.lists(UTTERANCES, min_size=1, max_size=5))
def test_rewriting_never_invents_a_character_that_is_in_neither_the_session_nor_the_corpus(
    turns: list[str],
) -> None:
    said = ""
    for utterance, answer in zip(turns, talk(*turns), strict=True):
        said += fold(utterance)
        words = "".join(fold(answer.interpreted_as).split())
        assert all(character in said or character in CORPUS for character in words)
        said += fold("".join(answer.options))


@given(st.lists(UTTERANCES, min_size=1, max_size=4))
def test_the_same_conversation_gives_the_same_answers(turns: list[str]) -> None:
    assert talk(*turns) == talk(*turns)
