"""`scripts/benchmark.py --peers` and `--sizes`: how texts are judged, what contestants are given, and what is said of those that cannot play."""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from benchmarking import peers, sizes
from benchmarking.contest import DEPTH, Outcome, of_different_clauses, played, read_material, write_material
from benchmarking.contestants import CONTESTANTS, OURS
from benchmarking.server import CannotMeasureError, Round
from benchmarking.subset import subset
from judging import squeeze
from scoring import Question, scored

LOAN = "首次贷款办法\n一、对首次贷款的企业给予贴息支持。\n二、申报材料必须真实、完整。\n"
GAME = "游戏产业措施\n第一条 支持游戏电竞产业发展。\n第二条 首次上线运营的游戏给予支持。\n"


@pytest.fixture
def ranx():
    """Metrics without the compiler, which takes half a minute to say the same of three questions."""
    pytest.importorskip("numba").config.DISABLE_JIT = True
    return pytest.importorskip("ranx")


def question(number, *gold):
    return Question(f"q{number}", f"问题{number}", tuple(map(squeeze, gold)))


def test_the_metrics_are_those_worked_by_hand(ranx):
    questions = [
        question(1, "给予贴息支持"),
        question(2, "材料必须真实", "支持游戏产业"),
        question(3, "没有写的事"),
    ]
    found = {
        "q1": ["对企业给予贴息支持。"],
        "q2": ["停车", "申报材料必须真实、完整。", "再说：材料必须真实。"],
        "q3": ["停车", "游戏"],
    }
    made = scored(questions, found)
    assert made["hit_rate@1"] == pytest.approx(1 / 3, abs=1e-4)
    assert made["mrr@10"] == pytest.approx((1 + 1 / 2 + 0) / 3, abs=1e-4)
    assert made["recall@10"] == pytest.approx((1 + 1 / 2 + 0) / 3, abs=1e-4)


def test_one_hit_may_hold_several_passages_and_the_eleventh_counts_for_nothing(ranx):
    both = question(1, "甲方应当付款", "乙方应当交货")
    assert scored([both], {"q1": ["甲方应当付款，乙方应当交货。"]})["recall@10"] == 1
    late = {"q1": [f"别的第{n}件事" for n in range(DEPTH)] + ["甲方应当付款，乙方应当交货。"]}
    assert set(scored([both], late).values()) == {0}


@given(st.lists(st.integers(0, 29), unique=True), st.integers(1, 12))
def test_at_most_ten_pieces_are_kept_each_of_another_clause_in_order(numbers, clauses):
    owners = [number % clauses for number in range(30)]
    kept = of_different_clauses(numbers, owners)
    assert len(kept) == min(DEPTH, len({owners[number] for number in numbers}))
    assert len({owners[number] for number in kept}) == len(kept)
    assert kept == [number for number in numbers if number in kept]


def test_a_contestant_is_given_what_was_written_and_timed_for_each_question(tmp_path):
    pieces = [("贷款\n贴息", 0), ("游戏\n电竞", 1), ("游戏\n上线", 1)]
    write_material(tmp_path, pieces, ["贴息", "游戏"], np.eye(3, dtype=np.float32))
    material = read_material(tmp_path, tmp_path, lambda texts: np.zeros((len(texts), 3), np.float32))

    def build(given):
        return lambda words, count: [n for n, text in enumerate(given.texts) if words in text][:count]

    outcome = played(material, build)
    assert outcome.found == [[0], [1]]
    assert len(outcome.wall_ms) == len(outcome.cpu_ms) == 2
    assert len(played(material, build, most=1).found) == 1
    outcome.write(tmp_path / "x.json")
    assert Outcome.read(tmp_path / "x.json") == outcome


def test_a_library_that_is_not_installed_is_named_with_what_to_run(tmp_path, monkeypatch):
    monkeypatch.setattr(peers, "CHILD", tmp_path / "child.py")
    (tmp_path / "child.py").write_text(f"raise SystemExit({peers.NOT_INSTALLED})", "utf-8")
    options = argparse.Namespace(peer_python=None, patience=60.0)
    told = peers.play("haystack", tmp_path, tmp_path, options)
    assert told.startswith("没有安装，运行 ")
    assert "-m pip install haystack-ai" in told


def test_one_that_fails_or_takes_too_long_or_cannot_be_started_is_told_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(peers, "CHILD", tmp_path / "child.py")
    (tmp_path / "child.py").write_text("raise ValueError('broken index')", "utf-8")
    assert "broken index" in peers.play(
        "txtai", tmp_path, tmp_path, argparse.Namespace(peer_python=None, patience=60)
    )
    (tmp_path / "child.py").write_text("import time; time.sleep(60)", "utf-8")
    slow = argparse.Namespace(peer_python=None, patience=0.1)
    assert "--patience" in peers.play("txtai", tmp_path, tmp_path, slow)
    lost = argparse.Namespace(peer_python=tmp_path / "nothing", patience=60)
    assert "--peer-python" in peers.play("txtai", tmp_path, tmp_path, lost)


def test_the_table_has_a_row_for_each_and_no_quality_where_not_all_was_asked(ranx):
    questions = [question(1, "给予贴息支持"), question(2, "支持游戏产业")]
    hits = ["对企业给予贴息支持。", "停车"]
    whole = Outcome([[0], [1]], 1.0, 100.0, [2.0, 4.0], [1.0, 3.0])
    part = Outcome([[0]], 1.0, 100.0, [2.0], [1.0])
    rows = [peers.cells(CONTESTANTS[OURS], one, 9.0, questions, hits) for one in (whole, part)]
    assert rows[0] == (
        "政问", "0.500", "0.500", "0.500", "2.0 ms", "4.0 ms", "1.0 ms", "9.0 s", "100 MiB",
    )  # fmt: skip
    assert rows[1][1:4] == ("—", "—", "—")
    lines = peers.table(rows, ["说明。"]).splitlines()
    assert len(lines) == 6
    assert all(line.count("|") == len(peers.HEAD) + 1 for line in lines[:4])


@pytest.mark.parametrize(
    "content", ["no json", '{"question": "x"}', "", '{"id": 1, "question": "x", "gold": []}']
)
def test_questions_without_answers_are_refused_by_name(tmp_path, content):
    file = tmp_path / "questions.jsonl"
    file.write_text(content, "utf-8")
    with pytest.raises(CannotMeasureError, match=r"questions\.jsonl"):
        peers.labelled(file, None)
    with pytest.raises(CannotMeasureError, match="--questions"):
        peers.labelled(None, None)


def test_questions_are_drawn_the_same_way_every_time(tmp_path):
    rows = [{"id": n, "question": f"问{n}", "status": "answered", "gold": ["x"]} for n in range(9)]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    assert peers.labelled(file, 4) == peers.labelled(file, 4)
    assert len(peers.labelled(file, 4)) == 4
    assert len(peers.labelled(file, 99)) == 9


def test_a_part_of_a_corpus_begins_with_the_files_that_answer(tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, text in (("loan", LOAN), ("game", GAME), ("more", GAME.replace("游戏", "动漫"))):
        (corpus / f"{name}.txt").write_text(text, "utf-8")
    assert subset(corpus, tmp_path / "part", 2, [squeeze("申报材料必须真实")]) >= 2
    assert [file.name for file in (tmp_path / "part").iterdir()] == ["loan.txt"]
    with pytest.raises(CannotMeasureError, match="不足 1000"):
        subset(corpus, tmp_path / "all", 1000)


def test_latency_against_size_is_a_table_and_a_picture(tmp_path):
    rounds = {
        2000: Round(1.0, 300.0, (8.0, 9.0), (4.0, 5.0)),
        1000: Round(1.0, None, (6.0, 7.0), (2.0, 3.0)),
    }
    lines = sizes.table(rounds).splitlines()
    assert lines[2] == "| 1,000 | 2.0 ms | 3.0 ms | 6.0 ms | 7.0 ms | — |"
    assert lines[3] == "| 2,000 | 4.0 ms | 5.0 ms | 8.0 ms | 9.0 ms | 300 MiB |"
    pytest.importorskip("matplotlib")
    sizes.plot(rounds, tmp_path / "latency.png")
    assert (tmp_path / "latency.png").read_bytes().startswith(b"\x89PNG")
