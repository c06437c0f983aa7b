import pytest

from tests.answer.desk import TODAY, ask, composer_for

LAW = (
    "中小企业促进办法\n第一章 总则\n第一条 为了促进中小企业发展，制定本办法。\n第二条 本办法所称中小企业，是指人员规模较小的企业。\n"
    "第二章 支持\n第三条 对中小企业给予下列支持：\n（一）贷款贴息；\n（二）担保补助。\n第三条之一 按照第八条规定申请的，另行通知。\n"
)


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("第三条是什么", "第三条 对中小企业"),
        ("第3条的原文", "第三条 对中小企业"),
        ("请问第三条之一怎么规定", "第三条之一"),
        ("第三条第二项", "（二）担保补助"),
        ("中小企业促进办法第二条", "第二条 本办法所称"),
    ],
)
def test_an_article_is_looked_up_by_its_number(question: str, begins: str) -> None:
    answer = composer_for(law=LAW).answer(question, as_of=TODAY)
    assert answer.status == "answered"
    assert answer.citations[0].quote.startswith(begins)


@pytest.mark.parametrize("question", ["第九条是什么", "请给出第八条的原文", "第三条第五项"])
def test_an_article_that_does_not_exist_is_not_stated(question: str) -> None:
    answer = composer_for(law=LAW).answer(question, as_of=TODAY)
    assert (answer.status, answer.citations) == ("not_stated", ())


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("注意事项第二项", "（二）"),
        ("注意事项第4点说的什么", "（四）"),
        ("关键词诠释（二）", "（二）"),
        ("關鍵詞詮釋第3個", "（三）"),
    ],
)
def test_an_entry_of_a_list_is_looked_up_by_its_place(question: str, label: str) -> None:
    answer = ask(question)
    assert [c.label for c in answer.citations] == [label]


def test_a_document_number_finds_where_it_stands_in_any_spelling() -> None:
    for question in ("怀政发〔2024〕16号", "怀政发[2024]16号是什么", "懷政發（2024）16號 文件"):
        assert "怀政发〔2024〕16号" in ask(question).citations[0].quote


def test_an_unknown_document_number_is_out_of_scope() -> None:
    assert ask("京政发〔2019〕99号").status == "out_of_scope"


def test_the_first_time_is_not_an_address() -> None:
    assert ask("第一次贷款有贴息吗").citations[0].label == "（二）"


def test_an_article_of_a_document_that_is_not_here_is_out_of_scope() -> None:
    assert composer_for(law=LAW).answer("《公司法》第三条是什么", as_of=TODAY).status == "out_of_scope"


def test_an_article_that_several_documents_have_is_asked_back_and_each_option_answers() -> None:
    composer = composer_for(
        law=LAW, other="创业扶持办法\n第一条 为了扶持创业，制定本办法。\n第三条 创业者领取补贴。\n"
    )
    answer = composer.answer("第三条是什么", as_of=TODAY)
    assert answer.status == "clarify"
    assert len(answer.options) == 2
    for option in answer.options:
        chosen = composer.answer(option, as_of=TODAY)
        assert chosen.status == "answered"
        assert chosen.citations[0].label == "第三条"
    assert composer.answer("创业扶持办法第三条", as_of=TODAY).citations[0].quote == "第三条 创业者领取补贴。"


def test_places_named_side_by_side_are_all_given() -> None:
    assert [c.label for c in ask("注意事项第一条和第三条").citations] == ["（一）", "（三）"]
    answer = composer_for(law=LAW).answer("第一条和第二条", as_of=TODAY)
    assert [c.label for c in answer.citations] == ["第一条", "第二条"]
    assert [c.quote for c in composer_for(law=LAW).answer("第三条第一项、第二项", as_of=TODAY).citations] == [
        "（一）贷款贴息；",
        "（二）担保补助。",
    ]


def test_a_paragraph_of_an_article_is_counted_apart_from_its_items() -> None:
    law = "某条例\n第一条 为了规范管理，制定本条例。\n第二条 下列行为应当报告：\n（一）开工；\n（二）停工。\n前款规定以外的，不必报告。\n"
    answer = composer_for(law=law).answer("第二条第二款", as_of=TODAY)
    assert [c.quote for c in answer.citations] == ["前款规定以外的，不必报告。"]
