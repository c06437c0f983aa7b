"""The light path: a saved static `SentenceTransformer` read with numpy, so that answering needs no torch.

`sentence-transformers` computes the mean of the tokens' rows and scales it to length 1; so does this, from the same files.
A test holds the two against each other.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.embed.folder import ModelFolder, damaged
from app.embed.weights import TOKENIZER, WEIGHTS, read_tokenizer, read_weights

Vectors = NDArray[np.float32]
LIGHT = (("StaticEmbedding",), ("StaticEmbedding", "Normalize"))


def is_light(folder: ModelFolder) -> bool:
    """Whether numpy alone can read this model."""
    return folder.modules in LIGHT


class StaticRuntime:
    """A table of token vectors [vocabulary, dimension] and the tokenizer that numbers its rows."""

    def __init__(self, folder: ModelFolder) -> None:
        self._table = _table(folder.path)
        self._tokenizer = read_tokenizer(folder.path)
        if self._tokenizer.get_vocab_size() > len(self._table):
            raise damaged(folder.path, TOKENIZER, "词数多于向量数")
        self.dimension = int(self._table.shape[1])

    def encode(self, texts: list[str], query: bool = False) -> Vectors:
        """Vectors [n, dimension] of length 1; all zero where no token of a text is known. Questions and passages alike."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, ids in enumerate(self._ids(texts)):
            if ids:
                vectors[row] = self._table[ids].mean(axis=0)
        return unit(vectors)

    def _ids(self, texts: list[str]) -> list[list[int]]:
        if len(texts) == 1:  # a batch wakes a thread pool: slower for the one question of a request
            return [self._tokenizer.encode(texts[0], add_special_tokens=False).ids]
        return [e.ids for e in self._tokenizer.encode_batch(texts, add_special_tokens=False)]


def unit(vectors: Vectors) -> Vectors:
    """Rows [n, dimension] scaled to length 1; a zero row stays zero, never NaN."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 1e-12)
    return scaled


def _table(path: Path) -> Vectors:
    table = read_weights(path).get("embedding.weight")
    if table is None or table.ndim != 2 or 0 in table.shape:
        raise damaged(path, WEIGHTS, "没有二维的词向量表")
    return table
