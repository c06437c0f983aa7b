"""A question as the weighted terms that are looked up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from app.index import Lexical
from app.retrieve.expansion import Expander
from app.retrieve.spelling import Speller
from app.text import Analyzer, fold

EXPANDED_WEIGHT = 0.5  # of the rarest term that another name adds; the question's own terms weigh 1


@dataclass(frozen=True, slots=True)
class Query:
    """A question, read.

    `words` and `grams` are weighted bags: what the question says itself weighs 1, what the lexicon adds weighs less.
    `terms` are the words as asked, without stop words, each once. `alternatives` maps a phrase of the question to what
    the lexicon says it may also be called. `corrected` is the text with its typing errors mended, equal to `text`
    where there are none, and `corrections` are the pairs (written, meant).
    """

    text: str
    words: Mapping[str, float]
    grams: Mapping[str, float]
    terms: tuple[str, ...]
    alternatives: Mapping[str, tuple[str, ...]]
    corrected: str = ""
    corrections: tuple[tuple[str, str], ...] = ()


class QueryReader:
    """Turns questions into queries: stop words dropped, the lexicon's synonyms and industries added at less weight."""

    def __init__(
        self, analyzer: Analyzer, words: Lexical, grams: Lexical, vocabulary: Iterable[str] = ()
    ) -> None:
        self._analyzer = analyzer
        self._speller = Speller(analyzer, vocabulary, grams.frequencies)
        self._words, self._grams = words, grams
        self._expander = Expander(analyzer)

    def read(self, question: str) -> Query:
        """The query of a question in any script or width."""
        text = fold(question)
        folded, corrections = self._speller.correct(text)
        everything = self._analyzer.all_words(folded)
        meaning = self._analyzer.without_stopwords(everything) or everything
        terms = tuple(dict.fromkeys(meaning))
        words = dict.fromkeys(terms, 1.0)
        grams = dict.fromkeys(self._analyzer.grams(self._meaningful(folded)), 1.0)
        alternatives = self._expander.alternatives(folded)
        extra = list(dict.fromkeys(chain.from_iterable(alternatives.values())))
        words |= _weighed(self._words, _fresh(words, map(self._analyzer.words, extra)))
        pairs = [[gram for gram in self._analyzer.grams(name) if len(gram) > 1] for name in extra]
        grams |= _weighed(self._grams, _fresh(grams, pairs))
        return Query(text, words, grams, terms, alternatives, folded, corrections)

    def _meaningful(self, folded: str) -> str:
        """The question with its stop words blanked, or the question itself where nothing else is in it."""
        kept = " ".join(self._analyzer.runs_without_stopwords(folded))
        return kept if self._analyzer.has_content(kept) else folded


def _fresh(known: Mapping[str, float], bags: Iterable[Sequence[str]]) -> list[str]:
    return list(dict.fromkeys(term for term in chain.from_iterable(bags) if term not in known))


def _weighed(lexical: Lexical, terms: list[str]) -> dict[str, float]:
    """Less weight to what stands everywhere in this corpus, none to what does not stand in it."""
    if not terms:
        return {}
    frequencies = lexical.frequencies(terms)
    rarest = np.log1p((lexical.size + 0.5) / 0.5)
    rarity = lexical.idf(terms) / rarest
    return {
        term: round(EXPANDED_WEIGHT * float(rare), 4)
        for term, rare, count in zip(terms, rarity, frequencies, strict=True)
        if count
    }
