"""How sure an answer is: one probability for every mode, from how well the best hit covers the question.

Boosted trees of depth four over the features of `app.answer.cover`. Each tree may only rise with what speaks for an answer and
fall with what speaks against it, so that more evidence never lowers confidence; three features may push either way. The trees stand in `confidence.json` and are
fitted by `scripts/fit_confidence.py`, which also prints cross-validated figures.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

DIRECTIONS: Mapping[str, int] = {
    "cover": 1, "part_cover": 1, "rare_cover": 1, "run": 1, "gap": -1, "open": -1, "document_gap": -1, "document_open": -1,
    "document_cover": 1, "document_lacks": -1, "place": 1, "digits": 1, "margin": 0, "rank": 1, "size": -1, "dense": 1,
    "asked": 1, "alike": 1, "same": 1, "others": -1, "fifth": -1, "most_whole": 1, "most_own": 0, "most_crowd": 0,
}  # fmt: skip
"""Every feature, and whether confidence may only rise (1) or fall (−1) with it."""
FEATURES = tuple(DIRECTIONS)
FILE = Path(__file__).with_name("confidence.json")

Node = tuple[int, float, int, int]
"""Feature number (−1 for a leaf), threshold (a leaf's value), and the nodes for `≤` and for `>`."""


@dataclass(frozen=True, slots=True)
class Confidence:
    """The trees, the sum they start from, and the probability above which a question is answered."""

    trees: Sequence[Sequence[Node]]
    baseline: float
    threshold: float

    def of(self, features: Mapping[str, float]) -> float:
        """The probability that the best hit answers, given its features."""
        values = [features[name] for name in FEATURES]
        logit = self.baseline + sum(_leaf(tree, values) for tree in self.trees)
        return round(1 / (1 + math.exp(-max(-30.0, min(30.0, logit)))), 4)


def _leaf(tree: Sequence[Node], values: Sequence[float]) -> float:
    feature, value, left, right = tree[0]
    while feature >= 0:
        feature, value, left, right = tree[left if values[feature] <= value else right]
    return value


def load_confidence() -> Confidence:
    """The fitted model that comes with the code."""
    fields = json.loads(FILE.read_text("utf-8"))
    assert fields["features"] == list(FEATURES), (
        "confidence.json does not fit the code: run scripts/fit_confidence.py"
    )
    trees = tuple(
        tuple((int(f), float(v), int(a), int(b)) for f, v, a, b in tree) for tree in fields["trees"]
    )
    return Confidence(trees, float(fields["baseline"]), float(fields["threshold"]))
