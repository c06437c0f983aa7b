"""Counters for Prometheus. The only importer of prometheus_client; each app has a registry of its own.

Workers of one server count in files of one folder, named by `COUNTS_FOLDER` before this is imported; each of them answers
for all, also for those that have ended.
"""

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.services import Services

COUNTS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)  # seconds


class Metrics:
    """What is counted in one process."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self._shown = registry
        if COUNTS_FOLDER in os.environ:
            self._shown = CollectorRegistry()
            self._shown.register(Workers(Path(os.environ[COUNTS_FOLDER])))  # first: it lets go of the dead
            MultiProcessCollector(self._shown)  # type: ignore[no-untyped-call]
        else:
            ProcessCollector(registry=registry)
        self._requests = Counter(
            "zhengwen_http_requests",
            "Requests by route and status.",
            ["method", "route", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "zhengwen_http_request_seconds",
            "Seconds to answer.",
            ["route"],
            buckets=BUCKETS,
            registry=registry,
        )
        self._answers = Counter("zhengwen_answers", "Answers by status.", ["status"], registry=registry)
        self._connections = Gauge(
            "zhengwen_connections", "Connections now open.", registry=registry, multiprocess_mode="livesum"
        )
        self._ended = Counter(
            "zhengwen_connections_ended", "Connections refused or cut off.", ["reason"], registry=registry
        )
        self._waiting = Gauge(
            "zhengwen_waiting", "Requests in the queue.", registry=registry, multiprocess_mode="livesum"
        )
        self._working = Gauge(
            "zhengwen_working", "Requests being computed.", registry=registry, multiprocess_mode="livesum"
        )
        self._unanswered = Counter(
            "zhengwen_unanswered", "Requests in the queue that were not begun.", ["reason"], registry=registry
        )
        self._documents = Gauge(
            "zhengwen_documents", "Documents served.", registry=registry, multiprocess_mode="livemax"
        )
        self._clauses = Gauge(
            "zhengwen_clauses", "Clauses served.", registry=registry, multiprocess_mode="livemax"
        )

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request answered."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def count_answer(self, status: str) -> None:
        """One answer given."""
        self._answers.labels(status).inc()

    def count_connections(self, change: int) -> None:
        """So many more, or fewer, are open."""
        self._connections.inc(change)

    def count_connection_ended(self, reason: str) -> None:
        """One was refused or cut off."""
        self._ended.labels(reason).inc()

    def count_queue(self, waiting: int, working: int) -> None:
        """So many more, or fewer, wait for their turn and are being worked on."""
        self._waiting.inc(waiting)
        self._working.inc(working)

    def count_unanswered(self, reason: str) -> None:
        """One that was to be computed was not begun: the queue is full, it came too late, or who asked has left."""
        self._unanswered.labels(reason).inc()

    def describe(self, services: Services) -> None:
        """Take the sizes of the corpus."""
        documents = services.snapshot.documents
        self._documents.set(len(documents))
        self._clauses.set(sum(len(services.snapshot.clauses_of(document_id)) for document_id in documents))

    def response(self) -> Response:
        """The text exposition."""
        return Response(generate_latest(self._shown), media_type=CONTENT_TYPE)


class Workers(Collector):
    """What the processes that count in one folder take of the machine, summed; those that have ended are let go of."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterable[Metric]:
        """Memory, processor time and open files."""
        found: dict[str, Metric] = {}
        for process_id in self._alive():
            for metric in ProcessCollector(pid=partial(str, process_id), registry=None).collect():
                if metric.name.startswith(("process_start", "process_max")):
                    continue  # no sum says anything
                kept = found.setdefault(metric.name, metric)
                if kept is not metric:
                    kept.samples = [
                        one._replace(value=one.value + other.value)
                        for one, other in zip(kept.samples, metric.samples, strict=True)
                    ]
        return found.values()

    def _alive(self) -> list[str]:
        alive = []
        for process_id in sorted({file.stem.rpartition("_")[2] for file in self._folder.glob("*.db")}):
            if Path("/proc", process_id).exists():
                alive.append(process_id)
            else:
                with suppress(OSError):  # another worker does the same
                    mark_process_dead(process_id, str(self._folder))  # type: ignore[no-untyped-call]
        return alive


class Measure:
    """ASGI middleware: counts each request under its route's pattern, never under the path that was asked for."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and count how it was answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, begun = 500, time.perf_counter()

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        finally:
            self._metrics.count_request(
                method_of(scope), route_of(scope), status, time.perf_counter() - begun
            )


def route_of(scope: Scope) -> str:
    """The pattern of the route that answered, “static”, or “unmatched”: a few values, whatever is asked."""
    pattern = getattr(scope.get("route"), "path", None)
    if isinstance(pattern, str):
        return pattern
    return "static" if scope["path"].startswith("/static/") else "unmatched"


def method_of(scope: Scope) -> str:
    """The method, or “other” for words that are no method of HTTP."""
    method = str(scope["method"])
    return method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "other"
