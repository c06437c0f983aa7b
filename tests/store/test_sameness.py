from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.embed import Encoder
from app.question import read_asking
from app.settings import ROOT, Settings
from app.store import Sameness
from app.store.sameness import SAME, Leaders, kinds_of, likeness, wording_of
from app.text import Analyzer, read_lexicon

from .letters import Letters

# The same question in other words on each line. `SAME` was not set on these.
TOLD = (
    ("厂房租金补贴怎么申请", "申请厂房租金补助走什么流程"),
    ("厂房租金补贴给多少", "厂房租金补贴标准是多少"),
    ("生育津贴要什么材料", "申领生育津贴需要准备哪些资料"),
    ("生育津贴多久发下来", "生育津贴几天能到账"),
    ("残疾人证怎么补办", "残疾证丢了如何补办"),
    ("海淀区的人才引进政策有哪些", "海淀人才引进有什么政策"),
    ("朝阳区的人才引进政策有哪些", "朝阳人才引进有什么政策"),
    ("企业上市奖励多少钱", "公司上市能奖多少"),
    ("老年卡在哪里办", "老年人优待卡去哪办"),
    ("外地车进京证怎么办", "进京证如何办理"),
    ("民办幼儿园有没有补助", "民办幼儿园给不给补贴"),
    ("低保家庭取暖补贴标准", "低保户取暖补助多少钱"),
    ("展会补贴什么时候开始申报", "参展补贴几月份申报"),
    ("知识产权质押贷款有贴息吗", "专利质押贷款给不给贴息"),
    ("企业研发投入有没有后补助", "研发投入给不给后补助"),
    ("食品经营许可证怎么变更地址", "食品经营许可变更地址如何办理"),
    ("2024年的申报什么时候截止", "2024年申报几号截止"),
    ("2025年的申报什么时候截止", "2025年申报几号截止"),
)


@pytest.fixture(scope="module")
def sameness():
    settings = Settings()
    encoder = Encoder.open("fast", threads=1)
    return Sameness(Analyzer(read_lexicon(settings.lexicon)), encoder)


def test_no_two_different_questions_fall_together(sameness):
    pairs = [(one, other) for (left, right) in combinations(TOLD, 2) for one in left for other in right]
    assert [pair for pair in pairs if sameness.likeness(*pair) >= SAME] == []


def test_nine_in_ten_questions_are_known_again_in_other_words(sameness):
    known = [pair for pair in TOLD if sameness.likeness(*pair) >= SAME]
    assert len(known) >= 0.9 * len(TOLD)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("技改补贴怎么申请", "技改补贴要什么材料"),
        ("技改补贴给多少", "技改补贴什么时候到账"),
        ("2024年技改补贴给多少", "2025年技改补贴给多少"),
        ("海淀区技改补贴给多少", "朝阳区技改补贴给多少"),
    ],
)
def test_another_kind_number_or_place_makes_another_question(sameness, one, other):
    assert sameness.likeness(one, other) == -1.0


def test_a_question_is_read_once():
    encoder = Letters()
    same = Sameness(Analyzer(), encoder)
    same.traits(["注意事项", "注意事项", "材料"])
    same.traits(["材料"])
    assert len(encoder.encoded) == 4


@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_is_symmetric_and_whole_only_for_what_is_the_same(one, other):
    same = Sameness(PLAIN, LETTERS)
    assert same.likeness(one, other) == pytest.approx(same.likeness(other, one))
    assert same.likeness(one, other) <= 1 + 1e-6


@given(st.lists(st.sampled_from([each for pair in TOLD for each in pair]), max_size=12), st.data())
def test_the_leader_that_is_found_is_the_one_a_loop_over_all_finds(questions, data):
    same = Sameness(PLAIN, LETTERS)
    asked = data.draw(st.sampled_from([each for pair in TOLD for each in pair]))
    traits = same.traits([*questions, asked])
    leaders = Leaders()
    for number, question in enumerate(questions):
        leaders.add(traits[question], str(number))
    alike = [likeness(traits[asked], traits[question]) for question in questions]
    best = max(alike, default=-1.0)
    assert leaders.ticket_of(traits[asked]) == (str(alike.index(best)) if best >= SAME else None)


@given(st.text())
def test_a_wording_is_sixteen_digits_whatever_the_question(question):
    assert len(wording_of(question)) == 16


def test_spelling_alone_makes_no_other_wording():
    assert wording_of("租金 补贴，多少？") == wording_of("租金補貼多少") != wording_of("租金补贴几时")


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("补贴给多少钱", {"amount"}),
        ("补贴怎么申请", {"process"}),
        ("几天能到账", {"time"}),
        ("能不能享受", {"whether"}),
        ("软件企业扶持", set()),
    ],
)
def test_the_kinds_a_question_shows(question, kinds):
    assert kinds <= kinds_of(question, read_asking(ROOT / "prompts"))


PLAIN, LETTERS = Analyzer(), Letters()
