"""Embed: strings become unit vectors, pairs of question and clause judgements. `Encoder.open` and `Reader.open` are the doors."""

from app.embed.cache import CachedEncoder, forget_others
from app.embed.encoder import READER, Encoder
from app.embed.reader import Judgement, Passage, Reader
from app.embed.static import Vectors

__all__ = [
    "READER",
    "CachedEncoder",
    "Encoder",
    "Judgement",
    "Passage",
    "Reader",
    "Vectors",
    "forget_others",
]
