"""Gaps: questions that nobody could answer. A gap is one asking; a ticket is all the askings of one question."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import uuid4

from app.answer import Status


class Origin(StrEnum):
    """Where a gap comes from, the weakest sign first: one asking that gives several keeps the strongest."""

    OUT_OF_SCOPE = "out_of_scope"
    NOT_STATED = "not_stated"
    UNHELPFUL = "unhelpful"
    HANDOFF = "handoff"
    CALL = "call"

    @property
    def strength(self) -> int:
        """Its place in the order, from 0."""
        return list(Origin).index(self)

    @property
    def label(self) -> str:
        """As it is shown."""
        return _ORIGINS[self]


_ORIGINS = {
    Origin.OUT_OF_SCOPE: "不在范围",
    Origin.NOT_STATED: "文件未载明",
    Origin.UNHELPFUL: "评为没用",
    Origin.HANDOFF: "转人工",
    Origin.CALL: "通话",
}


class TicketState(StrEnum):
    """How far a ticket is."""

    NEW = "new"
    WORKING = "working"
    DRAFTED = "drafted"
    SOLVED = "solved"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        """As it is shown."""
        return _STATES[self]


_STATES = {
    TicketState.NEW: "新",
    TicketState.WORKING: "处理中",
    TicketState.DRAFTED: "已起草",
    TicketState.SOLVED: "已解决",
    TicketState.DECLINED: "不处理",
}
Again = Literal["answered", "not_stated", "out_of_scope", "clarify", "same"]
"""How a question was answered when it was asked again; `same`: with no other clauses than people found wanting."""

OPEN = (TicketState.NEW, TicketState.WORKING, TicketState.DRAFTED)


@dataclass(frozen=True, slots=True)
class Gap:
    """One asking: the question, masked, and the ids of the clauses that came nearest or were quoted.

    `status` is what the product said at the time, None where it was not asked. `person` is the id of the clerk who
    had the call. `ticket_id` is None until the asking is put to its ticket; `leads` marks the wordings that new questions
    are compared with. `wording` is the same for questions that differ in spelling alone.
    """

    question: str
    channel: str
    created_at: datetime
    clauses: tuple[str, ...] = ()
    answer_id: str | None = None
    session_id: str | None = None
    site_id: str | None = None
    origin: Origin = Origin.HANDOFF
    status: Status | None = None
    department: str = ""
    person: str | None = None
    call_id: str | None = None
    ticket_id: str | None = None
    leads: bool = False
    wording: str = ""
    id: str = field(default_factory=lambda: uuid4().hex)


@dataclass(frozen=True, slots=True)
class Ticket:
    """All the askings of one question. `assignee` is a person's id; `draft_id` names the reviewed answer in the making.

    `outcome` is how the product answered when the question was last asked again, `before` the time before that; None
    where it never was. Counts and times are those of the askings that are kept.
    """

    id: str
    question: str
    clauses: tuple[str, ...]
    department: str
    state: TicketState
    assignee: str | None
    asked: int
    first_at: datetime
    last_at: datetime
    draft_id: str | None = None
    outcome: Again | None = None
    before: Again | None = None
    outcome_at: datetime | None = None
    solved_at: datetime | None = None

    @property
    def progress(self) -> str:
        """What the last asking again shows: `answered` (now), `open` (still not), `broke`, `unasked`."""
        if self.outcome is None:
            return "unasked"
        if self.outcome == "answered":
            return "answered"
        return "broke" if self.before == "answered" else "open"


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One way a ticket's question was put, and how often; `leads` as in `Gap`."""

    wording: str
    question: str
    asked: int
    leads: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A way a question was put, to be asked again. `wanting` are the clauses people had in hand and found to be no
    answer; None where nobody judged but the product itself was silent.
    """

    question: str
    wanting: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class TicketNote:
    """What a person wrote on a ticket, masked."""

    ticket_id: str
    person_id: str | None
    person_name: str
    text: str
    created_at: datetime
    id: str = field(default_factory=lambda: uuid4().hex)


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """Which tickets are wanted; None asks for all. `seen_by` is a clerk, who sees those of their own calls alone."""

    states: tuple[TicketState, ...] | None = None
    department: str | None = None
    channel: str | None = None
    origin: Origin | None = None
    assignee: str | None = None
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    progress: str | None = None
    seen_by: str | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """How a ticket's askings spread over channels and origins."""

    channels: Mapping[str, int]
    origins: Mapping[str, int]
