"""Reviewed answers (已审口径) at the console: the list, and the page of each with its history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.converse import ReviewedAnswers
from app.store import Reviewed, ReviewedEntry, ReviewedListing, ReviewedState, ReviewedVersion
from app.web.hotline.guard import Clerk
from app.web.hotline.page import page
from app.web.hotline.reviewed_sheet import label_of
from app.web.hotline.reviewed_view import (
    answers_of,
    book_of,
    compared,
    expires_soon,
    standing,
    standing_troubles,
)
from app.web.opened import Opened, opened

PER_PAGE = 50
KINDS = {"": "全部", "served": "在用", "trouble": "待复核", "soon": "即将到期"}
OpenedNow = Annotated[Opened, Depends(opened)]
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list shows: what was typed and chosen, as it came."""

    q: str = ""
    state: str = ""
    department: str = ""
    kind: str = ""
    page: int = 1

    @property
    def chosen_state(self) -> ReviewedState | None:
        """The state, where it is one."""
        return next((each for each in get_args(ReviewedState) if each == self.state), None)

    def query(self, page: int) -> str:
        """The same list at another page, as the query of an address."""
        pairs = (("q", self.q), ("state", self.state), ("department", self.department), ("kind", self.kind))
        return urlencode([*((name, value) for name, value in pairs if value), ("page", page)])


def filter_of(q: str = "", state: str = "", department: str = "", kind: str = "", page: str = "1") -> Filter:
    """The filter in an address; what is not understood does not filter."""
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
    return Filter(q[:200], state[:20], department[:80], kind if kind in KINDS else "", max(1, number))


FilterNow = Annotated[Filter, Depends(filter_of)]


@router.get("/hotline/reviewed")
def reviewed(request: Request, person: Clerk, now: OpenedNow, wanted: FilterNow) -> Response:
    """The list, with what is waiting for somebody counted at its head."""
    book, answers, today = book_of(request), answers_of(now), now.calendar.today()
    _, served = book.served()
    listing = listed(book, served, answers, today, wanted)
    return page(
        request,
        "hotline/reviewed_list.html",
        rows=[standing(entry, answers, today) for entry in listing.entries],
        found=listing.found,
        pages=max(1, -(-listing.found // PER_PAGE)),
        wanted=wanted,
        departments=book.departments(),
        states=[(state, label_of(state)) for state in get_args(ReviewedState)],
        kinds=KINDS,
        counts={
            "submitted": book.entries(state="submitted", size=1).found,
            "trouble": len(in_trouble(served, answers, today)),
            "soon": len(ending(served, today)),
        },
    )


def listed(
    book: Reviewed,
    served: Sequence[ReviewedVersion],
    answers: ReviewedAnswers,
    today: date,
    wanted: Filter,
    size: int = PER_PAGE,
) -> ReviewedListing:
    """The entries of one page of the list."""
    ids = {"trouble": lambda: in_trouble(served, answers, today), "soon": lambda: ending(served, today)}
    return book.entries(
        state=wanted.chosen_state,
        served=True if wanted.kind == "served" else None,
        department=wanted.department,
        text=wanted.q,
        ids=ids[wanted.kind]() if wanted.kind in ids else None,
        page=wanted.page,
        size=size,
    )


def in_trouble(served: Sequence[ReviewedVersion], answers: ReviewedAnswers, today: date) -> list[str]:
    """The entries that were approved and yet do not answer today (待复核)."""
    return [version.entry_id for version in served if standing_troubles(version, answers, today)]


def ending(served: Sequence[ReviewedVersion], today: date) -> list[str]:
    """The entries whose last day is near (即将到期)."""
    return [version.entry_id for version in served if expires_soon(version, today)]


def entry_page(
    request: Request,
    now: Opened,
    entry: ReviewedEntry,
    *,
    problem: str = "",
    status: int = 200,
    one: int | None = None,
    other: int | None = None,
) -> Response:
    """The page of an entry; `one` and `other` are the versions held against each other."""
    versions = book_of(request).versions(entry.id)
    answers, today = answers_of(now), now.calendar.today()
    by_number = {version.number: version for version in versions}
    before = by_number.get(one or 0)
    after = by_number.get(other or 0, entry.latest)
    shown = entry.served or entry.latest
    stands = answers.placed(shown, today).evidence
    return page(
        request,
        "hotline/reviewed_entry.html",
        status,
        standing=standing(entry, answers, today),
        entry=entry,
        shown=shown,
        given=answers.compose(shown, shown.wording.question, today) if stands else None,
        versions=versions,
        label_of=label_of,
        before=before,
        after=after,
        fields=compared(before.wording if before else None, after.wording),
        problem=problem,
    )


@router.get("/hotline/reviewed/{entry_id}")
def entry(
    entry_id: str,
    request: Request,
    person: Clerk,
    now: OpenedNow,
    one: str = "",
    other: str = "",
) -> Response:
    """One entry: what answers, how it stands, its versions and what changed between two of them."""
    found = book_of(request).entry(entry_id)
    return entry_page(request, now, found, one=number_of(one), other=number_of(other))


def number_of(text: str) -> int | None:
    """The number of a version as it came; None where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
