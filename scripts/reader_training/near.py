"""Texts alike in their characters: where hard negatives come from."""

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer


class Near:
    """An index of `texts` by pairs of characters (tf-idf, cosine)."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._grams = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)
        self._table = self._grams.fit_transform(texts)

    def of(self, question: str, most: int) -> list[int]:
        """The numbers of the `most` texts nearest to the question, best first."""
        scores = (self._table @ self._grams.transform([question]).T).toarray()[:, 0]
        return [int(i) for i in np.argsort(-scores, kind="stable")[:most]]
