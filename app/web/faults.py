"""Every exception that can reach the edge, answered as a problem document, or as a page for a browser."""

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.errors import ZhengwenError
from app.store import tell
from app.web.opened import parts
from app.web.problems import MEDIA_TYPE, HttpError, Problem, problem_of, problem_of_http
from app.web.validation import validation_problem


def add_handlers(app: FastAPI) -> None:
    """Have the app answer its exceptions here."""
    app.add_exception_handler(ZhengwenError, _answer)
    app.add_exception_handler(HttpError, _answer)
    app.add_exception_handler(RequestValidationError, _answer)
    app.add_exception_handler(HTTPException, _answer)


async def _answer(request: Request, error: Exception) -> Response:
    return respond(request, _problem(request, error))


def note_refusal(request: Request, problem: Problem) -> None:
    """Tell the security log of whoever may not, or not so often."""
    if problem.status in (401, 403, 429):
        where = parts(request).admission.address(request.scope)
        facts = {"method": request.method, "path": request.url.path, "status": problem.status}
        tell("refused", code=problem.code, address=where, **facts)


def _problem(request: Request, error: Exception) -> Problem:
    if isinstance(error, ZhengwenError):
        return problem_of(error)
    if isinstance(error, HttpError):
        return error.problem
    if isinstance(error, RequestValidationError):
        return validation_problem(error.errors())
    if isinstance(error, HTTPException):
        return problem_of_http(error, request.method, request.url.path)
    raise error


def respond(request: Request, problem: Problem) -> Response:
    """The problem as a page for a browser, as problem+json for everyone else."""
    note_refusal(request, problem)
    if not wants_page(request):
        return Response(problem.body(), problem.status, headers=dict(problem.headers), media_type=MEDIA_TYPE)
    name = "hotline/refused.html" if is_console(request.url.path) else "error.html"
    response = parts(request).pages.page(name, problem.status, problem=problem)
    response.headers.update(problem.headers)
    return response


def wants_page(request: Request) -> bool:
    """Whether a person's browser asked for a page."""
    path = request.url.path
    if path.startswith(("/api/", "/wechat/", "/healthz", "/readyz", "/metrics")):
        return False
    # Only the console has forms that are posted without a script.
    if request.method not in ("GET", "HEAD") and not is_console(path):
        return False
    return "text/html" in request.headers.get("accept", "")


def is_console(path: str) -> bool:
    """Whether the path is one of the console's, which has pages of its own look."""
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in ("/hotline", "/admin"))
