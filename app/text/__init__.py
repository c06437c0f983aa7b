"""Text: characters become a normal form, sentence spans and tokens."""

from app.text.analyzer import Analyzer
from app.text.lexicon import Lexicon, read_lexicon, read_regions
from app.text.normalize import Normalized, fold, normalize, simplify
from app.text.pinyin import finals, loose_sounds, sounds
from app.text.runs import longest_run
from app.text.sentences import sentence_spans, tight
from app.text.spans import PHONE

__all__ = [
    "PHONE",
    "Analyzer",
    "Lexicon",
    "Normalized",
    "finals",
    "fold",
    "longest_run",
    "loose_sounds",
    "normalize",
    "read_lexicon",
    "read_regions",
    "sentence_spans",
    "simplify",
    "sounds",
    "tight",
]
