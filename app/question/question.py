"""A question, read once: what every later room takes from it stands in one frozen value."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.index import Lexical
from app.question.address import Address, read_addresses
from app.question.expansion import Expander
from app.question.gazetteer import Gazetteer
from app.question.spelling import Speller
from app.text import Analyzer, Span, asks_who_is_excluded, fold, read_spans, relative_spans

EXPANDED_WEIGHT = 0.5  # of the rarest term that another name adds; the question's own terms weigh 1
KEPT = 1_024  # questions that are remembered


class QueryEncoder(Protocol):
    """What reading a question needs of an encoder."""

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, float32 [len(texts), dimension]."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A question, read.

    `said` is as it was asked and `text` its normal form. `words` and `grams` are weighted bags: what the question says
    itself weighs 1, what the lexicon adds weighs less. `terms` are the words as asked, without stop words, each once;
    `subject` are those that say what is asked about, without the words of dealing with an office.
    `alternatives` maps a phrase of the question to what the lexicon says it may also be called. `corrected` is `text` with
    its typing errors mended, equal to it where there are none, and `corrections` are the pairs (written, meant). `vector` is
    the encoder's, float32 [dimension], of `corrected`. `places` are the places named, and `addresses` the addresses of
    clauses (第三条); `spans` the numbers with units and dates, and `excluding` whether it asks who is left out.
    """

    said: str
    text: str
    words: Mapping[str, float]
    grams: Mapping[str, float]
    terms: tuple[str, ...]
    subject: tuple[str, ...]
    alternatives: Mapping[str, tuple[str, ...]]
    corrected: str
    corrections: tuple[tuple[str, str], ...]
    vector: NDArray[np.float32]
    places: tuple[str, ...]
    addresses: tuple[Address, ...]
    spans: tuple[Span, ...]
    excluding: bool

    def spans_on(self, as_of: date) -> tuple[Span, ...]:
        """The spans, with the dates that it names from the day it is asked of (去年, 现在)."""
        return *self.spans, *relative_spans(self.corrected, as_of)

    @property
    def mended(self) -> str:
        """The question as it was asked, with its typing errors put right."""
        made = self.said
        for written, meant in self.corrections:
            made = made.replace(written, meant)
        return made


class QuestionReader:
    """Reads questions: stop words dropped, the lexicon's synonyms and industries added at less weight.

    Pure, and so that no question is read twice, the last ones are remembered.
    """

    def __init__(
        self,
        analyzer: Analyzer,
        words: Lexical,
        grams: Lexical,
        encoder: QueryEncoder,
        gazetteer: Gazetteer,
        vocabulary: Iterable[str] = (),
    ) -> None:
        self._analyzer, self._encoder, self._gazetteer = analyzer, encoder, gazetteer
        self._speller = Speller(analyzer, vocabulary, grams.frequencies)
        self._words, self._grams = words, grams
        self._expander = Expander(analyzer)
        self._remembered = lru_cache(maxsize=KEPT)(self._read)

    def read(self, said: str, *, mend: bool = True) -> Question:
        """The question in any script or width; without `mend` it is taken as it is written."""
        return self._remembered(said, mend)

    def _read(self, said: str, mend: bool) -> Question:
        text = fold(said)
        folded, corrections = self._speller.correct(text) if mend else (text, ())
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
        return Question(
            said,
            text,
            words,
            grams,
            terms,
            tuple(self._analyzer.subject(folded)),
            alternatives,
            folded,
            corrections,
            self._encoder.encode_queries([folded])[0],
            self._gazetteer.named(folded),
            read_addresses(folded),
            read_spans(folded),
            asks_who_is_excluded(folded),
        )

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
