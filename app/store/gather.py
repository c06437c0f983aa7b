"""Askings are put to their tickets, and silent or unhelpful turns become askings.

New askings are taken in the order of their times and ids, each compared with the questions that lead tickets (`sameness`):
with the same askings the same tickets come out, whatever process does it. A wording that a ticket holds
already goes there without comparing, so that what people merged or split stays so.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, exists, func, insert, select, update

from app.answer import is_chat
from app.store.gap import Gap, Origin, TicketState
from app.store.gap_rows import add_gap, gap_by_id, one_at_a_time, recount
from app.store.gap_tables import gaps, tickets
from app.store.sameness import Leaders, Sameness, wording_of
from app.store.tables import feedback, turns

BATCH = 200  # askings to a transaction
LOOK_BACK = timedelta(days=7)  # turns may come late, out of the spool
SILENT = ("not_stated", "out_of_scope")
_STRONG = [origin.value for origin in Origin if origin.strength >= Origin.UNHELPFUL.strength]
_ASKED = (turns.c.interpreted_as, turns.c.channel, turns.c.created_at, turns.c.citations, turns.c.answer_id,
          turns.c.session_id, turns.c.status)  # fmt: skip


def collect(connection: Connection, limit: int) -> int:
    """Make askings of silent turns and of turns somebody found unhelpful; how many rows were looked at.

    Greetings are passed over: they ask nothing.
    """
    silent = _silent(connection, limit)
    unhelpful = _unhelpful(connection, limit)
    for row in [*silent, *unhelpful]:
        if not is_chat(row["interpreted_as"]):
            origin = Origin.UNHELPFUL if row in unhelpful else Origin(row["status"])
            add_gap(connection, _gap_of_turn(row, origin))
    return len(silent) + len(unhelpful)


def _silent(connection: Connection, limit: int) -> list[dict[str, Any]]:
    since = _since(connection, SILENT)
    known = exists().where(gaps.c.session_id == turns.c.session_id, gaps.c.answer_id == turns.c.answer_id)
    chosen = select(*_ASKED).where(turns.c.status.in_(SILENT), ~known)
    if since is not None:
        chosen = chosen.where(turns.c.created_at >= since)
    rows = connection.execute(chosen.order_by(turns.c.created_at, turns.c.id).limit(limit)).mappings()
    return [dict(row) for row in rows]


def _unhelpful(connection: Connection, limit: int) -> list[dict[str, Any]]:
    since = _since(connection, ("unhelpful",))
    known = exists().where(gaps.c.answer_id == feedback.c.answer_id, gaps.c.origin.in_(_STRONG))
    # One answer's id may stand in many turns: the last before the feedback is the one that was meant.
    given = turns.alias()
    meant = (
        select(func.max(given.c.created_at))
        .where(given.c.answer_id == feedback.c.answer_id, given.c.created_at <= feedback.c.created_at)
        .scalar_subquery()
    )
    chosen = (
        select(*_ASKED)
        .join(feedback, feedback.c.answer_id == turns.c.answer_id)
        .where(feedback.c.helpful.is_(False), ~known, turns.c.created_at == meant)
    )
    if since is not None:
        chosen = chosen.where(feedback.c.created_at >= since)
    rows = connection.execute(chosen.order_by(feedback.c.created_at, feedback.c.id).limit(limit)).mappings()
    return [dict(row) for row in rows]


def _since(connection: Connection, origins: Sequence[str]) -> datetime | None:
    last = connection.scalar(select(func.max(gaps.c.created_at)).where(gaps.c.origin.in_(origins)))
    return last - LOOK_BACK if last is not None else None


def _gap_of_turn(row: dict[str, Any], origin: Origin) -> Gap:
    return Gap(
        question=row["interpreted_as"],
        channel=row["channel"],
        created_at=row["created_at"],
        clauses=tuple(dict.fromkeys(span["clause_id"] for span in row["citations"])),
        answer_id=row["answer_id"],
        session_id=row["session_id"],
        origin=origin,
        status=row["status"],
        wording=wording_of(row["interpreted_as"]),
    )


def leading(connection: Connection) -> list[tuple[str, str]]:
    """The questions that lead tickets, in the order they came, each with its ticket."""
    chosen = select(gaps.c.question, gaps.c.ticket_id).where(gaps.c.leads.is_(True))
    rows = connection.execute(chosen.order_by(gaps.c.created_at, gaps.c.id))
    return [(row[0], row[1]) for row in rows if row[1] is not None]


def group(connection: Connection, sameness: Sameness, waiting: Sequence[Gap]) -> None:
    """Put these askings to their tickets, in order. The caller holds `one_at_a_time`."""
    if not waiting:
        return
    led = leading(connection)
    traits = sameness.traits([*(question for question, _ in led), *(gap.question for gap in waiting)])
    leaders = Leaders()
    for question, ticket_id in led:
        leaders.add(traits[question], ticket_id)
    touched = set()
    for gap in map(partial(_worded, connection), waiting):
        found = _of_wording(connection, gap) or leaders.ticket_of(traits[gap.question])
        if found is None:
            found = _new_ticket(connection, gap)
            leaders.add(traits[gap.question], found)
        else:
            connection.execute(update(gaps).where(gaps.c.id == gap.id).values(ticket_id=found))
            _asked_again(connection, found, gap)
        touched.add(found)
    recount(connection, touched)


def place(connection: Connection, sameness: Sameness, gap: Gap) -> str:
    """The ticket of one asking that was just added, ahead of those that wait."""
    one_at_a_time(connection)
    kept = gap_by_id(connection, gap.id)
    if kept.ticket_id is None:
        group(connection, sameness, [kept])
        kept = gap_by_id(connection, gap.id)
    return kept.ticket_id or ""


def _worded(connection: Connection, gap: Gap) -> Gap:
    """The asking with its wording, which those kept by an older version lack."""
    if gap.wording:
        return gap
    wording = wording_of(gap.question)
    connection.execute(update(gaps).where(gaps.c.id == gap.id).values(wording=wording))
    return replace(gap, wording=wording)


def _of_wording(connection: Connection, gap: Gap) -> str | None:
    same = gaps.c.wording == gap.wording, gaps.c.ticket_id.is_not(None)
    return connection.scalar(
        select(gaps.c.ticket_id).where(*same).order_by(gaps.c.created_at.desc(), gaps.c.id).limit(1)
    )


def _new_ticket(connection: Connection, gap: Gap) -> str:
    ticket_id = uuid4().hex
    connection.execute(
        insert(tickets).values(
            id=ticket_id,
            question=gap.question,
            clauses=list(gap.clauses),
            department=gap.department,
            state=TicketState.NEW.value,
            asked=1,
            first_at=gap.created_at,
            last_at=gap.created_at,
        )
    )
    connection.execute(update(gaps).where(gaps.c.id == gap.id).values(ticket_id=ticket_id, leads=True))
    return ticket_id


def _asked_again(connection: Connection, ticket_id: str, gap: Gap) -> None:
    """A solved ticket opens again when the question comes after it was solved; a department is learned once."""
    mine = tickets.c.id == ticket_id
    again = tickets.c.state == TicketState.SOLVED.value, tickets.c.solved_at < gap.created_at
    connection.execute(
        update(tickets).where(mine, *again).values(state=TicketState.NEW.value, solved_at=None, outcome=None)
    )
    if gap.department:
        connection.execute(
            update(tickets).where(mine, tickets.c.department == "").values(department=gap.department)
        )
