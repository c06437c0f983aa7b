"""When two questions are the same one in other words.

    likeness(a, b) = ½ · topic(a, b) + ¼ · cos(vector a, vector b) + ¼ · cos(vector a′, vector b′)

`topic` is the cosine of the sets of character grams of what a question is about; a′ is a with each phrase of the lexicon
put in one of its names (技改 and 技术改造 alike). Two questions are never the same when they ask for other kinds of things
(how much, how, when, with what), name other numbers or other places, however much they share otherwise; where only
one of them shows a kind, `UNKNOWN` is taken off. `SAME` was set on pairs written for it, none of which a test uses:
above it no two different questions fell together and nine in ten pairs of the same question did.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Protocol

import numpy as np

from app.embed import Vectors
from app.index import asked_grams
from app.question import Asking, Expander, read_asking
from app.settings import ROOT
from app.text import Analyzer, fold

SAME = 0.52
UNKNOWN = 0.1
REMEMBERED = 20_000  # questions whose traits are kept in memory

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_FULL_PLACE = re.compile(r"..+[省市区县]")
_SPACE_AND_MARKS = re.compile(r"[\W_]+")
# Kinds that exclude one another.
_EXCLUSIVE = frozenset({"amount", "process", "material", "time", "contact", "term"})
_WHETHER = re.compile(r"[能可]不[能可]|[能可](?:以)?.*吗|有没有|给不给|要不要|有.*吗|是否")


class Encodes(Protocol):
    """Makes vectors of questions; `app.embed.Encoder` does."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """float32 [n, dimension] of length 1."""
        ...


@dataclass(frozen=True, slots=True)
class Traits:
    """What a question is compared by. `vectors` are float32 [2, dimension]: as asked, and in the lexicon's one name."""

    topic: frozenset[str]
    kinds: frozenset[str]
    actions: frozenset[str]
    numbers: frozenset[str]
    places: frozenset[str]
    vectors: Vectors


def wording_of(question: str) -> str:
    """16 hex digits, the same for questions that differ in script, width, spaces and punctuation alone."""
    return blake2b(_SPACE_AND_MARKS.sub("", fold(question)).encode(), digest_size=8).hexdigest()


class Sameness:
    """Compares questions. Deterministic, and safe to share between threads."""

    def __init__(self, analyzer: Analyzer, encoder: Encodes, asking: Asking | None = None) -> None:
        """`asking` knows the words that ask; those that come with the product where it is not given."""
        self._analyzer, self._encoder, self._expander = analyzer, encoder, Expander(analyzer)
        self._asking = asking or read_asking(ROOT / "prompts")
        places = (place for pair in analyzer.lexicon.regions for place in pair)
        # 海淀 and 海淀区 are one place.
        self._places = frozenset(place[:-1] if _FULL_PLACE.fullmatch(place) else place for place in places)
        self._read: OrderedDict[str, Traits] = OrderedDict()
        self._lock = threading.Lock()

    def traits(self, questions: Iterable[str]) -> dict[str, Traits]:
        """The traits of each question, by its text; those read lately come from memory."""
        wanted = list(dict.fromkeys(questions))
        with self._lock:
            known = {text: self._read[text] for text in wanted if text in self._read}
        new = [text for text in wanted if text not in known]
        if new:
            made = dict(zip(new, self._made(new), strict=True))
            known |= made
            with self._lock:
                self._read |= made
                while len(self._read) > REMEMBERED:
                    self._read.popitem(last=False)
        return known

    def likeness(self, one: str, other: str) -> float:
        """How alike two questions are, at most 1; the same one from `SAME` on."""
        traits = self.traits([one, other])
        return likeness(traits[one], traits[other])

    def _made(self, questions: Sequence[str]) -> list[Traits]:
        folded = [fold(text) for text in questions]
        named = [self._in_one_name(text) for text in folded]
        vectors = self._encoder.encode_queries([*folded, *named])
        half = len(questions)
        return [
            Traits(
                frozenset(self._topic(one_name)),
                kinds_of(text, self._asking),
                self._asking.actions(text),
                frozenset(_NUMBER.findall(text)),
                frozenset(place for place in self._places if place in text),
                vectors[[at, half + at]],
            )
            for at, (text, one_name) in enumerate(zip(folded, named, strict=True))
        ]

    def _in_one_name(self, folded: str) -> str:
        for phrase, others in self._expander.alternatives(folded).items():
            folded = folded.replace(phrase, f" {min((phrase, *others))} ")
        return folded

    def _topic(self, text: str) -> list[str]:
        subject = self._analyzer.grams(" ".join(self._analyzer.subject(text)))
        return subject or asked_grams(text, self._analyzer) or self._analyzer.grams(text)


def kinds_of(question: str, asking: Asking) -> frozenset[str]:
    """What kinds of things a question asks for, as far as its words show; `whether` where it asks nothing else."""
    found = asking.kinds(question) & _EXCLUSIVE
    return frozenset({"whether"}) if not found and _WHETHER.search(question) else found


def likeness(one: Traits, other: Traits) -> float:
    """The formula at the top of this page; -1 where two questions cannot be the same."""
    unsure = not one.kinds & other.kinds and bool(one.kinds or other.kinds)
    if _exclude(one, other):
        return -1.0
    plain, named = (float(one.vectors[row] @ other.vectors[row]) for row in (0, 1))
    shared = len(one.topic & other.topic) / np.sqrt(max(len(one.topic) * len(other.topic), 1))
    return float(0.5 * shared + 0.25 * plain + 0.25 * named - (UNKNOWN if unsure else 0.0))


def _exclude(one: Traits, other: Traits) -> bool:
    return (
        bool(one.kinds and other.kinds and not one.kinds & other.kinds)
        or one.numbers != other.numbers
        or bool(one.places and other.places and not one.places & other.places)
    )


class Leaders:
    """The questions that new ones are held against, and the ticket each of them leads."""

    def __init__(self) -> None:
        self._traits: list[Traits] = []
        self._tickets: list[str] = []
        self._holders: dict[str, list[int]] = {}
        self._vectors = np.zeros((0, 2, 0), dtype=np.float32)  # [room, 2, dimension], in the order of `add`
        self._sizes = np.zeros(0, dtype=np.float32)

    def add(self, traits: Traits, ticket_id: str) -> None:
        """One more question that leads a ticket."""
        at = len(self._traits)
        for gram in traits.topic:
            self._holders.setdefault(gram, []).append(at)
        if at == len(self._sizes):
            room = max(2 * at, 64)
            self._vectors = _grown(self._vectors, (room, *traits.vectors.shape))
            self._sizes = _grown(self._sizes, (room,))
        self._vectors[at], self._sizes[at] = traits.vectors, len(traits.topic)
        self._traits.append(traits)
        self._tickets.append(ticket_id)

    def ticket_of(self, asked: Traits) -> str | None:
        """The ticket of the question most alike, the first added where several are; None where none is the same."""
        best, found = SAME, None
        for at in self._near(asked):
            alike = likeness(asked, self._traits[at])
            if alike >= best and (found is None or alike > best):
                best, found = alike, self._tickets[at]
        return found

    def _near(self, asked: Traits) -> list[int]:
        """The numbers of those whose words and vectors are alike enough, in order; what rules out is not looked at.

        Rounding differs between one product and many at a time, so a little less is enough here. Questions that share no
        gram of the topic are at most half alike.
        """
        count = len(self._traits)
        shared = np.zeros(count, dtype=np.float32)
        for gram in asked.topic:
            shared[self._holders.get(gram, [])] += 1
        rows = np.flatnonzero(shared)
        if not len(rows):
            return []
        topic = shared[rows] / np.sqrt(self._sizes[rows] * len(asked.topic))
        vectors = np.einsum("nrd,rd->n", self._vectors[rows], asked.vectors)
        near: list[int] = rows[0.5 * topic + 0.25 * vectors >= SAME - 1e-3].tolist()
        return near


def _grown(rows: Vectors, shape: tuple[int, ...]) -> Vectors:
    grown = np.zeros(shape, dtype=np.float32)
    if len(rows):
        grown[: len(rows)] = rows
    return grown
