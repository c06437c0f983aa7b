from hypothesis import given
from hypothesis import strategies as st

from app.question import Expander
from tests.retrieve.desk import analyzer_of, lexicon_analyzer, retriever_of

LEXICON = analyzer_of(
    synonyms=(("扶持资金", "发钱", "奖补资金"), ("设备更新", "换设备"), ("补助", "补贴")),
    industries=(("科学仪器", ("示波器", "ai")), ("外贸", ("出口",))),
)


def names(question: str) -> dict[str, tuple[str, ...]]:
    return Expander(LEXICON).alternatives(question)


def test_a_member_has_the_other_words_of_its_group_and_the_head_too() -> None:
    assert names("政府给不给发钱") == {"发钱": ("扶持资金", "奖补资金")}
    assert names("扶持资金") == {"扶持资金": ("发钱", "奖补资金")}


def test_an_industry_goes_one_way_only() -> None:
    assert names("做示波器的公司") == {"示波器": ("科学仪器",)}
    assert names("科学仪器公司") == {}


def test_two_characters_must_be_a_word() -> None:
    assert names("退出口罩生产") == {}
    assert names("产品出口") == {"出口": ("外贸",)}


def test_latin_members_do_not_continue() -> None:
    assert names("ai 公司") == {"ai": ("科学仪器",)}
    assert names("用ai做") == {"ai": ("科学仪器",)}
    assert names("mail 公司") == {}
    assert names("ai2 公司") == {}


def test_the_longest_hides_what_is_inside_it() -> None:
    inner = Expander(analyzer_of(synonyms=(("设备更新改造", "换新设备"), ("设备更新", "换设备"))))
    assert list(inner.alternatives("设备更新改造补贴")) == ["设备更新改造"]


@given(st.text(alphabet="设备更新改造发钱示波器ai出口退罩补助给不", max_size=40))
def test_every_phrase_found_stands_in_the_question_and_none_overlap(question: str) -> None:
    found = names(question)
    rest = question
    for phrase in sorted(found, key=len, reverse=True):
        assert phrase in question
        rest = rest.replace(phrase, "\0" * len(phrase), 1) if phrase in rest else rest
    assert all(phrase in question for phrase in found)


def test_what_the_lexicon_adds_weighs_less_and_only_what_the_corpus_holds_is_added() -> None:
    retriever = retriever_of(LEXICON, loan="办法\n一、给予扶持资金。\n二、申报材料真实。\n")
    query = retriever.read("发钱吗")
    added = {term: weight for term, weight in query.grams.items() if weight < 1}
    assert "扶持" in added
    assert "奖补" not in added
    assert all(0 < weight <= 0.5 for weight in added.values())


def test_the_lexicon_of_the_product_has_no_member_of_a_question_twice() -> None:
    found = Expander(lexicon_analyzer()).alternatives("我们厂想上套mes,区里给补贴不")
    assert len(found) == len(set(found))
