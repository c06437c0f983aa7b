import hashlib

from hypothesis import given, settings
from hypothesis import strategies as st

from app.corpus import Clause, Document, difference, outline
from app.corpus.difference import marks

OLD = "某市贴息办法\n第一条 对首次贷款的企业给予百分之二的贴息。\n第二条 申报材料应当真实。\n第三条 本办法自发布之日起施行。\n"
NEW = (
    "某市贴息办法\n第一条 对首次贷款的企业给予百分之五的贴息。\n第二条 申报材料应当真实、完整。\n"
    "第三条 本办法由某局解释。\n第四条 本办法自发布之日起施行。\n"
)


def cut(text: str) -> tuple[Document, tuple[Clause, ...]]:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    document = Document("d", "d.txt", "某市贴息办法", text, digest)
    return document, outline(document)


def between(old: str, new: str):
    return difference(*cut(old), *cut(new))


def test_clauses_are_told_apart_as_kept_changed_added_and_removed() -> None:
    found = between(OLD, NEW)
    assert [change.what for change in found.changes] == ["same", "changed", "changed", "changed", "added"]
    assert found.changes[1].new is not None
    assert found.changes[1].new.label == "第一条"
    assert between(NEW, OLD).count("removed") == 1
    assert between(OLD, OLD).count("same") == len(between(OLD, OLD).changes)


def test_within_a_clause_just_the_words_that_differ_are_marked() -> None:
    told = [(mark.side, mark.text) for mark in marks("给予百分之二的贴息。", "给予百分之五的贴息。")]
    assert told == [("both", "给予百分之"), ("old", "二"), ("new", "五"), ("both", "的贴息。")]
    assert ("old", "20") in [(m.side, m.text) for m in marks("最高20万元", "最高35万元")]


LINES = st.lists(
    st.sampled_from(OLD.splitlines() + NEW.splitlines())
    | st.text("第一二三条款（）、。；：贴息 \t", min_size=1, max_size=12),
    min_size=1,
    max_size=8,
).map("\n".join)


@given(LINES, LINES)
@settings(max_examples=200)
def test_applying_the_difference_to_the_old_version_gives_the_new_one(old: str, new: str) -> None:
    (before, old_clauses), (after, new_clauses) = cut(old), cut(new)
    found = difference(before, old_clauses, after, new_clauses)
    assert found.words("old") == tuple(before.text[c.start : c.end] for c in old_clauses)
    assert found.words("new") == tuple(after.text[c.start : c.end] for c in new_clauses)
    assert [change.old for change in found.changes if change.old] == list(old_clauses)
    assert [change.new for change in found.changes if change.new] == list(new_clauses)


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=200)
def test_the_marks_of_each_side_are_its_words(old: str, new: str) -> None:
    made = marks(old, new)
    assert "".join(mark.text for mark in made if mark.side != "new") == old
    assert "".join(mark.text for mark in made if mark.side != "old") == new
    assert all(mark.text for mark in made)


def test_a_clause_far_too_long_for_words_is_compared_by_sentences() -> None:
    old = "企业应当真实申报。" * 400
    new = old.replace("真实", "如实", 1)
    made = marks(old, new)
    assert [mark.text for mark in made if mark.side == "old"] == ["企业应当真实申报。"]
