import json
from dataclasses import asdict, fields, replace

import numpy as np
import pytest

from app.retrieve import Weights
from app.retrieve.features import NAMES
from app.retrieve.ranking import FILE, PARTS, Ranking, load_ranking


def test_every_feature_but_the_count_belongs_to_one_part() -> None:
    owned = [name for features in PARTS.values() for name in features]
    assert sorted(owned) == sorted(set(NAMES) - {"count"})
    assert len(NAMES) == len(set(NAMES))
    assert {*PARTS, "elsewhere"} == {field.name for field in fields(Weights)}


def test_the_logit_is_the_formula_worked_by_hand() -> None:
    ranking = load_ranking()
    row = np.linspace(-1, 1, len(NAMES))
    z = [(x - m) / s for x, m, s in zip(row, ranking.mean, ranking.spread, strict=True)]
    hidden = [
        np.tanh(sum(u * x for u, x in zip(unit, z, strict=True)) + c)
        for unit, c in zip(ranking.inner, ranking.bias, strict=True)
    ]
    by_hand = sum(w * x for w, x in zip(ranking.linear, z, strict=True))
    by_hand += sum(v * h for v, h in zip(ranking.outer, hidden, strict=True))
    assert ranking.logits(row.reshape(1, -1), Weights())[0] == pytest.approx(by_hand)


def test_a_part_switched_off_changes_nothing_any_more() -> None:
    ranking = load_ranking()
    rows = np.random.default_rng(0).random((4, len(NAMES)))
    for part, features in PARTS.items():
        off = replace(Weights(), **{part: 0.0})
        other = rows.copy()
        other[:, [NAMES.index(name) for name in features]] += 1.0
        np.testing.assert_allclose(ranking.logits(rows, off), ranking.logits(other, off))


def test_probabilities_are_between_0_and_1_and_keep_the_order_of_the_logits() -> None:
    ranking = load_ranking()
    rows = np.random.default_rng(1).random((50, len(NAMES)))
    logits = ranking.logits(rows, Weights())
    probabilities = ranking.probability(rows, Weights())
    assert ((probabilities > 0) & (probabilities < 1)).all()
    assert (np.argsort(logits) == np.argsort(probabilities)).all()


def test_a_ranking_trained_on_other_features_is_refused() -> None:
    fields_ = json.loads(FILE.read_text("utf-8"))
    with pytest.raises(ValueError, match="train_ranking"):
        Ranking.of({**fields_, "features": ["words"]})


def test_all_parts_are_on_unless_said_otherwise() -> None:
    assert set(asdict(Weights()).values()) == {1.0}
