"""Gaps asked again through the running rooms: what is answered now, what still is not, and what broke since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.errors import InvalidRequest
from app.store import Again, Asked, Gaps, Ticket, TicketFilter, TicketState
from app.web.services import Dialogue

WORDINGS = 10  # of one ticket, those that lead and the most asked first
PIECE = 200  # tickets between two writes
_WORST: tuple[Again, ...] = ("out_of_scope", "not_stated", "clarify", "same", "answered")


@dataclass(frozen=True, slots=True)
class Result:
    """A ticket asked again. `missed` are the wordings that are not answered; `before` is the outcome last time."""

    ticket: Ticket
    outcome: Again
    before: Again | None
    missed: tuple[str, ...]

    @property
    def kind(self) -> str:
        """`answered` (not so last time), `still` (answered, as last time), `open`, or `broke`."""
        if self.outcome == "answered":
            return "still" if self.before == "answered" else "answered"
        return "broke" if self.before == "answered" else "open"


@dataclass(frozen=True, slots=True)
class Report:
    """All tickets asked again, most asked first."""

    results: tuple[Result, ...]

    def of(self, kind: str) -> tuple[Result, ...]:
        """Those of that kind; see `Result.kind`."""
        return tuple(each for each in self.results if each.kind == kind)


def ask_again(gaps: Gaps, dialogue: Dialogue, today: date, limit: int | None = None) -> Report:
    """Ask the questions of all tickets that are not declined, and keep the outcomes. Raises `StoreUnavailable`.

    No conversation is kept of it. A ticket is answered when each of its wordings is.
    """
    asked = TicketFilter(states=tuple(state for state in TicketState if state is not TicketState.DECLINED))
    tickets = gaps.tickets(asked, limit=limit or gaps.count(asked) or 1)
    results: list[Result] = []
    for start in range(0, len(tickets), PIECE):
        piece = tickets[start : start + PIECE]
        wordings = gaps.to_ask([ticket.id for ticket in piece])
        made = [_asked(ticket, wordings[ticket.id][:WORDINGS], dialogue, today) for ticket in piece]
        gaps.asked_again({each.ticket.id: each.outcome for each in made})
        results += made
    return Report(tuple(results))


def _asked(ticket: Ticket, wordings: Sequence[Asked], dialogue: Dialogue, today: date) -> Result:
    found = [(each.question, outcome_of(each, dialogue, today)) for each in wordings]
    outcome = _WORST[min((_WORST.index(each) for _, each in found), default=0)]
    missed = tuple(question for question, each in found if each != "answered")
    return Result(ticket, outcome, ticket.outcome, missed)


def outcome_of(asked: Asked, dialogue: Dialogue, today: date) -> Again:
    """How one wording is answered today.

    Where people had clauses in hand and called it no answer, the same clauses are none now, unless people approved them.
    """
    try:
        reply = dialogue.preview(
            asked.question, session_id=None, as_of=today, document_id=None, channel="hotline"
        )
    except InvalidRequest:
        return "out_of_scope"  # masked to nothing, or too long since
    answer = reply.answer
    if answer.status != "answered" or asked.wanting is None or reply.reviewed is not None:
        return answer.status
    return "answered" if {each.clause_id for each in answer.citations} - asked.wanting else "same"
