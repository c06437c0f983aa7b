"""An upload: brought in, looked at as it will be indexed, put right, and published by a reviewer or withdrawn."""

import time
from pathlib import Path
from typing import IO, Annotated

from fastapi import APIRouter, Form, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response

from app.corpus import file_readers
from app.errors import (
    FileRefused,
    InvalidRequest,
    NotReady,
    PublicationChanged,
    PublicationNotFound,
    ReadersBusy,
    ZhengwenError,
)
from app.store import Person, Publication, Publications, Role
from app.web.admin.facts import KINDS, changes_in, facts, told, tree
from app.web.admin.publishing import again, publish
from app.web.admin.underway import is_abandoned, left_alone, take_up
from app.web.admin.waiting import WAITING, Preview, drop, load, put_right, read, safe_name, save, sweep
from app.web.hotline.console import address, console
from app.web.hotline.guard import Editor, Reviewer, signed_in
from app.web.hotline.page import page, see_other
from app.web.json_bytes import json_response
from app.web.opened import parts
from app.web.problems import problem_of
from app.web.services import Intake

router = APIRouter(include_in_schema=False)
UPLOAD = "/admin/documents/uploads"
Text = Annotated[str, Form(max_length=100)]


@router.post(UPLOAD)
async def upload(request: Request, person: Editor) -> Response:
    """Read a file and keep it for a review; a script gets the address of its preview, a browser is led there."""
    form = await request.form()
    given, as_id, ticket = form.get("file"), form.get("as_id"), form.get("ticket")
    if len(form.getlist("file")) > 1:
        raise InvalidRequest("一次上传一个文件；多个文件请先打成 ZIP。")
    if not isinstance(given, UploadFile) or not given.filename:
        raise InvalidRequest("没有选择文件，请选择或拖入一个文件。")
    asked, ticket = (each.strip()[:100] if isinstance(each, str) else "" for each in (as_id, ticket))
    made = await run_in_threadpool(_receive, request, person, given.filename, given.file, asked, ticket)
    if "text/html" not in request.headers.get("accept", ""):
        return json_response({"url": f"{UPLOAD}/{made.id}"})
    return see_other(f"{UPLOAD}/{made.id}")


@router.get("/admin/documents/reading/{ticket}")
def reading(ticket: str, request: Request, person: Editor) -> Response:
    """How many files are read before the one that was sent with this ticket; null where it does not wait here."""
    return json_response({"ahead": file_readers.ahead(ticket)})


@router.get(UPLOAD + "/{publication_id}")
def preview(publication_id: str, request: Request, person: Editor, n: int = 0, at: int = 0) -> Response:
    """The clause tree exactly as it will be indexed, and the metadata to check."""
    return _page(request, publication_id, n, at=at)


@router.post(UPLOAD + "/{publication_id}/facts")
async def change_facts(publication_id: str, request: Request, person: Editor, n: int = 0) -> Response:
    """Put metadata right; it takes effect when the file is published."""
    form = await request.form()
    given = {name: words for name, words in form.items() if isinstance(words, str)}
    return await run_in_threadpool(_change, request, person, publication_id, n, given)


@router.post(UPLOAD + "/{publication_id}/publish")
def publish_upload(publication_id: str, request: Request, person: Reviewer, seen: Text = "") -> Response:
    """Put the file in its place and bring the index up to date; the page shows how far it is.

    `seen` is the stamp of the preview that was looked at. What was put right or is to be taken out is tried again.
    """
    made, held = publications(request), intake(request)
    found, folder = made.publication(publication_id), held.shelf.folder
    if found.kind != "加入":
        again(made, held, take_up(made, folder, found, person, address(request)))
        return see_other(f"{UPLOAD}/{found.id}")
    if found.state in ("done", "withdrawn"):  # its files are gone, and that is no reason to send them again
        made.start(found.id, person, address=address(request))
    home = home_of(request, found)
    shown = load(home)  # before it is taken up: an upload that is gone stays as it is
    if (found.state in ("waiting", "failed") or is_abandoned(folder, found)) and seen != shown.stamp:
        told = PublicationChanged(f"有人改动了“{found.subject}”的信息，没有发布。请再看一遍后发布。")
        return _page(request, found.id, 0, told)
    publish(made, held, take_up(made, folder, found, person, address(request)), home, shown)
    return see_other(f"{UPLOAD}/{found.id}")


@router.post(UPLOAD + "/{publication_id}/withdraw")
def withdraw(publication_id: str, request: Request, person: Editor) -> Response:
    """It is not wanted: the file is deleted."""
    made = publications(request)
    found = made.publication(publication_id)
    with left_alone(intake(request).shelf.folder, found):
        gone = made.withdraw(found.id, person, address=address(request), abandoned=True)
        drop(home_of(request, gone))
    told = f"已撤回“{gone.subject}”。" if gone.kind == "加入" else f"不再重试{gone.kind}{gone.subject}。"
    return see_other("/admin/documents", told)


@router.get(UPLOAD + "/{publication_id}/progress")
def progress(publication_id: str, request: Request, person: Editor) -> Response:
    """How far a publication is."""
    found = publications(request).publication(publication_id)
    return json_response(
        {
            "state": found.state,
            "stage": found.stage,
            "done": found.done,
            "total": found.total,
            "sentence": found.sentence,
        }
    )


def publications(request: Request) -> Publications:
    """The changes of what is published."""
    return Publications(console(request).database)


def intake(request: Request) -> Intake:
    """How documents come in. Raises `NotReady` where this app has no way to."""
    found = parts(request).intake
    if found is None:
        raise NotReady("本服务没有开通文件管理，请在命令行用 python -m app add 加入文件。")
    return found


def home_of(request: Request, publication: Publication) -> Path:
    """The folder of an upload."""
    return intake(request).shelf.folder / WAITING / publication.id


def _receive(
    request: Request, person: Person, filename: str, stream: IO[bytes], as_id: str, ticket: str
) -> Publication:
    held = intake(request)
    try:
        name = safe_name(filename)
    except FileRefused as error:
        raise InvalidRequest(str(error)) from None
    waits = Publication("加入", name, person.name, as_id=as_id)
    home = held.shelf.folder / WAITING / waits.id
    try:
        sweep(home.parent, {each.id for each in publications(request).waiting()}, time.time())
        size, digest = save(home, name, stream, console(request).settings.file_limit)
        found = read(home, held.shelf, as_id, ticket)
        if not found.documents:
            raise FileRefused("".join(found.refused) or f"文件“{name}”里没有可用的政策文本。")
        made = Publication("加入", name, person.name, as_id=as_id, size=size, digest=digest, id=waits.id)
        return publications(request).add(made, person, address=address(request))
    except FileRefused as error:
        drop(home)
        if isinstance(error, ReadersBusy):
            raise
        raise InvalidRequest(str(error)) from None  # the file is at fault, and who sent it can mend that
    except BaseException:
        drop(home)
        raise


def _change(request: Request, person: Person, publication_id: str, n: int, given: dict[str, str]) -> Response:
    found = publications(request).publication(publication_id)
    home = home_of(request, found)
    if found.kind != "加入" or found.state not in ("waiting", "failed"):
        return _page(request, publication_id, n)
    shown = load(home).documents
    try:
        changed = changes_in(shown[n].document, given) if 0 <= n < len(shown) else {}
        if changed:
            put_right(home, n, changed, editor=person.name, day=parts(request).calendar.today())
            console(request).audit.record(
                "核对文件信息", person, subject=found.subject, detail=told(changed), address=address(request)
            )
    except (InvalidRequest, PublicationChanged) as error:
        return _page(request, publication_id, n, error)
    return see_other(f"{UPLOAD}/{found.id}?n={n}", "已保存，发布时生效。" if changed else "没有改动。")


def _shown(home: Path) -> Preview | None:
    """What was read of an upload; none where its files went before it came to its end, which the page then tells."""
    try:
        return load(home)
    except PublicationNotFound:
        return None


def _page(
    request: Request, publication_id: str, n: int, error: ZhengwenError | None = None, at: int = 0
) -> Response:
    made = publications(request)
    found = made.publication(publication_id)
    held = parts(request).intake
    abandoned = held is not None and is_abandoned(held.shelf.folder, found)
    waits = found.kind == "加入" and found.state not in ("done", "withdrawn")
    shown = _shown(home_of(request, found)) if waits else None
    chosen = shown.documents[min(max(n, 0), len(shown.documents) - 1)] if shown else None
    return page(
        request,
        "admin/upload.html",
        problem_of(error).status if error else 200,
        publication=found,
        preview=shown,
        abandoned=abandoned,
        ready=abandoned or found.state in ("waiting", "failed"),
        n=shown.documents.index(chosen) if shown and chosen else 0,
        chosen=chosen,
        facts=facts(chosen.document) if chosen else (),
        tree=tree(chosen.document, first=at) if chosen else None,
        kinds=KINDS,
        may_publish=signed_in(request).person.may(Role.REVIEWER),
        problem=error,
    )
