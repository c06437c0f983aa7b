import re

from hypothesis import example, given
from hypothesis import strategies as st

from app.web.wechat.chat import LIMIT, MOST, messages, pieces, single

from ..corpus import answer_of

LINES = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85"), max_size=80)
).map("\n".join)


@given(st.text(max_size=600), st.integers(64, 400))
def test_no_piece_is_longer_than_allowed_and_joined_they_are_the_text(text, limit):
    made = pieces(text, limit)
    assert all(0 < len(piece.encode("utf-8", "replace")) <= limit for piece in made)
    assert "".join("".join(made).split()) == "".join(text.split())


@given(
    st.lists(
        st.sampled_from(["贷款贴息。", "见 https://example.gov.cn/a/b?c=1#d ，", "甲乙丙丁\n", "abc, "]),
        max_size=80,
    )
)
def test_a_url_is_never_cut(parts):
    for piece in pieces("".join(parts), 100):
        assert all(
            url == "https://example.gov.cn/a/b?c=1#d"
            for url in re.findall(r"https?:[!-~]*|[!-~]*gov[!-~]*", piece)
        )


def test_a_cut_is_at_the_end_of_a_clause_where_there_is_one():
    clause = "对首次升规的企业给予支持。"
    assert set(pieces(clause * 100, 400)) == {clause * 10}
    lines = ("甲" * 30 + "，" + "乙" * 20 + "。\n") * 20
    assert all(piece.endswith("。") for piece in pieces(lines, 500))


@example("👩‍👩‍👧‍👦" * 200)
@given(st.sampled_from(["e\u0301", "👩‍👩‍👧‍👦", "字"]).flatmap(lambda one: st.just(one * 300)))
def test_a_character_made_of_several_is_kept_together(text):
    for piece in pieces(text, 200):
        assert not piece.startswith(("\u0301", "\u200d"))
        assert not piece.endswith("\u200d")


def test_an_answer_that_fits_is_sent_whole():
    answer = answer_of("answered", "一项：\n[1] 专款专用。", text_chat="短")
    assert messages(answer) == single(answer) == ("一项：\n[1] 专款专用。",)


def test_a_longer_answer_comes_in_several_messages_or_in_the_form_made_for_chat():
    answer = answer_of("answered", "对首次升规的企业给予支持。\n" * 120, text_chat="共 120 项，请看原文。")
    assert 1 < len(messages(answer)) <= MOST
    assert all(len(each.encode()) <= LIMIT for each in messages(answer))
    assert single(answer) == ("共 120 项，请看原文。",)


def test_what_five_messages_do_not_hold_is_sent_in_the_form_made_for_chat():
    answer = answer_of("answered", "对首次升规的企业给予支持。\n" * 600, text_chat="共 600 项，请看原文。")
    assert messages(answer) == ("共 600 项，请看原文。",)


def test_the_choices_of_a_question_asked_back_are_named():
    answer = answer_of("clarify", "您想问的是哪一项？", options=("升规", "技改"))
    assert messages(answer) == ("您想问的是哪一项？\n1. 升规\n2. 技改",)
