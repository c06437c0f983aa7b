"""Putting the room together."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Security
from fastapi.security import HTTPBearer
from starlette.staticfiles import StaticFiles

from app import __version__
from app.settings import Settings
from app.store import Access, open_security_log
from app.web import ask, embedding, feedback, health, library, pages
from app.web.admission import Admission
from app.web.asking import calendar
from app.web.connections import Connections, Limits, fitting
from app.web.envelope import Envelope
from app.web.faults import add_handlers
from app.web.gate import CrossOrigin, Gate
from app.web.hotline import STREAMED, UPLOADS, add_hotline
from app.web.hotline.lookup import SEARCH
from app.web.hotline.turnstile import Turnstile
from app.web.limits import BodyLimit
from app.web.metrics import Measure, Metrics
from app.web.opened import Contact, Parts
from app.web.overload import Queue
from app.web.protocol import STATE
from app.web.readiness import Opening
from app.web.schemas import ProblemOut
from app.web.services import Intake, Services
from app.web.templating import Pages
from app.web.wechat import add_wechat

# For the description alone: `Gate` has decided before.
BEARER = HTTPBearer(auto_error=False, description="密钥 zw_…；本机可不填")
COMPUTING = (
    "/",
    "/api/v1/ask",
    "/api/v1/ask/stream",
    "/api/v1/handoff",
    "/api/v1/search",
    "/hotline/ask",
    "/wechat/v1/ask",
    "/wechat/v1/ask/stream",
)
STATIC = Path(__file__).parent / "static"


def create_app(
    settings: Settings,
    open_services: Callable[[], Services],
    current: Callable[[], object] | None = None,
    intake: Intake | None = None,
    *,
    accept_when_open: bool = False,
) -> FastAPI:
    """The application. `open_services` runs in a thread once the app has started, so the process is up at once.

    `current` names what they are opened from: when that changes, they are opened afresh. With an `intake` the console
    brings documents in. With `accept_when_open` the server accepts nothing before the services are open: for a worker beside
    others, which answer meanwhile.

    Raises `InvalidSetting` for a time zone that does not exist, and for what `Admission` and `Access` refuse.
    """
    open_security_log(settings.security_log)
    access = Access.open(settings.database_url)
    admission = Admission(settings, access)
    contact = Contact(settings.handoff_phone.strip(), settings.handoff_hours.strip())
    metrics = Metrics()
    opening = Opening(open_services, on_ready=metrics.describe, current=current)
    app = FastAPI(
        title="政问",
        version=__version__,
        summary="用平常话问政策，得到逐字引用的条款和它在官方文本中的位置",
        docs_url=None,
        redoc_url=None,
        responses={"default": {"model": ProblemOut, "description": "出错（application/problem+json）"}},
        lifespan=_lifespan,
    )
    day = calendar(settings.timezone)
    app.state.parts = Parts(opening, day, metrics, Pages(), admission, access, contact, intake)
    for router in (ask.router, feedback.router, library.router):
        app.include_router(router, dependencies=[Security(BEARER)])
    for router in (embedding.router, health.router, pages.router, embedding.pages):
        app.include_router(router)
    add_wechat(app, settings, calendar(settings.timezone))
    add_hotline(app, settings)
    limits = Limits(fitting(settings.connections), settings.address_connections)
    app.state.accept_when_open = accept_when_open
    app.state.connections = Connections(
        limits, admission.proxies, metrics.count_connection_ended, metrics.count_connections
    )
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    add_handlers(app)
    # The last one added is the outermost.
    app.add_middleware(
        Queue, paths=COMPUTING, counts=metrics, at_once=settings.at_once, patience=settings.queue_seconds
    )
    streamed = {**UPLOADS, STREAMED: settings.file_limit + settings.body_limit}
    app.add_middleware(BodyLimit, limit=settings.body_limit, streamed=streamed)
    app.add_middleware(Turnstile, path=SEARCH)
    app.add_middleware(Gate, admission=admission)  # before any body
    app.add_middleware(CrossOrigin, admission=admission)
    app.add_middleware(Measure, metrics=metrics)
    app.add_middleware(Envelope, tls=settings.base_url.lower().startswith("https://"))
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[dict[str, object]]:
    opening = app.state.parts.opening
    opening.start()
    while app.state.accept_when_open and not opening.is_open:
        await asyncio.sleep(0.05)
    watching = asyncio.create_task(app.state.connections.watch())
    yield {STATE: app.state.connections}
    watching.cancel()
    opening.close()
    app.state.wechat.close()
    app.state.console.database.close()
    app.state.parts.access.close()
