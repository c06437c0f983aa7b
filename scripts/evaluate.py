#!/usr/bin/env python3
"""How good search is on labelled questions, held against the figures written down in `scripts/expected.toml`.

    evaluate.py --set NAME CORPUS QUESTIONS [--set …] [--index DIR] [--ablate] [--leave-out] [--expected FILE] [--lexicon DIR]

QUESTIONS are JSON lines with `question`, `status` and `gold` (verbatim passages); only answered ones without earlier
turns count. A hit is right when it holds the start of a gold passage or lies inside it. Metrics come from `ranx` (extra
`bench`). Times are of one core, so that other work on the machine does not count. Exits with 1 when a figure is worse than
expected by more than its tolerance. `--ablate` switches each part of the ranking off in turn and prints a Markdown table.

`--leave-out` prints, below the figures as served, those without the similar questions that people wrote for this very corpus.
Encoder, reader and ranking are fitted on other documents (see app/DECISIONS.md, 48), so that nothing of the corpus is left in
the second line; the difference is what a new corpus cannot count on.
"""

import argparse
import json
import sys
import time
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import numpy as np
from judging import squeeze
from scoring import DEPTH, METRICS, Question, scored

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.index import Asks, Snapshot
from app.main import open_parts, ready_snapshot
from app.retrieve import Retriever, Weights
from app.settings import open_settings

DAY = date(2026, 1, 1)
TITLES = {
    "words": "词的 BM25", "grams": "单双字", "dense": "向量", "lexicon": "词表的同义与行业", "asks": "相似问",
    "neighbours": "前后条款", "documents": "同一文件的其他条款", "runs": "连续的相同文字", "shape": "条款的形状",
    "facts": "数字与地名", "elsewhere": "未点名的省份",
}  # fmt: skip
EXPECTED = Path(__file__).with_name("expected.toml")


def main() -> int:
    """Print the figures; 1 when one of them is worse than expected."""
    args = _arguments()
    expected = tomllib.loads(args.expected.read_text("utf-8")) if args.expected.is_file() else {}
    worse = False
    for name, corpus, file in args.set:
        given = {"lexicon": args.lexicon} if args.lexicon else {}
        settings = open_settings(corpus=Path(corpus), index=args.index / name, model=args.model, **given)
        parts = open_parts(settings)
        snapshot = ready_snapshot(parts, log=lambda sentence: None)
        questions = read_questions(Path(file))
        retriever = Retriever(snapshot, parts.analyzer, parts.encoder)
        figures = measured(retriever, questions)
        print(_line(name, figures))
        if args.leave_out:
            others = Retriever(left_out(snapshot), parts.analyzer, parts.encoder)
            print(_line(f"{name} 留出", measured(others, questions)))
        worse |= _compare(name, figures, expected.get(name, {}))
        if args.ablate:
            _ablate(name, figures, retriever, questions)
    return int(worse)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--set", nargs=3, action="append", required=True, metavar=("NAME", "CORPUS", "QUESTIONS")
    )
    parser.add_argument("--index", type=Path, default=Path("build/evaluate"))
    parser.add_argument("--expected", type=Path, default=EXPECTED)
    parser.add_argument("--lexicon", type=Path, help="another lexicon folder")
    parser.add_argument("--model", default="default")
    parser.add_argument("--ablate", action="store_true")
    parser.add_argument("--leave-out", action="store_true", help="另列不用本语料相似问的结果")
    return parser.parse_args()


def read_questions(file: Path) -> list[Question]:
    """The answered questions of a file that stand on their own."""
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
    return [
        Question(row["id"], row["question"], tuple(squeeze(gold) for gold in row["gold"]))
        for row in rows
        if row["status"] == "answered" and not row.get("turns")
    ]


def left_out(snapshot: Snapshot) -> Snapshot:
    """The same texts without what was written for them: the similar questions."""
    none = np.zeros((0, snapshot.asks.vectors.shape[-1]), dtype=np.float32)
    return replace(snapshot, asks=Asks.build((), (), none))


def measured(retriever: Retriever, questions: Sequence[Question]) -> dict[str, float]:
    """The metrics over all questions, and the 50th and 95th percentile of milliseconds a search, of one core's time."""
    found: dict[str, list[str]] = {}
    seconds: list[float] = []
    for question in questions:
        began = time.thread_time()
        hits = retriever.search(question.text, limit=DEPTH, as_of=DAY)
        seconds.append(time.thread_time() - began)
        found[question.id] = [hit.text for hit in hits]
    seconds.sort()
    return {
        **scored(questions, found),
        "p50_ms": round(seconds[len(seconds) // 2] * 1000, 1),
        "p95_ms": round(seconds[len(seconds) * 95 // 100] * 1000, 1),
    }


def _line(name: str, figures: Mapping[str, float]) -> str:
    return f"{name:22}" + "  ".join(f"{metric} {value:7.4f}" for metric, value in figures.items())


def _compare(name: str, figures: Mapping[str, float], expected: Mapping[str, float]) -> bool:
    tolerance = expected.get("tolerance", 0.01)
    worse = [
        metric for metric in METRICS if metric in expected and figures[metric] < expected[metric] - tolerance
    ]
    for metric in worse:
        print(f"{name}: {metric} {figures[metric]} is worse than the expected {expected[metric]}")
    return bool(worse)


def _ablate(
    name: str, whole: Mapping[str, float], retriever: Retriever, questions: Sequence[Question]
) -> None:
    """What is lost without each part of the ranking, as a Markdown table."""
    head = (f"{name} 关掉", *METRICS, "每问 CPU p50")
    rows = [head, ("---",) * len(head), _cells("（都开）", whole)]
    for part in fields(Weights):
        without = retriever.weighing(replace(Weights(), **{part.name: 0.0}))
        rows.append(_cells(f"`{part.name}` {TITLES.get(part.name, '')}", measured(without, questions)))
    print("\n".join(f"| {' | '.join(row)} |" for row in rows))


def _cells(name: str, figures: Mapping[str, float]) -> tuple[str, ...]:
    return (name, *(f"{figures[metric]:.3f}" for metric in METRICS), f"{figures['p50_ms']:.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
