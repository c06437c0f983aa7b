"""What becomes of a reviewed answer: handed in, looked at by another, approved or sent back, withdrawn, brought back."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from app.errors import FourEyes, InvalidRequest, ReviewedChanged, ReviewedInvalid, ZhengwenError
from app.store import Person, ReviewedEntry, ReviewedVersion
from app.web.hotline.guard import Editor, Reviewer
from app.web.hotline.page import page, see_other
from app.web.hotline.reviewed import entry_page
from app.web.hotline.reviewed_view import ALL, Check, answers_of, book_of, checked, compared, standing
from app.web.opened import Opened, opened
from app.web.problems import problem_of

OpenedNow = Annotated[Opened, Depends(opened)]
router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=2_000)]
REFUSED = (InvalidRequest, ReviewedChanged, FourEyes)


@router.post("/hotline/reviewed/{entry_id}/submit")
def submit(entry_id: str, request: Request, person: Editor, now: OpenedNow, seen: Text = "") -> Response:
    """Hand the draft to the reviewers."""
    try:
        book_of(request).submit(entry_id, person, seen, now.calendar.today())
    except REFUSED as error:
        return _refused(entry_id, request, now, error)
    return see_other(_address(entry_id), "已提交，等待另一位审核人批准。")


@router.post("/hotline/reviewed/{entry_id}/discard")
def discard(entry_id: str, request: Request, person: Editor, now: OpenedNow, seen: Text = "") -> Response:
    """Give the draft up."""
    try:
        book_of(request).discard(entry_id, person, seen)
    except REFUSED as error:
        return _refused(entry_id, request, now, error)
    return see_other(_address(entry_id), "已放弃草稿。")


@router.get("/hotline/reviewed/{entry_id}/review")
def review(entry_id: str, request: Request, person: Reviewer, now: OpenedNow) -> Response:
    """What was handed in: beside what answers now, as the citizen would get it, and what stands against it."""
    return _review(request, now, person, book_of(request).entry(entry_id), now.calendar.today())


@router.post("/hotline/reviewed/{entry_id}/approve")
def approve(
    entry_id: str,
    request: Request,
    person: Reviewer,
    now: OpenedNow,
    seen: Text = "",
    note: Text = "",
    acknowledged: Text = "",
) -> Response:
    """Let it answer, in this process at once and in the others within a second."""
    book, today = book_of(request), now.calendar.today()
    entry, answers = book.entry(entry_id), answers_of(now)
    try:
        _must_be_clear(_check(request, now, entry.latest, today), bool(acknowledged))
        book.approve(entry_id, person, seen, today, note)
    except REFUSED as error:
        return _review(request, now, person, entry, today, error)
    answers.watch.look()
    return see_other(_address(entry_id), "已批准，各渠道一秒内生效。")


@router.post("/hotline/reviewed/{entry_id}/reject")
def reject(
    entry_id: str, request: Request, person: Reviewer, now: OpenedNow, seen: Text = "", note: Text = ""
) -> Response:
    """Send it back with a reason."""
    book = book_of(request)
    try:
        book.reject(entry_id, person, seen, note)
    except REFUSED as error:
        return _review(request, now, person, book.entry(entry_id), now.calendar.today(), error)
    return see_other(_address(entry_id), "已退回。")


@router.post("/hotline/reviewed/{entry_id}/withdraw")
def withdraw(entry_id: str, request: Request, person: Reviewer, now: OpenedNow, note: Text = "") -> Response:
    """From now on nothing of it answers."""
    try:
        book_of(request).withdraw(entry_id, person, note)
    except REFUSED as error:
        return _refused(entry_id, request, now, error)
    answers_of(now).watch.look()
    return see_other(_address(entry_id), "已撤回，各渠道一秒内停用。")


@router.post("/hotline/reviewed/{entry_id}/restore")
def restore(
    entry_id: str,
    request: Request,
    person: Reviewer,
    now: OpenedNow,
    number: Annotated[int, Form(ge=1, le=1_000_000)],
    seen: Text = "",
) -> Response:
    """Let a version that was approved before answer again."""
    book, today = book_of(request), now.calendar.today()
    try:
        version = book.version(entry_id, number)  # first: what is not there is the sender's fault
        if troubles := answers_of(now).troubles(version, today):
            raise ReviewedInvalid(f"第 {number} 版现在不能恢复：{'；'.join(troubles)}。请以此版起草后修改。")
        _must_be_clear(_check(request, now, book.version(entry_id, number), today), acknowledged=True)
        book.restore(entry_id, number, person, seen, today)
    except REFUSED as error:
        return _refused(entry_id, request, now, error)
    answers_of(now).watch.look()
    return see_other(_address(entry_id), f"已恢复第 {number} 版，各渠道一秒内生效。")


@router.post("/hotline/reviewed/{entry_id}/draft-from")
def draft_from(
    entry_id: str,
    request: Request,
    person: Editor,
    now: OpenedNow,
    number: Annotated[int, Form(ge=1, le=1_000_000)],
    seen: Text = "",
) -> Response:
    """A new draft that says what an earlier version said."""
    try:
        book_of(request).draft_from(entry_id, number, person, seen)
    except REFUSED as error:
        return _refused(entry_id, request, now, error)
    return see_other(f"{_address(entry_id)}/edit", f"已以第 {number} 版起草，请修改后提交。")


def _must_be_clear(check: Check, acknowledged: bool) -> None:
    """Raises `ReviewedInvalid` where the version may not answer, or nobody said that they looked."""
    if check.troubles:
        raise ReviewedInvalid(f"现在不能批准：{'；'.join(check.troubles)}。请退回修改。")
    if check.blocks:
        raise ReviewedInvalid(
            "已有在用的口径回答同样的问题而指向不同的条款，请先修改或撤回其中一条，否则两条都不会作答。"
        )
    if check.doubts and not acknowledged:
        raise ReviewedInvalid("有相近的问题或引文中没有的数字，请核对后勾选“已核对”，再批准。")


def _check(request: Request, now: Opened, version: ReviewedVersion, today: date) -> Check:
    everything = book_of(request).entries(size=ALL).entries
    return checked(version, answers_of(now), everything, today)


def _review(
    request: Request,
    now: Opened,
    person: Person,
    entry: ReviewedEntry,
    today: date,
    error: ZhengwenError | None = None,
) -> Response:
    version = entry.latest
    before = entry.served if entry.served and entry.served.number != version.number else None
    return page(
        request,
        "hotline/reviewed_review.html",
        problem_of(error).status if error else 200,
        entry=entry,
        version=version,
        standing=standing(entry, answers_of(now), today),
        check=_check(request, now, version, today),
        before=before,
        fields=compared(before.wording if before else None, version.wording),
        mine=person.id in {author.id for author in version.authors},
        problem=str(error) if error else "",
    )


def _refused(entry_id: str, request: Request, now: Opened, error: ZhengwenError) -> Response:
    entry = book_of(request).entry(entry_id)
    return entry_page(request, now, entry, problem=str(error), status=problem_of(error).status)


def _address(entry_id: str) -> str:
    return f"/hotline/reviewed/{entry_id[:32]}"
