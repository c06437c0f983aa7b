"""The hotline console: pages for people who have signed in. `add_hotline` gives the app its routes.

A part of the console is a module with a `router` of whole paths below /hotline or /admin; it is named in `ROUTERS`.
"""

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from app.errors import PasswordToChange, SignInRequired, StoreUnavailable
from app.settings import Settings
from app.web.admin import audit, documents, people, sessions, uploads
from app.web.hotline import (
    calls,
    dashboard,
    gap_changes,
    gaps,
    gaps_again,
    lookup,
    reviewed,
    reviewed_form,
    reviewed_import,
    reviewed_steps,
    sign_in,
)
from app.web.hotline.console import PREFIXES, Console, console, open_console
from app.web.hotline.guard import role_of
from app.web.hotline.refusal import to_account, to_sign_in, without_database

__all__ = ["Console", "add_hotline", "console"]

ROUTERS: tuple[APIRouter, ...] = (
    sign_in.router,
    lookup.pages,
    lookup.router,
    calls.pages,
    calls.router,
    gaps_again.router,  # before the page of one ticket, whose address its own would fit
    gaps.router,
    gap_changes.router,
    dashboard.router,
    reviewed_import.router,  # before the page of one entry, whose address theirs would fit
    reviewed_form.router,
    reviewed_steps.router,
    reviewed.router,
    uploads.router,
    documents.router,
    people.router,
    audit.router,
    sessions.router,
)
STREAMED = uploads.UPLOAD  # the path that takes whole policy files
UPLOADS = {reviewed_import.IMPORT: reviewed_import.BODY}  # paths that take files, and bytes
OPEN = frozenset({"/hotline/sign-in"})  # nobody has signed in yet


def add_hotline(app: FastAPI, settings: Settings) -> Console:
    """Give the app the console and its routes.

    Raises:
        InvalidSetting: the database can never be used.
        TypeError: a route has no guard or lies elsewhere. Such an app must not start.
    """
    routes = tuple(route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute))
    for route in routes:
        if not route.path.startswith(PREFIXES) or (role_of(route) is None and route.path not in OPEN):
            raise TypeError(f"{route.path} is no console path, or has no guard")
    made = open_console(settings, routes, role_of)
    app.state.console = made
    for router in ROUTERS:
        app.include_router(router)
        if router is lookup.router:
            # It is asked with each key stroke, and routes are tried in order: it comes first.
            app.router.routes.insert(0, app.router.routes.pop())
    app.add_exception_handler(SignInRequired, to_sign_in)
    app.add_exception_handler(PasswordToChange, to_account)
    app.add_exception_handler(StoreUnavailable, without_database)
    return made
