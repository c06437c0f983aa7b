"""A clause that people chose is found again in every later text, or said to be gone."""

from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answer import cite
from app.converse.placing import placed, point_at
from app.corpus import Document, outline
from app.errors import ClauseNotFound, ReviewedInvalid
from app.store import Author, ReviewedVersion, Wording
from tests.answer.desk import TODAY
from tests.converse.approved import MOMENT


class Texts:
    """One document, cut into its clauses."""

    def __init__(self, text: str, **more: object) -> None:
        digest = sha256(text.encode()).hexdigest()
        self.only = replace(Document("d", "d.txt", "停车管理办法", text, digest), **more)
        self.clauses = {clause.id: clause for clause in outline(self.only)}

    def document(self, _: str) -> Document:
        return self.only

    def clause(self, clause_id: str):  # type: ignore[no-untyped-def]
        if clause_id not in self.clauses:
            raise ClauseNotFound("没有这一条款")
        return self.clauses[clause_id]


def text_of(first: str, second: str, third: str) -> str:
    return f"第一条 {first}。\n第二条 {second}。\n第三条 {third}。\n"


def version_at(texts: Texts, label: str, start: int | None = None, end: int | None = None) -> ReviewedVersion:
    clause = next(each for each in texts.clauses.values() if each.label == label)
    at = None if start is None else clause.start + start
    wording = Wording(
        "问", points=(point_at(texts, clause.id, at, None if end is None else clause.start + end),)
    )
    return ReviewedVersion("e", 1, "approved", wording, (Author("a", "甲"),), MOMENT, MOMENT)


BEFORE = Texts(text_of("本市停车收费", "新能源汽车停车两小时内免费", "本办法自发布之日起施行"))
WORDS = st.text(alphabet="停车免费收两小时内外\n 一二（）", min_size=1, max_size=12).filter(str.strip)


@given(WORDS, WORDS, st.booleans())
def test_a_change_of_another_clause_moves_the_quote_and_no_more(first, third, part):
    version = version_at(BEFORE, "第二条", 4, 9) if part else version_at(BEFORE, "第二条")
    quote = version.wording.points[0].quote
    after = Texts(text_of(first, "新能源汽车停车两小时内免费", third))
    found = placed(version, after, TODAY)
    for evidence in found.evidence:
        citation = cite(evidence, 1, TODAY)
        assert citation.quote == quote == after.only.text[citation.start : citation.end]
        assert citation.sha256 == after.only.sha256
    assert len(found.evidence) + len(found.troubles) == 1
    if "\n" not in first and "（" not in first:
        assert found.evidence


@given(WORDS)
def test_a_clause_whose_words_changed_is_never_quoted_not_even_the_part_that_stayed(second):
    version = version_at(BEFORE, "第二条", 4, 9)
    after = Texts(text_of("本市停车收费", f"新能源汽车停车两小时内免费{second}", "本办法自发布之日起施行"))
    found = placed(version, after, TODAY)
    assert found.evidence == ()
    assert "修改" in found.troubles[0] or "不在" in found.troubles[0]


def test_a_document_out_of_force_is_not_quoted():
    over = Texts(BEFORE.only.text, expires_on=date(2025, 1, 1))
    assert placed(version_at(over, "第二条"), over, date(2025, 1, 1)).evidence
    found = placed(version_at(over, "第二条"), over, date(2025, 1, 2))
    assert (found.evidence, found.troubles) == ((), ("所引文件《停车管理办法》不在有效期内",))


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (0, 999), (5, 5), (6, 3)])
def test_a_span_that_is_not_inside_its_clause_cannot_be_chosen(start, end):
    with pytest.raises(ReviewedInvalid, match="不在条款"):
        version_at(BEFORE, "第二条", start, end)
