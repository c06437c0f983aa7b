import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.retrieve.spelling import Speller
from tests.retrieve.desk import lexicon_analyzer

TEXT = "京津冀颠覆性大赛获奖项目给予支持。对稳运行企业给予支持。首次贷款给予贴息。企业技改升级。融资租赁。游戏电竞产业。实施细则另行制定"


def speller(text: str = TEXT) -> Speller:
    analyzer = lexicon_analyzer()
    grams = set(analyzer.grams(text))
    return Speller(analyzer, analyzer.words(text), lambda terms: [int(term in grams) for term in terms])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("京津翼大赛", "京津冀大赛"),
        ("帖息有没有", "贴息有没有"),
        ("融资祖赁", "融资租赁"),
        ("电竟公司", "电竞公司"),
        ("归上企业", "规上企业"),
        ("实施细责", "实施细则"),
        ("企业技该", "企业技改"),
        ("稳运形企业", "稳运行企业"),
        ("小巨仁企业", "小巨人企业"),
    ],
)
def test_a_wrong_character_of_the_same_sound_is_mended(written: str, meant: str) -> None:
    assert speller().correct(written)[0] == meant


@pytest.mark.parametrize(
    "question",
    [
        "我们还能再拿一份吗",
        "企业线上申报要什么材料",
        "都是哪几部分",
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
    text = "帖息是本办法所称的一种凭证。"
    assert speller(text).correct("帖息怎么办")[1] == ()


def test_corrections_name_what_was_written_and_what_was_meant() -> None:
    assert speller().correct("祖赁 帖息")[1] == (("祖赁", "租赁"), ("帖息", "贴息"))


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="京津翼冀帖贴息祖租赁技该改归规上的了是企业支持吗?，a1", max_size=24))
def test_what_is_mended_is_told_in_full(question: str) -> None:
    mended, corrections = speller().correct(question)
    again = question
    for written, meant in corrections:
        assert written in again
        assert written != meant
    assert (mended == question) == (not corrections)


def test_a_long_question_is_read_in_full() -> None:
    question = "归上企业帖息" * 80
    assert speller().correct(question)[0] == "规上企业贴息" * 80
