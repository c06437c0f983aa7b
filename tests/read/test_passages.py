from hypothesis import given
from hypothesis import strategies as st

from app.read import shown
from tests.answer.desk import composer_for, huairou

LAW = "补贴办法\n第一条 申请补贴应当同时符合下列条件：\n（一）依法登记；\n（二）按时纳税。\n第二条 本办法由区财政局解释。施行日期为2026年1月1日。\n"


def test_the_sentences_of_a_clause_hold_every_character_of_it() -> None:
    snapshot, _ = huairou()
    for clause in snapshot.clauses:
        parts = [p for p in shown(clause, snapshot).parts if p.clause.id == clause.id]
        held = "".join(snapshot.document(clause.document_id).text[p.start : p.end] for p in parts)
        assert "".join(held.split()) == "".join(snapshot.text(clause).split())


def test_a_part_is_what_the_reader_is_shown_of_it() -> None:
    snapshot, _ = huairou()
    for clause in snapshot.clauses:
        seen = shown(clause, snapshot)
        text = snapshot.document(clause.document_id).text
        assert seen.passage.sentences == tuple(text[part.start : part.end] for part in seen.parts)


def test_a_heading_is_shown_with_what_it_leads_to() -> None:
    snapshot, _ = huairou()
    head = next(c for c in snapshot.clauses if len(snapshot.children(c)) > 3)
    led = {part.clause.id for part in shown(head, snapshot).parts} - {head.id}
    assert led == {child.id for child in snapshot.children(head)}


def test_the_head_names_the_title_once() -> None:
    snapshot = composer_for(law=LAW).retriever.snapshot
    head = shown(snapshot.clauses[-1], snapshot).passage.head
    assert head.startswith("补贴办法|")
    assert head.count("补贴办法") == 1


@given(st.text(alphabet="第一条办法。；：\n （）1.！？“”a", min_size=1, max_size=80))
def test_no_text_is_lost_between_sentences(text: str) -> None:
    from app.read.passages import _spans

    spans = list(_spans(text, 0, len(text)))
    assert "".join("".join(text[a:b] for a, b in spans).split()) == "".join(text.split())
    assert all(a < b for a, b in spans)
    assert spans == sorted(spans)
