"""`scripts/benchmark.py`: its arithmetic in the open, its words, and one short run. What is fast enough is not decided here."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "scripts" / "benchmark.py"
sys.path.insert(0, str(SCRIPT.parent))
spec = importlib.util.spec_from_file_location("benchmark", SCRIPT)
assert spec
assert spec.loader
benchmark = importlib.util.module_from_spec(spec)
sys.modules["benchmark"] = benchmark
spec.loader.exec_module(benchmark)


def test_percentiles_are_nearest_rank():
    values = [15, 20, 35, 40, 50]
    assert [benchmark.percentile(values, share) for share in (0.05, 0.3, 0.4, 0.5, 0.95, 1.0)] == [
        15,
        20,
        20,
        35,
        50,
        50,
    ]


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 1))
def test_a_percentile_is_one_of_the_values_and_enough_lie_below(values, share):
    found = benchmark.percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9


def test_a_row_exceeds_its_bar_by_its_median():
    assert not benchmark.Row("提问 p95", "ms", (10.0, 30.0, 99.0), 30.0).exceeded
    assert benchmark.Row("提问 p95", "ms", (10.0, 30.1, 99.0), 30.0).exceeded
    assert not benchmark.Row("提问 p95", "ms", (1e9,)).exceeded


def test_the_table_shows_median_range_bar_and_verdict():
    rows = [benchmark.Row("提问 p95", "ms", (9.0, 8.0, 12.0), 30.0), benchmark.Row("建立索引", "s", (2.5,))]
    assert benchmark.table_text(rows).splitlines()[2:] == [
        "| 提问 p95 | 9.0 ms | 8.0–12.0 | ≤ 30 | 符合 |",
        "| 建立索引 | 2.5 s |  |  |  |",
    ]


def test_questions_come_from_text_or_json_lines(tmp_path):
    plain, lines = tmp_path / "questions.txt", tmp_path / "questions.jsonl"
    plain.write_text("注意事项有哪些？\n\n 贷款贴息 \n注意事项有哪些？\n……\n", "utf-8")
    lines.write_text('{"question": "注意事项有哪些？", "id": 1}\n{"question": "贷款贴息"}\n', "utf-8")
    assert (
        benchmark.read_questions(plain) == benchmark.read_questions(lines) == ["注意事项有哪些？", "贷款贴息"]
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.jsonl", '{"query": "x"}'), ("a.jsonl", "no json"), ("a.txt", "……\n"), ("missing.txt", None)],
)
def test_a_question_file_that_cannot_be_used_is_named(tmp_path, name, content):
    if content is not None:
        (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(benchmark.CannotMeasureError, match=name):
        benchmark.read_questions(tmp_path / name)


def test_the_corpus_asks_its_own_questions():
    questions = benchmark.corpus_questions(ROOT / "corpus" / "policies")
    assert "支持企业升规" not in questions  # a label, not a heading
    assert any("注意事项是什么" in question for question in questions)
    assert len(questions) > 100


def test_a_folder_without_similar_questions_asks_its_headings(tmp_path):
    (tmp_path / "a.txt").write_text("停车管理办法\n一、适用范围\n本办法适用于全市。\n", "utf-8")
    assert benchmark.corpus_questions(tmp_path, similar=tmp_path) == ["停车管理办法", "一、适用范围"]


def run(*arguments):
    command = [sys.executable, str(SCRIPT), "--rounds", "1", "--requests", "3", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_run_prints_every_figure_and_a_bar_that_is_exceeded_is_exit_status_1():
    done = run("--max-ask-p95-ms", "0.000001", "--max-memory-mib", "1e9")
    assert done.returncode == 1, done.stderr
    named = ["建立索引", "加入一份后更新索引", "从启动到就绪", "提问 p50", "提问 p95", "检索 p50", "检索 p95"]
    assert all(f"| {name} |" in done.stdout for name in named)
    assert done.stdout.count("超出") == 1
    assert ("| 预热后常驻内存 |" in done.stdout) == os.path.isdir("/proc/self")


def test_what_cannot_be_measured_is_one_sentence_and_exit_status_2(tmp_path):
    done = run("--corpus", str(tmp_path / "missing"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "找不到政策文本文件夹" in done.stderr
    assert "Traceback" not in done.stderr
    assert run("--rounds", "0").returncode == 2
