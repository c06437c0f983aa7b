"""Gap tickets: what nobody could answer, gathered, handed out, followed until it is answered.

A call's “无答案” is `open_ticket`; the widget's handoff is `record`, which only keeps the asking; `gather` makes askings of
silent and unhelpful turns and puts all that wait to their tickets. A change and its audit record are written together;
the record never holds what was asked or noted, so that forgetting a session leaves nothing of it there.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, func, insert, select, update

from app.clock import now
from app.errors import InvalidGap, TicketNotFound
from app.store.audit import deed, write_audit
from app.store.calls import calls
from app.store.database import Database
from app.store.gap import (
    OPEN,
    Again,
    Asked,
    Gap,
    Phrasing,
    Spread,
    Ticket,
    TicketFilter,
    TicketNote,
    TicketState,
)
from app.store.gap_rows import (
    add_gap,
    filtered,
    one_at_a_time,
    pending,
    phrasings,
    read_ticket,
    recount,
    spread,
    to_ask,
)
from app.store.gap_tables import gap_of, gaps, note_of, notes, ticket_of, tickets
from app.store.gather import BATCH, collect, group, leading, place
from app.store.mask import mask
from app.store.person import Person
from app.store.sameness import Sameness, wording_of

EVERY = TicketFilter()
LONGEST_NOTE = 1000  # characters


class Gaps:
    """Gaps and their tickets, in the store's database. Safe to use from many threads and processes.

    `by` is who makes the change, None for the command line. Every method raises `StoreUnavailable` while the
    database is away; those that name a ticket raise `TicketNotFound`.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime] = now) -> None:
        self._database, self._clock = database, clock

    def record(self, gap: Gap) -> None:
        """Keep an asking, personal numbers masked; `gather` puts it to its ticket."""
        with self._writing() as connection:
            add_gap(connection, _kept(gap))

    def open_ticket(
        self, gap: Gap, sameness: Sameness, by: Person | None = None, address: str = ""
    ) -> Ticket:
        """Keep an asking and put it to its ticket at once: a new one, or that of the same question in other words."""
        kept = _kept(gap)
        self._read_ahead(sameness, [kept.question])
        with self._writing() as connection:
            added = add_gap(connection, kept)
            ticket = _found(connection, place(connection, sameness, added))
            write_audit(connection, deed("登记缺口", by, ticket.id, address=address))
        return ticket

    def gather(self, sameness: Sameness, batches: int = 5) -> int:
        """Collect and group in at most so many transactions of `BATCH` askings; how many were put to tickets."""
        done = 0
        for _ in range(batches):
            with self._writing() as connection:
                one_at_a_time(connection)
                seen = collect(connection, BATCH)
            self._read_ahead(sameness, [])
            with self._writing() as connection:
                one_at_a_time(connection)
                waiting = pending(connection, BATCH)
                group(connection, sameness, waiting)
            done += len(waiting)
            if not seen and len(waiting) < BATCH:
                break
        return done

    def waiting(self) -> int:
        """How many askings are put to no ticket yet."""
        with self._reading() as connection:
            return connection.scalar(select(func.count()).where(gaps.c.ticket_id.is_(None))) or 0

    def tickets(
        self, wanted: TicketFilter = EVERY, *, order: str = "asked", limit: int = 50, offset: int = 0
    ) -> tuple[Ticket, ...]:
        """The tickets that are wanted: most asked first, or (`order="last"`) those asked last."""
        by = tickets.c.last_at if order == "last" else tickets.c.asked
        chosen = filtered(select(tickets), wanted).order_by(by.desc(), tickets.c.last_at.desc(), tickets.c.id)
        with self._reading() as connection:
            rows = connection.execute(chosen.limit(limit).offset(offset)).mappings()
            return tuple(ticket_of(row) for row in rows)

    def count(self, wanted: TicketFilter = EVERY) -> int:
        """How many tickets are wanted."""
        with self._reading() as connection:
            return connection.scalar(filtered(select(func.count()).select_from(tickets), wanted)) or 0

    def departments(self) -> tuple[str, ...]:
        """The departments that tickets name, sorted."""
        chosen = select(tickets.c.department).where(tickets.c.department != "").distinct()
        with self._reading() as connection:
            return tuple(sorted(connection.scalars(chosen)))

    def by_department(self, states: Sequence[TicketState]) -> Mapping[str, int]:
        """How many tickets of these states each department has; under "" those of none."""
        chosen = select(tickets.c.department, func.count()).where(
            tickets.c.state.in_([state.value for state in states])
        )
        with self._reading() as connection:
            return {row[0]: row[1] for row in connection.execute(chosen.group_by(tickets.c.department))}

    def ticket(self, ticket_id: str, seen_by: str | None = None) -> Ticket:
        """The ticket of that id; with `seen_by`, only if that clerk may see it: otherwise it is not there."""
        wanted = filtered(select(tickets), TicketFilter(seen_by=seen_by)).where(
            tickets.c.id == ticket_id[:32]
        )
        with self._reading() as connection:
            row = connection.execute(wanted).mappings().first()
        if row is None:
            raise _no_ticket(ticket_id)
        return ticket_of(row)

    def spreads(self, ticket_ids: Sequence[str]) -> Mapping[str, Spread]:
        """How the askings of these tickets spread over channels and origins."""
        with self._reading() as connection:
            return spread(connection, list(ticket_ids))

    def phrasings(self, ticket_ids: Sequence[str]) -> Mapping[str, Sequence[Phrasing]]:
        """The ways each question was put, those that lead first, then by how often."""
        with self._reading() as connection:
            return phrasings(connection, list(ticket_ids))

    def askings(self, ticket_id: str, limit: int = 100) -> tuple[Gap, ...]:
        """The askings of a ticket, newest first."""
        chosen = select(gaps).where(gaps.c.ticket_id == ticket_id)
        chosen = chosen.order_by(gaps.c.created_at.desc(), gaps.c.id).limit(limit)
        with self._reading() as connection:
            return tuple(gap_of(row) for row in connection.execute(chosen).mappings())

    def notes(self, ticket_id: str) -> tuple[TicketNote, ...]:
        """What was written on a ticket, oldest first."""
        chosen = select(notes).where(notes.c.ticket_id == ticket_id)
        with self._reading() as connection:
            rows = connection.execute(chosen.order_by(notes.c.created_at, notes.c.id)).mappings()
            return tuple(note_of(row) for row in rows)

    def note(self, ticket_id: str, text: str, by: Person, address: str = "") -> TicketNote:
        """Write on a ticket, personal numbers masked. Raises `InvalidGap` where nothing, or too much, is written."""
        said = mask(text).strip()
        if not said or len(said) > LONGEST_NOTE:
            raise InvalidGap(f"备注有 {len(said)} 字，请写 1 到 {LONGEST_NOTE} 字。")
        made = TicketNote(ticket_id, by.id, by.name, said, self._clock())
        with self._writing() as connection:
            _found(connection, ticket_id)
            connection.execute(
                insert(notes).values({each: getattr(made, each) for each in TicketNote.__slots__})
            )
            write_audit(connection, deed("缺口备注", by, ticket_id, address=address))
        return made

    def assign(
        self, ticket_id: str, assignee: str | None, by: Person, address: str = "", named: str = ""
    ) -> Ticket:
        """Hand a ticket to a person (an id; None: to nobody). A new one is then being worked on."""

        def values(ticket: Ticket) -> dict[str, Any]:
            begun = ticket.state is TicketState.NEW and assignee is not None
            return {"assignee": assignee} | ({"state": TicketState.WORKING.value} if begun else {})

        return self._change(ticket_id, values, "分派缺口", by, named or "无人", address)

    def place_with(self, ticket_id: str, department: str, by: Person, address: str = "") -> Ticket:
        """Say which department the question belongs to; empty: none."""
        name = " ".join(mask(department).split())[:40]
        return self._change(
            ticket_id, lambda _: {"department": name}, "缺口归口", by, name or "未填", address
        )

    def move(self, ticket_id: str, state: TicketState, by: Person | None, address: str = "") -> Ticket:
        """Change how far a ticket is."""
        solved = self._clock() if state is TicketState.SOLVED else None
        values = {"state": state.value, "solved_at": solved}
        return self._change(ticket_id, lambda _: values, "缺口状态", by, state.label, address)

    def draft(self, ticket_id: str, draft_id: str, by: Person, address: str = "") -> Ticket:
        """A reviewed answer is being drafted for this ticket."""

        def values(ticket: Ticket) -> dict[str, Any]:
            drafted = {"state": TicketState.DRAFTED.value} if ticket.state in OPEN else {}
            return {"draft_id": draft_id[:32]} | drafted

        return self._change(ticket_id, values, "起草口径", by, draft_id, address)

    def merge(self, ticket_id: str, others: Sequence[str], by: Person, address: str = "") -> Ticket:
        """Put the askings and notes of other tickets to this one, and let those go. What led them leads it too.

        Raises `InvalidGap` where nothing else is named.
        """
        gone = sorted(set(others) - {ticket_id})
        if not gone:
            raise InvalidGap("没有选择要并入的缺口，请至少选择一个。")
        with self._writing() as connection:
            one_at_a_time(connection)
            kept = _found(connection, ticket_id)
            for other in gone:
                merged = _found(connection, other)
                for table in (gaps, notes):
                    connection.execute(
                        update(table).where(table.c.ticket_id == other).values(ticket_id=ticket_id)
                    )
                # A call leads to the ticket that it opened: not to one that is gone.
                connection.execute(update(calls).where(calls.c.gap_id == other).values(gap_id=ticket_id))
                kept = replace(kept, draft_id=kept.draft_id or merged.draft_id)
            connection.execute(
                update(tickets).where(tickets.c.id == ticket_id).values(draft_id=kept.draft_id)
            )
            recount(connection, [ticket_id, *gone])
            write_audit(connection, deed("合并缺口", by, ticket_id, "、".join(gone), address))
            return _found(connection, ticket_id)

    def split(self, ticket_id: str, wording: Sequence[str], by: Person, address: str = "") -> Ticket:
        """A new ticket of some of this one's wordings, each of which leads it.

        Raises `InvalidGap` where none of the wordings, or every one, is named.
        """
        with self._writing() as connection:
            one_at_a_time(connection)
            old = _found(connection, ticket_id)
            present = [each.wording for each in phrasings(connection, [ticket_id])[ticket_id]]
            chosen = [each for each in present if each in set(wording)]
            if not chosen or len(chosen) == len(present):
                raise InvalidGap("请选择要拆出的问法，并至少留下一种。")
            made = replace(
                old,
                id=uuid4().hex,
                state=TicketState.NEW,
                assignee=None,
                draft_id=None,
                outcome=None,
                before=None,
                outcome_at=None,
                solved_at=None,
            )
            values = {each: getattr(made, each) for each in Ticket.__slots__}
            connection.execute(
                insert(tickets).values(values | {"clauses": list(made.clauses), "state": made.state.value})
            )
            moved = gaps.c.ticket_id == ticket_id, gaps.c.wording.in_(chosen)
            connection.execute(update(gaps).where(*moved).values(ticket_id=made.id, leads=False))
            for each in chosen:
                _lead(connection, made.id, each)
            recount(connection, [ticket_id, made.id])
            write_audit(connection, deed("拆分缺口", by, ticket_id, made.id, address))
            return _found(connection, made.id)

    def to_ask(self, ticket_ids: Sequence[str]) -> Mapping[str, Sequence[Asked]]:
        """What to ask again of each ticket: its wordings, those that lead first."""
        with self._reading() as connection:
            return to_ask(connection, list(ticket_ids))

    def asked_again(self, outcomes: Mapping[str, Again]) -> None:
        """Keep how each ticket's question was answered now; what was kept so far becomes the time before."""
        now = self._clock()
        with self._writing() as connection:
            for ticket_id, status in outcomes.items():
                values = {"before": tickets.c.outcome, "outcome": status, "outcome_at": now}
                connection.execute(update(tickets).where(tickets.c.id == ticket_id).values(values))

    def _change(
        self,
        ticket_id: str,
        values: Callable[[Ticket], dict[str, Any]],
        action: str,
        by: Person | None,
        detail: str,
        address: str,
    ) -> Ticket:
        with self._writing() as connection:
            ticket = _found(connection, ticket_id)
            connection.execute(update(tickets).where(tickets.c.id == ticket.id).values(values(ticket)))
            write_audit(connection, deed(action, by, ticket.id, detail, address))
            return _found(connection, ticket.id)

    def _read_ahead(self, sameness: Sameness, questions: Sequence[str]) -> None:
        """Read what will be compared before the transaction: the encoder must not hold up other writers."""
        with self._reading() as connection:
            led = [question for question, _ in leading(connection)]
            waiting = select(gaps.c.question).where(gaps.c.ticket_id.is_(None)).limit(BATCH)
            sameness.traits([*led, *connection.scalars(waiting), *questions])

    def _reading(self) -> Any:
        self._database.prepare()
        return self._database.reading()

    def _writing(self) -> Any:
        self._database.prepare()
        return self._database.writing()


def _kept(gap: Gap) -> Gap:
    question = mask(gap.question)
    return replace(gap, question=question, wording=wording_of(question), ticket_id=None, leads=False)


def _found(connection: Connection, ticket_id: str) -> Ticket:
    ticket = read_ticket(connection, ticket_id[:32])
    if ticket is None:
        raise _no_ticket(ticket_id)
    return ticket


def _lead(connection: Connection, ticket_id: str, wording: str) -> None:
    own = gaps.c.ticket_id == ticket_id, gaps.c.wording == wording
    first = select(gaps.c.id).where(*own).order_by(gaps.c.created_at, gaps.c.id).limit(1).scalar_subquery()
    connection.execute(update(gaps).where(gaps.c.id == first).values(leads=True))


def _no_ticket(ticket_id: str) -> TicketNotFound:
    return TicketNotFound(f"没有编号为“{ticket_id[:40]}”的缺口，它可能已并入另一个或已清理，请从列表中选择。")
