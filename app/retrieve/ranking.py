"""The learned ranking: a small network over the features, its weights in `ranking.json`.

    logit = w · z + v · tanh(U z + c)        z = (features − mean) / spread

fitted by `scripts/train_ranking.py` on the softmax over each question's candidates. The logit is turned into the
probability that the clause answers (Platt 1999), which orders hits and tells how far ahead the first one is.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.retrieve.features import NAMES

PARTS: Mapping[str, tuple[str, ...]] = {
    "words": ("words",),
    "grams": ("grams", "own", "context", "title", "whole", "own/best", "whole/best", "title/best",
              "best whole", "best title", "best own"),
    "dense": ("dense", "dense/best", "best dense"),
    "lexicon": ("expanded",),
    "asks": ("alike", "asked", "asked/best", "best alike", "best asked"),
    "neighbours": ("before", "after"),
    "documents": ("document", "crowd", "company", "best crowd"),
    "runs": ("core", "core/best", "best core"),
    "shape": ("long", "novel", "novel_share", "short", "heading", "item", "colon", "question", "sentence", "position"),
    "facts": ("digits", "place", "place_near", "best place", "best digits"),
}  # fmt: skip
"""Which features belong to which part of the ranking; `count` belongs to none."""

FILE = Path(__file__).with_name("ranking.json")
ELSEWHERE = 1.5  # of the logit, for a text wholly of another province; set by hand, as few labelled corpora have several


@dataclass(frozen=True, slots=True)
class Weights:
    """One switch a part, between 0 (off) and 1: how far its features count. `elsewhere` has no features but the signal
    of that name, and is not learned."""

    words: float = 1.0
    grams: float = 1.0
    dense: float = 1.0
    lexicon: float = 1.0
    asks: float = 1.0
    neighbours: float = 1.0
    documents: float = 1.0
    runs: float = 1.0
    shape: float = 1.0
    facts: float = 1.0
    elsewhere: float = 1.0

    def columns(self) -> NDArray[np.float64]:
        """The switch of each feature: float64 [features]."""
        switches = asdict(self)
        owner = {feature: part for part, features in PARTS.items() for feature in features}
        return np.array([switches[owner[name]] if name in owner else 1.0 for name in NAMES])


@dataclass(frozen=True, slots=True)
class Ranking:
    """`mean`, `spread`, `linear` [features]; `inner` [hidden, features], `bias` and `outer` [hidden]."""

    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    linear: NDArray[np.float64]
    inner: NDArray[np.float64]
    bias: NDArray[np.float64]
    outer: NDArray[np.float64]
    slope: float
    offset: float

    def logits(self, features: NDArray[np.float64], weights: Weights) -> NDArray[np.float64]:
        """One number for each row of float64 [candidates, features]; higher is better."""
        z = (features - self.mean) / self.spread * weights.columns()
        made: NDArray[np.float64] = z @ self.linear + np.tanh(z @ self.inner.T + self.bias) @ self.outer
        return made

    def probability(
        self, features: NDArray[np.float64], weights: Weights, elsewhere: NDArray[np.float32] | None = None
    ) -> NDArray[np.float64]:
        """The probability that each candidate answers: float64 [candidates]; `elsewhere` [candidates] lowers it."""
        logits = self.slope * self.logits(features, weights) + self.offset
        if elsewhere is not None:
            logits = logits - ELSEWHERE * weights.elsewhere * elsewhere
        logits = np.clip(logits, -30, 30)
        made: NDArray[np.float64] = 1 / (1 + np.exp(-logits))
        return made

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> "Ranking":
        """From the JSON object that the training script writes.

        Raises:
            ValueError: it was trained on other features.
        """
        if tuple(fields["features"]) != NAMES:
            raise ValueError("ranking.json was trained on other features; run scripts/train_ranking.py")
        arrays = {
            name: np.array(fields[name], dtype=np.float64)
            for name in ("mean", "spread", "linear", "inner", "bias", "outer")
        }
        return cls(**arrays, slope=float(fields["slope"]), offset=float(fields["offset"]))


def load_ranking() -> Ranking:
    """The ranking that comes with the code."""
    return Ranking.of(json.loads(FILE.read_text("utf-8")))
