"""Texts alike in their characters: where hard negatives come from."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from encoder_training.documents import Asked, Document

BLOCK = 512
LOOKED_AT = 32
TWINS = 0.5  # foreign passages nearer to a right one than this say the same in another place: not known to be wrong

Place = tuple[int, int]  # number of a document, number of its passage
Hard = Mapping[Place, tuple[Place, ...]]  # (document, question) → wrong passages, nearest first


class Near:
    """An index of `texts` by single characters and pairs of them (tf-idf, cosine)."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._grams = TfidfVectorizer(
            analyzer="char", ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32
        )
        self._table: Any = self._grams.fit_transform(texts)

    def of(self, questions: Sequence[str], most: int) -> list[list[int]]:
        """For each question the numbers of the `most` texts nearest to it, best first."""
        found: list[list[int]] = []
        for start in range(0, len(questions), BLOCK):
            asked = self._grams.transform(questions[start : start + BLOCK])
            scores = (asked @ self._table.T).toarray()
            found += np.argsort(-scores, axis=1, kind="stable")[:, :most].tolist()
        return found

    def alike(self, one: Sequence[int], others: Sequence[int]) -> NDArray[np.float32]:
        """Cosines [one, others] of two groups of texts."""
        made: NDArray[np.float32] = (self._table[list(one)] @ self._table[list(others)].T).toarray()
        return made


def mined(documents: Sequence[Document], own: bool, most: int = 4) -> Hard:
    """Wrong passages most like each question: of its own document (`own`), or of all."""
    places = [(d, p) for d, document in enumerate(documents) for p in range(len(document.passages))]
    if not places:
        return {}
    index = Near([documents[d].passages[p].shown for d, p in places])
    rows: dict[int, list[int]] = {}
    for row, (d, _) in enumerate(places):
        rows.setdefault(d, []).append(row)
    asked = [(d, q) for d, document in enumerate(documents) for q in range(len(document.asked))]
    questions = [documents[d].asked[q].forms[-1] for d, q in asked]
    nearest = _own(documents, rows) if own else index.of(questions, LOOKED_AT)
    made: dict[Place, tuple[Place, ...]] = {}
    for (d, q), found in zip(asked, nearest, strict=True):
        one = documents[d].asked[q]
        wrong = [row for row in found if _is_wrong(one, d, places[row], documents)]
        foreign = [row for row in wrong if places[row][0] != d]
        right = [rows[d][p] for p in one.right]
        twins = index.alike(right, foreign).max(axis=0) if foreign else []
        close = {row for row, cosine in zip(foreign, twins, strict=True) if cosine > TWINS}
        made[d, q] = tuple(places[row] for row in wrong if row not in close)[:most]
    return made


def _own(documents: Sequence[Document], rows: Mapping[int, Sequence[int]]) -> list[list[int]]:
    """For each question all passages of its own document, nearest first."""
    found: list[list[int]] = []
    for d, document in enumerate(documents):
        index = Near([passage.text for passage in document.passages])
        ranked = index.of([asked.forms[-1] for asked in document.asked], len(document.passages))
        found += [[rows[d][p] for p in order] for order in ranked]
    return found


def _is_wrong(asked: Asked, document: int, place: Place, documents: Sequence[Document]) -> bool:
    other, passage = place
    if other == document and passage in asked.right:
        return False
    return not asked.may_be_answered_by(documents[other].passages[passage].text)
