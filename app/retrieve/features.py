"""What a candidate's own words say about it: the features of the second stage, read off question and chunk."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from app.corpus import Clause
from app.index import Snapshot
from app.question import Question, stem
from app.retrieve.candidates import Candidates
from app.text import Analyzer, fold, longest_run

SIGNALS = (
    "words", "grams", "expanded", "dense", "alike", "asked", "before", "after", "document", "crowd", "company",
)  # fmt: skip
OWN = (
    "own", "context", "title", "whole", "core", "long", "novel", "novel_share", "short", "digits", "place",
    "place_near", "heading", "item", "colon", "question", "sentence", "position",
)  # fmt: skip
SPREAD = ("own", "whole", "title", "core", "dense", "asked")
LISTWISE = ("whole", "title", "dense", "core", "place", "digits", "crowd", "own", "alike", "asked")
NAMES = (
    *SIGNALS, *OWN, *(f"{name}/best" for name in SPREAD), *(f"best {name}" for name in LISTWISE), "count",
)  # fmt: skip
"""The features in order. `x/best` is x by the best candidate's x, `best x` the same for all candidates of a query."""

COVERS = (
    "own",
    "whole",
)  # handed on with a hit: how much of the question its words hold, without and with the context

LONGEST = 10  # runs of more characters say no more
OPENING = 400  # where a document says which place it is about


class Measure:
    """Computes the features of candidates of one snapshot."""

    def __init__(self, snapshot: Snapshot, analyzer: Analyzer) -> None:
        self._snapshot, self._analyzer = snapshot, analyzer
        self._abouts: dict[str, tuple[str, str]] = {}

    def matrix(self, query: Question, found: Candidates) -> NDArray[np.float64]:
        """The features of each candidate: float64 [candidates, len(NAMES)], about 0..1 each."""
        asked = self._read(query)
        own = np.array([self._row(asked, int(position)) for position in found.positions], dtype=np.float64)
        own = own.reshape(len(found.positions), len(OWN))
        signals = np.array([found.signals[name] for name in SIGNALS], dtype=np.float64).T
        return _with_spread(np.hstack([signals.reshape(len(own), len(SIGNALS)), own]))

    def _read(self, query: Question) -> "_Asked":
        folded = query.corrected
        names = [gram for gram, weight in query.grams.items() if weight == 1.0]
        rarity = self._snapshot.grams.idf(names).tolist()
        total = sum(rarity) or 1.0
        return _Asked(
            text=folded,
            core=" ".join(self._analyzer.runs_without_stopwords(folded)) or folded,
            shares={gram: rare / total for gram, rare in zip(names, rarity, strict=True)},
            characters=[gram for gram in names if len(gram) == 1],
            digits=sorted(set(re.findall(r"\d+", folded))),
            places=[stem(place) for place in query.places],
        )

    def _about(self, document_id: str) -> tuple[str, str]:
        """A document's title, and the words that say which place it is about, in normal form."""
        if document_id not in self._abouts:
            document = self._snapshot.everything[document_id]
            opening = f"{document.title} {document.region or ''} {document.text[:OPENING]}"
            self._abouts[document_id] = fold(document.title), fold(opening)
        return self._abouts[document_id]

    def _row(self, asked: "_Asked", position: int) -> list[float]:
        snapshot = self._snapshot
        number, _, _, context_number = snapshot.chunks.rows[position].tolist()
        clause = snapshot.clauses[number]
        text = snapshot.folded.text(position)
        context = folded_context(snapshot.chunks.contexts[context_number])
        title, opening = self._about(clause.document_id)
        inside = frozenset(gram for gram in asked.shares if gram in text)
        above = asked.held(context)
        size = max(len(text), 1)
        known = sum(map(text.count, asked.characters))
        novel = max(size - known, 0)
        return [
            asked.share(inside),
            asked.share(above),
            asked.share(asked.held(title)),
            asked.share(inside | above),
            longest_run(asked.core, text, LONGEST) / LONGEST,
            math.log(size + 1) / 6,
            math.log1p(novel) / 5,
            novel / size,
            float(size < 30),
            _share(digits in text or digits in context for digits in asked.digits),
            _signed(place in opening or place in text for place in asked.places),
            _share(place in text or place in context for place in asked.places),
            *_form(text, clause),
        ]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, taken apart once for all its candidates; `shares` maps each gram to its part of the whole rarity.

    `known` remembers which grams stand in a title or a heading, which many candidates have in common.
    """

    text: str
    core: str
    shares: Mapping[str, float]
    characters: Sequence[str]
    digits: Sequence[str]
    places: Sequence[str]
    known: dict[str, frozenset[str]] = field(default_factory=dict)

    def held(self, text: str) -> frozenset[str]:
        """The grams that stand in a text."""
        if text not in self.known:
            self.known[text] = frozenset(gram for gram in self.shares if gram in text)
        return self.known[text]

    def share(self, grams: Iterable[str]) -> float:
        """How much of the question's rarity these grams are, 0 to 1."""
        return sum(self.shares[gram] for gram in grams)


def _form(text: str, clause: Clause) -> list[float]:
    last = text[-1:]
    return [
        float(clause.kind == "heading"),
        float(clause.kind in ("item", "article")),
        float(last == ":"),
        float(last == "?"),
        float(last in ("。", ".", "!", ";")),
        min(clause.position, 20) / 20,
    ]


def _with_spread(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """The columns, some of them by their best value, and the best values themselves."""
    place = {name: n for n, name in enumerate((*SIGNALS, *OWN))}
    top = columns.max(axis=0, initial=0.0)
    spread = [columns[:, place[name]] / max(top[place[name]], 1e-6) for name in SPREAD]
    listwise = [np.full(len(columns), top[place[name]]) for name in LISTWISE]
    count = np.full(len(columns), np.log1p(len(columns)) / 5)
    return np.column_stack([columns, *spread, *listwise, count])


def _share(found: Iterable[bool]) -> float:
    hits = list(found)
    return sum(hits) / len(hits) if hits else 0.0


def _signed(found: Iterable[bool]) -> float:
    """1 when all are found, -1 when none is, 0 when nothing is looked for."""
    hits = list(found)
    return 2 * sum(hits) / len(hits) - 1 if hits else 0.0


@lru_cache(maxsize=4096)
def folded_context(text: str) -> str:
    """The normal form of a chunk's context, which many chunks have in common."""
    return fold(text)
