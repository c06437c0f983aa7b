import math
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.index import Asks, open_snapshot, read_questions
from app.index.asks import FEWEST
from tests.index.test_questions import GOOD, written
from tests.index.tiny import ANALYZER, GAME, LOAN, HashEncoder, build, write_corpus

BAG = st.lists(st.sampled_from("甲乙丙丁戊己庚"), min_size=1, max_size=6)


def made(asks: list[tuple[int, list[str]]]) -> Asks:
    vectors = np.zeros((len(asks), 4), dtype=np.float32)
    return Asks.build([(owner, "".join(bag)) for owner, bag in asks], [bag for _, bag in asks], vectors)


def textbook(query: list[str], asks: list[tuple[int, list[str]]]) -> list[float]:
    """The formula at the top of `app/index/asks.py`, word by word."""
    clauses = max(len({owner for owner, _ in asks}), FEWEST)

    def square(term: str) -> float:
        holders = len({owner for owner, bag in asks if term in bag})
        return math.log1p((clauses - holders + 0.5) / (holders + 0.5)) ** 2

    def length(bag: list[str]) -> float:
        return math.sqrt(sum(square(term) for term in set(bag)))

    return [sum(square(t) for t in set(query) & set(bag)) / (length(query) * length(bag)) for _, bag in asks]


@given(st.lists(st.tuples(st.integers(0, 3), BAG), min_size=1, max_size=8), BAG)
def test_likeness_is_the_cosine_of_rarities(asks: list[tuple[int, list[str]]], query: list[str]) -> None:
    found = made(asks).likeness(dict.fromkeys(query, 1.0))
    np.testing.assert_allclose(found, textbook(query, asks), atol=1e-4)


@given(st.lists(st.tuples(st.integers(0, 3), BAG), min_size=1, max_size=8))
def test_a_question_is_most_like_itself(asks: list[tuple[int, list[str]]]) -> None:
    index = made(asks)
    for number, (_, bag) in enumerate(asks):
        alike = index.likeness(dict.fromkeys(bag, 1.0))
        assert alike[number] >= alike.max() - 1e-4
        assert alike.max() <= 1


def test_what_every_clause_is_asked_weighs_little() -> None:
    index = made([(n, ["怎", term]) for n, term in enumerate("贷租奖税地水电气路桥房车船粮油棉茶糖盐布")])
    assert index.likeness({"怎": 1.0, "山": 1.0}).max() < 0.05


def test_a_question_held_out_is_like_nothing() -> None:
    index = made([(0, ["贷"]), (1, ["租"])])
    assert index.without(0).likeness({"贷": 1.0}).tolist() == [0.0, 0.0]
    assert index.likeness({"贷": 1.0})[0] > 0.9


def test_an_index_without_questions_answers_nothing() -> None:
    index = made([])
    assert index.likeness({"贷": 1.0}).tolist() == []
    assert index.by_clause(index.likeness({}), 3).tolist() == [0.0, 0.0, 0.0]


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    index = made([(0, ["贷", "款"]), (2, ["租"])])
    index.save(tmp_path)
    again = Asks.load(tmp_path)
    query = {"贷": 1.0, "房": 1.0}
    assert again.texts == index.texts
    np.testing.assert_array_equal(again.likeness(query), index.likeness(query))


def test_a_build_indexes_the_questions_and_notes_what_points_nowhere(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "c", loan=LOAN, game=GAME)
    entries = read_questions(written(tmp_path / "q", GOOD))
    build(tmp_path / "i", corpus, questions=entries)
    snapshot = open_snapshot(tmp_path / "i")
    assert snapshot.asks.texts == ("第一次贷款有没有贴息", "首贷 补贴")
    assert {snapshot.clauses[int(owner)].label for owner in snapshot.asks.owners} == {"一、"}
    assert any("九、" in note for note in snapshot.notes)


def test_questions_are_no_text_of_the_corpus(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "c", loan=LOAN)
    build(tmp_path / "i", corpus, questions=read_questions(written(tmp_path / "q", GOOD)))
    snapshot = open_snapshot(tmp_path / "i")
    assert all("没有贴息" not in snapshot.chunk(n).text for n in range(len(snapshot.chunks)))
    assert ANALYZER.fingerprint
    assert HashEncoder.dimension == snapshot.asks.vectors.shape[1]
