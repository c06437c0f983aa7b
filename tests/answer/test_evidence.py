import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answer import cite, verify
from app.answer.citation import Evidence
from app.errors import QuoteMismatch
from tests.answer.desk import TODAY, composer_for, huairou

SNAPSHOT, _ = huairou()
DOCUMENT = next(iter(SNAPSHOT.documents.values()))


@given(st.sampled_from(SNAPSHOT.clauses), st.integers(-5, 300), st.integers(-5, 300))
def test_only_a_span_inside_its_clause_can_be_cited(clause, left: int, right: int) -> None:  # type: ignore[no-untyped-def]
    evidence = Evidence(clause, DOCUMENT, clause.start + left, clause.start + right)
    inside = 0 <= left < right <= clause.end - clause.start
    if inside and evidence.text.strip():
        verify(cite(evidence, 1, TODAY), DOCUMENT)
    else:
        with pytest.raises(QuoteMismatch, match="引文"):
            cite(evidence, 1, TODAY)


def test_a_citation_of_another_version_is_refused() -> None:
    import dataclasses

    citation = cite(
        Evidence(SNAPSHOT.clauses[0], DOCUMENT, SNAPSHOT.clauses[0].start, SNAPSHOT.clauses[0].end), 1, TODAY
    )
    with pytest.raises(QuoteMismatch, match="不一致"):
        verify(dataclasses.replace(citation, sha256="0" * 64), DOCUMENT)
    with pytest.raises(QuoteMismatch, match="不一致"):
        verify(dataclasses.replace(citation, quote=citation.quote + "。"), DOCUMENT)


def test_a_title_or_a_signature_is_never_the_evidence() -> None:
    notice = (
        "关于恢复道路客运秩序的通告\n各有关单位：\n自2月22日起，全市道路客运恢复运营，乘客应当佩戴口罩。\n"
        "道路客运秩序\n市交通运输局应急领导小组\n"
    )
    answer = composer_for(notice=notice).answer("恢复道路客运秩序 道路客运什么时候恢复", as_of=TODAY)
    assert [c.quote for c in answer.citations] == ["自2月22日起，全市道路客运恢复运营，乘客应当佩戴口罩。"]


def test_of_a_long_clause_only_the_sentences_that_bear_on_the_question_are_quoted() -> None:
    filler = "各单位应当加强组织领导，明确责任分工，确保各项工作落到实处。" * 12
    text = f"创业扶持办法\n一、{filler}毕业生创业可以领取一次性创业补贴。{filler}\n"
    answer = composer_for(text=text).answer("毕业生创业有一次性创业补贴吗", as_of=TODAY)
    assert "毕业生创业可以领取一次性创业补贴。" in answer.citations[0].quote
    assert sum(len(c.quote) for c in answer.citations) <= 400


def test_markup_in_a_text_is_shown_and_never_taken_for_markup() -> None:
    text = "标记办法\n第一条 支持<img src=x onerror=alert(1)>企业*奖励*，见[这里](javascript:alert(1))，`代码`。\n"
    answer = composer_for(text=text).answer("第一条", as_of=TODAY)
    assert "<img src=x onerror=alert(1)>企业*奖励*" in answer.text
    assert "<img" not in answer.markdown.replace("\\<img", "")
    assert "\\[这里\\](javascript" in answer.markdown
    assert "\\*奖励\\*" in answer.markdown
