"""Askings are put to their tickets, and silent or unhelpful turns become askings.

New askings are taken in the order of their times and ids, each compared with the questions that lead tickets (`sameness`):
with the same askings the same tickets come out, whatever process does it. A wording that a ticket holds
already goes there without comparing, so that what people merged or split stays so.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, bindparam, exists, func, insert, select, update

from app.store.gap import Gap, Origin, TicketState
from app.store.gap_rows import add_gap, gap_by_id, one_at_a_time, recount
from app.store.gap_tables import gaps, tickets
from app.store.sameness import Leaders, Sameness, wording_of
from app.store.tables import feedback, turns

BATCH = 400  # askings to a transaction
LOOK_BACK = timedelta(days=7)  # turns may come late, out of the spool
COURTESY = "courtesy"  # the intent of a turn that asked nothing
SILENT = ("not_stated", "out_of_scope")
_STRONG = [origin.value for origin in Origin if origin.strength >= Origin.UNHELPFUL.strength]
_ASKED = (turns.c.interpreted_as, turns.c.intent, turns.c.channel, turns.c.created_at, turns.c.citations, turns.c.answer_id,
          turns.c.session_id, turns.c.status)  # fmt: skip


def collect(connection: Connection, limit: int) -> int:
    """Make askings of silent turns and of turns somebody found unhelpful; how many rows were looked at.

    Greetings are passed over: they ask nothing.
    """
    silent = [row for status in SILENT for row in _silent(connection, status, limit // 4)]
    unhelpful = _unhelpful(connection, limit // 4)
    for row in [*silent, *unhelpful]:
        if row["intent"] != COURTESY:
            origin = Origin.UNHELPFUL if row in unhelpful else Origin(row["status"])
            add_gap(connection, _gap_of_turn(row, origin))
    return len(silent) + len(unhelpful)


def _silent(connection: Connection, status: str, limit: int) -> list[dict[str, Any]]:
    # One status at a time: the index has them in the order of their times, and nothing need be sorted.
    since = _since(connection, [status])
    known = exists().where(gaps.c.session_id == turns.c.session_id, gaps.c.answer_id == turns.c.answer_id)
    chosen = select(*_ASKED).where(turns.c.status == status, ~known)
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
    # Those kept by an older version lack their wording.
    worded = [replace(gap, wording=gap.wording or wording_of(gap.question)) for gap in waiting]
    known = _by_wording(connection, [gap.wording for gap in worded])
    placed, new = [], []
    for gap in worded:
        found = known.get(gap.wording) or leaders.ticket_of(traits[gap.question])
        leads = found is None
        if found is None:
            found = uuid4().hex
            new.append(_new_ticket(found, gap))
            leaders.add(traits[gap.question], found)
        known[gap.wording] = found
        placed.append(replace(gap, ticket_id=found, leads=leads))
    if new:
        connection.execute(insert(tickets), new)
    _write_places(connection, placed)
    _ask_again(connection, placed)
    recount(connection, {gap.ticket_id or "" for gap in placed})


def place(connection: Connection, sameness: Sameness, gap: Gap) -> str:
    """The ticket of one asking that was just added, ahead of those that wait."""
    one_at_a_time(connection)
    kept = gap_by_id(connection, gap.id)
    if kept.ticket_id is None:
        group(connection, sameness, [kept])
        kept = gap_by_id(connection, gap.id)
    return kept.ticket_id or ""


def _by_wording(connection: Connection, wordings: Sequence[str]) -> dict[str, str]:
    """The ticket each wording was put to last."""
    last = func.max(gaps.c.created_at).label("last")
    known = gaps.c.wording.in_(set(wordings)), gaps.c.ticket_id.is_not(None)
    columns = gaps.c.wording, gaps.c.ticket_id
    rows = connection.execute(
        select(*columns, last).where(*known).group_by(*columns).order_by(last, columns[1])
    )
    return {row[0]: row[1] for row in rows}


def _new_ticket(ticket_id: str, gap: Gap) -> dict[str, Any]:
    return {
        "id": ticket_id,
        "question": gap.question,
        "clauses": list(gap.clauses),
        "department": gap.department,
        "state": TicketState.NEW.value,
        "asked": 1,
        "first_at": gap.created_at,
        "last_at": gap.created_at,
    }


def _write_places(connection: Connection, placed: Sequence[Gap]) -> None:
    place = update(gaps).where(gaps.c.id == bindparam("gap"))
    values: dict[str, Any] = {name: bindparam(f"its_{name}") for name in ("ticket_id", "leads", "wording")}
    rows = [
        {"gap": gap.id, "its_ticket_id": gap.ticket_id, "its_leads": gap.leads, "its_wording": gap.wording}
        for gap in placed
    ]
    connection.execute(place.values(values), rows)


def _ask_again(connection: Connection, placed: Sequence[Gap]) -> None:
    """A solved ticket opens again when the question comes after it was solved; a department is learned once."""
    asked = {gap.ticket_id: gap.created_at for gap in sorted(placed, key=lambda gap: gap.created_at)}
    named = {gap.ticket_id: gap.department for gap in reversed(placed) if gap.department}
    solved = tickets.c.state == TicketState.SOLVED.value
    nameless = tickets.c.id.in_(list(named)) & (tickets.c.department == "")
    chosen = select(tickets.c.id, tickets.c.state, tickets.c.solved_at, tickets.c.department)
    for row in connection.execute(chosen.where(tickets.c.id.in_(list(asked)), solved | nameless)).all():
        values: dict[str, Any] = {}
        if row.state == TicketState.SOLVED.value and row.solved_at < asked[row.id]:
            values |= {"state": TicketState.NEW.value, "solved_at": None, "outcome": None}
        if not row.department and row.id in named:
            values["department"] = named[row.id]
        if values:
            connection.execute(update(tickets).where(tickets.c.id == row.id).values(values))
