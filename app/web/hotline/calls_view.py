"""A call as its pages and scripts see it."""

from fastapi import Request

from app.store import Call, Calls
from app.web.hotline.console import console
from app.web.json_bytes import Json


def calls_of(request: Request) -> Calls:
    """The calls of the app that serves this request."""
    return Calls(console(request).database)


def call_json(call: Call) -> dict[str, Json]:
    """An open call: what its clerk sees of it."""
    return {
        "id": call.id,
        "started_at": call.started_at.isoformat(),
        "ended_at": call.ended_at.isoformat() if call.ended_at else None,
        "question": call.question,
        "said": call.said,
        "notes": call.notes,
        "outcome": call.outcome.value if call.outcome else None,
        "gap_id": call.gap_id,
    }


def lasted(call: Call) -> str:
    """How long a call lasted, as 02:13 or 1:02:13; a dash while it is open."""
    if call.ended_at is None:
        return "—"
    minutes, seconds = divmod(max(0, int((call.ended_at - call.started_at).total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"
