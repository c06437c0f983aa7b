"""The same chunks and questions through other search libraries, each in a process of its own, in one run."""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from judging import squeeze
from scoring import METRICS, Question, scored

from benchmarking.child import NOT_INSTALLED
from benchmarking.contest import Outcome, write_material
from benchmarking.contestants import CONTESTANTS, OURS, Contestant
from benchmarking.server import CannotMeasureError, build, percentile
from benchmarking.subset import SEED, subset

CHILD = Path(__file__).with_name("child.py")
HEAD = ("检索", "首条命中", "mrr@10", "recall@10", "p50", "p95", "CPU p50", "建立", "内存")
NOTES = (
    "各家检索同样的单元（文件标题、所在标题与原文），按命中的条款评判；“政问”的建立时间含读取、划分与计算向量，其余只含建索引。",
    "用到向量的，向量由政问的编码模型事先算好，问题当场编码。问题逐个提出；CPU 时间不受机器上其他任务影响。",
)


def compare(options: argparse.Namespace) -> str:
    """The table as Markdown, and a sentence for each contestant that could not play.

    Raises:
        CannotMeasureError: the questions or the corpus cannot be used.
    """
    questions = labelled(options.questions, options.most_questions)
    with tempfile.TemporaryDirectory(prefix="zhengwen-peers-") as scratch:
        folder = Path(scratch)
        corpus = options.corpus.resolve()
        if options.clauses:
            wanted = [passage for question in questions for passage in question.gold]
            subset(corpus, folder / "corpus", options.clauses, wanted)
            corpus = folder / "corpus"
        index = options.index.resolve() if options.index else folder / "index"
        built = build(corpus, index)
        hits = _prepare(folder, index, questions)
        lines, notes = [], [*NOTES, f"单元 {len(hits)} 个，问题 {len(questions)} 条。"]
        for name, contestant in CONTESTANTS.items():
            outcome = play(name, folder, index, options)
            if isinstance(outcome, str):
                notes.append(f"{contestant.title}：{outcome}")
            else:
                seconds = built if name == OURS else outcome.build_s
                lines.append(cells(contestant, outcome, seconds, questions, hits))
    return table(lines, notes)


def labelled(path: Path | None, most: int | None) -> list[Question]:
    """The answered questions of a file that stand on their own; `most` of them drawn by lot, the same every time.

    Raises:
        CannotMeasureError: there is no such file, or none in it.
    """
    if path is None:
        raise CannotMeasureError("--peers 需要带标准答案的问题，请用 --questions 指明 .jsonl 文件。")
    try:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        found = [
            Question(str(row["id"]), row["question"], tuple(squeeze(gold) for gold in row["gold"]))
            for row in rows
            if row["status"] == "answered" and not row.get("turns") and row["gold"]
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CannotMeasureError(
            f"问题文件 {path} 读不了（{error}）：每一行应为含 id、question、status、gold 的 JSON 对象。"
        ) from error
    if not found:
        raise CannotMeasureError(f"问题文件 {path} 里没有 status 为 answered 的问题。")
    return found if most is None or most >= len(found) else random.Random(SEED).sample(found, most)


def _prepare(folder: Path, index: Path, questions: Sequence[Question]) -> list[str]:
    """Write what all are given; the text that a hit on each piece is judged by."""
    from app.index import indexed_text, open_snapshot

    snapshot = open_snapshot(index)
    chunks = [snapshot.chunk(position) for position in range(len(snapshot.chunks))]
    clauses = [int(number) for number in snapshot.chunks.rows[:, 0]]
    pieces = [(indexed_text(chunk), number) for chunk, number in zip(chunks, clauses, strict=True)]
    vectors = snapshot.dense.vectors(np.arange(len(chunks)))
    write_material(folder, pieces, [question.text for question in questions], vectors)
    wholes = [snapshot.text(snapshot.clauses[number]) for number in clauses]
    return [whole if len(whole) <= 500 else chunk.text for whole, chunk in zip(wholes, chunks, strict=True)]


def play(name: str, folder: Path, index: Path, options: argparse.Namespace) -> Outcome | str:
    """What a contestant did, or a Chinese sentence why it did nothing."""
    contestant = CONTESTANTS[name]
    python = sys.executable if name == OURS else str(options.peer_python or sys.executable)
    command = [python, str(CHILD), name, str(folder), str(index)]
    # Each has the same cores, and libraries of numbers no more threads than these.
    environment = {**os.environ, "TOKENIZERS_PARALLELISM": "false"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=options.patience, env=environment
        )
    except subprocess.TimeoutExpired:
        return f"超过 {options.patience:.0f} 秒没有完成，可用 --patience 放宽。"
    except OSError as error:
        return f"无法启动 {python}（{error.strerror}），请检查 --peer-python。"
    if done.returncode == NOT_INSTALLED:
        return f"没有安装，运行 {python} -m pip install {' '.join(contestant.packages)} 后再试。"
    if done.returncode:
        return f"出错：{(done.stderr.strip().splitlines() or ['没有说明'])[-1][:200]}"
    return Outcome.read(folder / f"{name}.json")


def cells(
    contestant: Contestant, outcome: Outcome, built: float, questions: Sequence[Question], hits: Sequence[str]
) -> tuple[str, ...]:
    """A row of the table; without quality where not all questions were asked."""
    quality = ["—"] * len(METRICS)
    if len(outcome.found) == len(questions):
        texts = {
            question.id: [hits[number] for number in numbers]
            for question, numbers in zip(questions, outcome.found, strict=True)
        }
        figures: Mapping[str, float] = scored(questions, texts)
        quality = [f"{figures[metric]:.3f}" for metric in METRICS]
    times = [
        percentile(outcome.wall_ms, 0.5),
        percentile(outcome.wall_ms, 0.95),
        percentile(outcome.cpu_ms, 0.5),
    ]
    return (
        contestant.title,
        *quality,
        *(f"{milliseconds:.1f} ms" for milliseconds in times),
        f"{built:.1f} s",
        f"{outcome.memory_mib:.0f} MiB",
    )


def table(lines: Sequence[Sequence[str]], notes: Sequence[str]) -> str:
    """The rows as a Markdown table, and the notes below it."""

    def rows() -> Iterator[Sequence[str]]:
        yield HEAD
        yield ("---",) * len(HEAD)
        yield from lines

    return "\n".join([*(f"| {' | '.join(row)} |" for row in rows()), "", *notes])
