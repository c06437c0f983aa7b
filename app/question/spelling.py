"""Typing errors: words of the domain that were written with a wrong character of the same or nearly the same sound.

Only what is unknown is mended: the stretch stands neither in the corpus nor in the dictionary, falls on word boundaries,
and each wrong character stands alone, outside every word. What it is mended to stands in the corpus or in the lexicon.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.text import Analyzer, finals, loose_sounds, sounds

LONGEST = 9
LOOSE = 3  # terms from this length on may also differ by a nearly equal sound
LONG = 4  # and from this one by a character added or left out
COMMON = 0.45  # characters less rare than this are written alone every day
DIALECT = frozenset("唔咗嘅冇喺俺咱咋啥")  # rare in print, written alone every day
RARE = 0.55  # characters rarer than this are hardly ever meant alone
BOUND = 0.6  # and characters from here on are mostly parts of words
FREE = 0.78  # two characters that together are less rare than this stand side by side by chance
_HOLE = "\0"


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of the question between word boundaries; `alone` are the characters in it that are in no word."""

    start: int
    end: int
    text: str
    alone: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Mend:
    distance: int
    meant: str
    window: _Window


class Speller:
    """Mends typing errors. `vocabulary` are words of the corpus, `counts` tells in how many passages a gram stands."""

    def __init__(
        self, analyzer: Analyzer, vocabulary: Iterable[str], counts: Callable[[Sequence[str]], list[int]]
    ) -> None:
        self._analyzer, self._counts = analyzer, counts
        self._corpus = frozenset(word for word in vocabulary if _fits(word))
        known = [word for word, _ in analyzer.lexicon.terms]
        known += [member for group in analyzer.lexicon.synonyms for member in group]
        fields = [member for _, members in analyzer.lexicon.industries for member in members]
        self._pairs = frozenset(w[i : i + 2] for w in [*known, *fields] for i in range(len(w) - 1))
        self._terms = self._corpus | frozenset(word for word in known if _fits(word))
        self._holed: dict[str, list[str]] = {}
        self._sounding: dict[tuple[str, ...], list[str]] = {}
        for term in sorted(self._terms):
            self._learn(term)

    def _learn(self, term: str) -> None:
        for place in range(len(term)):
            key = f"{term[:place]}{_HOLE}{term[place + 1 :]}"
            self._holed.setdefault(key, []).append(term)
        if len(term) >= LOOSE:
            self._sounding.setdefault(_key(term), []).append(term)

    def correct(self, folded: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        """The text with its errors mended, and the pairs (written, meant) in order.

        Where stretches overlap, the one that sounds most like what was meant wins, then the longest.
        """
        found = [_Mend(*kind, w) for w in self._windows(folded) if (kind := self._meant(w))]
        chosen: list[_Mend] = []
        for mend in sorted(found, key=lambda m: (m.distance, m.window.start - m.window.end, m.window.start)):
            if not any(mend.window.start < m.window.end and m.window.start < mend.window.end for m in chosen):
                chosen.append(mend)
        chosen.sort(key=lambda mend: mend.window.start)
        mended, place = "", 0
        for mend in chosen:
            mended += folded[place : mend.window.start] + mend.meant
            place = mend.window.end
        return mended + folded[place:], tuple((mend.window.text, mend.meant) for mend in chosen)

    def _windows(self, folded: str) -> Iterable[_Window]:
        spans, place = [], 0
        for word in self._analyzer.dictionary_words(folded):
            spans.append((place, place + len(word)))
            place += len(word)
        for first in range(len(spans)):
            for last in range(first, len(spans)):
                start, end = spans[first][0], spans[last][1]
                if end - start > LONGEST:
                    break
                inside = spans[first : last + 1]
                alone = frozenset(a - start for a, b in inside if b - a == 1)
                text = folded[start:end]
                if alone and end - start > 1 and all("一" <= c <= "鿿" for c in text):
                    yield _Window(start, end, text, alone)

    def _meant(self, window: _Window) -> tuple[int, str] | None:
        """How far the nearest term is and which it is; of equally near ones, a term of the corpus."""
        near = [
            (d, term not in self._corpus, term)
            for term in self._likely(window)
            if (d := self._distance(window, term))
        ]
        if not near or self._is_known(window.text):
            return None
        distance, _, meant = min(near)
        return distance, meant

    def _likely(self, window: _Window) -> Iterable[str]:
        text = window.text
        for place in sorted(window.alone):
            yield from self._holed.get(f"{text[:place]}{_HOLE}{text[place + 1 :]}", ())
            shorter = text[:place] + text[place + 1 :]
            if 0 < place < len(shorter) and len(shorter) >= LONG and shorter in self._corpus:
                yield shorter
        for place in range(1, len(text)):
            if len(text) >= LONG and {place, place - 1} & window.alone:
                yield from self._holed.get(f"{text[:place]}{_HOLE}{text[place:]}", ())
        if len(text) >= LOOSE:
            yield from self._sounding.get(_key(text), ())

    def _distance(self, window: _Window, term: str) -> int:
        """1: the same sound, 2: nearly the same, 3: one edit; 0 where the stretch cannot have been meant so."""
        text = window.text
        if len(term) != len(text):
            return 3 if term in self._corpus and not any(map(self._is_common, self._odd(text, term))) else 0
        wrong = [n for n, (a, b) in enumerate(zip(text, term, strict=True)) if a != b]
        if not wrong or len(wrong) == len(text) or not window.alone.issuperset(wrong):
            return 0
        if any(self._is_common(text[n]) for n in wrong) and len(window.alone) < len(text):
            return 0
        if len(text) == 2 and not self._is_bound(text, wrong[0]):
            return 0
        if _alike(text, term, sounds):
            return 1
        if len(text) < LOOSE:
            return 0
        if term not in self._corpus:
            return 0
        if _alike(text, term, loose_sounds):
            return 2
        rare = len(wrong) == 1 and self._analyzer.rarity(text[wrong[0]]) >= RARE
        return 3 if rare and _alike(text, term, finals) else 0

    @staticmethod
    def _odd(text: str, term: str) -> str:
        """The characters that only the longer of the two has."""
        longer, shorter = sorted((text, term), key=len, reverse=True)
        return next((c for n, c in enumerate(longer) if longer[:n] + longer[n + 1 :] == shorter), "")

    def _is_bound(self, pair: str, wrong: int) -> bool:
        """Whether two characters hardly stand side by side by chance; a particle only beside one that needs a partner."""
        rarity = [self._analyzer.rarity(character) for character in pair]
        return sum(rarity) >= FREE and (not self._is_common(pair[wrong]) or rarity[1 - wrong] >= BOUND)

    def _is_common(self, character: str) -> bool:
        everyday = character in DIALECT or self._analyzer.is_stopword(character)
        return everyday or self._analyzer.rarity(character) < COMMON

    def _is_known(self, text: str) -> bool:
        """Whether the stretch is a word, or all its character pairs stand in the corpus."""
        if text in self._terms or self._analyzer.is_word(text):
            return True
        pairs = [pair for i in range(len(text) - 1) if (pair := text[i : i + 2]) not in self._pairs]
        return not pairs or all(self._counts(pairs))


def _fits(word: str) -> bool:
    return 2 <= len(word) <= LONGEST and all("一" <= character <= "鿿" for character in word)


def _key(text: str) -> tuple[str, ...]:
    return tuple(min(loose_sounds(character)) for character in text)


def _alike(written: str, meant: str, by: Callable[[str], frozenset[str]]) -> bool:
    return all(a == b or by(a) & by(b) for a, b in zip(written, meant, strict=True))
