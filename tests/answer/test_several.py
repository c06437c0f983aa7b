import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answer import Composer
from app.answer.several import parts_of
from tests.answer.desk import TODAY, composer_for

CAMP = "# 露营营地建设奖补办法\n## 服务内容\n对新建露营营地按投资的20%给予奖补，最高60万元。\n## 条件要求\n营地不少于五十个帐位。\n"
INN = "# 精品民宿评定奖励办法\n## 服务内容\n评定为精品民宿的，一次性奖励15万元。\n## 条件要求\n客房不超过十四间，已取得营业执照。\n"
OTHER = "# 殡葬惠民办法\n## 服务内容\n免除遗体火化费。\n"


@pytest.fixture(scope="module")
def desk() -> Composer:
    return composer_for(camp=CAMP, inn=INN, other=OTHER)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("露营营地怎么奖？精品民宿要什么条件？", ("露营营地怎么奖", "精品民宿要什么条件")),
        ("露营营地怎么奖", ()),
        ("露营营地怎么奖？", ()),
        ("一二三四？五六七八？九十百千？万亿兆京", ()),
        ("我们是做民宿的。评定要什么条件？", ()),
    ],
)
def test_sentences_are_told_apart(text: str, parts: tuple[str, ...]) -> None:
    assert parts_of(text) == parts


@given(st.text(max_size=80))
def test_parts_stand_in_the_question_in_order(question: str) -> None:
    parts, place = parts_of(question), 0
    assert len(parts) in (0, 2, 3)
    for part in parts:
        place = question.index(part, place) + len(part)


def test_each_of_several_questions_is_answered(desk: Composer) -> None:
    answer = desk.answer("露营营地奖多少钱？另外评定精品民宿要什么条件？", as_of=TODAY)
    assert answer.status == "answered"
    assert "最高60万元" in answer.text
    assert "十四间" in answer.text


DAILY = ("防火", "饮水", "消杀", "用电", "燃气", "食材", "泳池", "客诉")


def test_an_enumeration_among_several_questions_is_told_whole() -> None:
    letter = "".join(
        f"（{n}）{name}管理：从业人员应当按照{name}管理的规定逐日登记{name}情况，并在每月月底前把登记报送乡镇备查，不得遗漏涂改。\n"
        for n, name in zip("一二三四五六七八", DAILY, strict=True)
    )
    desk = composer_for(camp=CAMP, inn=f"# 民宿安全须知\n## 一、日常管理事项有哪些\n{letter}")
    answer = desk.answer("露营营地奖多少钱？另外民宿日常管理事项有哪些？", as_of=TODAY)
    assert "最高60万元" in answer.text
    assert all(f"{name}管理" in answer.text for name in DAILY)


def test_what_is_quoted_for_a_comparison_is_of_what_is_compared(desk: Composer) -> None:
    for question in ("露营营地和精品民宿分别奖多少钱", "露营营地和精品民宿评定的条件有什么不同？"):
        answer = desk.answer(question, as_of=TODAY)
        assert all("殡葬" not in citation.document_title for citation in answer.citations)


def test_a_comparison_with_what_is_not_here_is_not_made_up(desk: Composer) -> None:
    answer = desk.answer("核电站和航天发射场分别怎么选址", as_of=TODAY)
    assert answer.status != "answered"
