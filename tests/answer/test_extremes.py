"""Questions and texts that nobody should put, and somebody will: each is answered or kept silent about, never broken by."""

import pytest

from app.answer import Composer
from tests.answer.desk import TODAY, composer_for

ROWS = 500
LONG = "龙窑柴烧技艺应当逐年登记。" * 1_600  # 20,800 characters


@pytest.fixture(scope="module")
def composer() -> Composer:
    table = "".join(f"| 第{number}号窑 | {number}元 |\n" for number in range(1, ROWS + 1))
    return composer_for(
        long=f"# 龙窑柴烧技艺登记办法\n第一条 {LONG}窑主迟报登记的罚款八百元。\n",
        table=f"# 各窑补助标准\n| 窑 | 补助 |\n| --- | --- |\n{table}",
    )


@pytest.mark.parametrize(
    "question",
    [
        "How much is the subsidy for the kiln?",
        "窯の補助金はいくらですか",
        "가마 보조금은 얼마입니까",
        "сколько стоит пособие",
        "的了吗呢吧",
        "是不是有没有",
        "请问" * 250,
        "龙窑补助多少" * 83,
        "?" * 499 + "窑",
    ],
)
def test_any_question_is_answered_or_kept_silent_about(composer: Composer, question: str) -> None:
    answer = composer.answer(question, as_of=TODAY)
    assert answer.text
    for citation in answer.citations:
        document = composer._snapshot.document(citation.document_id)
        assert citation.quote == document.text[citation.start : citation.end]


def test_words_that_say_nothing_are_not_answered(composer: Composer) -> None:
    assert composer.answer("的了吗呢吧", as_of=TODAY).status != "answered"


def test_of_a_clause_of_20_000_characters_a_few_sentences_are_quoted(composer: Composer) -> None:
    answer = composer.answer("龙窑柴烧技艺怎么登记", as_of=TODAY)
    assert sum(len(citation.quote) for citation in answer.citations) <= 1_500


@pytest.mark.parametrize(
    "row",
    [
        37,
        pytest.param(
            437, marks=pytest.mark.xfail(reason="rows far down lie behind what the reader reads of a clause")
        ),
    ],
)
def test_of_a_table_of_500_rows_no_more_than_a_page_is_quoted(composer: Composer, row: int) -> None:
    answer = composer.answer(f"第{row}号窑补助多少", as_of=TODAY)
    quoted = "".join(citation.quote for citation in answer.citations)
    assert len(quoted) <= 1_500
    assert answer.status != "answered" or f"{row}元" in quoted


def test_a_corpus_of_one_clause_answers_and_keeps_silent() -> None:
    alone = composer_for(only="对开窑的传承人每次补助六千元。\n")
    assert "六千元" in alone.answer("开窑的传承人补助多少", as_of=TODAY).text
    assert alone.answer("机场停车多少钱", as_of=TODAY).status != "answered"
