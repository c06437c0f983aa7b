"""BM25 over one kind of token, as a sparse matrix of precomputed impacts (the eager scoring of bm25s, arXiv 2407.03618).

    impact(t, d) = idf(t) · tf / (tf + k1 · (1 − b + b · |d| / avg|d|))
    idf(t)       = ln(1 + (N − df + 0.5) / (df + 0.5))                (Robertson & Zaragoza 2009, as in Lucene)

Terms are kept as sorted 64-bit hashes, so a vocabulary of millions is one mapped array and no dictionary in memory.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from app.index.arrays import save_array

BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Lexical:
    """Inverted lists: term `i` stands in passages `passages[starts[i]:starts[i+1]]` with those `impacts`.

    `hashes` uint64 [terms], sorted; `starts` int64 [terms + 1]; `passages` int32 and `impacts` float32 [postings].
    `size` is the number of passages that count. After them come `extra` ones, of old versions, that are scored like the
    others but change nobody's score: neither rarity nor length is measured on them.
    """

    hashes: NDArray[np.uint64]
    starts: NDArray[np.int64]
    passages: NDArray[np.int32]
    impacts: NDArray[np.float32]
    size: int
    extra: int = 0

    def scores(self, weights: Mapping[str, float]) -> NDArray[np.float32]:
        """BM25 of every passage for a weighted bag of terms: float32 [size + extra]. Unknown terms add nothing."""
        spans = [(slice(self.starts[p], self.starts[p + 1]), w) for p, w in self._known(weights)]
        if not spans:
            return np.zeros(self.size + self.extra, dtype=np.float32)
        # One count over all lists takes two thirds of the time of adding list after list.
        passages = np.concatenate([self.passages[span] for span, _ in spans])
        impacts = np.concatenate(
            [self.impacts[span] if w == 1.0 else self.impacts[span] * np.float32(w) for span, w in spans]
        )
        return np.bincount(passages, impacts, self.size + self.extra).astype(np.float32)

    def frequencies(self, terms: Sequence[str]) -> list[int]:
        """In how many of the passages that count each term stands."""
        return [self._frequency(int(p)) if p >= 0 else 0 for p in self._positions(terms)]

    def _frequency(self, position: int) -> int:
        start, end = int(self.starts[position]), int(self.starts[position + 1])
        if not self.extra:
            return end - start
        return int(np.searchsorted(self.passages[start:end], self.size))  # a list is in order

    def idf(self, terms: Sequence[str]) -> NDArray[np.float64]:
        """The inverse document frequency of each term: float64 [len(terms)]."""
        frequency = np.array(self.frequencies(terms), dtype=np.float64)
        return np.log1p((self.size - frequency + 0.5) / (frequency + 0.5))

    def _known(self, weights: Mapping[str, float]) -> list[tuple[int, float]]:
        found = self._positions(list(weights))
        return [(int(p), w) for p, w in zip(found, weights.values(), strict=True) if p >= 0]

    def _positions(self, terms: Sequence[str]) -> NDArray[np.int64]:
        """Where each term's list is: int64 [len(terms)], -1 for a term that is not indexed."""
        if not len(self.hashes) or not terms:
            return np.full(len(terms), -1, dtype=np.int64)
        wanted = np.array([hash_term(term) for term in terms], dtype=np.uint64)
        found = np.minimum(np.searchsorted(self.hashes, wanted), len(self.hashes) - 1)
        return np.where(self.hashes[found] == wanted, found, -1).astype(np.int64)

    def save(self, folder: Path, name: str) -> list[str]:
        """Write four arrays as .npy files named after `name`; returns the file names."""
        parts: dict[str, NDArray[Any]] = {
            "hashes": self.hashes,
            "starts": self.starts,
            "passages": self.passages,
            "impacts": self.impacts,
        }
        for part, array in parts.items():
            save_array(folder / f"{name}.{part}.npy", array)
        return [f"{name}.{part}.npy" for part in parts]

    @classmethod
    def load(cls, folder: Path, name: str, size: int, extra: int = 0) -> "Lexical":
        """Map the arrays that `save` wrote; nothing is read before it is needed."""
        parts = (
            np.load(folder / f"{name}.{part}.npy", mmap_mode="r").view(np.ndarray)  # plain views slice faster
            for part in ("hashes", "starts", "passages", "impacts")
        )
        hashes, starts, passages, impacts = parts
        return cls(hashes, starts, passages, impacts, size, extra)


def hash_term(term: str) -> int:
    """A 64-bit hash that is the same in every process."""
    return int.from_bytes(hashlib.blake2b(term.encode("utf-8", "replace"), digest_size=8).digest(), "little")


class LexicalBuilder:
    """Collects the tokens of passages, then weighs them. Tokens may come in any number of `add` calls."""

    def __init__(self, k1: float, b: float) -> None:
        self.k1, self.b = k1, b
        self._ids: dict[str, int] = {}
        self._pending: list[list[int]] = []
        self._counts: list[Any] = []  # sparse [passages, terms]; the stubs cannot follow their shapes

    def add(self, tokens: Iterable[str]) -> None:
        """The tokens of the next passage."""
        ids = self._ids
        self._pending.append([ids.setdefault(token, len(ids)) for token in tokens])
        if len(self._pending) >= BATCH:
            self._flush()

    def extend(self, other: "LexicalBuilder") -> None:
        """The passages of another builder, after those of this one."""
        if self._pending:
            self._flush()
        if other._pending:
            other._flush()
        ids = np.array([self._ids.setdefault(term, len(self._ids)) for term in other._ids], dtype=np.int32)
        for counts in other._counts:
            shape = (counts.shape[0], len(self._ids))
            moved = sparse.csr_array((counts.data, ids[counts.indices], counts.indptr), shape=shape)
            self._counts.append(moved)

    def packed(self) -> dict[str, NDArray[Any]]:
        """What was added, as plain arrays: the terms as JSON, and a sparse matrix of counts [passages, terms]."""
        if self._pending or not self._counts:
            self._flush()
        for counts in self._counts:
            counts.resize((counts.shape[0], len(self._ids)))
        whole = sparse.csr_array(sparse.vstack(self._counts, format="csr"))
        terms = json.dumps(list(self._ids), ensure_ascii=False).encode("utf-8", "surrogatepass")
        return {
            "terms": np.frombuffer(terms, dtype=np.uint8),
            "counts": whole.data.astype(np.uint16),
            "columns": whole.indices.astype(np.int32),
            "starts": whole.indptr.astype(np.int64),
        }

    def unpack(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Fill a builder that is empty with what another `packed`."""
        terms = json.loads(arrays["terms"].tobytes().decode("utf-8", "surrogatepass"))
        self._ids = {term: number for number, term in enumerate(terms)}
        shape = (len(arrays["starts"]) - 1, len(terms))
        parts = (arrays["counts"].astype(np.float32), arrays["columns"], arrays["starts"])
        self._counts = [sparse.csr_array(parts, shape=shape)]

    def _flush(self) -> None:
        lengths = [len(tokens) for tokens in self._pending]
        columns = np.fromiter(chain.from_iterable(self._pending), dtype=np.int32, count=sum(lengths))
        starts = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
        shape = (len(lengths), len(self._ids))
        counts: Any = sparse.csr_array(
            (np.ones(len(columns), dtype=np.float32), columns, starts), shape=shape
        )
        counts.sum_duplicates()
        self._counts.append(counts)
        self._pending = []

    def build(self, extra: int = 0) -> Lexical:
        """The weighted lists of everything added; the last `extra` passages do not count, see `Lexical`."""
        if self._pending:
            self._flush()
        for counts in self._counts:
            counts.resize((counts.shape[0], len(self._ids)))
        if not self._counts:
            empty = sparse.csr_array((0, len(self._ids)), dtype=np.float32)
            return self._weigh(empty, 0)
        return self._weigh(sparse.csr_array(sparse.vstack(self._counts, format="csr")), extra)

    def _weigh(self, counts: Any, extra: int) -> Lexical:
        size = counts.shape[0] - extra
        lengths = np.asarray(counts.sum(axis=1), dtype=np.float32).ravel()
        mean = float(lengths[:size].mean()) if size and lengths[:size].any() else 1.0
        norm = self.k1 * (1 - self.b + self.b * lengths / mean)
        by_term = counts.tocsc()
        held = np.diff(by_term.indptr)
        frequency = held.astype(np.float64) - _beyond(by_term, size)
        idf = np.log1p((size - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        tf = by_term.data
        impacts = np.repeat(idf, held) * tf / (tf + norm[by_term.indices])
        return self._sorted(by_term.indptr, by_term.indices, impacts, size, extra)

    def _sorted(
        self,
        starts: NDArray[Any],
        passages: NDArray[Any],
        impacts: NDArray[np.float32],
        size: int,
        extra: int,
    ) -> Lexical:
        hashes = np.array([hash_term(term) for term in self._ids], dtype=np.uint64)
        order = np.argsort(hashes, kind="stable")
        lengths = np.diff(starts)[order]
        ordered = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
        take = np.repeat(starts[:-1][order] - ordered[:-1], lengths) + np.arange(ordered[-1])
        return Lexical(
            hashes[order],
            ordered,
            passages[take].astype(np.int32),
            impacts[take].astype(np.float32),
            size,
            extra,
        )


def _beyond(by_term: Any, size: int) -> NDArray[np.float64]:
    """In how many passages from `size` on each term stands: float64 [terms]."""
    terms = np.repeat(np.arange(by_term.shape[1]), np.diff(by_term.indptr))
    return np.bincount(terms[by_term.indices >= size], minlength=by_term.shape[1]).astype(np.float64)
