import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import PromptError
from app.question import read_asking
from app.question.asking import Words
from app.settings import ROOT

PROMPTS = ROOT / "prompts"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("最高补多少", "最低补多少"),
        ("什么时候申报", "什么时候拨付"),
        ("申报之前", "申报之后"),
        ("今年还有吗", "明年还有吗"),
    ],
)
def test_two_questions_that_differ_in_what_they_ask_of_one_subject_are_told_apart(one, other):
    asking = read_asking(PROMPTS)
    assert asking.actions(one) != asking.actions(other)


def test_what_goes_without_saying_is_not_asked_for():
    asking = read_asking(PROMPTS)
    assert asking.actions("申报材料有哪些") == asking.actions("材料有哪些") == {"材料"}


def test_a_word_within_a_longer_one_shows_nothing():
    asking = read_asking(PROMPTS)
    assert "material" not in asking.kinds("新材料怎么支持")
    assert asking.kinds("要交什么材料") == {"material"}


WORDS = st.text("补贴助奖", min_size=1, max_size=3)


@given(st.dictionaries(WORDS, st.sampled_from(["a", "b", ""])), st.text("补贴助奖多", max_size=12))
def test_only_what_stands_in_a_text_is_named(named, text):
    found = Words(named).named(text)
    assert found <= {name for word, name in named.items() if name and word in text}
    assert text not in named or not named[text] or named[text] in found


@pytest.mark.parametrize("content", ["", "actions = 3", 'actions = ""\nneutral = ""\nimplied = 1', "["])
def test_a_file_that_is_not_whole_is_named(tmp_path, content):
    (tmp_path / "kinds.toml").write_text("kind = []", "utf-8")
    (tmp_path / "actions.toml").write_text(content, "utf-8")
    with pytest.raises(PromptError, match=r"actions\.toml 无法读取"):
        read_asking(tmp_path)
