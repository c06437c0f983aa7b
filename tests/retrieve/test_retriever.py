from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import DocumentNotFound
from app.index import Entry
from app.retrieve import Weights
from app.retrieve.candidates import best, scaled
from app.retrieve.features import longest_run
from tests.index.tiny import GAME, LOAN
from tests.retrieve.desk import TODAY, lexicon_analyzer, retriever_of

OLD = "---\nexpires_on: 2020-12-31\n---\n旧办法\n一、对首次贷款的企业给予贴息支持，已经过期。\n"
ASKS = (Entry("game.txt", ("第二条",), ("新游头回开服有钱拿没",), "game.yaml", 1),)
RETRIEVER = retriever_of(lexicon_analyzer(), ASKS, loan=LOAN, game=GAME, old=OLD)


def labels(question: str, **options: object) -> list[str]:
    hits = RETRIEVER.search(question, as_of=TODAY, **options)  # type: ignore[arg-type]
    return [hit.clause.label for hit in hits]


def test_the_clause_that_says_it_is_first() -> None:
    assert labels("首次贷款有没有贴息")[0] == "一、"
    assert labels("游戏电竞")[0] == "第一条"


def test_a_document_no_longer_in_force_is_not_found() -> None:
    files = {hit.document.file for hit in RETRIEVER.search("首次贷款贴息", as_of=TODAY)}
    assert "old.txt" not in files
    then = RETRIEVER.search("首次贷款贴息", as_of=date(2020, 6, 1))
    assert "old.txt" in {hit.document.file for hit in then}


def test_only_the_document_named_is_searched() -> None:
    game = next(d for d in RETRIEVER.snapshot.documents.values() if d.file == "game.txt")
    hits = RETRIEVER.search("贴息支持", as_of=TODAY, document_id=game.id)
    assert {hit.document.id for hit in hits} == {game.id}
    with pytest.raises(DocumentNotFound):
        RETRIEVER.search("贴息", as_of=TODAY, document_id="nowhere")


def test_a_similar_question_leads_to_its_clause_and_is_never_its_text() -> None:
    hit = RETRIEVER.search("新游头回开服能拿钱吗", as_of=TODAY)[0]
    assert hit.clause.label == "第二条"
    assert hit.signals["alike"] > 0.5
    assert "头回" not in hit.text + hit.chunk.text + hit.chunk.context


def test_similar_questions_of_filler_alone_lead_nowhere() -> None:
    for hit in RETRIEVER.search("有没有", as_of=TODAY):
        assert hit.signals["alike"] == hit.signals["asked"] == 0


def test_a_question_with_a_wrong_character_finds_what_was_meant() -> None:
    query = RETRIEVER.read("首次贷款有帖息吗")
    assert query.corrected == "首次贷款有贴息吗"
    assert query.corrections == (("帖息", "贴息"),)
    assert query.text == "首次贷款有帖息吗"
    assert labels("首次贷款有帖息吗")[0] == "一、"


def test_hits_come_best_first_each_of_another_clause() -> None:
    hits = RETRIEVER.search("支持", as_of=TODAY, limit=50)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.clause.id for hit in hits}) == len(hits)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.integers(1, 50))
def test_any_question_is_searched_the_same_way_twice(question: str, limit: int) -> None:
    first = RETRIEVER.search(question, limit=limit, as_of=TODAY)
    second = RETRIEVER.search(question, limit=limit, as_of=TODAY)
    assert first == second
    assert len(first) <= limit
    assert all(0 <= hit.score <= 1 for hit in first)


@pytest.mark.parametrize("question", ["的了吗呢", "龘靐齉", "支持" * 250, "?!", "\ud800", " "])
def test_odd_questions_do_no_harm(question: str) -> None:
    RETRIEVER.search(question, as_of=TODAY)


def test_switches_change_the_ranking_of_a_copy_only() -> None:
    before = RETRIEVER.search("支持", as_of=TODAY)
    RETRIEVER.weighing(Weights(grams=0.0)).search("支持", as_of=TODAY)
    assert RETRIEVER.search("支持", as_of=TODAY) == before


@given(st.lists(st.floats(0, 10, width=32), max_size=40), st.integers(1, 20))
def test_the_best_are_those_a_full_sort_would_choose(values: list[float], count: int) -> None:
    scores = np.array(values, dtype=np.float32)
    order = sorted((n for n in range(len(values)) if scores[n] > 0), key=lambda n: (-scores[n], n))
    assert best(scores, count).tolist() == sorted(order[:count])


@given(st.lists(st.floats(0, 1000, width=32), max_size=20))
def test_scaled_scores_end_at_1(values: list[float]) -> None:
    made = scaled(np.array(values, dtype=np.float32))
    assert len(made) == len(values)
    assert not values or max(values) == 0 or made.max() == pytest.approx(1.0)


@given(st.text(alphabet="ab", max_size=12), st.text(alphabet="ab", max_size=12))
def test_the_longest_run_is_that_of_trying_every_piece(one: str, other: str) -> None:
    pieces = [one[i:j] for i in range(len(one)) for j in range(i, len(one) + 1)]
    longest = max((len(piece) for piece in pieces if piece in other), default=0)
    assert longest_run(one, other, 10) == min(longest, 10)
