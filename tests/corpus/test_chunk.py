from app.corpus import chunks, outline

from .texts import REGULATION, document


def test_a_short_clause_is_one_chunk_and_needs_no_counting():
    def never(_):
        raise AssertionError

    doc = document(REGULATION, "某市促进条例")
    clauses = outline(doc)
    made = chunks(doc, clauses, never, first=7)
    assert [chunk.clause_id for chunk in made] == [clause.id for clause in clauses]
    assert [chunk.position for chunk in made] == list(range(7, 7 + len(clauses)))


def test_the_context_is_title_and_headings():
    doc = document(REGULATION, "某市促进条例")
    contexts = {chunk.text[:4]: chunk.context for chunk in chunks(doc, outline(doc), len)}
    assert contexts["第二条 "] == "某市促进条例 第一章 总则"


def test_windows_hold_whole_sentences():
    text = "甲企业可以申请。乙企业可以申请。丙企业可以申请。"
    doc = document(text)
    assert [chunk.text for chunk in chunks(doc, outline(doc), len, budget=17)] == [text[:16], text[16:]]


def test_an_overlong_sentence_is_split_at_pauses_and_then_hard():
    doc = document("甲企业可以申请，乙企业可以申请；" + "丙" * 25 + "。")
    texts = [chunk.text for chunk in chunks(doc, outline(doc), len, budget=10)]
    assert texts == ["甲企业可以申请，", "乙企业可以申请；", "丙" * 10, "丙" * 10, "丙" * 5 + "。"]


def test_a_table_is_split_by_rows_and_keeps_its_header_row_as_context():
    rows = "\n".join(f"| 第{at}类企业 | {at}万元 |" for at in range(9))
    doc = document(f"| 类别 | 金额 |\n|---|---|\n{rows}")
    made = chunks(doc, outline(doc), len, budget=40)
    assert len(made) > 1
    assert all(
        line.startswith("|") and line.endswith("|") for chunk in made for line in chunk.text.split("\n")
    )
    assert all("| 类别 | 金额 |" in chunk.context for chunk in made)


def test_no_chunk_is_longer_than_480_characters():
    doc = document("支持" * 2000 + "。")
    assert max(len(chunk.text) for chunk in chunks(doc, outline(doc), lambda text: 1, budget=1000)) == 480
