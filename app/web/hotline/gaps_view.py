"""Gap tickets as their pages see them: the filter of the address, the nearest clauses, what is said of outcomes."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self
from urllib.parse import urlencode

from fastapi import Request

from app.errors import ClauseNotFound, DocumentNotFound
from app.store import Gap, Gaps, Origin, Person, Role, Ticket, TicketFilter, TicketState
from app.web.asking import shorten
from app.web.hotline.console import Console, console
from app.web.opened import Opened
from app.web.services import Snapshot
from app.web.wire import page_url

OPEN_STATES = (TicketState.NEW, TicketState.WORKING, TicketState.DRAFTED)
NEAREST = 5  # clauses shown with a ticket
CHANNELS = {"widget": "网页", "hotline": "热线", "wechat": "微信", "api": "接口"}
STATUSES = {
    "answered": "已答复",
    "not_stated": "文件未载明",
    "out_of_scope": "不在范围",
    "clarify": "需澄清",
    "same": "仍是原来的条款",
}
PROGRESS = {"answered": "已能答复", "open": "仍无答案", "broke": "变坏了", "unasked": "未重问"}


@dataclass(frozen=True, slots=True)
class Sought:
    """What tickets are looked for by, as the address or the form has it."""

    state: str = "open"
    department: str = ""
    channel: str = ""
    origin: str = ""
    who: str = ""
    progress: str = ""
    since: str = ""
    until: str = ""
    order: str = "asked"
    words: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Self:
        """What is given, cut to a sensible length; unknown names are passed over."""
        return cls(**{each.name: given[each.name][:100] for each in fields(cls) if each.name in given})

    def query(self, **changed: object) -> str:
        """As the query of an address, without what is looked for: callers' words belong in no log."""
        values = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "words"}
        plain = Sought()
        kept = {
            name: value for name, value in (values | changed).items() if value != getattr(plain, name, "")
        }
        return f"?{urlencode(kept)}" if kept else ""

    def filter(self, held: Console, person: Person) -> TicketFilter:
        """What the store is asked for. Raises `InvalidDate`."""
        return TicketFilter(
            states=_states(self.state),
            department=self.department or None,
            channel=self.channel if self.channel in CHANNELS else None,
            origin=Origin(self.origin) if self.origin in set(Origin) else None,
            assignee={"": None, "none": "", "me": person.id}.get(self.who, self.who),
            text=self.words.strip(),
            since=held.midnight(self.since),
            until=held.midnight(self.until, 1),
            progress=self.progress if self.progress in PROGRESS else None,
            seen_by=seen_by(person),
        )


@dataclass(frozen=True, slots=True)
class Near:
    """A clause that came near: where it stands and its words."""

    id: str
    title: str
    number: str | None
    issuer: str
    path: str
    text: str
    url: str


def gaps_of(request: Request) -> Gaps:
    """The gaps of the app that serves this request."""
    return Gaps(console(request).database)


def seen_by(person: Person) -> str | None:
    """A clerk sees the tickets of own calls and those handed over; editors and above see all."""
    return None if person.may(Role.EDITOR) else person.id


def nearest(now: Opened, ticket: Ticket) -> list[Near]:
    """The clauses that were kept with the ticket, where they still stand; looked for anew where none does."""
    snapshot = now.services.snapshot
    kept = [made for each in ticket.clauses[:NEAREST] if (made := _near(snapshot, each)) is not None]
    if kept:
        return kept
    hits = now.services.retriever.search(
        ticket.question, limit=3, as_of=now.calendar.today(), document_id=None
    )
    return [made for hit in hits if (made := _near(snapshot, hit.clause.id)) is not None]


def asked_by(gap: Gap) -> str:
    """Where an asking came from, in words."""
    return f"{CHANNELS.get(gap.channel, gap.channel)} · {gap.origin.label}"


def _near(snapshot: Snapshot, clause_id: str) -> Near | None:
    try:
        clause = snapshot.clause(clause_id)
        document = snapshot.document(clause.document_id)
    except (ClauseNotFound, DocumentNotFound):
        return None
    return Near(
        clause.id,
        document.title,
        document.number,
        document.issuers[0] if document.issuers else "",
        " › ".join([*clause.heading_path, clause.label]).strip(" ›"),
        shorten(document.text[clause.start : clause.end], 220),
        page_url(document.id, clause.start, clause.end),
    )


def _states(state: str) -> tuple[TicketState, ...] | None:
    if state in set(TicketState):
        return (TicketState(state),)
    return None if state == "all" else OPEN_STATES
