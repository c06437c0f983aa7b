"""Question: an utterance becomes a `Question`, read once."""

from app.question.address import Address, Key, key_of, read_addresses
from app.question.asking import Asking, read_asking
from app.question.expansion import Expander
from app.question.gazetteer import Gazetteer, Homes, stem
from app.question.kinds import COURTESY, OTHER, Kind, Kinds, read_kinds
from app.question.question import QueryEncoder, Question, QuestionReader
from app.question.spelling import Speller

__all__ = [
    "COURTESY",
    "OTHER",
    "Address",
    "Asking",
    "Expander",
    "Gazetteer",
    "Homes",
    "Key",
    "Kind",
    "Kinds",
    "QueryEncoder",
    "Question",
    "QuestionReader",
    "Speller",
    "key_of",
    "read_addresses",
    "read_asking",
    "read_kinds",
    "stem",
]
