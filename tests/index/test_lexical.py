import math
from collections import Counter
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.index import Lexical, LexicalBuilder

TOKENS = st.sampled_from(["贷款", "贴息", "游戏", "企业", "支持"])
PASSAGES = st.lists(st.lists(TOKENS, max_size=8), min_size=1, max_size=8)


def textbook(passages: list[list[str]], query: dict[str, float], k1: float, b: float) -> list[float]:
    """BM25 as the formula reads."""
    n, mean = len(passages), sum(map(len, passages)) / len(passages) or 1
    scores = []
    for passage in passages:
        tf, total = Counter(passage), 0.0
        for term, weight in query.items():
            df = sum(term in p for p in passages)
            idf = math.log(1 + (n - df + 0.5) / (df + 0.5))
            total += weight * idf * tf[term] / (tf[term] + k1 * (1 - b + b * len(passage) / mean))
        scores.append(total)
    return scores


def built(passages: list[list[str]], k1: float = 1.2, b: float = 0.75) -> Lexical:
    builder = LexicalBuilder(k1, b)
    for passage in passages:
        builder.add(passage)
    return builder.build()


@given(PASSAGES, st.dictionaries(TOKENS | st.just("未知"), st.floats(0.1, 1), max_size=4))
def test_scores_are_those_of_the_textbook(passages: list[list[str]], query: dict[str, float]) -> None:
    expected = textbook(passages, query, 1.2, 0.75)
    assert np.allclose(built(passages).scores(query), expected, atol=1e-5)


@given(PASSAGES)
def test_frequencies_count_the_passages_that_hold_a_term(passages: list[list[str]]) -> None:
    terms = ["贷款", "未知", "游戏"]
    assert built(passages).frequencies(terms) == [sum(t in p for p in passages) for t in terms]


@given(PASSAGES)
def test_what_is_saved_is_loaded(passages: list[list[str]]) -> None:
    import tempfile

    lexical = built(passages)
    with tempfile.TemporaryDirectory() as folder:
        lexical.save(Path(folder), "words")
        loaded = Lexical.load(Path(folder), "words", lexical.size)
        query = {"贷款": 1.0, "支持": 0.5}
        assert loaded.scores(query).tolist() == lexical.scores(query).tolist()


def test_an_index_of_nothing_scores_nothing() -> None:
    assert LexicalBuilder(1.2, 0.75).build().scores({"贷款": 1.0}).tolist() == []
    assert built([[], []]).scores({"贷款": 1.0}).tolist() == [0.0, 0.0]


@given(PASSAGES, st.integers(0, 8))
def test_two_builders_joined_are_one(passages: list[list[str]], cut: int) -> None:
    whole, first, second = (LexicalBuilder(1.2, 0.75) for _ in range(3))
    for number, passage in enumerate(passages):
        whole.add(passage)
        (first if number < cut else second).add(passage)
    first.extend(second)
    query = dict.fromkeys(["贷款", "游戏", "支持"], 1.0)
    np.testing.assert_allclose(first.build().scores(query), whole.build().scores(query), rtol=1e-5)


@given(PASSAGES, PASSAGES, st.dictionaries(TOKENS | st.just("未知"), st.floats(0.1, 1), max_size=4))
def test_passages_that_do_not_count_are_scored_and_change_nobody_elses_score(
    passages: list[list[str]], old: list[list[str]], query: dict[str, float]
) -> None:
    builder = LexicalBuilder(1.2, 0.75)
    for passage in [*passages, *old]:
        builder.add(passage)
    whole, alone = builder.build(len(old)), built(passages)
    terms = ["贷款", "未知", "游戏"]
    np.testing.assert_array_equal(whole.scores(query)[: len(passages)], alone.scores(query))
    assert whole.frequencies(terms) == alone.frequencies(terms)
    np.testing.assert_array_equal(whole.idf(terms), alone.idf(terms))
    assert len(whole.scores(query)) == len(passages) + len(old)
