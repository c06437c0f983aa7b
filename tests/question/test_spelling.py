import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.question import Speller
from tests.retrieve.desk import lexicon_analyzer

TEXT = "创新创业大赛获奖项目给予奖励。稳岗返还失业保险。留抵退税。孵化器。担保费用给予补贴。设备购置。绿色工厂。首台套装备。应急转贷"


def speller(text: str = TEXT) -> Speller:
    analyzer = lexicon_analyzer()
    grams = set(analyzer.grams(text))
    return Speller(analyzer, analyzer.words(text), lambda terms: [int(term in grams) for term in terms])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("创新创页大赛", "创新创业大赛"),
        ("补帖标准", "补贴标准"),
        ("浮化器", "孵化器"),
        ("首台淘", "首台套"),
        ("绿色公厂", "绿色工厂"),
        ("留抵腿税", "留抵退税"),
        ("应急专贷", "应急转贷"),
        ("稳岗反还", "稳岗返还"),
        ("小巨仁企业", "小巨人企业"),
    ],
)
def test_a_wrong_character_of_the_same_sound_is_mended(written: str, meant: str) -> None:
    assert speller().correct(written)[0] == meant


@pytest.mark.parametrize(
    "question",
    [
        "去年领过的今年还算数吗",
        "企业线上申报要什么材料",
        "说的都是哪一类",
        "办法里说的是什么",
        "钱到账了能拿去还债不",
        "国家支持哪些产业",
        "北京市的政策",
        "注意事项都列出来",
        "租的房子被拆了",
        "",
        "???",
        "mes cdmo 2025",
    ],
)
def test_everyday_words_are_left_alone(question: str) -> None:
    assert speller().correct(question) == (question, ())


def test_a_word_of_the_corpus_is_never_mended() -> None:
    text = "浮化器是本办法所称的一种装置。"
    assert speller(text).correct("浮化器怎么办")[1] == ()


def test_corrections_name_what_was_written_and_what_was_meant() -> None:
    assert speller().correct("浮化器 绿色公厂")[1] == (("浮化器", "孵化器"), ("绿色公厂", "绿色工厂"))


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="创新业页帖贴补浮孵化器淘套公工厂的了是企业支持吗?，a1", max_size=24))
def test_what_is_mended_is_told_in_full(question: str) -> None:
    mended, corrections = speller().correct(question)
    again = question
    for written, meant in corrections:
        assert written in again
        assert written != meant
    assert (mended == question) == (not corrections)


def test_a_long_question_is_read_in_full() -> None:
    question = "绿色公厂补帖标准" * 80
    assert speller().correct(question)[0] == "绿色工厂补贴标准" * 80
