"""What the store keeps and gives back."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Literal
from uuid import uuid4

from app.answer import Status


def _new_id() -> str:
    return uuid4().hex


def voice(whose: str, answer_id: str) -> str:
    """The id of what a session or a person says of an answer: 32 hex digits, the same whenever they say it."""
    return blake2b(f"{whose}\x1f{answer_id}".encode("utf-8", "replace"), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class CitedSpan:
    """Where a citation stands: code points `start` to `end` of the clause's document."""

    clause_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what became of it. `created_at` is aware; it comes back in UTC.

    `answer_id` names the answer and may occur in many turns; `id` names this turn alone. `number` counts from 1
    within the session and is given by the store. `latency_ms` is in milliseconds.
    """

    session_id: str
    answer_id: str
    question: str
    interpreted_as: str
    status: Status
    intent: str
    citations: tuple[CitedSpan, ...]
    confidence: float
    index_version: str
    channel: str
    latency_ms: float
    created_at: datetime
    options: tuple[str, ...] = ()
    number: int = 0
    id: str = field(default_factory=_new_id)

    def __post_init__(self) -> None:
        _must_be_aware(self.created_at)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person said of an answer. `created_at` is aware; it comes back in UTC."""

    answer_id: str
    helpful: bool
    created_at: datetime
    reason: str | None = None
    comment: str | None = None
    id: str = field(default_factory=_new_id)

    def __post_init__(self) -> None:
        _must_be_aware(self.created_at)


Row = Turn | Feedback


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows were removed."""

    turns: int = 0
    feedback: int = 0
    sessions: int = 0
    gaps: int = 0
    calls: int = 0

    def __add__(self, other: "Purged") -> "Purged":
        """Both together."""
        return Purged(*(getattr(self, each) + getattr(other, each) for each in Purged.__slots__))


@dataclass(frozen=True, slots=True)
class Health:
    """How the store is doing, with a Chinese sentence for the person who runs it.

    `waiting` counts bytes in the spool; `dropped` the rows this process could not keep anywhere.
    """

    state: Literal["ok", "degraded"]
    sentence: str
    waiting: int = 0
    dropped: int = 0


def _must_be_aware(moment: datetime) -> None:
    if moment.utcoffset() is None:
        raise ValueError(f"created_at must carry a time zone, got {moment!r}")
