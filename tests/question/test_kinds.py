from pathlib import Path

import numpy as np
import pytest

from app.errors import PromptError
from app.question import OTHER, Kinds, read_kinds
from app.settings import ROOT
from tests.answer.desk import ask, encoder, huairou


def test_every_kind_names_what_it_asks_for_and_how() -> None:
    kinds = read_kinds(ROOT / "prompts")
    assert len({kind.name for kind in kinds}) == len(kinds)
    assert all(kind.asked and (kind.examples or kind.name == "other") for kind in kinds)


def test_the_examples_are_of_their_own_kind() -> None:
    kinds = read_kinds(ROOT / "prompts")
    told, reader = Kinds(kinds, encoder()), huairou()[1].retriever
    assert all(told.of(reader.read(one)).name == kind.name for kind in kinds for one in kind.examples)


def test_a_kind_is_added_by_an_entry_of_the_data_file_alone(tmp_path: Path) -> None:
    text = (ROOT / "prompts" / "kinds.toml").read_text("utf-8")
    added = '\n[[kind]]\nname = "appeal"\nasked = "申诉途径"\nexamples = ["不服怎么申诉", "对结果有异议找谁复议"]\n'
    (tmp_path / "kinds.toml").write_text(text + added, "utf-8")
    kinds = Kinds(read_kinds(tmp_path), encoder())
    assert kinds.of(huairou()[1].retriever.read("对评审结果不服，怎么申诉")).name == "appeal"


def test_without_examples_every_question_is_of_no_kind() -> None:
    assert Kinds((), encoder()).of(huairou()[1].retriever.read("多少钱")) is OTHER


@pytest.mark.parametrize(
    "text",
    ["", "kind = 3", "[[kind]]\nname = 'x'\n", "\x00", "[[kind]]\nname = 1\nasked = 'x'\nexamples = 3\n"],
)
def test_a_file_that_is_not_whole_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "kinds.toml").write_text(text, "utf-8")
    with pytest.raises(PromptError, match=r"kinds\.toml"):
        read_kinds(tmp_path)


def test_the_kind_is_reported_as_the_intent() -> None:
    assert ask("有哪些注意事项").intent == "notes"


def test_vectors_are_those_of_the_encoder() -> None:
    read = huairou()[1].retriever.read("技改怎么支持")
    assert np.allclose(read.vector, encoder().encode_queries([read.corrected])[0])
    assert huairou()[1].retriever.read("技改怎么支持") is read


def test_words_of_examples_name_no_subject() -> None:
    kinds = Kinds(read_kinds(ROOT / "prompts"), encoder())
    assert kinds.hold(())
    assert kinds.hold(("符合", "条件"))
    assert not kinds.hold(("符合", "龙窑"))
