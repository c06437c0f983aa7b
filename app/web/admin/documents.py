"""The documents: all of them with what is known, one of them to check and put right, what waits and what was done."""

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.answer import titled
from app.corpus import as_kept
from app.corpus import correct as keep
from app.errors import FileRefused, InvalidRequest, PublicationChanged, ZhengwenError
from app.store import Person, Publication, Role
from app.web.admin.facts import KINDS, changes_in, facts, told, tree
from app.web.admin.publishing import rebuild, subject_of, take_out
from app.web.admin.underway import take_up
from app.web.admin.uploads import UPLOAD, intake, publications
from app.web.hotline.console import address, console
from app.web.hotline.guard import Editor, Reviewer, signed_in
from app.web.hotline.page import page, see_other
from app.web.opened import opened, parts
from app.web.problems import problem_of
from app.web.services import Snapshot

PER_PAGE = 50
router = APIRouter(include_in_schema=False)


@router.get("/admin/documents")
async def documents(request: Request, person: Editor, q: str = "", p: int = 1) -> Response:
    """All documents by title, fifty to a page; what waits for a review, and what was done lately."""
    now = await opened(request)
    return await run_in_threadpool(_list, request, now.services.snapshot, q.strip()[:80], p)


@router.get("/admin/documents/{document_id}")
async def document(document_id: str, request: Request, person: Editor, at: int = 0) -> Response:
    """One document: its metadata and where each value was read, its versions, its clause tree."""
    now = await opened(request)
    return await run_in_threadpool(_one, request, now.services.snapshot, document_id, None, at)


@router.post("/admin/documents/{document_id}/facts")
async def change_facts(document_id: str, request: Request, person: Reviewer) -> Response:
    """Put the metadata of a published document right; the index follows."""
    form = await request.form()
    given = {name: words for name, words in form.items() if isinstance(words, str)}
    now = await opened(request)
    return await run_in_threadpool(_change, request, person, now.services.snapshot, document_id, given)


@router.post("/admin/documents/{document_id}/remove")
def remove(document_id: str, request: Request, person: Reviewer) -> Response:
    """Take a document out: it answers no more, its file and its versions are kept."""
    held = intake(request)
    try:
        file, found = held.shelf.find(document_id)
    except FileRefused as error:
        raise InvalidRequest(str(error)) from None
    made = publications(request)
    subject = subject_of(file, found)
    again_by = document_id if len(document_id) <= 64 else ""  # as long as an id may be
    wanted = made.add(
        Publication("移出", subject, person.name, as_id=again_by), person, address=address(request)
    )
    taken = take_up(made, held.shelf.folder, wanted, person, address(request))
    rebuild(made, held, taken, lambda: take_out(held, file, subject))
    return see_other("/admin/documents")


def _list(request: Request, snapshot: Snapshot, q: str, p: int) -> Response:
    today = parts(request).calendar.today()
    found = [each for each in snapshot.documents.values() if q in each.title or q in (each.number or "")]
    pages = max(1, -(-len(found) // PER_PAGE))
    number = min(max(p, 1), pages)
    made, may_publish = publications(request), signed_in(request).person.may(Role.REVIEWER)
    return page(
        request,
        "admin/documents.html",
        rows=[
            (each, each.in_force(today), max(0, len(snapshot.versions_of(each.id)) - 1))
            for each in found[(number - 1) * PER_PAGE : number * PER_PAGE]
        ],
        found=len(found),
        q=q,
        p=number,
        pages=pages,
        notes=snapshot.notes,
        waiting=made.waiting(),
        recent=made.recent(),
        upload=UPLOAD,
        may_publish=may_publish,
        takes_files=parts(request).intake is not None,
        limit=console(request).settings.file_limit,
    )


def _one(
    request: Request, snapshot: Snapshot, document_id: str, error: ZhengwenError | None = None, at: int = 0
) -> Response:
    found, held = snapshot.document(document_id), parts(request).intake
    shown = as_kept(found, held.shelf.folder) if held else found  # the index may be behind what was put right
    return page(
        request,
        "admin/document.html",
        problem_of(error).status if error else 200,
        document=found,
        facts=facts(shown),
        tree=tree(found, tuple(snapshot.clauses_of(found.id)), at),
        kinds=KINDS,
        versions=snapshot.versions_of(found.id),
        today=parts(request).calendar.today(),
        may_publish=signed_in(request).person.may(Role.REVIEWER),
        upload=UPLOAD,
        takes_files=held is not None,
        problem=error,
    )


def _change(
    request: Request, person: Person, snapshot: Snapshot, document_id: str, given: dict[str, str]
) -> Response:
    found, held, made = snapshot.document(document_id), intake(request), publications(request)
    day = parts(request).calendar.today()
    try:
        changed = changes_in(as_kept(found, held.shelf.folder), given)
        if not changed:
            return see_other(f"/admin/documents/{found.id}", "没有改动。")
        keep(held.shelf.folder, found, changed, editor=person.name, day=day)
    except (InvalidRequest, PublicationChanged) as error:
        return _one(request, snapshot, document_id, error)
    console(request).audit.record(
        "更正文件信息", person, subject=found.title, detail=told(changed), address=address(request)
    )
    wanted = made.add(Publication("更正", titled(found.title), person.name), person, address=address(request))
    rebuild(made, held, take_up(made, held.shelf.folder, wanted, person, address(request)), lambda: "")
    return see_other(f"{UPLOAD}/{wanted.id}")
