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


FOLLOW_UPS = [
    (("老设备改造有扶持吗", "付款拖得久一点可以吗"), "实际付款周期原则上不超过三年"),
    (("注意事项有哪些", "第二个呢"), "合法合规性"),
    (("注意事项第一条写了什么", "最后一条呢"), "持续关注和更新"),
    (("支持哪些方向", "第四个呢"), "鼓励企业升规纳统"),
    (("升规有什么支持", "不是，我问的是技改"), "智能化、数字化、绿色化技改升级"),
    (("升规有什么支持", "那游戏电竞呢"), "游戏版号"),
    (("担保费能给补贴吗", "那融资租赁呢"), "融资租赁的中小微企业"),
    (("参加大赛获奖给支持吗", "另外问一下，园区运营有什么扶持"), "特色园区"),
    (("注意事项列出来看看", "麻烦把第四项详细讲讲"), "按照规定的用途使用资金"),
    (("注意事项列出来看看", "最后一项讲了什么"), "持续关注和更新"),
    (("注意事项列出来看看", "倒数第二点呢"), "资金监管和使用"),
    (("注意事项列出来看看", "头一条说的是什么", "下一条呢"), "合法合规性"),
    (("注意事项列出来看看", "第三个呢", "上一个再念一遍"), "合法合规性"),
    (("支持哪些方向", "最后那项具体讲讲"), "招商引资等运营成效"),
    (("支持哪些方向", "第四个写的啥", "往下一个呢"), "稳运行支持标准"),
    (("注意事项列出来看看", "第二条跟第四条分别是什么意思"), "合法合规性"),
    (("注意事项列出来看看", "第二条跟第四条分别是什么意思"), "按照规定的用途使用资金"),
    (("升规有什么支持", "哎呀说错了，是游戏电竞那块"), "游戏版号"),
    (("升规有什么支持", "口误口误，应该是生物医药那边"), "临床阶段"),
    (("升规有什么支持", "行，不说这个了，特色园区怎么扶持"), "招商引资等运营成效"),
    (("特色园区运营有扶持吗", "按哪些来给呢"), "招商引资等运营成效"),
]


def test_most_follow_ups_are_understood_and_answered() -> None:
    """What a follow-up means is read by a model: what counts is how often it is right."""
    last = [(talk(*turns)[-1], holds) for turns, holds in FOLLOW_UPS]
    right = [answer for answer, holds in last if holds in "".join(c.quote for c in answer.citations)]
    assert len(right) >= 0.7 * len(FOLLOW_UPS)


@pytest.mark.parametrize("listing", ["支持哪些方向", "注意事项有哪些", "关键词诠释有哪些"])
def test_every_entry_of_a_list_is_found_by_its_place_from_the_front_and_from_the_back(listing: str) -> None:
    size = len(talk(listing)[-1].citations)
    assert size > 1
    for place in range(size):
        listed, named = talk(listing, f"第{place + 1}个展开讲讲")
        assert named.status == "answered"
        assert listed.citations[place].clause_id in [c.clause_id for c in named.citations], place
        assert (
            talk(listing, f"倒数第{size - place}个呢")[-1].citations[0].clause_id
            == named.citations[0].clause_id
        )


def test_a_place_that_the_list_does_not_have_is_not_another_entry() -> None:
    listed, beyond = talk("注意事项有哪些", "第八个呢")
    assert beyond.status != "answered"
    assert len(listed.citations) == 5


@pytest.mark.parametrize("utterance", ["那密云区的呢", "昌平给不给", "上海的小巨人有没有奖"])
def test_a_follow_up_about_another_place_is_not_answered_with_this_ones_policy(utterance: str) -> None:
    assert talk("升规有什么支持", utterance)[-1].status == "out_of_scope"


def test_what_is_not_stated_of_the_topic_is_said_of_the_topic() -> None:
    first, second = talk("隐形冠军有奖励吗", "金额是多少")
    assert second.status == "not_stated"
    assert second.citations[0].clause_id == first.citations[0].clause_id
    assert "隐形冠军" in second.interpreted_as


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
        "另外问一下，园区", "那材料呢", "担保费也能报吗", "得先备案吗", "首次贷款是指什么", "上面那条什么时候截止", "雁栖湖门票", "第九条", "你好",
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
