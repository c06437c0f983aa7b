"""A question as the weighted terms that are looked up."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

from app.text import Analyzer, fold

EXPANDED_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Query:
    """A question, read.

    `words` and `grams` are weighted bags; `terms` are the words as asked, without stop words, each once. `alternatives`
    maps a phrase of the question to what the lexicon says it may also be called.
    """

    text: str
    words: Mapping[str, float]
    grams: Mapping[str, float]
    terms: tuple[str, ...]
    alternatives: Mapping[str, tuple[str, ...]]


class QueryReader:
    """Turns questions into queries: stop words dropped, the lexicon's synonyms and industries added at less weight."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._expansions = _expansions(analyzer)
        longest_first = sorted(self._expansions, key=len, reverse=True)
        self._members = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def read(self, question: str) -> Query:
        """The query of a question in any script or width."""
        folded = fold(question)
        everything = self._analyzer.all_words(folded)
        terms = tuple(dict.fromkeys(self._analyzer.without_stopwords(everything))) or tuple(
            dict.fromkeys(everything)
        )
        words = dict.fromkeys(terms, 1.0)
        grams = dict.fromkeys(self._analyzer.grams(self._meaningful(folded)), 1.0)
        alternatives = self._alternatives(folded)
        for extra in dict.fromkeys(chain.from_iterable(alternatives.values())):
            for word in self._analyzer.words(extra):
                words.setdefault(word, EXPANDED_WEIGHT)
            for gram in self._analyzer.grams(extra):
                if len(gram) > 1:
                    grams.setdefault(gram, EXPANDED_WEIGHT)
        return Query(folded, words, grams, terms, alternatives)

    def _meaningful(self, folded: str) -> str:
        """The question with its stop words blanked, or the question itself where nothing else is in it."""
        kept = " ".join(self._analyzer.runs_without_stopwords(folded))
        return kept if self._analyzer.has_content(kept) else folded

    def _alternatives(self, folded: str) -> dict[str, tuple[str, ...]]:
        if self._members is None:
            return {}
        found = dict.fromkeys(m.group() for m in self._members.finditer(folded))
        return {member: self._expansions[member] for member in found}


def _expansions(analyzer: Analyzer) -> dict[str, tuple[str, ...]]:
    table: dict[str, dict[str, None]] = {}
    for group in analyzer.lexicon.synonyms:
        for member in group:
            table.setdefault(member, {}).update(dict.fromkeys(other for other in group if other != member))
    for head, members in analyzer.lexicon.industries:
        for member in members:
            table.setdefault(member, {})[head] = None
    return {member: tuple(extras) for member, extras in table.items()}
