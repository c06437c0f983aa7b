"""The closed loop: all gaps asked again, what is answered now, and a person who confirms that it is solved."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from app.errors import InvalidGap
from app.store import TicketFilter, TicketState
from app.web.hotline.console import address, console
from app.web.hotline.gaps_view import OPEN_STATES, STATUSES, gaps_of
from app.web.hotline.guard import Editor
from app.web.hotline.page import page, see_other
from app.web.opened import Opened, opened
from app.web.reasking import ask_again

SHOWN = 200  # tickets of each kind
AT_ONCE = 1000  # tickets asked again while a person waits; the command asks all
OpenedNow = Annotated[Opened, Depends(opened)]
router = APIRouter(include_in_schema=False)


@router.get("/hotline/gaps/again")
def outcomes(request: Request, person: Editor) -> Response:
    """What the last asking again showed."""
    gaps = gaps_of(request)
    kinds = {
        "broke": TicketFilter(progress="broke"),
        "answered": TicketFilter(progress="answered", states=OPEN_STATES),
        "open": TicketFilter(progress="open", states=OPEN_STATES),
        "solved": TicketFilter(progress="answered", states=(TicketState.SOLVED,)),
        "unasked": TicketFilter(progress="unasked", states=OPEN_STATES),
    }
    found = {name: gaps.tickets(wanted, limit=SHOWN) for name, wanted in kinds.items()}
    asked = [each.outcome_at for rows in found.values() for each in rows if each.outcome_at is not None]
    return page(
        request,
        "hotline/gaps_again.html",
        found=found,
        counts={name: gaps.count(wanted) for name, wanted in kinds.items()},
        last=max(asked, default=None),
        statuses=STATUSES,
    )


@router.post("/hotline/gaps/again")
def ask_all(request: Request, person: Editor, now: OpenedNow) -> Response:
    """Ask them now, the most asked first."""
    held, gaps = console(request), gaps_of(request)
    if now.services.sameness is not None:
        gaps.gather(now.services.sameness)
    report = ask_again(gaps, now.services.dialogue, now.calendar.today(), AT_ONCE)
    told = (
        f"重问了 {len(report.results)} 个缺口：{len(report.of('answered'))} 个新能答复，"
        f"{len(report.of('open'))} 个仍无答案，{len(report.of('broke'))} 个变坏。"
    )
    held.audit.record("重问缺口", person, detail=told, address=address(request))
    return see_other("/hotline/gaps/again", told)


@router.post("/hotline/gaps/solve")
def solve(
    request: Request,
    person: Editor,
    tickets: Annotated[list[str], Form()] = [],  # noqa: B006
) -> Response:
    """A person confirms that these, which are answered now, are solved."""
    gaps = gaps_of(request)
    chosen = [gaps.ticket(each) for each in dict.fromkeys(tickets)]
    if not chosen:
        raise InvalidGap("没有选择缺口，请先勾选要确认的。")
    for ticket in chosen:
        if ticket.progress != "answered":
            raise InvalidGap(f"“{ticket.question[:40]}”上次重问还没有答案，不能这样确认。")
    for ticket in chosen:
        gaps.move(ticket.id, TicketState.SOLVED, person, address(request))
    return see_other("/hotline/gaps/again", f"已确认解决 {len(chosen)} 个缺口。")
