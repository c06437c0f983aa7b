"""A clause of one's own age, level or year before one of another's, and only where the reader finds that it answers."""

from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answer.prefer import FITTING, fitting
from app.corpus import Chunk, Clause, Document
from app.read import Reading
from app.retrieve import Hit
from app.text import asks_who_is_excluded, fold, read_spans, relative_spans

DAY = date(2026, 6, 30)


def reading(text: str, answers: float, heading: tuple[str, ...] = ()) -> Reading:
    document = Document(text, "a.txt", text, text, text)
    clause = Clause(text, text, "paragraph", "", (), heading, None, 0, 0, len(text))
    return Reading(Hit(clause, Chunk(0, text, text, 0, 1, text, ""), document, answers, {}, ()), answers, ())


def asked(question: str) -> SimpleNamespace:
    text = fold(question)
    spans = read_spans(text)
    return SimpleNamespace(
        excluding=asks_who_is_excluded(text), spans_on=lambda day: (*spans, *relative_spans(text, day))
    )


def first(question: str, *readings: Reading) -> str:
    return fitting(readings, asked(question), DAY)[0].hit.clause.id  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "other", "own"),
    [
        ("66岁能领多少", "60至64周岁每月一百元", "年满65周岁每月二百元"),
        ("三级残疾补多少", "二级残疾人每月一百元", "三级残疾人每月八十元"),
        ("套内120平方米补多少", "90平方米以下补三万", "90平方米以上补五万"),
        ("2025年的标准是多少", "2024年标准为一百元", "2025年标准为一百二十元"),
        ("去年的标准是多少", "2026年标准为一百元", "2025年标准为一百二十元"),
        ("明年什么时候申报", "2026年申报期为三月", "2027年申报期为四月"),
        ("谁不能申请", "本市企业可以申请", "列入失信名单的不得申请"),
    ],
)
def test_a_clause_of_another_number_gives_way_to_one_of_ones_own(question, other, own):
    assert first(question, reading(other, 0.9), reading(own, 0.9 * FITTING)) == own
    assert first(question, reading(other, 0.9), reading(own, 0.8 * FITTING)) == other


def test_the_heading_tells_the_year_of_a_clause():
    own, other = reading("标准为二百元", 0.8, ("2025年标准",)), reading("标准为一百元", 0.9, ("2024年标准",))
    assert first("2025年标准是多少", other, own) == own.hit.clause.id


TEXTS = st.sampled_from(
    ["60至64周岁", "年满65周岁", "每月一百元", "二级残疾人", "不得申请", "2024年标准", "本市企业"]
)
QUESTIONS = st.sampled_from(
    ["66岁能领吗", "62岁能领吗", "二级残疾", "谁不能申请", "2024年呢", "去年呢", "能补多少"]
)


@given(
    st.lists(st.tuples(TEXTS, st.floats(0.01, 1)), min_size=1, max_size=5, unique_by=lambda one: one[0]),
    QUESTIONS,
)
def test_nothing_changes_where_the_best_does_not_contradict_or_none_near_it_fits(found, question):
    readings = [reading(text, answers) for text, answers in sorted(found, key=lambda one: -one[1])]
    made = fitting(readings, asked(question), DAY)  # type: ignore[arg-type]
    assert made
    assert all(one in readings for one in made)
    if made[0] is not readings[0]:
        assert readings[0] not in made
        assert made[0].answers >= FITTING * readings[0].answers
    else:
        assert list(made) == readings
