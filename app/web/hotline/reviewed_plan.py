"""What an import would do, row by row, before anything is done: added, changed, unchanged, or refused with the reason."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from app.converse import point_at
from app.errors import InvalidDate, ZhengwenError
from app.store import Point, ReviewedEntry, Wording, question_key, tidied
from app.web.asking import parse_day
from app.web.hotline.reviewed_sheet import lines_of, point_text
from app.web.services import Snapshot

Deed = Literal["add", "change", "same", "refuse"]
_POINT = re.compile(r"([^#\s]{1,200})(?:#(\d{1,9})-(\d{1,9}))?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


@dataclass(frozen=True, slots=True)
class Planned:
    """What becomes of a row: `reason` says why it is refused, `fields` what would change."""

    number: int
    deed: Deed
    question: str
    reason: str = ""
    fields: tuple[str, ...] = ()
    wording: Wording | None = None
    entry: ReviewedEntry | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All rows of a file in order."""

    rows: tuple[Planned, ...]

    def count(self, deed: Deed) -> int:
        """How many rows come to this."""
        return sum(row.deed == deed for row in self.rows)

    @property
    def told(self) -> list[list[object]]:
        """What a person has seen and agreed to, in a form that can be compared."""
        return [[row.number, row.deed, row.question, row.reason, list(row.fields)] for row in self.rows]

    @property
    def new(self) -> list[Wording]:
        """The wordings that would be added."""
        return [row.wording for row in self.rows if row.deed == "add" and row.wording is not None]

    @property
    def changed(self) -> list[tuple[str, str, Wording]]:
        """Entry, stamp and new wording of what would change."""
        return [
            (row.entry.id, row.entry.latest.stamp, row.wording)
            for row in self.rows
            if row.deed == "change" and row.entry is not None and row.wording is not None
        ]


def plan_of(
    rows: Sequence[tuple[int, Mapping[str, str]]], entries: Sequence[ReviewedEntry], snapshot: Snapshot
) -> Plan:
    """What the rows would do to these entries. Nothing is written."""
    by_id = {entry.id: entry for entry in entries}
    keys = {question_key(entry.latest.wording.question): entry.id for entry in entries}
    planned = [_planned(number, cells, by_id, keys, snapshot) for number, cells in rows]
    asked = Counter(question_key(row.question) for row in planned if row.deed != "refuse")
    named = Counter(row.entry.id for row in planned if row.entry is not None)
    return Plan(tuple(_unless_twice(row, asked, named) for row in planned))


def _planned(
    number: int,
    cells: Mapping[str, str],
    by_id: Mapping[str, ReviewedEntry],
    keys: Mapping[str, str],
    snapshot: Snapshot,
) -> Planned:
    question = " ".join(cells.get("标准问", "").split())[:80]
    entry_id = cells.get("编号", "").strip()
    entry = by_id.get(entry_id)
    if entry_id and entry is None:
        return Planned(number, "refuse", question, f"没有编号为“{entry_id[:40]}”的口径；新增的请把编号留空")
    try:
        wording = tidied(_wording(cells, entry, snapshot))
    except ZhengwenError as error:
        return Planned(number, "refuse", question, str(error).rstrip("。"), entry=entry)
    other = keys.get(question_key(wording.question))
    if other is not None and other != entry_id:
        return Planned(number, "refuse", question, f"标准问与已有的口径（编号 {other}）相同", entry=entry)
    if entry is None:
        return Planned(number, "add", wording.question, wording=wording)
    fields = differing(entry.latest.wording, wording)
    return Planned(number, "change" if fields else "same", wording.question, "", fields, wording, entry)


def _unless_twice(row: Planned, asked: Counter[str], named: Counter[str]) -> Planned:
    if row.deed == "refuse":
        return row
    twice = asked[question_key(row.question)] > 1 or (row.entry is not None and named[row.entry.id] > 1)
    return replace(row, deed="refuse", reason="这条口径在文件中出现了两次") if twice else row


def differing(one: Wording, other: Wording) -> tuple[str, ...]:
    """The names of the fields in which two wordings differ."""
    pairs = (
        ("标准问", one.question, other.question),
        ("相似问", one.similar, other.similar),
        ("反例问", one.counters, other.counters),
        ("条款", tuple(map(point_text, one.points)), tuple(map(point_text, other.points))),
        ("口径", one.spoken, other.spoken),
        ("责任部门", one.department, other.department),
        ("复核日期", one.reviewed_on, other.reviewed_on),
        ("有效期", one.expires_on, other.expires_on),
    )
    return tuple(name for name, before, after in pairs if before != after)


def _wording(cells: Mapping[str, str], entry: ReviewedEntry | None, snapshot: Snapshot) -> Wording:
    """The wording of a row; a column that the file lacks stays as it is."""
    before = entry.latest.wording if entry is not None else Wording("")
    known = {point_text(point): point for point in before.points}

    def cell(name: str, present: str) -> str:
        return cells.get(name, present)

    def day(name: str, present: date | None) -> date | None:
        return day_of(cells[name]) if name in cells else present

    return Wording(
        question=cell("标准问", before.question),
        similar=lines_of(cell("相似问", "\n".join(before.similar))),
        counters=lines_of(cell("反例问", "\n".join(before.counters))),
        points=tuple(
            known.get(line) or read_point(line, snapshot) for line in lines_of(cell("条款", "\n".join(known)))
        ),
        spoken=cell("口径", before.spoken),
        department=cell("责任部门", before.department),
        reviewed_on=day("复核日期", before.reviewed_on),
        expires_on=day("有效期", before.expires_on),
    )


def read_point(text: str, snapshot: Snapshot) -> Point:
    """The point written as `point_text` writes it.

    Raises:
        ClauseNotFound, ReviewedInvalid: there is no such place in the text that is served.
    """
    found = _POINT.fullmatch(text.strip())
    clause_id = found[1] if found else text.strip()
    clause = snapshot.clause(clause_id)
    if found is None or found[2] is None:
        return point_at(snapshot, clause_id)
    return point_at(snapshot, clause_id, clause.start + int(found[2]), clause.start + int(found[3]))


def day_of(text: str) -> date | None:
    """The day a person wrote, 2026-01-31 or 2026年1月31日; None where nothing is. Raises `InvalidDate`."""
    said = text.strip()
    if not said:
        return None
    found = _DAY.fullmatch(said.split(" ")[0].split("T")[0])
    if found is None:
        raise InvalidDate(f"日期“{said[:20]}”读不懂，请写成 2026-01-31 的样子")
    return parse_day(f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}")
