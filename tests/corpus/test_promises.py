"""Promises 1 and 3 as properties: whatever the text, nothing is lost, nothing overlaps, ids outlive edits elsewhere."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.corpus import chunks, outline

from .texts import document, without_space

MARKERS = [
    "第一条 ", "第二条 ", "第三条之一 ", "第一章 ", "第二节 ", "一、", "二、", "（一）", "（二）", "(三)", "1.", "2、", "３．",
    "（1）", "①", "⒈", "问：", "答：", "# ", "## ", "| 甲 | 乙 |", "<!-- ", " -->", "“", "附件1", "附：", "**", "", "", "",
]  # fmt: skip
WORDS = [
    "总则", "支持企业升规。", "下列材料：", "甲；（一）乙；（二）丙。", "如下：1.甲；2.乙。", "是什么？", "2020年2月10日", "，", "》",
    "对符合条件的企业，给予不超过100万元的一次性奖励。", "第八条规定的情形", "《办法", "\u3000", "\u200b", "𠮷。", "a" * 90,
]  # fmt: skip
lines = st.tuples(
    st.sampled_from(["", " ", "\u3000\u3000"]),
    st.sampled_from(MARKERS),
    st.lists(st.sampled_from(WORDS), max_size=5),
)
outlines = st.lists(lines.map(lambda line: line[0] + line[1] + "".join(line[2])), max_size=25).map("\n".join)
texts = st.one_of(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300), outlines)


@given(texts)
def test_clauses_hold_every_character_once_and_in_order(text):
    clauses = outline(document(text))
    assert without_space("".join(text[clause.start : clause.end] for clause in clauses)) == without_space(
        text
    )
    ends = [0, *(clause.end for clause in clauses)]
    assert all(before <= clause.start < clause.end for before, clause in zip(ends, clauses, strict=False))


@given(texts)
def test_clauses_are_tight_and_well_formed(text):
    clauses = outline(document(text))
    ids = [clause.id for clause in clauses]
    assert len(set(ids)) == len(ids)
    for position, clause in enumerate(clauses):
        body = text[clause.start : clause.end]
        assert body == body.strip()
        assert clause.position == position
        assert re.fullmatch(r"doc-[0-9a-f]{12}", clause.id)
        assert clause.parent is None or clause.parent in ids[:position]
        assert all(without_space(heading) in without_space(text) for heading in clause.heading_path)


@given(texts)
def test_items_lie_in_order_inside_their_clause(text):
    for clause in outline(document(text)):
        ends = [clause.start, *(item.end for item in clause.items)]
        assert all(before <= item.start < item.end for before, item in zip(ends, clause.items, strict=False))
        assert ends[-1] <= clause.end


@given(texts, st.integers(1, 40))
def test_chunks_hold_every_character_of_their_clause(text, budget):
    doc = document(text)
    clauses = outline(doc)
    made = chunks(doc, clauses, len, budget)
    for clause in clauses:
        own = [chunk for chunk in made if chunk.clause_id == clause.id]
        assert without_space("".join(chunk.text for chunk in own)) == without_space(
            text[clause.start : clause.end]
        )
        assert all(clause.start <= chunk.start < chunk.end <= clause.end for chunk in own)
    assert all(len(chunk.text) <= budget for chunk in made)
    assert all(chunk.text == text[chunk.start : chunk.end] for chunk in made)
    assert [chunk.position for chunk in made] == list(range(len(made)))


def sections(draw_words):
    return "\n".join(
        f"{'一二三四五'[at]}、第{at}部分的要求\n（一）{first}甲，按照有关规定执行。\n（二）{second}乙，按照有关规定执行。"
        for at, (first, second) in enumerate(draw_words)
    )


names = st.lists(
    st.tuples(*[st.text("支持企业技改融资人才", min_size=1, max_size=9)] * 2), min_size=1, max_size=5
)


@given(names, st.data())
def test_ids_do_not_change_when_another_clause_is_edited(pairs, data):
    at = data.draw(st.integers(0, len(pairs) - 1))
    edited = [*pairs]
    edited[at] = (pairs[at][0] + "另行补充说明", pairs[at][1])
    before, after = outline(document(sections(pairs))), outline(document(sections(edited)))
    assert [clause.id for clause in before] == [clause.id for clause in after]


@given(names)
def test_ids_do_not_depend_on_the_wording_of_headings(pairs):
    text = sections(pairs)
    before, after = outline(document(text)), outline(document(text.replace("部分的要求", "部分有关事项")))
    assert [clause.id for clause in before] == [clause.id for clause in after]


def test_an_edited_paragraph_gets_a_new_id_and_the_others_keep_theirs():
    before, after = outline(document("甲。\n乙。\n丙。")), outline(document("甲。\n乙乙。\n丙。"))
    assert [a.id == b.id for a, b in zip(before, after, strict=True)] == [True, False, True]


@pytest.mark.parametrize("text", ["甲。\n甲。\n甲。", "一、甲。\n一、乙。\n一、丙。"])
def test_a_repeated_address_is_told_apart_by_its_occurrence(text):
    assert len({clause.id for clause in outline(document(text))}) == 3


@pytest.mark.parametrize(
    "text",
    [
        "第" + "一" * 5000,
        "第" + "1" * 5000 + "条 甲",
        "第" + "一 " * 5000 + "条",
        "<!-- 甲\n" * 20000,
        "甲。1.乙；" * 20000,
        "（" * 20000 + "\n" + "《" * 20000,
        "| 甲 |\n" * 20000,
        "支持企业升规。对企业给予一次性的支持和奖励。" * 5000,
        "#" * 20000,
    ],
)
def test_hostile_texts_are_parsed_in_time_that_grows_with_their_length(text):
    doc = document(text)
    clauses = outline(doc)
    made = chunks(doc, clauses, len)
    assert without_space("".join(chunk.text for chunk in made)) == without_space(text)
