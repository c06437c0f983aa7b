"""The pieces of `scripts/train_reader.py` that need no weights, over labelled sets that the test makes."""

import json
import lzma
import random
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings import ROOT

sys.path.insert(0, str(ROOT / "scripts"))

from reader_training import corpora, material
from reader_training.example import Example, holding, sentences, window
from reader_training.loop import gathered
from reader_training.places import Places, told

REGIONS = ROOT / "corpus/lexicon/regions.txt"


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with lzma.open(path, "wt", encoding="utf-8") as stream:
        stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def policy(n: int) -> dict[str, Any]:
    parts = [f"文{n}第{i}句给予补贴{n}{i}元。" for i in range(4)]
    return {"id": f"p{n}", "from": "x", "title": f"甲{n}号通知", "sentences": parts,
            "answers": [[f"问{n}补多少{i}", [i % 4]] for i in range(5)], "silent": [f"默{n}{i}" for i in range(4)]}  # fmt: skip


def sibling(n: int) -> dict[str, Any]:
    clauses = [[f"第{i}条 项{i}", f"孪{n}等级{i}奖励{i}万元。"] for i in range(5)]
    return {"id": f"s{n}", "title": f"乙{n}办法", "region": "怀柔区", "form": "measure", "clauses": clauses,
            "answers": [[f"孪{n}等级{i}奖多少", [i]] for i in range(5)], "silent": [f"孪{n}默{i}" for i in range(4)]}  # fmt: skip


def talk(turn: str) -> dict[str, Any]:
    return {"turns": [turn], "question": "那呢", "whole": f"{turn}那呢", "answers": []}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> material.Material:
    folder = tmp_path_factory.mktemp("train")
    write(folder / "train3/policy.jsonl.xz", [policy(n) for n in range(40)])
    write(folder / "train3/siblings.jsonl.xz", [sibling(n) for n in range(40)])
    talks = [{"id": f"s{n}", "dialogues": [talk(f"孪{n}")]} for n in range(40)]
    write(folder / "train3/sibling_dialogues.jsonl.xz", talks)
    both = [
        {"title": f"丙{n}", "A": [f"丙{n}甲句。"], "B": [f"丙{n}乙句。"], "dialogues": [talk(f"丙{n}")]}
        for n in range(40)
    ]
    write(folder / "train3/dialogues.jsonl.xz", both)
    articles = [{"id": f"c{n}", "title": f"丁{n}", "chapter": "", "text": f"丁{n}条文。", "queries": [f"丁{n}问{i}" for i in range(5)],
                 "unanswerable": f"丁{n}默"} for n in range(40)]  # fmt: skip
    write(folder / "train/colloquial.jsonl.xz", articles)
    pairs = [{"source": "law", "query": f"戊{n}", "positive": f"戊{n}条。"} for n in range(9)]
    pairs.append({"source": "cmrc2018/dev", "query": "己", "positive": "己是一。己是二。", "answer": "二"})
    write(folder / "train/pairs.jsonl.xz", pairs)
    reading = {
        "question": "庚",
        "passage": "庚是三。庚是四。",
        "answers": ["四"],
        "start": [6],
        "answerable": True,
    }
    for name, _ in material.READING:
        write(folder / f"train2/{name}.jsonl.xz", [reading])
    return material.read(folder, REGIONS)


def test_what_is_held_out_is_in_no_epoch(made: material.Material) -> None:
    held = {row.get("id", row.get("title")) for rows in made.held.values() for row in rows}
    assert held
    kept = {source.name: {row.get("id") for row in source.rows} for source in made.sources}
    assert not held & kept["policy"]
    shown = "".join(e.question + e.head + "".join(e.sentences) for e in made.epoch(1, 0))
    for row in made.held["siblings"]:
        assert f"孪{row['id'][1:]}等级" not in shown
    for row in made.held["policy"]:
        assert f"文{row['id'][1:]}第" not in shown


def test_an_epoch_is_the_same_for_the_same_seed_and_another_for_another(made: material.Material) -> None:
    assert made.epoch(1, 0) == made.epoch(1, 0)
    assert made.epoch(1, 0) != made.epoch(1, 1)


def test_a_twin_is_never_taught_to_answer(made: material.Material) -> None:
    for example in made.epoch(3, 0):
        if example.question.startswith("孪") and example.answers:
            level = example.question.split("等级")[1][0]
            assert f"等级{level}" in "".join(example.sentences)


def test_what_answers_is_marked_and_what_does_not_is_not(made: material.Material) -> None:
    for example in made.epoch(2, 0):
        if not example.answers:
            assert not example.marks
        elif example.marks is not None:
            assert example.marks
            assert max(example.marks) < len(example.sentences)


@given(st.text(alphabet="甲乙。；？！\n a", max_size=60))
def test_sentences_joined_are_the_text(text: str) -> None:
    assert "".join(sentences(text)) == text


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8), st.data())
def test_a_window_holds_the_marks_and_counts_them_anew(sizes: list[int], data: st.DataObject) -> None:
    parts = [chr(0x4E00 + n) * size for n, size in enumerate(sizes)]
    marks = data.draw(st.lists(st.integers(0, len(parts) - 1), min_size=1, max_size=3, unique=True))
    shown, kept = window(parts, marks, data.draw(st.integers(0, 3)), data.draw(st.integers(0, 3)), 20)
    assert [shown[k] for k in kept] == [parts[m] for m in marks]


def test_spans_are_found_in_the_sentences_they_touch() -> None:
    assert holding(("甲乙。", "丙丁。"), 1, 2) == (0,)
    assert holding(("甲乙。", "丙丁。"), 2, 4) == (0, 1)


def test_an_exchanged_place_is_no_kin_of_the_one_it_replaces() -> None:
    places, rng = Places.read(REGIONS), random.Random(5)
    for _ in range(200):
        other = places.other("怀柔区", rng)
        assert other[:2] not in ("北京", "怀柔")
    assert "怀柔区" in told("怀柔区", "补多少", rng)


def test_batches_hold_every_example_once_and_about_so_many_tokens() -> None:
    examples = [Example("问" * (n % 30 + 1), "", "", ("文" * (n % 70 + 1),), 0, None) for n in range(300)]
    batches = list(gathered(examples, 600, 1))
    assert sorted(map(id, (e for batch in batches for e in batch))) == sorted(map(id, examples))


def test_held_documents_become_corpora_with_questions(made: material.Material, tmp_path: Path) -> None:
    corpora.write(made, tmp_path)
    rows = [
        json.loads(line) for line in (tmp_path / "siblings/questions.jsonl").read_text("utf-8").splitlines()
    ]
    assert {row["status"] for row in rows} == {"answered", "not_stated", "abstain", "out_of_scope"}
    assert len(list((tmp_path / "siblings/corpus").iterdir())) == len(made.held["siblings"])
    for folder in (tmp_path / "deleted").iterdir():
        texts = "".join(p.read_text("utf-8") for p in (folder / "corpus").iterdir())
        number = int(folder.name)
        for row in made.held["policy"]:
            for mark in row["answers"][number][1]:
                assert row["sentences"][mark] not in texts
