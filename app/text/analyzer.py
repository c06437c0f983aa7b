"""Tokens: jieba words and character grams of the normal form. The only importer of jieba.

Quirks of jieba 0.42.1, met here once: importing it compiles with SyntaxWarnings and sets its logger to DEBUG with a
handler on stderr; `Tokenizer.initialize` keeps a cache in the shared temp folder, so the dictionary is built here instead.
"""

import hashlib
import logging
import math
import re
import warnings
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from app.text.lexicon import Lexicon
from app.text.normalize import fold

VERSION = "analyzer-1"
_COUNT = re.compile(r"第?[一二三四五六七八九十百两几\d]+[个条项点款种类]")
_CONTENT = re.compile(r"\w")
_RUN = re.compile(r"[㐀-䶿一-鿿豈-﫿]+|[a-z0-9]+(?:[.+#%-][a-z0-9]+)*%?|[^\W_]+")
_HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿]")


class Analyzer:
    """Cuts text into the tokens that are indexed and looked up. Deterministic, and safe to share between threads."""

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        self.lexicon = lexicon or Lexicon()
        self._tokenizer = _tokenizer(self.lexicon.terms)
        self._stop = self.lexicon.stopwords
        self._empty = self._stop | self.lexicon.office
        self.fingerprint = hashlib.blake2b(
            f"{VERSION} jieba-0.42.1 {self.lexicon.fingerprint}".encode(), digest_size=12
        ).hexdigest()

    def words(self, text: str) -> list[str]:
        """Words in jieba's search mode (long words and the words inside them), without stop words and punctuation."""
        return [word for word in self._cut(fold(text)) if word not in self._stop]

    def _cut(self, folded: str) -> Iterator[str]:
        for word in self._tokenizer.lcut_for_search(folded):
            if _CONTENT.search(word):
                yield word.strip()

    def all_words(self, text: str) -> list[str]:
        """The same as `words`, stop words included."""
        return list(self._cut(fold(text)))

    def grams(self, text: str) -> list[str]:
        """Characters and character pairs of each run of Chinese; a run of letters and digits is one token."""
        tokens: list[str] = []
        for run in _RUN.findall(fold(text)):
            if _HAN.match(run):
                tokens.extend(run)
                tokens.extend(run[i : i + 2] for i in range(len(run) - 1))
            else:
                tokens.append(run)
        return tokens

    def subject(self, text: str) -> tuple[str, ...]:
        """The words that name what a question is about: neither stop words nor words of dealing with an office."""
        words = (word.strip() for word in self._tokenizer.lcut(fold(text)) if _CONTENT.search(word))
        return tuple(dict.fromkeys(word for word in words if not self._is_empty(word)))

    def _is_empty(self, word: str) -> bool:
        """Whether the word is made of nothing but stop words and office words: 咨询电话, 列出来."""
        if _COUNT.fullmatch(word):
            return True
        whole = [True]  # whole[i]: the first i characters can be cut into such words
        for end in range(1, len(word) + 1):
            whole.append(any(whole[start] and word[start:end] in self._empty for start in range(end)))
        return whole[-1]

    def rarity(self, word: str) -> float:
        """How rare a word is in Chinese at large, 0 (everywhere) to 1 (unknown to the dictionary), by jieba's counts."""
        frequencies, total = _dictionary()
        return 1 - math.log(max(frequencies.get(word, 0), 1)) / math.log(total)

    def count_tokens(self, text: str) -> int:
        """The number of jieba words in `text`, punctuation included: the unit of a chunk's budget."""
        return len(self._tokenizer.lcut(text))

    def dictionary_words(self, folded: str) -> list[str]:
        """A folded text cut into words of the dictionary and the lexicon; a character in none stands alone."""
        cut: list[str] = self._tokenizer.lcut(folded, HMM=False)
        return cut

    def is_word(self, word: str) -> bool:
        """Whether the dictionary or the lexicon has the word."""
        return bool(self._tokenizer.FREQ.get(word))

    def is_stopword(self, word: str) -> bool:
        """Whether the word carries nothing."""
        return word in self._stop

    def word_edges(self, folded: str) -> list[bool]:
        """For each place between characters of a folded text, ends included, whether a word begins or ends there."""
        edges = [False] * (len(folded) + 1)
        edges[0] = True
        place = 0
        for word in self._tokenizer.lcut(folded):
            place += len(word)
            edges[place] = True
        return edges

    def has_content(self, text: str) -> bool:
        """Whether a letter, a digit or a Chinese character is in it."""
        return bool(_RUN.search(fold(text)))

    def runs_without_stopwords(self, text: str) -> list[str]:
        """The stretches of `text` between stop words and punctuation, in normal form."""
        runs, run = [], ""
        for word in [*self._tokenizer.lcut(fold(text)), " "]:
            if word in self._stop or not _CONTENT.search(word):
                runs.append(run)
                run = ""
            else:
                run += word
        return [run for run in runs if run]

    def without_stopwords(self, words: Iterable[str]) -> list[str]:
        """The words that carry meaning."""
        return [word for word in words if word not in self._stop]


def _import_jieba() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    logger = logging.getLogger("jieba")
    logger.setLevel(logging.WARNING)
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    return jieba


@lru_cache(maxsize=1)
def _dictionary() -> tuple[dict[str, int], int]:
    jieba = _import_jieba()
    with jieba.Tokenizer().get_dict_file() as file:
        frequencies, total = jieba.Tokenizer.gen_pfdict(file)
    return frequencies, total


def _tokenizer(terms: Iterable[tuple[str, int | None]]) -> Any:
    frequencies, total = _dictionary()
    tokenizer = _import_jieba().Tokenizer()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = dict(frequencies), total, True
    for term, frequency in terms:
        tokenizer.add_word(term, frequency)
    return tokenizer
