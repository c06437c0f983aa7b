"""Reviewed answers taken away as a file, and brought back: first a dry run that says what would change, then a word.

What comes in is a draft, or handed in where that was asked for; a file never approves anything.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from starlette.responses import Response, StreamingResponse

from app.errors import ImportRefused, ReviewedChanged, ZhengwenError
from app.store import Staged
from app.web.hotline.console import address, console
from app.web.hotline.guard import Editor
from app.web.hotline.page import page, see_other
from app.web.hotline.reviewed import FilterNow, listed
from app.web.hotline.reviewed_plan import Plan, plan_of
from app.web.hotline.reviewed_sheet import COLUMNS, ROWS, SIZE, csv_of, read_table, xlsx_of
from app.web.hotline.reviewed_view import ALL, answers_of, book_of
from app.web.opened import Opened, opened
from app.web.problems import problem_of

IMPORT = "/hotline/reviewed/import"
BODY = SIZE + 64 * 1024  # bytes: the file and the form around it
OpenedNow = Annotated[Opened, Depends(opened)]
router = APIRouter(include_in_schema=False)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/hotline/reviewed/export")
def export(
    request: Request, person: Editor, now: OpenedNow, wanted: FilterNow, format: str = "csv"
) -> Response:
    """The entries of the list as a file."""
    book, today = book_of(request), now.calendar.today()
    found = listed(book, book.served()[1], answers_of(now), today, wanted, ALL).entries
    kind = "xlsx" if format == "xlsx" else "csv"
    detail = f"{len(found)} 条，{kind.upper()}"
    console(request).audit.record("导出口径", person, detail=detail, address=address(request))
    headers = {"Content-Disposition": f'attachment; filename="reviewed-{today.isoformat()}.{kind}"'}
    if kind == "xlsx":
        return Response(xlsx_of(found), media_type=_XLSX, headers=headers)
    return StreamingResponse(csv_of(found), media_type="text/csv; charset=utf-8", headers=headers)


@router.get(IMPORT)
def choose(request: Request, person: Editor) -> Response:
    """Where a file is chosen."""
    return _page(request)


@router.post(IMPORT)
def dry_run(
    request: Request, person: Editor, now: OpenedNow, file: Annotated[UploadFile | None, File()] = None
) -> Response:
    """What the file would do, row by row. Nothing is written but the rows that wait for the person's word."""
    if file is None or not file.filename:
        return _page(request, error=ImportRefused("还没有选择文件，请选择 CSV 或 XLSX 文件。"))
    try:
        rows = read_table(file.file.read(SIZE + 1), file.filename)
    except ImportRefused as error:
        return _page(request, error=error)
    plan = plan_of(rows, book_of(request).entries(size=ALL).entries, now.services.snapshot)
    return _page(request, plan=plan, waiting=_staged(request).keep(_kept(rows, plan), person.id))


@router.post("/hotline/reviewed/import/confirm")
def confirm(
    request: Request,
    person: Editor,
    now: OpenedNow,
    waiting: Annotated[str, Form(max_length=64)] = "",
    hand_in: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Do what the dry run said, if it still says so."""
    book = book_of(request)
    kept = _staged(request).take(waiting, person.id)
    rows = [(each["number"], each["cells"]) for each in kept[1:]]
    plan = plan_of(rows, book.entries(size=ALL).entries, now.services.snapshot)
    if plan.told != kept[0]["told"]:
        again = _staged(request).keep(_kept(rows, plan), person.id)
        told = ReviewedChanged("口径在此期间有了变化，下面是现在的结果，请再确认一次。")
        return _page(request, plan=plan, waiting=again, error=told)
    made = book.take_in(plan.new, plan.changed, person, now.calendar.today() if hand_in else None)
    handed = sum(version.state == "submitted" for version in made)
    return see_other("/hotline/reviewed", f"已导入 {len(made)} 条，其中 {handed} 条已提交审核，其余为草稿。")


def _kept(rows: list[tuple[int, dict[str, str]]], plan: Plan) -> list[dict[str, Any]]:
    return [{"told": plan.told}, *({"number": number, "cells": cells} for number, cells in rows)]


def _staged(request: Request) -> Staged:
    return Staged(console(request).database)


def _page(
    request: Request, *, plan: Plan | None = None, waiting: str = "", error: ZhengwenError | None = None
) -> Response:
    return page(
        request,
        "hotline/reviewed_import.html",
        problem_of(error).status if error else 200,
        plan=plan,
        waiting=waiting,
        problem=str(error) if error else "",
        columns=COLUMNS,
        most=ROWS,
        megabytes=SIZE // 1024 // 1024,
    )
