"""Fits the logistic models of `app.read` on labelled questions that neither reader nor ranking has seen."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
from judging import holds, squeeze
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from app.answer import Composer, worth_reading
from app.embed import Judgement
from app.main import Parts, open_parts, ready_snapshot, wire
from app.read import Calibration, Signs, choosing, shown
from app.retrieve import Hit
from app.settings import open_settings

DAY = date(2026, 11, 1)
FOLDS = 5
LEAST = 20  # answered and silent questions that a fit needs of each
HELD = 10  # one document, or question, in so many is left out of an adaptation

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """One question on one corpus, its hits and what the reader said of them; `right[i]` whether hit i holds what answers,
    and `parts` the logits of the sentences of right hits, each with whether it is part of the answer."""

    group: str
    status: str
    hits: list[Hit]
    judged: list[Judgement]
    right: list[bool]
    parts: list[tuple[float, bool]]


def read(corpus: Path, questions: Path, name: str, reader: str) -> Iterator[Row]:
    """The questions of a file that stand on their own, put to a corpus, whose index is built in a folder of its own."""
    settings = open_settings(
        corpus=corpus, index=Path(mkdtemp()) / "index", reader=reader, questions=corpus / "none"
    )
    yield from rows_of(open_parts(settings), questions, name)


def rows_of(parts: Parts, questions: Path, name: str) -> Iterator[Row]:
    """As `read`, with parts that are open already."""
    composer = wire(parts, ready_snapshot(parts, log=lambda _: None))
    for line in questions.read_text("utf-8").splitlines():
        row = json.loads(line)
        if not row.get("turns") and (found := _row(row, parts, composer, name)):
            yield found


def is_held(group: str) -> bool:
    """Whether a group is left out of an adaptation."""
    return int(hashlib.sha256(group.encode()).hexdigest()[:8], 16) % HELD == 0


def of(fields: dict[str, Any]) -> Calibration:
    """The calibration of fitted fields."""
    return Calibration.of(fields)


def _row(row: dict[str, Any], parts: Parts, composer: Composer, name: str) -> Row | None:
    snapshot = composer.retriever.snapshot
    question = composer.retriever.read(row["question"])
    day = date.fromisoformat(row["as_of"]) if row.get("as_of") else DAY
    found = composer.found(question, day)
    if not found:
        return None
    hits = list(worth_reading(found))
    seen = [shown(hit.clause, snapshot) for hit in hits]
    judged = parts.reader.read(question.mended, [one.passage for one in seen])
    gold = [squeeze(g) for g in row["gold"]]
    right = [any(holds(squeeze(snapshot.text(h.clause)), g) for g in gold) for h in hits]
    pieces = [
        (logit, any(squeeze(text) and squeeze(text) in g for g in gold))
        for one, judgement, is_right in zip(seen, judged, right, strict=True)
        if is_right
        for text, logit in zip(one.passage.sentences, judgement.sentences, strict=True)
        if np.isfinite(logit)
    ]
    group = f"{name.split('/')[0]}:{row.get('document') or row['id']}"
    return Row(group, row["status"], hits, judged, right, pieces)


def fitted(
    rows: Sequence[Row], strictness: float, kept: Calibration | None = None
) -> tuple[dict[str, Any], str]:
    """The fields of `calibration.json`, and a table of figures. `strictness`: how many right answers a false one costs.

    Of `kept` the order of hits and the sentences are taken over, for which a deployment's questions are too few.
    Raises ValueError where there are too few questions.
    """
    silent = np.array([row.status != "answered" for row in rows])
    if min(silent.sum(), (~silent).sum()) < LEAST:
        raise ValueError(
            f"有答案的问题 {int((~silent).sum())} 个，应沉默的 {int(silent.sum())} 个；两类各需至少 {LEAST} 个。"
        )
    order, fields = _order(rows, kept)
    signs = np.array([_signs(row, order) for row in rows])
    firsts = [order(row)[0] for row in rows]
    good = np.array([row.right[first] for row, first in zip(rows, firsts, strict=True)])
    groups = np.array([row.group for row in rows])
    whether = LogisticRegression(C=10.0).fit(signs, good, sample_weight=_weights(silent))
    fields["whether"] = _fields(whether)
    held = cross_val_predict(
        LogisticRegression(C=10.0), signs, good, groups=groups, cv=GroupKFold(FOLDS), method="predict_proba",
        params={"sample_weight": _weights(silent)},
    )[:, 1]  # fmt: skip
    fields["threshold"] = round(_threshold(held, good, silent, strictness), 3)
    told = [(s, r.status == "not_stated") for s, r in zip(signs, rows, strict=True) if r.status in KNOWN]
    if len({label for _, label in told}) == 2:
        fields["which"] = _fields(LogisticRegression(C=10.0, class_weight="balanced").fit(*_split(told)))
    elif kept is not None:
        fields["which"] = kept.fields()["which"]
    return fields, _table(rows, firsts, held, good, silent, fields["threshold"])


KNOWN = ("not_stated", "out_of_scope")


def _order(rows: Sequence[Row], kept: Calibration | None) -> tuple[Any, dict[str, Any]]:
    """How the hits of a row are ordered, and the fields of that."""
    if kept is not None:
        return lambda row: _by(row, kept), {name: kept.fields()[name] for name in ("choose", "part")}
    pairs = [
        (choosing(judgement, hit), right)
        for row in rows
        if any(row.right)
        for hit, judgement, right in zip(row.hits, row.judged, row.right, strict=True)
    ]
    choose = LogisticRegression(C=10.0).fit(*_split(pairs))
    part = LogisticRegression(C=10.0).fit(
        *_split([((logit,), mark) for r in rows for logit, mark in r.parts])
    )
    fields = {"choose": _fields(choose), "part": _fields(part)}
    unfitted = {"weights": [0.0], "offset": 0.0}
    first = Calibration.of(fields | {"whether": unfitted, "which": unfitted, "threshold": 0.5})
    return lambda row: _by(row, first), fields


def _by(row: Row, calibration: Calibration) -> list[int]:
    likely = [calibration.answers(j, h) for j, h in zip(row.judged, row.hits, strict=True)]
    return sorted(range(len(likely)), key=lambda n: (-likely[n], n))


def _signs(row: Row, order: Any) -> list[float]:
    numbers = order(row)
    return Signs.of([row.judged[n] for n in numbers], [row.hits[n] for n in numbers]).row()


def figures(rows: Sequence[Row], calibration: Calibration) -> str:
    """What a calibration makes of questions, in one line."""
    firsts = [_by(row, calibration)[0] for row in rows]
    sure = np.array([calibration.whether.of(_signs(row, lambda r: _by(r, calibration))) for row in rows])
    good = np.array([row.right[first] for row, first in zip(rows, firsts, strict=True)])
    silent = np.array([row.status != "answered" for row in rows])
    answers = sure >= calibration.threshold
    asked = max(1, int((~silent).sum()))
    return (
        f"答对 {(good & answers & ~silent).sum() / asked:.3f}，误拒 {(~answers & ~silent).sum() / asked:.3f}，"
        f"误答 {(answers & silent).sum() / max(1, int(silent.sum())):.3f}"
    )


def _table(
    rows: Sequence[Row],
    firsts: Sequence[int],
    held: Floats,
    good: NDArray[np.bool_],
    silent: NDArray[np.bool_],
    threshold: float,
) -> str:
    asked = ~silent
    reached = np.mean([any(r.right) for r in rows if r.status == "answered"])
    before = np.mean([r.right[0] for r in rows if any(r.right)])
    first = np.mean([r.right[n] for r, n in zip(rows, firsts, strict=True) if any(r.right)])
    answers = held >= threshold
    return "\n".join(
        [
            f"questions {len(rows)}, answerable {asked.sum()}, right clause among the hits {reached:.3f}",
            f"right clause first: retrieval {before:.3f}, reader and retrieval {first:.3f}",
            f"answered or silent, held out: AUC {roc_auc_score(good, held):.3f}",
            f"threshold {threshold:.2f}: right answers {np.mean(good[asked] & answers[asked]):.3f}, "
            f"refusals {np.mean(~answers[asked]):.3f}, false answers {np.mean(answers[silent]):.3f}",
        ]
    )


def _weights(silent: NDArray[np.bool_]) -> Floats:
    """Answerable and silent questions weigh the same in all."""
    share = silent.mean()
    made: Floats = np.where(silent, 0.5 / share, 0.5 / (1 - share))
    return made


def _split(rows: Sequence[tuple[Sequence[float], bool]]) -> tuple[Floats, Floats]:
    return np.array([x for x, _ in rows], float), np.array([y for _, y in rows], float)


def _threshold(held: Floats, good: NDArray[np.bool_], silent: NDArray[np.bool_], strictness: float) -> float:
    grid = np.arange(0.1, 0.95, 0.01)
    worth = [(good & ~silent & (held >= t)).sum() - strictness * (silent & (held >= t)).sum() for t in grid]
    return float(grid[int(np.argmax(worth))])


def _fields(model: Any) -> dict[str, Any]:
    return {
        "weights": [round(float(w), 5) for w in model.coef_[0]],
        "offset": round(float(model.intercept_[0]), 5),
    }
