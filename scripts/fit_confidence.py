"""Fit the confidence model on labelled questions and print cross-validated figures.

    python scripts/fit_confidence.py --set CORPUS_DIR QUESTIONS.jsonl [--set …] [--foreign QUESTIONS.jsonl …] [--write]

Each `--set` is a folder of policy texts and a JSON-lines file of questions with `question`, `turns`, `status` and `gold`.
A question that its own corpus answers (or that belongs to it: `not_stated`) and whose passage is found first is positive;
`out_of_scope` and `abstain` are negative. Every set's questions are also put to the other sets' corpora, where they are negative,
and so are the `--foreign` ones everywhere. Groups are weighted equally, so that a large set does not drown a small one.
"""

import argparse
import dataclasses
import json
import re
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from app.answer import Places, features
from app.answer.confidence import FEATURES
from app.main import Parts, open_parts, ready_snapshot
from app.retrieve import Hit, Retriever
from app.settings import Settings

AS_OF = date(2026, 1, 1)
OUT = Path(__file__).resolve().parent.parent / "app" / "answer" / "confidence.json"
FOREIGN_SAMPLE = 200

Row = tuple[str, list[float], int]


def squeeze(text: str) -> str:
    """NFKC without white space and punctuation, lower case."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).lower()


def read_questions(path: Path) -> list[dict[str, Any]]:
    """The questions that stand on their own (earlier turns make others depend on them)."""
    lines = path.read_text("utf-8").splitlines()
    return [q for line in lines if line.strip() and not (q := json.loads(line)).get("turns")]


def holds(hit: Hit, gold: Sequence[str]) -> bool:
    """Whether the hit is one of the passages that answer."""
    text = squeeze(hit.text)
    return any(squeeze(g)[:60] in text or text in squeeze(g) for g in gold)


def rows_of(
    name: str, parts: Parts, retriever: Retriever, questions: Iterable[tuple[str, int, list[str]]]
) -> list[Row]:
    """One row a question: group, features, label; an answerable question whose passage is not first is left out."""
    places = Places.of(parts.analyzer.lexicon.regions)
    rows: list[Row] = []
    for question, label, gold in questions:
        query = retriever.read(question)
        hits = retriever.search_read(query, limit=5, as_of=AS_OF, document_id=None)
        if not hits or (label and gold and not holds(hits[0], gold)):
            continue
        values = features(query, hits, parts.analyzer, places, retriever.snapshot.grams)
        rows.append((f"{name} {'yes' if label else 'no'}", [values[f] for f in FEATURES], label))
    return rows


def collect(sets: Sequence[tuple[Path, Path]], foreign: Sequence[Path]) -> list[Row]:
    """The rows of every set, of every set's questions on the others' corpora, and of the foreign questions."""
    rows: list[Row] = []
    shared = open_parts(Settings())
    with tempfile.TemporaryDirectory() as scratch:
        for number, (corpus, questions) in enumerate(sets):
            settings = Settings(corpus=corpus, index=Path(scratch) / str(number))
            parts = dataclasses.replace(shared, settings=settings)
            retriever = Retriever(ready_snapshot(parts), parts.analyzer, parts.encoder)
            own = [
                (q["question"], int(q["status"] in ("answered", "not_stated")), q["gold"])
                for q in read_questions(questions)
            ]
            rows += rows_of(f"{number} own", parts, retriever, own)
            others = [p for _, p in sets if p != questions] + list(foreign)
            for other in others:
                asked = [(q["question"], 0, []) for q in read_questions(other)][:FOREIGN_SAMPLE]
                rows += rows_of(f"{number} {other.parent.name}", parts, retriever, asked)
    return rows


def weights(groups: Sequence[str], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Each group weighs the same within its label, and both labels weigh the same."""
    counts: dict[str, int] = defaultdict(int)
    for group in groups:
        counts[group] += 1
    each = np.array([1 / counts[group] for group in groups])
    for label in (0, 1):
        each[labels == label] /= each[labels == label].sum()
    return each * len(groups) / 2


def fitted(x: NDArray[np.float64], y: NDArray[np.int64], w: NDArray[np.float64]) -> LogisticRegression:
    """The model."""
    return LogisticRegression(C=3.0, max_iter=5000).fit(x, y, sample_weight=w)


def main() -> None:
    """Fit, print and, when asked, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--set", nargs=2, type=Path, action="append", required=True, metavar=("CORPUS", "QUESTIONS")
    )
    parser.add_argument("--foreign", type=Path, action="append", default=[])
    parser.add_argument("--threshold", type=float, default=0.5)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    rows = collect([(a, b) for a, b in args.set], args.foreign)
    groups = [row[0] for row in rows]
    x, y = np.array([row[1] for row in rows]), np.array([row[2] for row in rows])
    w = weights(groups, y)
    held = np.zeros(len(y))
    for train, test in StratifiedKFold(10, shuffle=True, random_state=0).split(x, y):
        held[test] = fitted(x[train], y[train], w[train]).predict_proba(x[test])[:, 1]
    print(
        f"10-fold cross-validated AUC {roc_auc_score(y, held):.3f} over {len(y)} questions; answered at each threshold:"
    )
    for threshold in (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6):
        shares = {
            g: float(np.mean([p >= threshold for p, h in zip(held, groups, strict=True) if h == g]))
            for g in sorted(set(groups))
        }
        print(f"  {threshold:.2f}  " + "  ".join(f"{g}: {s:.3f}" for g, s in shares.items()))
    model = fitted(x, y, w)
    fields = {
        "weights": {name: round(float(c), 4) for name, c in zip(FEATURES, model.coef_[0], strict=True)},
        "intercept": round(float(model.intercept_[0]), 4),
        "threshold": args.threshold,
    }
    print(json.dumps(fields))
    if args.write:
        OUT.write_text(json.dumps(fields, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
