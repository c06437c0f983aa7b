"""Texts of a place that nobody asked about: a question that names no place is seldom about one province of many.

Where a corpus holds the texts of many provinces, a text of one of them is held back by the share of the local texts that
come from the others; texts of the whole country are not. Where all local texts are of one province, as in the
corpus of a single city, nothing is held back.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from app.corpus import Document
from app.text import fold

MOST = 12  # places lie in places, and the lexicon is written by people: a loop must end


class Elsewhere:
    """How far each document of a snapshot is from wherever a question without a place is asked."""

    def __init__(self, documents: Sequence[Document], regions: Sequence[tuple[str, str]]) -> None:
        parents = dict(reversed(regions))
        names = sorted(parents, key=len, reverse=True)
        self._named = re.compile("|".join(map(re.escape, names)) or r"(?!)")
        self._shares = _shares([_province(document.region, parents) for document in documents])
        self._none = np.zeros(len(documents), dtype=np.float32)

    def of(self, folded: str) -> NDArray[np.float32]:
        """For a question in normal form: float32 [documents], 0 (here, or everywhere) to 1; all 0 when it names a place."""
        return self._none if self._named.search(folded) else self._shares


def _province(region: str | None, parents: Mapping[str, str]) -> str | None:
    """The outermost place below the country that a region lies in; None for the country itself and for no region."""
    name = fold(region) if region else ""
    # 上海市浦东新区 stands in no list, 上海市 does.
    place = next((name[:end] for end in range(len(name), 1, -1) if name[:end] in parents), None)
    if place is None:
        return None
    for _ in range(MOST):
        above = parents.get(place)
        if above is None or above not in parents:
            break
        place = above
    return place


def _shares(provinces: Sequence[str | None]) -> NDArray[np.float32]:
    """For each document the share of the local documents that are of another province than it."""
    counts = Counter(province for province in provinces if province is not None)
    local = sum(counts.values())
    return np.array([0.0 if p is None else 1 - counts[p] / local for p in provinces], dtype=np.float32)
