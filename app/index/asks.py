"""The index of similar questions: which question looks like one that somebody wrote down for a clause.

    likeness(q, a) = Σ idf²(t in both) / (‖q‖ · ‖a‖)        ‖x‖² = Σ idf²(t in x)

over character grams without stop words. `idf` counts clauses, not questions: what is asked of every clause (怎么申请)
weighs next to nothing, so that two questions sharing only filler are not alike.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.index.arrays import save_array
from app.index.lexical import Lexical, hash_term

FEWEST = 20  # clauses, so that the first few questions written down have a rarity to tell them by
_NAME = "asks"


@dataclass(frozen=True, slots=True)
class Asks:
    """`texts` [asks]; `owners` int32 [asks], the number of the clause each points to; `terms` holds idf² by question, and
    `rarity` idf float64 by term; `lengths` float32 [asks] are the norms; `vectors` float32 [asks, dimension] are unit.
    """

    texts: tuple[str, ...]
    owners: NDArray[np.int32]
    terms: Lexical
    lengths: NDArray[np.float32]
    vectors: NDArray[np.float32]
    clauses: int

    def __len__(self) -> int:
        return len(self.texts)

    @classmethod
    def build(
        cls,
        asks: Sequence[tuple[int, str]],
        grams: Sequence[Iterable[str]],
        vectors: NDArray[np.float32],
    ) -> "Asks":
        """From (clause number, question) pairs, the grams of each question and its vector."""
        owners = np.array([owner for owner, _ in asks], dtype=np.int32)
        bags = [sorted(set(bag)) for bag in grams]
        holders: dict[str, set[int]] = {}
        for owner, bag in zip(owners.tolist(), bags, strict=True):
            for term in bag:
                holders.setdefault(term, set()).add(owner)
        clauses = max(len(set(owners.tolist())), FEWEST)
        squares = {term: _idf(len(held), clauses) ** 2 for term, held in holders.items()}
        lengths = np.sqrt([sum(squares[term] for term in bag) for bag in bags]).astype(np.float32)
        texts = tuple(text for _, text in asks)
        return cls(texts, owners, _inverted(bags, squares), lengths, vectors.astype(np.float32), clauses)

    def without(self, number: int) -> "Asks":
        """The same in which one question is like nothing, for training on the others."""
        lengths, vectors = self.lengths.copy(), self.vectors.copy()
        lengths[number], vectors[number] = np.inf, 0.0
        return replace(self, lengths=lengths, vectors=vectors)

    def likeness(self, grams: Mapping[str, float]) -> NDArray[np.float32]:
        """How alike a question of those grams is to each: float32 [asks], 0 (nothing but filler shared) to 1."""
        if not len(self) or not grams:
            return np.zeros(len(self), dtype=np.float32)
        shared = self.terms.scores(dict.fromkeys(grams, 1.0))
        length = float(np.sqrt(sum(self._square(term) for term in grams)))
        norms = np.maximum(self.lengths * np.float32(length), np.float32(1e-9))
        alike: NDArray[np.float32] = np.minimum(shared / norms, np.float32(1.0))
        return alike

    def _square(self, term: str) -> float:
        position = int(np.searchsorted(self.terms.hashes, np.uint64(hash_term(term))))
        known = position < len(self.terms.hashes) and self.terms.hashes[position] == np.uint64(
            hash_term(term)
        )
        if not known:
            return _idf(0, self.clauses) ** 2
        return float(self.terms.impacts[self.terms.starts[position]])

    def closeness(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """The cosine of a question's vector to each, negative ones as 0: float32 [asks]."""
        near: NDArray[np.float32] = np.maximum(self.vectors @ vector.astype(np.float32), np.float32(0))
        return near

    def by_clause(self, likeness: NDArray[np.float32], clauses: int) -> NDArray[np.float32]:
        """The best of each clause's questions: float32 [clauses], 0 where a clause has none."""
        best = np.zeros(clauses, dtype=np.float32)
        np.maximum.at(best, self.owners, likeness)
        return best

    def save(self, folder: Path) -> None:
        """Write it as plain files."""
        rows = [self.clauses, list(self.texts)]
        (folder / f"{_NAME}.json").write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
        save_array(folder / f"{_NAME}.owners.npy", self.owners)
        save_array(folder / f"{_NAME}.lengths.npy", self.lengths)
        save_array(folder / f"{_NAME}.vectors.npy", self.vectors)
        self.terms.save(folder, _NAME)

    @classmethod
    def load(cls, folder: Path) -> "Asks":
        """Read what `save` wrote."""
        clauses, texts = json.loads((folder / f"{_NAME}.json").read_text("utf-8"))
        owners, lengths, vectors = (
            np.load(folder / f"{_NAME}.{part}.npy") for part in ("owners", "lengths", "vectors")
        )
        terms = Lexical.load(folder, _NAME, len(texts))
        return cls(tuple(texts), owners, terms, lengths, vectors, int(clauses))


def _idf(holders: int, clauses: int) -> float:
    return float(np.log1p((clauses - holders + 0.5) / (holders + 0.5)))


def _inverted(bags: Sequence[Sequence[str]], squares: Mapping[str, float]) -> Lexical:
    """Lists of the questions each term stands in, its idf² as the impact."""
    lists: dict[str, list[int]] = {}
    for number, bag in enumerate(bags):
        for term in bag:
            lists.setdefault(term, []).append(number)
    order = sorted(lists, key=hash_term)
    sizes = [len(lists[term]) for term in order]
    return Lexical(
        np.array([hash_term(term) for term in order], dtype=np.uint64),
        np.concatenate(([0], np.cumsum(sizes, dtype=np.int64))).astype(np.int64),
        np.array([number for term in order for number in lists[term]], dtype=np.int32),
        np.repeat(np.array([squares[term] for term in order], dtype=np.float32), sizes),
        len(bags),
    )
