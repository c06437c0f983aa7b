import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answer import Composer
from app.answer.compare import questions, sides
from tests.answer.desk import TODAY, composer_for

CAMP = "# 露营营地建设奖补办法\n## 服务内容\n对新建露营营地按投资的20%给予奖补，最高60万元。\n## 条件要求\n营地不少于五十个帐位。\n"
INN = "# 精品民宿评定奖励办法\n## 服务内容\n评定为精品民宿的，一次性奖励15万元。\n## 条件要求\n客房不超过十四间，已取得营业执照。\n"
OTHER = "# 殡葬惠民办法\n## 服务内容\n免除遗体火化费。\n"


@pytest.fixture(scope="module")
def desk() -> Composer:
    return composer_for(camp=CAMP, inn=INN, other=OTHER)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("露营营地和精品民宿分别奖多少钱", ("露营营地奖多少钱", "精品民宿奖多少钱")),
        ("露营营地跟精品民宿，哪个补得多？", ("露营营地，补得多？", "精品民宿，补得多？")),
        ("露营营地和精品民宿的条件有什么不同？", ("露营营地的条件", "精品民宿的条件")),
        ("露营营地最高补多少？跟精品民宿比，给多少", ("露营营地最高补多少", "精品民宿给多少")),
        ("露营营地和精品民宿各最高给多少", ("露营营地最高给多少", "精品民宿最高给多少")),
        (
            "我们乡里开会要用，露营营地和精品民宿这两块怎么奖？",
            ("露营营地怎么奖？", "精品民宿怎么奖？"),
        ),
        (
            "我家既开露营营地，又办精品民宿，这两样各是怎么奖的？",
            ("开露营营地，是怎么奖的？", "办精品民宿，是怎么奖的？"),
        ),
        (
            "村里一家弄露营营地，一家弄精品民宿，分别能拿什么奖",
            ("弄露营营地，能拿什么奖", "弄精品民宿，能拿什么奖"),
        ),
        ("露营营地奖多少钱", ()),
        ("文化和旅游局的电话是多少", ()),
        ("各区和各部门怎么报", ()),
    ],
)
def test_a_comparison_is_a_question_about_each_side(question: str, asked: tuple[str, ...]) -> None:
    assert sides(question) == asked


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (
            "露营营地怎么奖？精品民宿要什么条件？",
            ("露营营地怎么奖", "精品民宿要什么条件"),
        ),
        (
            "我是村里的。露营营地奖多少，另外精品民宿要多少间客房",
            ("我是村里的，露营营地奖多少", "精品民宿要多少间客房"),
        ),
        ("露营营地给多少奖补，精品民宿有什么奖励", ("露营营地给多少奖补", "精品民宿有什么奖励")),
        (
            "写材料用：办法的制定依据、工作目标和主要内容",
            ("写材料用，办法的制定依据", "工作目标", "主要内容"),
        ),
        ("露营营地怎么奖", ()),
        ("我是村里的。去年开了营地。有奖励吗", ()),
        ("给多少？要什么条件？找谁？怎么报？", ()),
    ],
)
def test_questions_put_one_after_the_other_are_told_apart(text: str, asked: tuple[str, ...]) -> None:
    assert questions(text) == asked


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


@given(st.text(max_size=60))
def test_there_are_two_sides_or_none(question: str) -> None:
    assert len(sides(question)) in (0, 2)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("露营营地和精品民宿分别奖多少钱", ("最高60万元", "一次性奖励15万元")),
        ("露营营地和精品民宿评定的条件有什么不同？", ("五十个帐位", "十四间")),
    ],
)
def test_both_sides_of_a_comparison_are_quoted(desk: Composer, question: str, words: tuple[str, ...]) -> None:
    answer = desk.answer(question, as_of=TODAY)
    assert answer.status == "answered"
    assert len({citation.document_id for citation in answer.citations}) == 2
    for each in words:
        assert each in answer.text


def test_a_comparison_with_what_is_not_here_is_not_made_up(desk: Composer) -> None:
    answer = desk.answer("核电站和航天发射场分别怎么选址", as_of=TODAY)
    assert answer.status != "answered"
