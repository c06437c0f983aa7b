"""Which of several documents is meant, and which of its fields."""

import pytest

from app.answer import Composer
from tests.answer.desk import TODAY, composer_for

GREENHOUSE = (
    "# 温室大棚改造补助办法\n## 服务对象\n在本区登记的农民专业合作社和家庭农场。\n"
    "## 服务内容\n1．棚体加固，每亩补助三千元。\n2．更换棚膜，每亩补助八百元。\n3．安装卷帘机，每台补助两千元。\n"
    "## 条件要求\n1．大棚面积不少于十亩。\n2．棚内作物应当为蔬菜、瓜果或者花卉，不得栽种林木。\n"
    "## 服务流程\n申请人向乡镇提出，区农业农村局验收后拨付至申请人账户。\n## 发布日期\n2025-02-03\n## 时间/频度\n每年4月申报\n"
)
PLAN = (
    "# 现代农业发展规划\n## 服务内容\n推动温室大棚改造，加固棚体、更换棚膜，发展蔬菜和瓜果，大棚改造作物结构持续优化。\n"
    "## 发布日期\n2024-01-02\n"
)


@pytest.fixture(scope="module")
def desk() -> Composer:
    return composer_for(greenhouse=GREENHOUSE, plan=PLAN)


@pytest.mark.parametrize(
    ("question", "holds", "not_"),
    [
        ("温室大棚改造只给合作社吗", "家庭农场", "每年4月"),
        ("温室大棚改造的钱是打到乡镇还是打给我们", "拨付至申请人账户", "三千元"),
        ("温室大棚改造补助哪天发布的", "2025-02-03", "每年4月"),
        ("温室大棚改造补助什么时候申报", "每年4月申报", "2025-02-03"),
    ],
)
def test_the_field_asked_for_is_quoted_of_the_document_whose_title_is_named(
    desk: Composer, question: str, holds: str, not_: str
) -> None:
    answer = desk.answer(question, as_of=TODAY)
    quoted = "".join(citation.quote for citation in answer.citations)
    assert answer.status == "answered"
    assert holds in quoted
    assert not_ not in quoted


def test_a_field_asked_for_as_a_list_is_quoted_whole(desk: Composer) -> None:
    answer = desk.answer("温室大棚改造补助有哪些好处，都列一下", as_of=TODAY)
    quoted = "".join(citation.quote for citation in answer.citations)
    assert all(words in quoted for words in ("三千元", "八百元", "两千元"))


def test_money_asked_for_is_not_answered_with_a_number_of_something_else(desk: Composer) -> None:
    answer = desk.answer("温室大棚改造卷帘机补多少钱", as_of=TODAY)
    assert "每台补助两千元" in answer.text
    assert "十亩" not in answer.text


def test_how_many_is_answered_with_a_count() -> None:
    plan = composer_for(
        plan="# 口袋公园建设计划\n## 服务内容\n今年新建口袋公园35个，改造老旧公园12处。\n", other=PLAN
    )
    answer = plan.answer("口袋公园今年要新建多少个", as_of=TODAY)
    assert answer.status == "answered"
    assert "35个" in answer.text
