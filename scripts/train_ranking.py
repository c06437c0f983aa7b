#!/usr/bin/env python3
"""Fit the learned ranking (app/retrieve/ranking.json) on labelled questions and print in-sample and held-out figures.

    train_ranking.py --set CORPUS QUESTIONS … [--pairs CORPUS FILE] [--asks CORPUS] [--documents 360] --work DIR [--write]

QUESTIONS are JSON lines with `question`, `status` and `gold` (verbatim passages). `--pairs` takes the labelled articles of
`train/colloquial.jsonl.xz`; the encoder has learned those, so its own features are blanked there. `--asks` uses the
similar questions of a corpus, each held out in turn. Large corpora are cut to the documents that hold an answer and others
up to `--documents`. Loss: −log of the softmax mass on the right candidates, one list a question.
"""

import argparse
import json
import lzma
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import torch
from judging import holds, squeeze
from numpy.typing import NDArray

from app.corpus import Corpus, Document, read_corpus
from app.index import Asks, Snapshot, build_index, open_snapshot, read_questions
from app.main import Parts, open_parts, quiet
from app.retrieve import Retriever
from app.retrieve.features import NAMES
from app.retrieve.ranking import FILE, PARTS, Ranking, Weights
from app.settings import open_settings

DAY = date(2026, 1, 1)
HIDDEN, EPOCHS, RATE, DECAY, DROP, BATCH = 16, 40, 5e-3, 0.3, 0.1, 16
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Lists:
    """The candidates of one question: features [n, features], labels [n], clause numbers [n]; `group` is what a fold
    keeps together."""

    features: NDArray[np.float64]
    labels: NDArray[np.bool_]
    clauses: NDArray[np.int64]
    group: str


def main() -> None:
    """Read the sets, cross-validate, fit on everything, and write when told to."""
    args = _arguments()
    torch.set_num_threads(1)
    sets: dict[str, list[Lists]] = {}
    for corpus, questions in args.set:
        name = Path(questions).parent.name
        sets[name] = from_questions(Path(corpus), Path(questions), args)
    for corpus, file in args.pairs:
        sets["pairs"], sets["pairs, one document"] = from_pairs(Path(corpus), Path(file), args)
    for corpus in args.asks:
        sets["similar questions"] = from_asks(Path(corpus), args)
    held = cross_validated(sets)
    ranking = fitted([one for lists in sets.values() for one in lists], args.models)
    for name, lists in sets.items():
        base = quality(lists, lambda one: one.features[:, NAMES.index("grams")])
        inside = quality(lists, lambda one: one_score(ranking, one))
        print(
            f"{name:22} {len(lists):5} questions   grams {base}   held out {held[name]}   in-sample {inside}"
        )
    if args.write:
        FILE.write_text(json.dumps(as_fields(ranking, sets, held)) + "\n", "utf-8")
        print(f"written {FILE.name}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", nargs=2, action="append", default=[], metavar=("CORPUS", "QUESTIONS"))
    parser.add_argument("--pairs", nargs=2, action="append", default=[], metavar=("CORPUS", "FILE"))
    parser.add_argument("--asks", action="append", default=[], metavar="CORPUS")
    parser.add_argument("--documents", type=int, default=360)
    parser.add_argument("--questions", type=int, default=500, help="at most so many of a set")
    parser.add_argument(
        "--models", type=int, default=1, help="seeds tried; the best by held-out loss is kept"
    )
    parser.add_argument("--model", default="default")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    return parser.parse_args()


def from_questions(corpus: Path, file: Path, args: argparse.Namespace) -> list[Lists]:
    """The lists of a bench file; a fold keeps the questions of a document together where it is named."""
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    rows = [row for row in rows if row["status"] == "answered" and not row.get("turns")]
    random.Random(2).shuffle(rows)
    rows = rows[: args.questions]
    wanted = [squeeze(g)[:60] for row in rows for g in row["gold"]]
    retriever = opened(corpus, args, lambda d: any(g in squeeze(d.text) for g in wanted))
    made = []
    for row in rows:
        golds = [squeeze(g) for g in row["gold"]]
        label = _gold_label(retriever.snapshot, golds)
        made.append(listed(retriever, row["question"], label, row.get("document") or row["id"]))
    return made


def _gold_label(snapshot: Snapshot, golds: Sequence[str]) -> Callable[[int, int], bool]:
    def label(position: int, number: int) -> bool:
        clause = snapshot.clauses[number]
        whole = clause.end - clause.start <= 500
        text = squeeze(snapshot.text(clause) if whole else snapshot.chunk(position).text)
        return any(holds(text, gold) for gold in golds)

    return label


def from_pairs(corpus: Path, file: Path, args: argparse.Namespace) -> tuple[list[Lists], list[Lists]]:
    """The labelled articles searched for in the whole sample, and in their own document."""
    with lzma.open(file, "rt", encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    random.Random(3).shuffle(rows)
    rows = rows[: args.questions]
    titles = {squeeze(row["title"]) for row in rows}
    retriever = opened(corpus, args, lambda d: squeeze(d.title) in titles)
    documents = {squeeze(d.title): d for d in retriever.snapshot.documents.values()}
    wide, narrow = [], []
    for n, row in enumerate(row for row in rows if squeeze(row["title"]) in documents):
        document = documents[squeeze(row["title"])]
        label = _article_label(retriever.snapshot, document, squeeze(row["text"]))
        queries = row["queries"]
        wide.append(blanked(listed(retriever, queries[n % len(queries)], label, document.id)))
        other = queries[(n + 2) % len(queries)]
        narrow.append(blanked(listed(retriever, other, label, document.id, document.id)))
    return wide, narrow


def _article_label(snapshot: Snapshot, document: Document, article: str) -> Callable[[int, int], bool]:
    def label(position: int, number: int) -> bool:
        clause = snapshot.clauses[number]
        if clause.document_id != document.id:
            return False
        text = squeeze(snapshot.text(clause))
        return len(text) > 4 and (text in article or article[:60] in text)

    return label


def from_asks(corpus: Path, args: argparse.Namespace) -> list[Lists]:
    """Each similar question asked of the index without it."""
    retriever = opened(corpus, args, lambda d: True)
    asks = retriever.snapshot.asks
    made = []
    for n, text in enumerate(asks.texts):
        owner = int(asks.owners[n])
        label = _owner_label(owner)
        made.append(listed(retriever, text, label, f"{corpus}{n % 25}", asks=asks.without(n)))
    return made


def _owner_label(owner: int) -> Callable[[int, int], bool]:
    return lambda position, number: number == owner


def opened(corpus: Path, args: argparse.Namespace, holds_answer: Callable[[Document], bool]) -> Retriever:
    """A retriever over the corpus, cut to `--documents`, its index kept in `--work`."""
    settings = open_settings(corpus=corpus, index=args.work / corpus.resolve().name, model=args.model)
    parts: Parts = open_parts(settings)
    whole = read_corpus(corpus, settings.file_limit)
    documents = list(whole.documents)
    if len(documents) > 2 * args.documents:
        first = [d for d in documents if holds_answer(d)]
        others = [d for d in documents if d not in first]
        random.Random(1).shuffle(others)
        documents = [*first, *others[: max(0, args.documents - len(first))]]
    build_index(
        settings.index,
        lambda: Corpus(tuple(documents), whole.notes),
        parts.sources,
        parts.analyzer,
        parts.encoder,
        quiet,
        questions=lambda: read_questions(settings.questions),
        force=True,
    )
    return Retriever(open_snapshot(settings.index), parts.analyzer, parts.encoder, ranking=untrained())


def listed(
    retriever: Retriever,
    question: str,
    label: Callable[[int, int], bool],
    group: str,
    document_id: str | None = None,
    asks: Asks | None = None,
) -> Lists:
    """The features and labels of a question's candidates."""
    found, features = retriever.measured(
        retriever.read(question), as_of=DAY, document_id=document_id, asks=asks
    )
    numbers = retriever.snapshot.chunks.rows[found.positions, 0].astype(np.int64)
    pairs = zip(found.positions.tolist(), numbers.tolist(), strict=True)
    labels = np.array([label(position, number) for position, number in pairs], dtype=np.bool_)
    return Lists(features, labels, numbers, group)


def blanked(one: Lists) -> Lists:
    """The same with the encoder's features unknown."""
    features = one.features.copy()
    features[:, [NAMES.index(name) for name in PARTS["dense"]]] = np.nan
    return Lists(features, one.labels, one.clauses, one.group)


def cross_validated(sets: dict[str, list[Lists]]) -> dict[str, str]:
    """Quality of each set when the questions of its documents were not trained on."""
    total = {name: np.zeros(2) for name in sets}
    folds = {
        name: [int.from_bytes(one.group.encode()[-6:], "little") * 2654435761 % 2**32 % FOLDS for one in x]
        for name, x in sets.items()
    }
    for fold in range(FOLDS):
        train = [one for name, x in sets.items() for one, f in zip(x, folds[name], strict=True) if f != fold]
        ranking = fitted(train, 1)
        for name, x in sets.items():
            for one, f in zip(x, folds[name], strict=True):
                if f == fold:
                    total[name] += marks(one, one_score(ranking, one))
    return {name: _told(total[name] / max(1, len(sets[name]))) for name in sets}


def fitted(lists: Sequence[Lists], seeds: int) -> Ranking:
    """The network with the least loss on its own training lists among `seeds` starts."""
    usable = [one for one in lists if 0 < one.labels.sum() < len(one.labels)]
    everything = np.concatenate([one.features for one in usable])
    mean, spread = np.nanmean(everything, axis=0), np.nanstd(everything, axis=0) + 1e-3
    data = [_tensors(one, mean, spread) for one in usable]
    tries = [_trained(data, seed) for seed in range(seeds)]
    linear, inner, bias, outer = min(tries, key=lambda t: t[0])[1]
    bare = Ranking(mean, spread, linear, inner, bias, outer, 1.0, 0.0)
    slope, offset = _calibrated(bare, usable)
    return Ranking(mean, spread, linear, inner, bias, outer, slope, offset)


def _tensors(
    one: Lists, mean: NDArray[np.float64], spread: NDArray[np.float64]
) -> tuple[torch.Tensor, torch.Tensor]:
    z = np.nan_to_num((one.features - mean) / spread, nan=0.0)
    return torch.tensor(z, dtype=torch.float32), torch.tensor(one.labels)


def _trained(data: Sequence[tuple[torch.Tensor, torch.Tensor]], seed: int) -> tuple[float, Any]:
    torch.manual_seed(seed)
    order = np.random.default_rng(seed)
    line = torch.nn.Linear(len(NAMES), 1, bias=False)
    inner = torch.nn.Linear(len(NAMES), HIDDEN)
    outer = torch.nn.Linear(HIDDEN, 1, bias=False)
    torch.nn.init.zeros_(line.weight)
    torch.nn.init.zeros_(outer.weight)
    parameters = [*line.parameters(), *inner.parameters(), *outer.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=RATE, weight_decay=DECAY)
    steps = EPOCHS * ((len(data) + BATCH - 1) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps)
    last = 0.0
    for _ in range(EPOCHS):
        last, shuffled = 0.0, order.permutation(len(data))
        for start in range(0, len(data), BATCH):
            batch = [data[i] for i in shuffled[start : start + BATCH]]
            z = torch.cat([x for x, _ in batch])
            logits = line(z) + outer(torch.tanh(inner(torch.nn.functional.dropout(z, DROP))))
            loss = _loss(logits.squeeze(1), batch)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            last += loss.item() * len(batch)
    weights = (line.weight[0], inner.weight, inner.bias, outer.weight[0])
    return last / len(data), tuple(w.detach().double().numpy() for w in weights)


def _loss(logits: torch.Tensor, batch: Sequence[tuple[torch.Tensor, torch.Tensor]]) -> torch.Tensor:
    parts = torch.split(logits, [len(x) for x, _ in batch])
    losses = [
        torch.logsumexp(s, 0) - torch.logsumexp(s[y], 0) for s, (_, y) in zip(parts, batch, strict=True)
    ]
    return torch.stack(losses).mean()


def _calibrated(ranking: Ranking, lists: Sequence[Lists]) -> tuple[float, float]:
    """Platt's slope and offset over the five best of each list."""
    from sklearn.linear_model import LogisticRegression

    logits: list[float] = []
    labels: list[bool] = []
    for one in lists:
        scores = one_score(ranking, one, raw=True)
        top = np.argsort(-scores, kind="stable")[:5]
        logits.extend(scores[top].tolist())
        labels.extend(one.labels[top].tolist())
    model = LogisticRegression(C=1e6).fit(np.array(logits).reshape(-1, 1), labels)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def one_score(ranking: Ranking, one: Lists, raw: bool = False) -> NDArray[np.float64]:
    """The scores of a list; unknown features count as average."""
    known = np.where(np.isnan(one.features), ranking.mean, one.features)
    return ranking.logits(known, Weights()) if raw else ranking.probability(known, Weights())


def marks(one: Lists, scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Whether the first clause is right, and one by the rank of the first right one among ten."""
    seen: list[int] = []
    for place in np.argsort(-scores, kind="stable"):
        clause = int(one.clauses[place])
        if clause in seen:
            continue
        if one.labels[place]:
            return np.array([float(not seen), 1 / (len(seen) + 1)])
        seen.append(clause)
        if len(seen) == 10:
            break
    return np.zeros(2)


def quality(lists: Iterable[Lists], scorer: Callable[[Lists], NDArray[np.float64]]) -> str:
    """hit@1 and MRR@10, told."""
    return _told(np.mean([marks(one, scorer(one)) for one in lists], axis=0))


def _told(both: NDArray[np.float64]) -> str:
    return f"hit1 {both[0]:.4f} mrr10 {both[1]:.4f}"


def untrained() -> Ranking:
    """A ranking that is never asked."""
    n = len(NAMES)
    return Ranking(np.zeros(n), np.ones(n), np.zeros(n), np.zeros((1, n)), np.zeros(1), np.zeros(1), 1.0, 0.0)


def as_fields(ranking: Ranking, sets: dict[str, list[Lists]], held: dict[str, str]) -> dict[str, Any]:
    """What is written: the weights to five digits, and what they were fitted on."""
    arrays = {
        name: np.round(getattr(ranking, name), 5).tolist()
        for name in ("mean", "spread", "linear", "inner", "bias", "outer")
    }
    trained = {name: f"{len(x)} questions, held out {held[name]}" for name, x in sets.items()}
    numbers = {"slope": round(ranking.slope, 5), "offset": round(ranking.offset, 5)}
    return {"features": list(NAMES), "trained_on": trained, **numbers, **arrays}


if __name__ == "__main__":
    main()
