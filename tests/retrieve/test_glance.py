"""A glance at the clauses while a query is still being typed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import DocumentNotFound
from app.text import fold
from tests.retrieve.desk import TODAY, analyzer_of, retriever_of

OLD = (
    "---\nid: old\nregion: 甲区\nexpires_on: 2020-12-31\n---\n养老驿站运营办法\n第一条 驿站每天开放八小时。\n"
)
NEW = "---\nid: new\nregion: 乙区\n---\n养老驿站补助办法\n第一条 驿站运营补助按季发放。\n第二条 申请人向街道提交材料。\n"
RETRIEVER = retriever_of(analyzer_of(), old=OLD, new=NEW)


def ids(hits):
    return [hit.clause.id for hit in hits]


def test_half_a_word_finds_the_clause_that_holds_it():
    (best, *_) = RETRIEVER.glance("补助按", as_of=TODAY)
    assert best.text == "第一条 驿站运营补助按季发放。"
    assert best.score == 1.0


def test_what_is_not_in_force_comes_only_where_the_day_does_not_matter():
    assert {hit.document.id for hit in RETRIEVER.glance("驿站", as_of=TODAY)} == {"new"}
    assert {hit.document.id for hit in RETRIEVER.glance("驿站", as_of=None)} == {"old", "new"}
    assert {hit.document.id for hit in RETRIEVER.search("驿站", as_of=None)} == {"old", "new"}
    assert {hit.document.id for hit in RETRIEVER.glance("驿站", as_of=date(2020, 1, 1))} == {"old", "new"}


def test_only_the_documents_named_are_looked_into():
    for find in (RETRIEVER.glance, RETRIEVER.search):
        assert {hit.document.id for hit in find("驿站", as_of=None, within=["old", "no such"])} == {"old"}
        assert {hit.document.id for hit in find("驿站", as_of=None, document_id="new")} == {"new"}
        assert find("驿站", as_of=None, within=[]) == []
        assert find("驿站", as_of=TODAY, within=["old"]) == []
        with pytest.raises(DocumentNotFound):
            find("驿站", as_of=TODAY, document_id="no such")


@given(st.text(alphabet="驿站补助按季发放街道材料 ，？a1\u200b😀", max_size=12), st.integers(1, 5))
def test_each_hit_is_another_clause_that_shares_a_character_and_scores_fall(query, limit):
    hits = RETRIEVER.glance(query, limit=limit, as_of=None)
    assert len(hits) <= limit
    assert len(set(ids(hits))) == len(hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(set(fold(query)) & set(fold(hit.chunk.context + hit.chunk.text)) for hit in hits)
    assert hits == RETRIEVER.glance(query, limit=limit, as_of=None)


@given(st.text(alphabet="驿站补助按季发放街道材料", min_size=1, max_size=6))
def test_matched_terms_stand_in_the_clause_or_above_it(query):
    for hit in (*RETRIEVER.glance(query, as_of=None), *RETRIEVER.search(query, as_of=None)):
        told = fold(hit.chunk.context + "\n" + hit.chunk.text)
        assert all(term in told for term in hit.matched_terms)
