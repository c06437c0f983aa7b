"""Reviewed answers as the pages show them: where each stands, what is wrong with it, what changed between versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import SequenceMatcher
from typing import Literal

from fastapi import Request

from app.answer import Citation
from app.converse import Given, Neighbour, ReviewedAnswers, unsupported
from app.errors import ClauseNotFound, StoreUnavailable
from app.store import Point, Reviewed, ReviewedEntry, ReviewedVersion, Wording
from app.web.hotline.console import address, console
from app.web.hotline.reviewed_sheet import label_of, point_text
from app.web.opened import Opened
from app.web.services import Snapshot

SOON = timedelta(days=30)
ALL = 10_000  # entries that are compared with one another
_TONES = {"draft": "", "submitted": "info", "approved": "good", "rejected": "bad", "withdrawn": ""}


def book_of(request: Request) -> Reviewed:
    """The reviewed answers of this console's database; the record names where the request comes from."""
    return Reviewed(console(request).database, address=address(request))


def answers_of(now: Opened) -> ReviewedAnswers:
    """What answers with them. Raises `StoreUnavailable` where this process has none."""
    if now.services.reviewed is None:
        raise StoreUnavailable("本服务没有打开口径，请稍后再试。")
    return now.services.reviewed


@dataclass(frozen=True, slots=True)
class Standing:
    """How an entry stands: a few marks, each with its tone, and why it does not answer though it was approved."""

    entry: ReviewedEntry
    marks: tuple[tuple[str, str], ...]
    troubles: tuple[str, ...]


def standing(entry: ReviewedEntry, answers: ReviewedAnswers, today: date) -> Standing:
    """Where the entry stands today."""
    latest, served = entry.latest, entry.served
    troubles = standing_troubles(served, answers, today) if served is not None else ()
    marks: list[tuple[str, str]] = []
    if served is not None:
        marks.append(("待复核", "bad") if troubles else ("在用", "good"))
        if not troubles and expires_soon(served, today):
            marks.append(("即将到期", "warn"))
    if served is None or latest.number != served.number:
        marks.append((label_of(latest.state), _TONES[latest.state]))
    return Standing(entry, tuple(marks), troubles)


def standing_troubles(served: ReviewedVersion, answers: ReviewedAnswers, today: date) -> tuple[str, ...]:
    """Why an approved version does not answer, or not all of its questions."""
    contested = answers.contested(served)
    shared = f"“{'”“'.join(contested)}”另有在用的口径，条款不同，两条都不作答"
    return (*answers.troubles(served, today), *([shared] if contested else []))


def expires_soon(version: ReviewedVersion, today: date) -> bool:
    """Whether the version's last day is within thirty days, and not past."""
    last = version.wording.expires_on
    return last is not None and today <= last <= today + SOON


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stayed, came or went."""

    kind: Literal["same", "ins", "del"]
    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a wording, with what changed in it."""

    label: str
    pieces: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        """Whether anything did."""
        return any(piece.kind != "same" for piece in self.pieces)


def compared(before: Wording | None, after: Wording) -> tuple[Field, ...]:
    """Every field of the newer wording with what it changes of the older; all of it stayed where there is none."""
    old = dict(_texts(before)) if before is not None else None
    return tuple(
        Field(label, pieces(text if old is None else old[label], text)) for label, text in _texts(after)
    )


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """The two texts in one, character by character: what stayed, came and went."""
    made: list[Piece] = []
    for kind, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            made.append(Piece("same", before[i:j]))
            continue
        made += [Piece("del", before[i:j])] if j > i else []
        made += [Piece("ins", after[k:m])] if m > k else []
    return tuple(made)


def _texts(wording: Wording) -> Sequence[tuple[str, str]]:
    return (
        ("标准问", wording.question),
        ("相似问", "\n".join(wording.similar)),
        ("反例问", "\n".join(wording.counters)),
        ("条款", "\n".join(point.quote for point in wording.points)),
        ("口径", wording.spoken),
        ("责任部门", wording.department),
        ("复核日期", wording.reviewed_on.isoformat() if wording.reviewed_on else "批准之日"),
        ("有效期至", wording.expires_on.isoformat() if wording.expires_on else ""),
    )


@dataclass(frozen=True, slots=True)
class Chosen:
    """A clause chosen for an entry: the value its form sends, its words, and where they stand; `gone` when nowhere."""

    value: str
    quote: str
    where: str
    gone: bool


def chosen(points: Sequence[Point], snapshot: Snapshot) -> tuple[Chosen, ...]:
    """The points as a form shows them."""
    return tuple(_chosen(point, snapshot) for point in points)


def _chosen(point: Point, snapshot: Snapshot) -> Chosen:
    try:
        clause = snapshot.clause(point.clause_id)
    except ClauseNotFound:
        return Chosen(point_text(point), point.quote, "已不在现有文件中", True)
    document = snapshot.document(clause.document_id)
    where = " › ".join([document.title, *clause.heading_path, clause.label]).strip(" ›")
    start = clause.start + point.start - point.clause_start
    gone = document.text[start : start + len(point.quote)] != point.quote
    return Chosen(point_text(point), point.quote, where, gone)


@dataclass(frozen=True, slots=True)
class Check:
    """What a person should look at before this version answers. `blocks` when it may not answer at all."""

    given: Given | None
    troubles: tuple[str, ...]
    conflicts: tuple[Neighbour, ...]
    doubles: tuple[Neighbour, ...]
    figures: tuple[str, ...]

    @property
    def blocks(self) -> bool:
        """Whether the same question already has an approved answer elsewhere, with other clauses."""
        return any(each.same and each.version.state == "approved" for each in self.conflicts)

    @property
    def doubts(self) -> bool:
        """Whether a person has to say that they have looked at it."""
        return bool(self.conflicts or self.figures)


def checked(
    version: ReviewedVersion, answers: ReviewedAnswers, everything: Sequence[ReviewedEntry], today: date
) -> Check:
    """The version as people would get it, and what stands against it among all entries."""
    others = [
        each for entry in everything for each in _standing_versions(entry) if entry.id != version.entry_id
    ]
    near = answers.neighbours(version, others)
    stands = answers.placed(version, today).evidence
    given = answers.compose(version, version.wording.question, today) if stands else None
    quotes = [citation.quote for citation in given.answer.citations] if given else []
    return Check(
        given,
        answers.troubles(version, today),
        tuple(each for each in near if not each.same_clauses),
        tuple(each for each in near if each.same_clauses),
        unsupported(version.wording.spoken, quotes),
    )


def _standing_versions(entry: ReviewedEntry) -> list[ReviewedVersion]:
    """What answers, and what is on its way to."""
    latest, served = entry.latest, entry.served
    on_its_way = latest.state in ("draft", "submitted") and latest.number != (served.number if served else 0)
    return [*([served] if served else []), *([latest] if on_its_way else [])]


def where(citation: Citation) -> str:
    """The address of a citation in one line."""
    return " › ".join([citation.document_title, *citation.heading_path, citation.label]).strip(" ›")
