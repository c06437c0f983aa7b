"""What an endpoint needs of its app: the open services, the calendar, the counters."""

from dataclasses import dataclass

from fastapi import Request

from app.errors import NotReady, ZhengwenError
from app.store import Access
from app.web.admission import Admission, caller_of
from app.web.asking import Calendar
from app.web.metrics import Metrics
from app.web.readiness import Opening
from app.web.services import Intake, Services
from app.web.templating import Pages


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a person answers; empty where no setting says so."""

    phone: str
    hours: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The services once they are open, and what goes with them."""

    services: Services
    calendar: Calendar
    metrics: Metrics
    pages: Pages


@dataclass(frozen=True, slots=True)
class Parts:
    """What `create_app` made for one app; kept as `app.state.parts`."""

    opening: Opening
    calendar: Calendar
    metrics: Metrics
    pages: Pages
    admission: Admission
    access: Access
    contact: Contact
    intake: Intake | None = None


def parts(request: Request) -> Parts:
    """The parts of the app that serves this request."""
    found = request.app.state.parts
    if not isinstance(found, Parts):
        raise TypeError(f"app.state.parts holds {type(found).__name__}")
    return found


async def opened(request: Request) -> Opened:
    """Raises `NotReady` while the services open, and why they did not where they did not: to strangers without the details.

    A coroutine, so that no thread is spent on it.
    """
    held = parts(request)
    try:
        services = held.opening.services()
    except NotReady:
        raise
    except ZhengwenError as error:
        if caller_of(request.scope).kind == "local":
            raise
        raise type(error)("") from None
    return Opened(services, held.calendar, held.metrics, held.pages)
