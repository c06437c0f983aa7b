"""From logits to probabilities: three logistic models, fitted on texts that the reader has not seen.

`choose` weighs the reader's logit against the rank of retrieval; `answered` and `stated` look at the best hit and at how far
ahead it is. Their weights stand in `calibration.json`, fitted by `scripts/train_reader.py calibrate`, which prints the figures
on what was left out.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.embed import Judgement
from app.errors import ModelError
from app.read.passages import Part
from app.retrieve import Hit

FILE = Path(__file__).with_name("calibration.json")
FEATURES = (
    "logit", "second", "related", "rank", "dense", "cover", "ahead", "highest", "positive", "sentence",
)  # fmt: skip
MODELS = ("choose", "part", "whether", "which")
LOWEST = 1e-4
SCALE = 8.0  # of the logits
UNREAD = float("-inf")


@dataclass(frozen=True, slots=True)
class Signs:
    """What the decision looks at, about −1..1 each.

    Of the best hit: its `logit`, its `rank` and how far that is `ahead` of the next, its cosine (`dense`), the share of the
    question it holds (`cover`), the logit of its best `sentence`. Of all: the best logit of a `second` clause, the `highest` of
    any, how many are `positive`, the highest `related` logit.
    """

    logit: float
    second: float
    related: float
    rank: float
    dense: float
    cover: float
    ahead: float
    highest: float
    positive: float
    sentence: float

    @classmethod
    def of(cls, judged: Sequence[Judgement], hits: Sequence[Hit]) -> "Signs":
        """From judgements and hits side by side, the best first."""
        best, said = hits[0], max((logit for logit in judged[0].sentences), default=UNREAD)
        return cls(
            logit=judged[0].answers / SCALE,
            second=max((one.answers for one in judged[1:]), default=-SCALE) / SCALE,
            related=max(one.related for one in judged) / SCALE,
            rank=best.score,
            dense=best.signals.get("dense", 0.0),
            cover=best.signals.get("whole", 0.0),
            ahead=best.score - (hits[1].score if len(hits) > 1 else 0.0),
            highest=max(one.answers for one in judged) / SCALE,
            positive=sum(one.answers > 0 for one in judged) / 5,
            sentence=max(said, -SCALE) / SCALE,
        )

    def row(self) -> list[float]:
        """The values in the order of FEATURES."""
        return [getattr(self, name) for name in FEATURES]


@dataclass(frozen=True, slots=True)
class Logistic:
    """Weights and offset of a logistic model."""

    weights: tuple[float, ...]
    offset: float

    def of(self, row: Sequence[float]) -> float:
        """The probability for a row of features."""
        total = self.offset + sum(weight * value for weight, value in zip(self.weights, row, strict=True))
        return round(1 / (1 + math.exp(-max(-30.0, min(30.0, total)))), 4)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The fitted models, and the probability from which a question is answered."""

    choose: Logistic
    part: Logistic
    whether: Logistic
    which: Logistic
    threshold: float

    def answers(self, judgement: Judgement, hit: Hit) -> float:
        """How likely the clause is the one that answers."""
        return self.choose.of(choosing(judgement, hit))

    def parts(self, parts: Sequence[Part], judgement: Judgement) -> tuple[tuple[Part, float], ...]:
        """Each part with the probability that it answers."""
        return tuple(
            (part, self.part.of((logit,))) for part, logit in zip(parts, judgement.sentences, strict=True)
        )

    def answered(self, signs: Signs) -> float:
        """The probability that the best hit answers."""
        return self.whether.of(signs.row())

    def stated(self, signs: Signs) -> float:
        """The probability that the matter is one of these texts, given that none of them answers."""
        return self.which.of(signs.row())

    def fields(self) -> dict[str, Any]:
        """The JSON object it is kept as."""
        made: dict[str, Any] = {
            name: {"weights": list(getattr(self, name).weights), "offset": getattr(self, name).offset}
            for name in MODELS
        }
        return made | {"threshold": self.threshold}

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> "Calibration":
        """From the JSON object that the script writes."""
        models = {
            name: Logistic(tuple(map(float, fields[name]["weights"])), float(fields[name]["offset"]))
            for name in MODELS
        }
        return cls(**models, threshold=float(fields["threshold"]))


def choosing(judgement: Judgement, hit: Hit) -> tuple[float, ...]:
    """The features by which hits are ordered: the reader's logit and the logit of retrieval's rank."""
    rank = min(max(hit.score**3, LOWEST), 1 - LOWEST)
    return judgement.answers / SCALE, math.log(rank / (1 - rank)) / SCALE


def load_calibration(path: Path = FILE) -> Calibration:
    """The calibration that comes with the code, or that of a deployment.

    Raises:
        ModelError: the file is missing or is no calibration of these features; it is named, and the remedy.
    """
    try:
        made = Calibration.of(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise _unfit(path, type(fault).__name__) from fault
    sizes = [len(getattr(made, name).weights) for name in MODELS]
    if sizes != [2, 1, len(FEATURES), len(FEATURES)]:
        raise _unfit(path, f"各模型的特征数为 {sizes}")
    return made


def _unfit(path: Path, why: str) -> ModelError:
    return ModelError(
        f"校准文件“{path}”无法使用（{why}）。请用 scripts/train_reader.py adapt 重新做一份，或不设 ZHENGWEN_CALIBRATION。"
    )
