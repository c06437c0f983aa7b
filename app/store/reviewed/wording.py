"""What a reviewed answer says, as it is kept: a version of it, who wrote that, and how it stands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Literal

from app.errors import ReviewedInvalid
from app.store.mask import mask
from app.text import fold

State = Literal["draft", "submitted", "approved", "rejected", "withdrawn"]

QUESTION = 200  # code points of one question
QUESTIONS = 50  # similar questions, and as many counter-examples
POINTS = 20  # clauses
SPOKEN = 600  # code points of the spoken sentence
DEPARTMENT = 40
NOTE = 500

_KEPT = re.compile(r"(?<=\d)[^\w%+#]+(?=\d)|[^\W_]+|[%+#]")
_POLITE = re.compile(
    r"^(?:(?:请问|请教|您好|你好|麻烦问|麻烦|劳驾|打扰|我?想(?:请问|问|咨询|了解|知道))(?:一下|下(?![个次月周半]))?"
    r"|(?:咨询|问)(?:一下|下(?![个次月周半])))(?=.{4})"
)
_SENTENCE = re.compile(r"[。，；！？：,;!?:\[\]]")
_PARTICLES = re.compile(r"(?<=.{4})(?:吗|呢|啊|呀|吧|嘛|谢谢|多谢)$")


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody who wrote or decided, by id and by the name that was theirs then."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Point:
    """A span of a clause, as the text stood when it was chosen.

    `start` and `end` count code points of the document with `sha256`; `clause_start` is where the clause began in it
    and `clause_sha256` is of the clause's own words, so that a change elsewhere in the document moves the span and
    no more. `quote` is what it said, to be shown beside a text that changed; it is never served.
    """

    clause_id: str
    start: int
    end: int
    sha256: str
    clause_start: int
    clause_sha256: str
    quote: str


@dataclass(frozen=True, slots=True)
class Wording:
    """What one version says. `reviewed_on` is the day of the review (复核日期), `expires_on` the last day it holds."""

    question: str
    similar: tuple[str, ...] = ()
    counters: tuple[str, ...] = ()
    points: tuple[Point, ...] = ()
    spoken: str = ""
    department: str = ""
    reviewed_on: date | None = None
    expires_on: date | None = None

    @property
    def asked(self) -> tuple[str, ...]:
        """The standard question and the similar ones."""
        return (self.question, *self.similar)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an entry. `authors` are all who wrote it: none of them may approve it.

    `edits` counts how often it was changed in place, so that nobody overwrites or approves what they have not seen.
    `based_on` is the number of the version it was made from. Moments are aware, in UTC.
    """

    entry_id: str
    number: int
    state: State
    wording: Wording
    authors: tuple[Author, ...]
    created_at: datetime
    changed_at: datetime
    edits: int = 0
    based_on: int | None = None
    decided_by: Author | None = None
    decided_at: datetime | None = None
    note: str = ""
    once_approved: bool = field(default=False)

    @property
    def stamp(self) -> str:
        """What tells this state of this version from every other."""
        return f"{self.number}.{self.edits}.{self.state}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A reviewed answer: its newest version, and the one that answers now, if any."""

    id: str
    latest: Version
    served: Version | None
    gap_id: str | None
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Listing:
    """Some entries, the last changed first, and how many there are in all."""

    entries: tuple[Entry, ...]
    found: int


@lru_cache(maxsize=65_536)
def question_key(text: str) -> str:
    """The question without what makes no difference: width, script, case, punctuation, courtesies. Idempotent."""
    key = "".join(_KEPT.findall(fold(text)))
    while (shorter := _PARTICLES.sub("", _POLITE.sub("", key))) != key:
        key = shorter
    return key


def tidied(wording: Wording) -> Wording:
    """The wording as it is kept: lines in order, nothing twice, personal numbers in questions masked.

    Raises:
        ReviewedInvalid: something is too long, too many, or a question stands among its own counter-examples.
    """
    question = _line(wording.question, "标准问", QUESTION)
    if not question_key(question):
        raise ReviewedInvalid("标准问是空的，请用文字写下市民会问的话。")
    seen = {question_key(question)}
    similar = _questions(wording.similar, "相似问", seen)
    counters = _questions(wording.counters, "反例问", set())
    for each in counters:
        if question_key(each) in seen:
            raise ReviewedInvalid(f"“{each[:40]}”既是要回答的问题又是反例问，请只留一处。")
    points = tuple(dict.fromkeys(wording.points))
    if len(points) > POINTS:
        raise ReviewedInvalid(f"选了 {len(points)} 个条款，最多 {POINTS} 个，请只留下回答问题的。")
    return replace(
        wording,
        question=question,
        similar=similar,
        counters=counters,
        points=points,
        spoken=_plain(wording.spoken, "口径", SPOKEN),
        department=_department(wording.department),
    )


def must_be_complete(wording: Wording, today: date) -> None:
    """Raises `ReviewedInvalid` where something is missing without which nobody can review or serve it."""
    missing = [
        name
        for name, value in (
            ("条款", wording.points),
            ("责任部门", wording.department),
            ("有效期", wording.expires_on),
        )
        if not value
    ]
    if missing:
        raise ReviewedInvalid(f"还没有填写{'、'.join(missing)}，请补上后再提交。")
    if wording.expires_on is not None and wording.expires_on < today:
        raise ReviewedInvalid(f"有效期 {wording.expires_on} 已过，请改为 {today} 或以后的日期。")
    if wording.reviewed_on is not None and wording.reviewed_on > today:
        raise ReviewedInvalid(f"复核日期 {wording.reviewed_on} 还没有到，请改为 {today} 或以前的日期。")


def is_complete(wording: Wording, today: date) -> bool:
    """Whether nothing is missing."""
    try:
        must_be_complete(wording, today)
    except ReviewedInvalid:
        return False
    return True


def noted(note: str) -> str:
    """A note of a person, masked. Raises `ReviewedInvalid` where it is too long."""
    return mask(_plain(note, "说明", NOTE))


def _questions(given: Sequence[str], name: str, seen: set[str]) -> tuple[str, ...]:
    kept = []
    for text in given:
        line = _line(text, name, QUESTION)
        key = question_key(line)
        if key and key not in seen:
            kept.append(line)
            seen.add(key)
    if len(kept) > QUESTIONS:
        raise ReviewedInvalid(f"{name}有 {len(kept)} 条，最多 {QUESTIONS} 条，请删减。")
    return tuple(kept)


def _line(text: str, name: str, most: int) -> str:
    return _plain(mask(text), name, most)


def _department(text: str) -> str:
    """The name alone: it stands in the answer, where no free text may."""
    name = _plain(text, "责任部门", DEPARTMENT)
    if _SENTENCE.search(name):
        raise ReviewedInvalid(f"责任部门“{name}”里有句读，请只写部门名称。")
    return name


def _plain(text: str, name: str, most: int) -> str:
    """One line without invisible characters, no longer than allowed."""
    visible = "".join(each if each.isprintable() else " " for each in text)
    line = " ".join(visible.replace("\ufffd", " ").split())
    if len(line) > most:
        raise ReviewedInvalid(f"{name}“{line[:20]}…”有 {len(line)} 字，最多 {most} 字，请精简。")
    return line
