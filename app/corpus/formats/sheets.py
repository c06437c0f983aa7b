"""Policy lists (政策清单) as XLSX or CSV: a document a row where rows are policies, else one for the file."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import replace

from app.corpus.decoding import decode_mended
from app.corpus.extract import Dropped, Extract
from app.corpus.formats.tables import Line, Spot, rows_as_text, written
from app.corpus.formats.workbook import MOST_COLUMNS, Sheet, read_workbook
from app.corpus.markers import read_marker

_FACTS = {
    "标题": r"政策名称|政策标题|文件名称|文件标题|标题|名称|事项名称|政策文件|项目名称",
    "文号": r"发文字号|发文文号|文号|文件编号",
    "发文机构": r"发文机构|发文机关|发文单位|发布机构|发布单位|制定机关|发布部门|发文部门",
    "发布日期": r"发布日期|发文日期|发布时间|发文时间|印发日期|成文日期",
    "实施日期": r"实施日期|施行日期|生效日期",
    "失效日期": r"失效日期|有效期至|截止有效期",
    "网址": r"原文链接|链接|网址|政策链接|原文网址",
}
_HEADER_ROWS = 10
_OF_TABLE = re.compile(r"附?[表件]\s*[\d一二三四五六七八九十：:]")


def read_sheets(data: bytes, name: str, suffix: str) -> list[Extract]:
    """The documents of a table file. Raises FileRefused for damaged, encrypted and overlong ones."""
    sheets = [_csv(data, name)] if suffix == ".csv" else read_workbook(data, name)
    made = []
    for sheet in sheets:
        found = _documents(sheet.title, [row or [] for row in sheet.rows], _hidden(sheet))
        for at, one in enumerate(found):
            own = "/".join(filter(None, (sheet.title, one.name))) if len(sheets) > 1 else one.name
            first = at == 0
            dropped = (*sheet.dropped, *one.dropped) if first else one.dropped
            made.append(replace(one, name=own, dropped=dropped, notes=tuple(sheet.notes) if first else ()))
    return made


def _hidden(sheet: Sheet) -> set[int]:
    """The numbers of the rows that are hidden, from 1."""
    return {number for number, row in enumerate(sheet.rows, 1) if row is None}


def _csv(data: bytes, name: str) -> Sheet:
    text, notes = decode_mended(data, name)
    try:
        dialect = csv.Sniffer().sniff(text[:4096], delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    rows = csv.reader(io.StringIO(text, newline=""), dialect)
    return Sheet("", [[cell.strip() for cell in row[:MOST_COLUMNS]] for row in rows], notes=list(notes))


def _documents(title: str, rows: Sequence[Sequence[str]], hidden: set[int]) -> list[Extract]:
    """A row a document where the header names titles; the whole sheet as one otherwise."""
    at = next(
        (
            at
            for at, row in enumerate(rows[:_HEADER_ROWS])
            if _column(row, "标题") is not None and sum(map(bool, row)) > 1
        ),
        None,
    )
    if at is None:
        return _whole(title, rows, hidden)
    header = rows[at]
    named = _column(header, "标题")
    assert named is not None
    below = [(row, named < len(row) and len(row[named]) > 3) for row in rows[at + 1 :]]
    made = [
        replace(_row(header, row, named, (at + 1, number)), sheet=title or None)
        for number, (row, is_policy) in enumerate(below, at + 2)
        if is_policy
    ]
    if not made:
        return []
    aside = [(row, "表格标题") for row in rows[:at]] + [(header, "表头")]
    aside += [(row, "没有政策名称的行") for row, is_policy in below if not is_policy]
    left = tuple(Dropped(words, reason) for row, reason in aside if (words := " ".join(filter(None, row))))
    return [replace(made[0], dropped=(*left, *made[0].dropped)), *made[1:]]


def _column(row: Sequence[str], fact: str) -> int | None:
    pattern = re.compile(rf"(?:{_FACTS[fact]})(?:[（(].*[）)])?")
    return next((at for at, cell in enumerate(row) if pattern.fullmatch("".join(cell.split()))), None)


def _row(header: Sequence[str], row: Sequence[str], named: int, numbers: tuple[int, int]) -> Extract:
    """One policy; `numbers` are those of the header row and of its own, from 1."""
    facts = {
        fact: row[at]
        for fact in _FACTS
        if (at := _column(header, fact)) is not None and at < len(row) and row[at]
    }
    facts["标题"] = " ".join(row[named].split())
    above, own = numbers
    lines = [Line(facts["标题"], Spot(own, (named + 1,)))]
    for at, cell in enumerate(row):
        label = " ".join((header[at] if at < len(header) else "").split())
        if cell and at != named and not _is_counting(label):
            spot = Spot(own, (at + 1,))
            lines += [
                Line(""),
                *([Line(f"## {label}", Spot(above, (at + 1,))), Line("")] if label else []),
                *(Line(piece.strip(), spot) for piece in cell.split("\n") if piece.strip()),
            ]
    counted = [
        Dropped(cell, "序号")
        for label, cell in zip(header, row, strict=False)
        if cell and _is_counting(label)
    ]
    text, rows = written(lines)
    return Extract(text, facts, facts["标题"], rows=rows, dropped=tuple(counted))


def _is_counting(label: str) -> bool:
    return "".join(label.split()) in ("序号", "编号")


def _whole(title: str, rows: Sequence[Sequence[str]], hidden: set[int]) -> list[Extract]:
    """Rows with one filled cell are lines, the others rows of a table; a lone value inside a table stays in it."""
    lines: list[Line] = []
    table: list[Sequence[str]] = []
    for number, row in enumerate([*rows, []], 1):
        filled = [at for at, cell in enumerate(row) if cell]
        if number in hidden:
            table += [row] if table else []
            continue
        if len(filled) > 1 or (table and filled and _is_inside(row[filled[0]], rows[number:])):
            table.append(row)
            continue
        lines += rows_as_text(table, first=number - len(table))
        table = []
        lines += [Line(" ".join(row[at].split()), Spot(number, (at + 1,))) for at in filled]
    if not lines:
        return []
    named = not lines[0].words.startswith("|")
    text, found = written(lines if named or not title else [Line(title), *lines])
    return [Extract(text, name=title, rows=found, sheet=title or None)]


def _is_inside(words: str, below: Sequence[Sequence[str]]) -> bool:
    """Whether a row with one value goes on with the table above it: rows of the table follow, and it is no heading."""
    goes_on = bool(below) and sum(map(bool, below[0])) > 1
    heading = _OF_TABLE.match(words) or read_marker(words, 0, len(words)) is not None
    return goes_on and not heading
