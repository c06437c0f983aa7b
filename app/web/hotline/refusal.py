"""What a browser gets where the guard refuses: the page that helps. A script gets the problem document."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.errors import StoreUnavailable, ZhengwenError
from app.web.faults import is_console, respond, wants_page
from app.web.problems import problem_of


async def to_sign_in(request: Request, error: Exception) -> Response:
    """On to the sign-in page, and from there back to where the person was going."""
    if not wants_page(request):
        return _problem(request, error)
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    back = f"?next={quote(asked, safe='')}" if request.method == "GET" else ""
    return RedirectResponse(f"/hotline/sign-in{back}", 303)


async def to_account(request: Request, error: Exception) -> Response:
    """On to the page where the password is changed."""
    return RedirectResponse("/hotline/account", 303) if wants_page(request) else _problem(request, error)


async def without_database(request: Request, error: Exception) -> Response:
    """The console cannot do without the database; that it is away is no fault of whoever sits there."""
    if is_console(request.url.path):
        error = StoreUnavailable(
            f"{error}。登录和记录都要用到它，工作台暂时不能使用，请稍后再试；公开的问答不受影响。"
        )
    return _problem(request, error)


def _problem(request: Request, error: Exception) -> Response:
    if not isinstance(error, ZhengwenError):
        raise error
    return respond(request, problem_of(error))
