from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.text import sentence_spans

PROSE = st.text(st.sampled_from("支持企业。！？；：”）\n 　1.a"), max_size=80)


@given(PROSE | st.text(max_size=80))
def test_sentences_hold_every_non_space_character_in_order_without_overlap(text: str) -> None:
    spans = sentence_spans(text)
    held = "".join(text[start:end] for start, end in spans)
    assert "".join(held.split()) == "".join(text.split())
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)


@given(PROSE, st.integers(0, 80), st.integers(0, 80))
def test_a_part_of_a_text_yields_spans_inside_that_part(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    assert all(start <= a < b <= end for a, b in sentence_spans(text, start, end))


def test_a_closing_mark_stays_with_its_sentence() -> None:
    text = "他说：“行。”我说好！\n完"
    assert [text[a:b] for a, b in sentence_spans(text)] == ["他说：“行。”", "我说好！", "完"]
