"""Text: characters become a normal form, sentence spans and tokens."""

from app.text.analyzer import Analyzer
from app.text.lexicon import Lexicon, read_lexicon, read_regions
from app.text.normalize import Normalized, fold, normalize, simplify
from app.text.pinyin import finals, loose_sounds, sounds
from app.text.plain_yaml import YamlError, compose_yaml, read_yaml
from app.text.runs import longest_run
from app.text.sentences import sentence_spans, tight
from app.text.spans import (
    PHONE,
    Span,
    agreement,
    asks_who_is_excluded,
    excludes,
    number_of,
    read_spans,
    relative_spans,
)

__all__ = [
    "PHONE",
    "Analyzer",
    "Lexicon",
    "Normalized",
    "Span",
    "YamlError",
    "agreement",
    "asks_who_is_excluded",
    "compose_yaml",
    "excludes",
    "finals",
    "fold",
    "longest_run",
    "loose_sounds",
    "normalize",
    "number_of",
    "read_lexicon",
    "read_regions",
    "read_spans",
    "read_yaml",
    "relative_spans",
    "sentence_spans",
    "simplify",
    "sounds",
    "tight",
]
