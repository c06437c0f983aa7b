"""One normal form for what people type and what texts print, with a way back to the original offsets.

NFKC (UAX #15) folds full width to half width; OpenCC folds traditional to simplified Chinese; letters become lower case.
Documents are never changed: the normal form is only compared and indexed.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import opencc

SHORT = 512  # code points of a text whose normal form is remembered: a question has at most 500
_UNUSABLE = re.compile("[\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Normalized:
    """A normal form and, for each of its code points, the original's code point that it comes from.

    `offsets` has `len(text) + 1` entries, never decreases and ends with the original's length, so that the span
    `[i, j)` of the normal form came from `[offsets[i], offsets[j])` of the original.
    """

    text: str
    offsets: tuple[int, ...]


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def simplify(text: str) -> str:
    """Traditional to simplified Chinese, one code point for one, so that offsets stay what they are.

    Whole phrases decide where they can (乾隆 stays 乾隆, 乾淨 becomes 干净). The few phrases whose conversion has another
    length are converted character by character, and a character without a one-to-one form is kept.
    """
    if text.isascii():
        return text
    whole: str = _converter().convert(text)
    if len(whole) == len(text):
        return whole
    return "".join(_simplify_character(character) for character in text)


@lru_cache(maxsize=65536)
def _simplify_character(character: str) -> str:
    converted: str = _converter().convert(character)
    return converted if len(converted) == 1 else character


def _lower(text: str) -> str:
    whole = text.lower()
    if (
        len(whole) == len(text) and "Σ" not in text
    ):  # sigma is the one letter whose lower case depends on its place
        return whole
    return "".join(low if len(low := character.lower()) == 1 else character for character in text)


def fold(text: str) -> str:
    """The normal form alone: NFKC, simplified, lower case. Lone surrogates and controls become U+FFFD.

    Each room may ask for the normal form of a question; it is made once and remembered, as that of any short text.
    """
    return _remembered(text) if len(text) <= SHORT else _folded(text)


def _folded(text: str) -> str:
    return _lower(simplify(_printable(unicodedata.normalize("NFKC", text))))


_remembered = lru_cache(maxsize=16_384)(_folded)


def _printable(text: str) -> str:
    # A surrogate cannot be encoded and OpenCC stops reading at NUL.
    return _UNUSABLE.sub("�", text)


def normalize(text: str) -> Normalized:
    """The normal form of `text` with offsets; `normalize(t).text == fold(t)` for every `t`."""
    if unicodedata.is_normalized("NFKC", text):
        return Normalized(fold(text), tuple(range(len(text) + 1)))
    composed, offsets = [], []
    for start, cluster in _clusters(text):
        piece = unicodedata.normalize("NFKC", cluster)
        composed.append(piece)
        offsets.extend([start] * len(piece))
    offsets.append(len(text))
    return Normalized(_lower(simplify(_printable("".join(composed)))), tuple(offsets))


def _clusters(text: str) -> list[tuple[int, str]]:
    """Cut `text` where NFKC of the parts is NFKC of the whole."""
    clusters: list[tuple[int, str]] = []
    start = 0
    for position in range(1, len(text) + 1):
        if position == len(text) or _separable(text[start:position], text[position]):
            clusters.append((start, text[start:position]))
            start = position
    return clusters


def _separable(before: str, character: str) -> bool:
    form = unicodedata.normalize
    if unicodedata.combining(character):
        return False
    return form("NFKC", before + character) == form("NFKC", before) + form("NFKC", character)
