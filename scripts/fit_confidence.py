"""Fit the confidence model on labelled questions and print cross-validated figures.

    python scripts/fit_confidence.py --set CORPUS_DIR QUESTIONS.jsonl [--set …] [--foreign QUESTIONS.jsonl …] [--write] [--plot DIR]

Each `--set` is a folder of policy texts and a JSON-lines file of questions with `question`, `turns`, `status` and `gold`.
A corpus may be given again with other questions. A question that its own corpus answers (or that belongs to it:
`not_stated`) is positive, in the group `missed` where its passage is not found first (another of its clauses may be quoted,
and silence would be wrong); `out_of_scope` and `abstain` are negative. Every set's questions are also put to the other
sets' corpora, where they are negative, and so are the `--foreign` ones everywhere. Two more groups make use of what is
there: each answerable question put to its own corpus without the documents that answer it (negative), and each similar
question of a corpus put to the index without it (positive), so that ways of asking count that no question set holds.
Groups weigh the same within their label, so that a large set does not drown a small one, but for the factors of
`--weight GROUP=FACTOR`; `--shipped` gives those in `SHIPPED`. Folds keep every question, on whatever corpus it was put, on one side.
`--plot` draws
a risk–coverage curve and a reliability diagram of the held-out probabilities (matplotlib).
"""

import argparse
import dataclasses
import json
import re
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold

from app.answer import Composer, Features, Places, Renderer, load_confidence
from app.answer.confidence import DIRECTIONS, FEATURES, FILE
from app.main import Parts, open_parts, ready_snapshot
from app.retrieve import Hit, Retriever
from app.settings import open_settings

AS_OF = date(2026, 1, 1)
FOREIGN_SAMPLE = 200
FOLDS = 10
SHIPPED = {
    "0 own yes": 5, "0 own missed": 0.2, "0 similar yes": 2, "0 similar missed": 0.5, "0 guide no": 3,
    "1 own yes": 9, "1 own missed": 3, "1 own no": 26, "1 without no": 4, "2 own yes": 5, "2 own missed": 0.5,
    "3 own yes": 9, "3 own missed": 0.3, "3 own no": 7,
}  # fmt: skip
"""The factors of the model that ships, fitted on the text that comes with the product (0; and 3, with the questions in
`scripts/questions`), the notices (1) and the guide (2)."""

Floats = NDArray[np.float64]


class Row(NamedTuple):
    """One question on one corpus: its group, features, label, and its text."""

    group: str
    features: list[float]
    label: int
    question: str


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
    name: str,
    parts: Parts,
    retriever: Retriever,
    asked: Iterable[tuple[str, int, list[str]]],
    within: Collection[str] | None = None,
) -> list[Row]:
    """One row a question; an answerable question whose passage is not first is of a group of its own."""
    places = Places.of(parts.analyzer.lexicon.regions)
    composer = Composer(
        retriever, parts.analyzer, Renderer(parts.settings.prompts), load_confidence(), places
    )
    features = Features(parts.analyzer, places, retriever.snapshot.grams)
    rows: list[Row] = []
    for question, label, gold in asked:
        query = retriever.read(question)
        hits = composer.found(query, AS_OF, within=within)
        if not hits:
            continue
        missed = label and gold and not holds(hits[0], gold)
        kind = "missed" if missed else "yes" if label else "no"
        values = features.of(query, hits)
        rows.append(Row(f"{name} {kind}", [values[f] for f in FEATURES], label, question))
    return rows


def without_answers(
    name: str, parts: Parts, retriever: Retriever, asked: Sequence[dict[str, Any]]
) -> list[Row]:
    """One row for each answerable question, on the corpus without the documents that hold its passage."""
    texts = {id_: squeeze(document.text) for id_, document in retriever.snapshot.documents.items()}
    rows: list[Row] = []
    for question in asked:
        gold = [squeeze(g) for g in question["gold"]] if question["status"] == "answered" else []
        within = {id_ for id_, text in texts.items() if not any(g in text for g in gold)}
        if gold and 0 < len(within) < len(texts):
            rows += rows_of(name, parts, retriever, [(question["question"], 0, [])], within)
    return rows


def similar(name: str, parts: Parts, retriever: Retriever) -> list[Row]:
    """One row for each similar question, on the index without it, where its clause is still found first."""
    snapshot, rows = retriever.snapshot, list[Row]()
    for number, text in enumerate(snapshot.asks.texts):
        rest = dataclasses.replace(snapshot, asks=snapshot.asks.without(number))
        alone = Retriever(rest, parts.analyzer, parts.encoder)
        wanted = snapshot.text(snapshot.clauses[int(snapshot.asks.owners[number])])
        rows += rows_of(name, parts, alone, [(text, 1, [wanted])])
    return rows


def collect(sets: Sequence[tuple[Path, Path]], foreign: Sequence[Path]) -> list[Row]:
    """The rows of every set, of every set's questions on the others' corpora, and of the foreign questions."""
    rows: list[Row] = []
    shared = open_parts(open_settings())
    with tempfile.TemporaryDirectory() as scratch:
        for number, (corpus, questions) in enumerate(sets):
            settings = shared.settings.model_copy(
                update={"corpus": corpus, "index": Path(scratch) / str(number)}
            )
            parts = dataclasses.replace(shared, settings=settings)
            retriever = Retriever(ready_snapshot(parts), parts.analyzer, parts.encoder)
            own = [
                (q["question"], int(q["status"] in ("answered", "not_stated")), q["gold"])
                for q in read_questions(questions)
            ]
            rows += rows_of(f"{number} own", parts, retriever, own)
            rows += without_answers(f"{number} without", parts, retriever, read_questions(questions))
            if corpus not in [earlier for earlier, _ in sets[:number]]:
                rows += similar(f"{number} similar", parts, retriever)
            for other in [p for c, p in sets if c != corpus] + list(foreign):
                asked: list[tuple[str, int, list[str]]] = [
                    (q["question"], 0, []) for q in read_questions(other)[:FOREIGN_SAMPLE]
                ]
                rows += rows_of(f"{number} {other.parent.name}", parts, retriever, asked)
    return rows


def weights(rows: Sequence[Row], factors: dict[str, float]) -> Floats:
    """Each group weighs the same within its label unless a factor says otherwise, and both labels weigh the same."""
    counts = Counter(row.group for row in rows)
    each = np.array([factors.get(row.group, 1.0) / counts[row.group] for row in rows])
    labels = np.array([row.label for row in rows])
    for label in (0, 1):
        each[labels == label] /= each[labels == label].sum()
    made: Floats = each * len(rows) / 2
    return made


def fitted(x: Floats, y: NDArray[np.int64], w: Floats) -> HistGradientBoostingClassifier:
    """The model."""
    return HistGradientBoostingClassifier(
        max_iter=300, max_depth=4, learning_rate=0.03, l2_regularization=3.0, min_samples_leaf=25, max_features=0.3,
        monotonic_cst=list(DIRECTIONS.values()), early_stopping=False, random_state=0,
    ).fit(x, y, sample_weight=w)  # fmt: skip


def held_out(x: Floats, y: NDArray[np.int64], w: Floats, rows: Sequence[Row]) -> Floats:
    """The probability of each row by a model that has not seen its question: float64 [rows]."""
    held = np.zeros(len(y))
    questions = [row.question for row in rows]
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    for train, test in folds.split(x, [row.group for row in rows], questions):
        held[test] = fitted(x[train], y[train], w[train]).predict_proba(x[test])[:, 1]
    return held


def tree_nodes(predictor: Any) -> list[list[float]]:
    """A tree as [feature, threshold, left, right] a node; a leaf is [−1, value, 0, 0]."""
    return [
        [-1, round(float(n["value"]), 6), 0, 0]
        if n["is_leaf"]
        else [int(n["feature_idx"]), float(n["num_threshold"]), int(n["left"]), int(n["right"])]
        for n in predictor.nodes
    ]


def as_json(model: HistGradientBoostingClassifier, threshold: float) -> dict[str, Any]:
    """The model as `app.answer.confidence` reads it."""
    trees = [tree_nodes(predictors[0]) for predictors in model._predictors]
    baseline = round(float(np.ravel(model._baseline_prediction)[0]), 6)
    return {"features": list(FEATURES), "threshold": threshold, "baseline": baseline, "trees": trees}


def tell(rows: Sequence[Row], held: Floats, y: NDArray[np.int64]) -> None:
    """Print how many of each group would be answered at each threshold."""
    print(
        f"{FOLDS}-fold cross-validated AUC {roc_auc_score(y, held):.3f} over {len(y)} questions; answered at each threshold:"
    )
    groups = sorted({row.group for row in rows})
    for threshold in (0.4, 0.45, 0.5, 0.52, 0.55, 0.6, 0.7):
        told = (
            f"{g}: {np.mean([p >= threshold for p, row in zip(held, rows, strict=True) if row.group == g]):.2f}"
            for g in groups
        )
        print(f"  {threshold:.2f}  " + "  ".join(told))


def plot(folder: Path, held: Floats, y: NDArray[np.int64], w: Floats) -> None:
    """A risk–coverage curve (El-Yaniv & Wiener 2010) and a reliability diagram, as confidence.png."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    order = np.argsort(-held)
    coverage = np.cumsum(w[order]) / w.sum()
    risk = np.cumsum(w[order] * (1 - y[order])) / np.cumsum(w[order])
    bins = np.clip((held * 10).astype(int), 0, 9)
    points = [
        (np.average(held[bins == b], weights=w[bins == b]), np.average(y[bins == b], weights=w[bins == b]))
        for b in range(10)
        if (bins == b).any()
    ]
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), dpi=110)
    left.plot(coverage, risk, color="#1c4484")
    left.set(
        xlabel="coverage (share answered)",
        ylabel="risk (share of those wrong)",
        title="Risk-coverage",
        xlim=(0, 1),
        ylim=(0, None),
    )
    right.plot([0, 1], [0, 1], color="#999999", linestyle=":")
    right.plot(*zip(*points, strict=True), marker="o", color="#1c4484")
    right.set(xlabel="confidence", ylabel="share answerable", title="Reliability", xlim=(0, 1), ylim=(0, 1))
    figure.tight_layout()
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / "confidence.png", metadata={"Software": None})


def factor(text: str) -> tuple[str, float]:
    """GROUP=FACTOR."""
    name, _, value = text.rpartition("=")
    return name, float(value)


def main() -> None:
    """Fit, print and, when asked, write and plot."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--set", nargs=2, type=Path, action="append", required=True, metavar=("CORPUS", "QUESTIONS")
    )
    parser.add_argument("--foreign", type=Path, action="append", default=[])
    parser.add_argument("--weight", type=factor, action="append", default=[])
    parser.add_argument(
        "--shipped", action="store_true", help="the factors of the model that ships, for its four sets"
    )
    parser.add_argument("--threshold", type=float, default=0.52)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--plot", type=Path)
    args = parser.parse_args()
    rows = collect([(a, b) for a, b in args.set], args.foreign)
    x, y = np.array([row.features for row in rows]), np.array([row.label for row in rows])
    w = weights(rows, (SHIPPED if args.shipped else {}) | dict(args.weight))
    held = held_out(x, y, w, rows)
    tell(rows, held, y)
    if args.plot:
        plot(args.plot, held, y, w)
    if args.write:
        FILE.write_text(json.dumps(as_json(fitted(x, y, w), args.threshold)) + "\n", "utf-8")


if __name__ == "__main__":
    main()
