"""Policy lists (政策清单) as XLSX or CSV: a document a row where rows are policies, else one for the file.

The only importer of openpyxl. Formulas are read as their last result; macros are never looked at.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.corpus.decoding import decode
from app.corpus.extract import Dropped, Extract
from app.corpus.formats.archive import open_archive
from app.corpus.formats.tables import Line, Spot, rows_as_text, written
from app.errors import FileRefused

_MOST_ROWS = 20_000
_MOST_COLUMNS = 200
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


def read_sheets(data: bytes, name: str, suffix: str) -> list[Extract]:
    """The documents of a table file. Raises FileRefused for damaged, encrypted and overlong ones."""
    sheets = [("", _csv(decode(data, name)))] if suffix == ".csv" else _xlsx(data, name)
    return [
        replace(one, name="/".join(filter(None, (title, one.name))) if len(sheets) > 1 else one.name)
        for title, rows in sheets
        for one in _documents(title, rows)
    ]


def _csv(text: str) -> list[list[str]]:
    try:
        dialect = csv.Sniffer().sniff(text[:4096], delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    rows = []
    for row in csv.reader(io.StringIO(text, newline=""), dialect):
        rows.append([cell.strip() for cell in row[:_MOST_COLUMNS]])
    return rows


def _xlsx(data: bytes, name: str) -> list[tuple[str, list[list[str]]]]:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    open_archive(data, name).close()
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except (InvalidFileException, KeyError, ValueError) as error:
        raise FileRefused(f"文件“{name}”不是完好的 Excel 文件，请另存为 .xlsx 后重试。") from error
    found = []
    for sheet in book.worksheets:
        if sheet.max_row > _MOST_ROWS:
            raise FileRefused(f"文件“{name}”的工作表“{sheet.title}”超过 {_MOST_ROWS} 行，请拆分后重试。")
        if sheet.sheet_state != "visible":
            continue
        merged = _merged(sheet.merged_cells.ranges)
        rows = []
        for at, row in enumerate(
            sheet.iter_rows(values_only=True, max_col=min(sheet.max_column, _MOST_COLUMNS)), 1
        ):
            words = [_words(value) for value in row]
            for column in range(len(words)):
                if not words[column] and (origin := merged.get((at, column + 1))):
                    words[column] = _words(sheet.cell(*origin).value)
            rows.append(words)
        if any(any(row) for row in rows):
            found.append((sheet.title, rows))
    return found


def _merged(ranges: Iterable[object]) -> dict[tuple[int, int], tuple[int, int]]:
    """For each cell below the first of a merged column, that first one."""
    found = {}
    for area in ranges:
        left, top, right, bottom = area.bounds  # type: ignore[attr-defined]
        if left == right and bottom - top < _MOST_ROWS:
            found.update({(row, left): (top, left) for row in range(top + 1, bottom + 1)})
    return found


def _words(value: object) -> str:
    from datetime import date, datetime

    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _documents(title: str, rows: Sequence[Sequence[str]]) -> list[Extract]:
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
        return _whole(title, rows)
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


def _whole(title: str, rows: Sequence[Sequence[str]]) -> list[Extract]:
    """Rows with one filled cell are lines, the others rows of a table."""
    lines: list[Line] = []
    table: list[Sequence[str]] = []
    for number, row in enumerate([*rows, []], 1):
        filled = [at for at, cell in enumerate(row) if cell]
        if len(filled) > 1:
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
