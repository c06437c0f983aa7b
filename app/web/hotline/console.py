"""What the console's pages need of their app: the people, their sessions, the audit record, and its own route table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.routing import APIRoute

from app.errors import InvalidDate
from app.settings import Settings
from app.store import Audit, Database, Limits, People, Role, SignIns
from app.web.asking import parse_day
from app.web.opened import parts

PREFIXES = ("/hotline", "/admin")
YEARS = range(
    1900, 2200
)  # of days looked for: midnight is a moment in UTC too, and nothing is older or later


@dataclass(frozen=True, slots=True)
class Console:
    """Made once for an app; kept as `app.state.console`. The other stores of the console share `database`.

    `routes` are all console routes; `roles` says for each path that can be got which role it needs (None: nobody
    has to sign in for it).
    """

    settings: Settings
    database: Database
    people: People
    sign_ins: SignIns
    audit: Audit
    zone: ZoneInfo
    routes: tuple[APIRoute, ...]
    roles: Mapping[str, Role | None]

    def local(self, moment: datetime) -> str:
        """A moment as it is shown: 2026-01-31 09:30, in the time zone of the settings."""
        return moment.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")

    def midnight(self, day: str, later: int = 0) -> datetime | None:
        """The beginning of a written day, or of one `later` days after it; None where none is written.

        Raises `InvalidDate` for what is no day, or none of `YEARS`.
        """
        if not day:
            return None
        begins = parse_day(day)
        if begins.year not in YEARS:
            raise InvalidDate(f"日期“{day}”太远了，请写 {YEARS[0]} 年到 {YEARS[-1]} 年之间的日期。")
        return datetime.combine(begins + timedelta(days=later), time(), self.zone)


def open_console(
    settings: Settings, routes: tuple[APIRoute, ...], role_of: Callable[[APIRoute], Role | None]
) -> Console:
    """Does not connect yet. Raises `InvalidSetting` for a database that can never be used."""
    database = Database(settings.database_url)
    limits = Limits(
        idle=timedelta(minutes=settings.console_idle_minutes),
        longest=timedelta(hours=settings.console_hours),
        per_account=settings.console_account_failures,
        per_account_everywhere=10 * settings.console_account_failures,
        per_address=settings.console_address_failures,
        lock=timedelta(minutes=settings.console_lock_minutes),
    )
    return Console(
        settings,
        database,
        People(database),
        SignIns(database, limits),
        Audit(database),
        ZoneInfo(settings.timezone),
        routes,
        {route.path: role_of(route) for route in routes if "GET" in (route.methods or ())},
    )


def console(request: Request) -> Console:
    """The console of the app that serves this request."""
    found = request.app.state.console
    if not isinstance(found, Console):
        raise TypeError(f"app.state.console holds {type(found).__name__}")
    return found


def address(request: Request) -> str:
    """The address a request is counted and recorded by, seen through trusted proxies."""
    return parts(request).admission.address(request.scope)
