"""The light path: a saved static `SentenceTransformer` read with numpy, so that answering needs no torch.

`sentence-transformers` computes the mean of the tokens' rows and scales it to length 1; so does this, from the same files.
A test holds the two against each other.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.embed.folder import ModelFolder, damaged

Vectors = NDArray[np.float32]
LIGHT = (("StaticEmbedding",), ("StaticEmbedding", "Normalize"))


def is_light(folder: ModelFolder) -> bool:
    """Whether numpy alone can read this model."""
    return folder.modules in LIGHT


class StaticRuntime:
    """A table of token vectors [vocabulary, dimension] and the tokenizer that numbers its rows."""

    def __init__(self, folder: ModelFolder) -> None:
        self._table = _table(folder.path)
        self._tokenizer = self._read_tokenizer(folder.path)
        self.dimension = int(self._table.shape[1])

    def encode(self, texts: list[str], query: bool = False) -> Vectors:
        """Vectors [n, dimension] of length 1; all zero where no token of a text is known. Questions and passages alike."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, ids in enumerate(self._ids(texts)):
            if ids:
                vectors[row] = self._table[ids].mean(axis=0)
        return unit(vectors)

    def token_vectors(self, text: str) -> tuple[list[str], Vectors]:
        """The tokens of `text` and their vectors [tokens, dimension] of length 1 (zero for an unknown token)."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return list(encoding.tokens), unit(self._table[encoding.ids])

    def _ids(self, texts: list[str]) -> list[list[int]]:
        if len(texts) == 1:  # a batch wakes a thread pool: slower for the one question of a request
            return [self._tokenizer.encode(texts[0], add_special_tokens=False).ids]
        return [e.ids for e in self._tokenizer.encode_batch(texts, add_special_tokens=False)]

    def _read_tokenizer(self, path: Path):  # type: ignore[no-untyped-def]
        from tokenizers import Tokenizer

        try:
            tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
        except Exception as fault:  # the library raises bare Exception
            raise damaged(path, "tokenizer.json", fault) from fault
        tokenizer.no_padding()
        tokenizer.no_truncation()
        if tokenizer.get_vocab_size() > len(self._table):
            raise damaged(path, "tokenizer.json", "词数多于向量数")
        return tokenizer


def unit(vectors: Vectors) -> Vectors:
    """Rows [n, dimension] scaled to length 1; a zero row stays zero, never NaN."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 1e-12)
    return scaled


def _table(path: Path) -> Vectors:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    name = "model.safetensors"
    try:
        table = load_file(str(path / name))["embedding.weight"].astype(np.float32)
    except (OSError, SafetensorError, KeyError, ValueError, TypeError) as fault:
        raise damaged(path, name, fault) from fault
    if table.ndim != 2 or 0 in table.shape or not np.isfinite(table).all():
        raise damaged(path, name, "不是有限数值的二维表")
    return table
