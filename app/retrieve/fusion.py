"""How the signals of a candidate become one score."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Weights:
    """One weight a signal; a weight of 0 switches the signal off."""

    words: float = 0.3
    grams: float = 1.0
    dense: float = 0.3


def fuse(signals: Mapping[str, NDArray[np.float32]], weights: Weights) -> NDArray[np.float64]:
    """The weighted mean of the weighted signals, each between 0 and 1: float64 [candidates]."""
    share = asdict(weights)
    total = sum(share.values()) or 1.0
    parts = [weight * signals[name].astype(np.float64) for name, weight in share.items()]
    mean: NDArray[np.float64] = np.sum(parts, axis=0) / total
    return mean
