"""What is done to a gap ticket: notes, handing it to somebody, how far it is, merging and splitting by hand."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from app.errors import InvalidGap
from app.store import TicketState
from app.web.hotline.console import address, console
from app.web.hotline.gaps_view import gaps_of, seen_by
from app.web.hotline.guard import Clerk, Editor
from app.web.hotline.page import see_other

router = APIRouter(include_in_schema=False)
Chosen = Annotated[list[str], Form()]


@router.post("/hotline/gaps/{ticket_id}/note")
def note(ticket_id: str, request: Request, person: Clerk, text: Annotated[str, Form()] = "") -> Response:
    """Write on a ticket one may see."""
    gaps = gaps_of(request)
    ticket = gaps.ticket(ticket_id, seen_by(person))
    gaps.note(ticket.id, text, person, address(request))
    return _back(ticket.id, "已添加备注。")


@router.post("/hotline/gaps/{ticket_id}/assign")
def assign(ticket_id: str, request: Request, person: Editor, who: Annotated[str, Form()] = "") -> Response:
    """Hand a ticket to a person; an empty id takes it back."""
    chosen = next((each for each in console(request).people.everybody() if each.id == who), None)
    if who and chosen is None:
        raise InvalidGap(f"没有编号为“{who[:40]}”的人员，请从列表中选择。")
    name = chosen.name if chosen else ""
    gaps_of(request).assign(ticket_id, who or None, person, address(request), name)
    return _back(ticket_id, f"已交给{name}。" if name else "已取消分派。")


@router.post("/hotline/gaps/{ticket_id}/department")
def department(
    ticket_id: str, request: Request, person: Editor, name: Annotated[str, Form()] = ""
) -> Response:
    """Say which department the question belongs to."""
    gaps_of(request).place_with(ticket_id, name, person, address(request))
    return _back(ticket_id, "已保存归口部门。")


@router.post("/hotline/gaps/{ticket_id}/state")
def state(ticket_id: str, request: Request, person: Editor, state: Annotated[str, Form()] = "") -> Response:
    """Change how far a ticket is."""
    if state not in set(TicketState):
        raise InvalidGap(f"没有“{state[:20]}”这种状态，请从列表中选择。")
    moved = gaps_of(request).move(ticket_id, TicketState(state), person, address(request))
    return _back(ticket_id, f"状态已改为“{moved.state.label}”。")


@router.post("/hotline/gaps/{ticket_id}/merge")
def merge(ticket_id: str, request: Request, person: Editor, others: Chosen = []) -> Response:  # noqa: B006
    """Put other tickets to this one."""
    # A ticket is named by its id or, as it is copied from the browser, by its address.
    named = [each.strip().rstrip("/").rpartition("/")[2][:32] for each in others]
    merged = gaps_of(request).merge(ticket_id, list(filter(None, named)), person, address(request))
    return _back(merged.id, f"已合并，共问过 {merged.asked} 次。")


@router.post("/hotline/gaps/{ticket_id}/split")
def split(ticket_id: str, request: Request, person: Editor, wordings: Chosen = []) -> Response:  # noqa: B006
    """Make a ticket of its own of some wordings."""
    made = gaps_of(request).split(ticket_id, wordings, person, address(request))
    return _back(made.id, "已拆成一个新的缺口。")


def _back(ticket_id: str, notice: str) -> Response:
    return see_other(f"/hotline/gaps/{ticket_id}", notice)
