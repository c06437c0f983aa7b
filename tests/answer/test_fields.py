import pytest

from app.answer import Composer
from tests.answer.desk import TODAY, composer_for

CARD = (
    "# 老旧厂房改造扶持办法\n## 服务内容\n对改造项目按投资的30%给予补助，最高500万元。\n## 条件要求\n产权清晰，已建立运营管理机构。\n"
    "## 服务流程\n向所在区发展改革委提出，经评估后拨付资金。\n## 联络方式\n市发展和改革委员会：55590088\n## 发文字号\n京发改规〔2023〕12号\n"
)
OTHER = "# 养老服务补贴办法\n## 条件要求\n年满六十周岁。\n## 联络方式\n市民政局：12345\n"


@pytest.fixture(scope="module")
def desk() -> Composer:
    return composer_for(card=CARD, other=OTHER)


FIELDS = (
    ("老旧厂房改造咨询电话是多少", "55590088"),
    ("老旧厂房改造要符合什么条件", "产权清晰"),
    ("老旧厂房改造怎么申请", "发展改革委提出"),
    ("老旧厂房改造扶持办法的文号是多少", "京发改规〔2023〕12号"),
    ("养老服务补贴找哪个部门", "市民政局"),
)


def test_a_field_is_found_by_what_it_is_headed(desk: Composer) -> None:
    """Headings are read, not matched: every quote is of the document that is meant, and most are the field itself."""
    told = ["".join(c.quote for c in desk.answer(question, as_of=TODAY).citations) for question, _ in FIELDS]
    assert sum(words in quoted for quoted, (_, words) in zip(told, FIELDS, strict=True)) >= 3
    assert all("六十周岁" not in quoted for quoted in told[:4])
