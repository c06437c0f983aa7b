"""Statements about gaps and tickets, each over a connection whose transaction belongs to the caller."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    null,
    or_,
    select,
    text,
    update,
)

from app.store.gap import Asked, Gap, Origin, Phrasing, Spread, Ticket, TicketFilter
from app.store.gap_tables import gap_columns, gap_of, gaps, notes, ticket_of, tickets

PIECE = 500
_JUDGED = tuple(origin.value for origin in Origin if origin.strength >= Origin.UNHELPFUL.strength)
GROUPING_KEY = 0x7A686761  # one worker at a time puts askings to tickets: "zhga"


def one_at_a_time(connection: Connection) -> None:
    """Nobody else puts askings to tickets until this transaction ends; SQLite's write lock is held already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": GROUPING_KEY})


def add_gap(connection: Connection, gap: Gap) -> Gap:
    """Keep an asking; one of an answer of a session that is known already gives it a stronger origin at most."""
    known = _known(connection, gap)
    if known is None:
        connection.execute(insert(gaps), gap_columns(gap))
        return gap
    if gap.origin.strength > Origin(known["origin"]).strength:
        stronger = {"origin": gap.origin.value, "person": gap.person, "call_id": gap.call_id}
        connection.execute(update(gaps).where(gaps.c.id == known["id"]).values(stronger))
    return gap_by_id(connection, known["id"])


def _known(connection: Connection, gap: Gap) -> dict[str, Any] | None:
    if gap.session_id is None or gap.answer_id is None:
        return None
    same = select(gaps).where(gaps.c.session_id == gap.session_id, gaps.c.answer_id == gap.answer_id)
    row = connection.execute(same.order_by(gaps.c.created_at, gaps.c.id).limit(1)).mappings().first()
    return dict(row) if row is not None else None


def gap_by_id(connection: Connection, gap_id: str) -> Gap:
    """The asking of that id, which is there."""
    return gap_of(dict(connection.execute(select(gaps).where(gaps.c.id == gap_id)).mappings().one()))


def filtered(chosen: Select[Any], wanted: TicketFilter) -> Select[Any]:
    """The tickets that are wanted."""
    of_ticket = gaps.c.ticket_id == tickets.c.id
    if wanted.states is not None:
        chosen = chosen.where(tickets.c.state.in_([state.value for state in wanted.states]))
    if wanted.department is not None:
        chosen = chosen.where(tickets.c.department == wanted.department)
    if wanted.assignee is not None:
        chosen = chosen.where(
            tickets.c.assignee == wanted.assignee if wanted.assignee else tickets.c.assignee.is_(None)
        )
    if wanted.text:
        chosen = chosen.where(tickets.c.question.contains(wanted.text, autoescape=True))
    if wanted.since is not None:
        chosen = chosen.where(tickets.c.last_at >= wanted.since)
    if wanted.until is not None:
        chosen = chosen.where(tickets.c.first_at < wanted.until)
    if wanted.channel is not None:
        chosen = chosen.where(exists().where(of_ticket, gaps.c.channel == wanted.channel))
    if wanted.origin is not None:
        chosen = chosen.where(exists().where(of_ticket, gaps.c.origin == wanted.origin.value))
    if wanted.seen_by is not None:
        own = exists().where(of_ticket, gaps.c.person == wanted.seen_by)
        chosen = chosen.where(or_(own, tickets.c.assignee == wanted.seen_by))
    return chosen.where(_progress(wanted.progress)) if wanted.progress is not None else chosen


def _progress(name: str) -> Any:
    now, then = tickets.c.outcome, tickets.c.before
    silent = and_(now.is_not(None), now != "answered")
    return {
        "unasked": now.is_(None),
        "answered": now == "answered",
        "broke": and_(silent, then == "answered"),
        "open": and_(silent, or_(then.is_(None), then != "answered")),
    }[name]


def spread(connection: Connection, ticket_ids: Sequence[str]) -> dict[str, Spread]:
    """How the askings of each ticket spread."""
    found = {each: Spread({}, {}) for each in ticket_ids}
    columns = gaps.c.ticket_id, gaps.c.channel, gaps.c.origin
    chosen = select(*columns, func.count()).where(gaps.c.ticket_id.in_(ticket_ids)).group_by(*columns)
    for ticket_id, channel, origin, asked in connection.execute(chosen):
        kept = found[ticket_id]
        found[ticket_id] = Spread(
            {**kept.channels, channel: kept.channels.get(channel, 0) + asked},
            {**kept.origins, origin: kept.origins.get(origin, 0) + asked},
        )
    return found


def phrasings(connection: Connection, ticket_ids: Sequence[str]) -> dict[str, list[Phrasing]]:
    """The ways each ticket's question was put, those that lead first, then by how often."""
    found: dict[str, list[Phrasing]] = {each: [] for each in ticket_ids}
    leads = func.max(case((gaps.c.leads, 1), else_=0)).label("leads")
    asked = func.count().label("asked")
    chosen = (
        select(gaps.c.ticket_id, gaps.c.wording, func.min(gaps.c.question), asked, leads)
        .where(gaps.c.ticket_id.in_(ticket_ids))
        .group_by(gaps.c.ticket_id, gaps.c.wording)
        .order_by(leads.desc(), asked.desc(), gaps.c.wording)
    )
    for ticket_id, wording, question, count, leading in connection.execute(chosen):
        found[ticket_id].append(Phrasing(wording, question, count, bool(leading)))
    return found


def to_ask(connection: Connection, ticket_ids: Sequence[str]) -> dict[str, list[Asked]]:
    """The wordings of each ticket, those that lead first, with what people found wanting in answers to them."""
    wanting: dict[tuple[str, str], set[str]] = {}
    judged = gaps.c.ticket_id.in_(ticket_ids), gaps.c.origin.in_(_JUDGED)
    for ticket_id, wording, clauses in connection.execute(
        select(gaps.c.ticket_id, gaps.c.wording, gaps.c.clauses).where(*judged)
    ):
        wanting.setdefault((ticket_id, wording), set()).update(clauses)
    found: dict[str, list[Asked]] = {}
    for ticket_id, ways in phrasings(connection, ticket_ids).items():
        had = [wanting.get((ticket_id, way.wording)) for way in ways]
        found[ticket_id] = [
            Asked(way.question, frozenset(clauses) if clauses is not None else None)
            for way, clauses in zip(ways, had, strict=True)
        ]
    return found


def recount(connection: Connection, ticket_ids: Iterable[str]) -> None:
    """Make counts, times and questions those of the askings that are there; a ticket without any goes."""
    touched = sorted(set(ticket_ids))
    mine = gaps.c.ticket_id.in_(touched)
    counted = connection.execute(
        select(gaps.c.ticket_id, func.count(), func.min(gaps.c.created_at), func.max(gaps.c.created_at))
        .where(mine)
        .group_by(gaps.c.ticket_id)
    ).all()
    gone = sorted({*touched} - {row[0] for row in counted})
    if gone:
        connection.execute(delete(notes).where(notes.c.ticket_id.in_(gone)))
        connection.execute(delete(tickets).where(tickets.c.id.in_(gone)))
    questions = _led_by(connection, [row[0] for row in counted])
    values: dict[str, Any] = {
        name: bindparam(f"its_{name}") for name in ("asked", "first_at", "last_at", "question")
    }
    rows = [
        {"ticket": each, "its_asked": asked, "its_first_at": first, "its_last_at": last,
         "its_question": questions[each]}
        for each, asked, first, last in counted
    ]  # fmt: skip
    if rows:
        connection.execute(update(tickets).where(tickets.c.id == bindparam("ticket")).values(values), rows)


def _led_by(connection: Connection, ticket_ids: Sequence[str]) -> dict[str, str]:
    """The question of the first asking that leads each; where it was removed, the first that is left leads from now on."""
    chosen = select(gaps.c.ticket_id, gaps.c.question).order_by(gaps.c.created_at.desc(), gaps.c.id.desc())
    found = {
        row[0]: row[1]
        for row in connection.execute(chosen.where(gaps.c.ticket_id.in_(ticket_ids), gaps.c.leads.is_(True)))
    }
    for ticket_id in sorted({*ticket_ids} - {*found}):
        first = select(gaps.c.id, gaps.c.question).where(gaps.c.ticket_id == ticket_id)
        row = connection.execute(first.order_by(gaps.c.created_at, gaps.c.id).limit(1)).one()
        connection.execute(update(gaps).where(gaps.c.id == row.id).values(leads=True))
        found[ticket_id] = row.question
    return found


def forget_gaps(connection: Connection, session_id: str) -> int:
    """Remove the askings of a session, and the tickets that had no others; how many askings went."""
    own = gaps.c.session_id == session_id
    touched = set(connection.scalars(select(gaps.c.ticket_id).where(own).distinct())) - {None}
    removed = connection.execute(delete(gaps).where(own)).rowcount
    recount(connection, touched)
    return removed


def purge_gaps(connection: Connection, before: datetime) -> int:
    """Remove at most `PIECE` askings that are older than the moment, as `forget_gaps` does; how many went.

    Notes go by their own date: what was written on an old ticket that is still asked about may name somebody.
    """
    connection.execute(delete(notes).where(notes.c.created_at < before))
    oldest = list(connection.scalars(select(gaps.c.id).where(gaps.c.created_at < before).limit(PIECE)))
    if not oldest:
        return 0
    mine = gaps.c.id.in_(oldest)
    touched = set(connection.scalars(select(gaps.c.ticket_id).where(mine).distinct())) - {None}
    connection.execute(delete(gaps).where(mine))
    recount(connection, touched)
    return len(oldest)


def read_ticket(connection: Connection, ticket_id: str) -> Ticket | None:
    """The ticket of that id."""
    row = connection.execute(select(tickets).where(tickets.c.id == ticket_id)).mappings().first()
    return ticket_of(dict(row)) if row is not None else None


def pending(connection: Connection, limit: int) -> list[Gap]:
    """The askings that are put to no ticket yet, oldest first."""
    chosen = select(gaps).where(gaps.c.ticket_id.is_(null())).order_by(gaps.c.created_at, gaps.c.id)
    return [gap_of(dict(row)) for row in connection.execute(chosen.limit(limit)).mappings()]
