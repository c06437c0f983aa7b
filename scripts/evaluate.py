#!/usr/bin/env python3
"""How good search is on labelled questions, held against the figures written down in `scripts/expected.toml`.

    evaluate.py --set NAME CORPUS QUESTIONS [--set …] [--index DIR] [--ablate] [--expected FILE] [--lexicon DIR]

QUESTIONS are JSON lines with `question`, `status` and `gold` (verbatim passages); only answered ones without earlier
turns count. A hit is right when it holds the start of a gold passage or lies inside it. Metrics come from `ranx` (extra
`bench`). Exits with 1 when a figure is worse than expected by more than its tolerance. `--ablate` switches each part of
the ranking off in turn.
"""

import argparse
import json
import sys
import time
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path

from judging import holds, squeeze

from app.main import open_parts, ready_snapshot
from app.retrieve import Hit, Retriever, Weights
from app.settings import open_settings

DAY = date(2026, 1, 1)
DEPTH = 10
METRICS = ("hit_rate@1", "mrr@10", "recall@10")
EXPECTED = Path(__file__).with_name("expected.toml")


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the squeezed passages that answer it."""

    id: str
    text: str
    gold: tuple[str, ...]


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
        worse |= _compare(name, figures, expected.get(name, {}))
        if args.ablate:
            _ablate(retriever, questions)
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
    return parser.parse_args()


def read_questions(file: Path) -> list[Question]:
    """The answered questions of a file that stand on their own."""
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
    return [
        Question(row["id"], row["question"], tuple(squeeze(gold) for gold in row["gold"]))
        for row in rows
        if row["status"] == "answered" and not row.get("turns")
    ]


def measured(retriever: Retriever, questions: Sequence[Question]) -> dict[str, float]:
    """The metrics over all questions, and the 50th and 95th percentile of milliseconds a search."""
    from ranx import Qrels, Run, evaluate

    wanted: dict[str, dict[str, int]] = {}
    found: dict[str, dict[str, float]] = {}
    seconds: list[float] = []
    for question in questions:
        began = time.perf_counter()
        hits = retriever.search(question.text, limit=DEPTH, as_of=DAY)
        seconds.append(time.perf_counter() - began)
        wanted[question.id] = {f"gold {n}": 1 for n in range(len(question.gold))}
        names = _names(hits, question.gold) or ["none"]
        found[question.id] = {name: float(DEPTH - place) for place, name in enumerate(names)}
    made = evaluate(Qrels(wanted), Run(found), list(METRICS))
    seconds.sort()
    return {
        **{name: round(float(made[name]), 4) for name in METRICS},
        "p50_ms": round(seconds[len(seconds) // 2] * 1000, 1),
        "p95_ms": round(seconds[len(seconds) * 95 // 100] * 1000, 1),
    }


def _names(hits: Sequence[Hit], gold: Sequence[str]) -> list[str]:
    """Each hit by the first passage it holds that no hit before it held, or by its rank."""
    open_ = dict(enumerate(gold))
    names: list[str] = []
    for place, hit in enumerate(hits):
        text = squeeze(hit.text)
        number = next((n for n, passage in open_.items() if holds(text, passage)), None)
        names.append(f"rank {place}" if number is None else f"gold {number}")
        if number is not None:
            del open_[number]
    return names


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


def _ablate(retriever: Retriever, questions: Sequence[Question]) -> None:
    for part in fields(Weights):
        without = retriever.weighing(replace(Weights(), **{part.name: 0.0}))
        print(_line(f"  without {part.name}", measured(without, questions)))


if __name__ == "__main__":
    sys.exit(main())
