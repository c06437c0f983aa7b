"""Reviewed answers as a table, CSV or XLSX: what is taken away, and what is brought back.

A cell that a spreadsheet would run is a text with an apostrophe before it, and so is one that begins with an
apostrophe itself, so that one apostrophe can always be taken off again. Every cell that comes in is a text; a formula
is its own words. The only importer of openpyxl in this room.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from hashlib import sha256

from app.errors import ImportRefused
from app.store import Point, ReviewedEntry
from app.web.hotline.csv import csv_lines, harmless

SIZE = 2 * 1024 * 1024  # bytes of a file
UNPACKED = 40 * 1024 * 1024  # bytes of an XLSX once it is unpacked
ROWS = 1000  # entries
CELL = 20_000  # characters
QUOTED = 5_000  # characters of quotes, which are there to be read alone
COLUMNS = (
    "编号",
    "标准问",
    "相似问",
    "反例问",
    "条款",
    "口径",
    "责任部门",
    "复核日期",
    "有效期",
    "状态",
    "引文",
)
NEEDED = ("标准问", "条款")
_LABELS = {
    "draft": "草稿",
    "submitted": "待审核",
    "approved": "已批准",
    "rejected": "已退回",
    "withdrawn": "已撤回",
}


def cells_of(entry: ReviewedEntry) -> tuple[str, ...]:
    """An entry's newest version as a row; lists are a line each."""
    version = entry.latest
    wording = version.wording
    return (
        entry.id,
        wording.question,
        "\n".join(wording.similar),
        "\n".join(wording.counters),
        "\n".join(map(point_text, wording.points)),
        wording.spoken,
        wording.department,
        wording.reviewed_on.isoformat() if wording.reviewed_on else "",
        wording.expires_on.isoformat() if wording.expires_on else "",
        _LABELS[version.state],
        "\n".join(point.quote for point in wording.points)[:QUOTED],
    )


def point_text(point: Point) -> str:
    """A point as people carry it about: the clause's id, and the place within it where it is not the whole clause."""
    if sha256(point.quote.encode("utf-8", "replace")).hexdigest() == point.clause_sha256:
        return point.clause_id
    start, end = point.start - point.clause_start, point.end - point.clause_start
    return f"{point.clause_id}#{start}-{end}"


def csv_of(entries: Iterable[ReviewedEntry]) -> Iterator[bytes]:
    """A CSV file in UTF-8 with a byte order mark."""
    rows = [COLUMNS, *(tuple(map(quoted, cells_of(entry))) for entry in entries)]
    return csv_lines(rows)


def xlsx_of(entries: Iterable[ReviewedEntry]) -> bytes:
    """A workbook of one sheet; every cell is a text."""
    import openpyxl
    from openpyxl.styles import Alignment, Font

    book = openpyxl.Workbook()
    for empty in book.worksheets:
        book.remove(empty)
    sheet = book.create_sheet("口径")
    for row, cells in enumerate([COLUMNS, *(tuple(map(quoted, cells_of(e))) for e in entries)], 1):
        for column, text in enumerate(cells, 1):
            cell = sheet.cell(row, column, text[:32_767])
            cell.data_type = "s"
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    for letter, width in zip("ABCDEFGHIJK", (12, 36, 36, 30, 30, 40, 18, 12, 12, 10, 50), strict=True):
        sheet.column_dimensions[letter].width = width
        sheet[f"{letter}1"].font = Font(bold=True)
    sheet.freeze_panes = "C2"
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def quoted(text: str) -> str:
    """The cell as no spreadsheet runs it; `unquoted` gives the text back."""
    return f"'{text}" if text.startswith("'") else harmless(text)


def unquoted(cell: str) -> str:
    """The text of a cell: one apostrophe at its beginning is a spreadsheet's mark, not the text's."""
    return cell[1:] if cell.startswith("'") else cell


def read_table(content: bytes, name: str) -> list[tuple[int, dict[str, str]]]:
    """The rows of a file below its heading: their numbers as the spreadsheet counts them, and their cells by column.

    Raises:
        ImportRefused: it is no such table, lacks a column, or is too large. The sentence says what to do.
    """
    if len(content) > SIZE:
        raise ImportRefused(f"文件超过 {SIZE // 1024 // 1024} MB，请分成几个文件再导入。")
    if not content.strip():
        raise ImportRefused("文件是空的，请选择导出的 CSV 或 XLSX 文件，按其格式填写。")
    zipped = content.startswith(b"PK")
    if not zipped and name.lower().endswith((".xlsx", ".xls")):
        raise ImportRefused(f"“{name[:60]}”不是 XLSX 文件，请用表格软件另存为 XLSX 或 CSV。")
    rows = list(_xlsx_rows(content) if zipped else _csv_rows(content))
    heading = next((at for at, row in enumerate(rows) if any(cell.strip() for cell in row)), None)
    if heading is None:
        raise ImportRefused("文件里没有内容，请选择导出的 CSV 或 XLSX 文件，按其格式填写。")
    return _by_column(rows, heading)


def _by_column(rows: Sequence[Sequence[str]], heading: int) -> list[tuple[int, dict[str, str]]]:
    names = [cell.strip() for cell in rows[heading]]
    missing = [column for column in NEEDED if column not in names]
    if missing:
        raise ImportRefused(f"第 {heading + 1} 行没有“{'”“'.join(missing)}”列，请用导出文件的表头。")
    twice = {name for name in names if name in COLUMNS and names.count(name) > 1}
    if twice:
        raise ImportRefused(f"“{'”“'.join(sorted(twice))}”列出现了两次，请只留一列。")
    found = []
    for number, row in enumerate(rows[heading + 1 :], heading + 2):
        cells = {name: unquoted(cell) for name, cell in zip(names, row, strict=False) if name in COLUMNS}
        if any(cell.strip() for cell in cells.values()):
            found.append((number, cells))
    if len(found) > ROWS:
        raise ImportRefused(f"文件有 {len(found)} 行，一次最多 {ROWS} 行，请分成几个文件再导入。")
    return found


def _csv_rows(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    head = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max((",", "\t", ";"), key=head.count)
    # Not strict, a quote that is never closed would swallow every row below it without a word.
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    count = 0
    try:
        for count, row in enumerate(rows, 1):
            _check_size(count - 1, row)
            yield row
    except csv.Error as error:
        raise ImportRefused(
            f"第 {count + 1} 行读不懂：引号没有成对或含有不能用的字符，请改正，或用表格软件另存为 CSV 后再试。"
        ) from error


def _decoded(content: bytes) -> str:
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ImportRefused("文件的编码读不懂，请用表格软件另存为“CSV UTF-8”或 XLSX 后再试。")


def _xlsx_rows(content: bytes) -> Iterator[list[str]]:
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > UNPACKED:
                raise ImportRefused("文件解开后太大，请只留口径的表格再导入。")
        # Formulas are not worked out: whoever wrote one meant its words, or harm.
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False)
        sheet = book.worksheets[0]
        for count, row in enumerate(sheet.iter_rows(max_col=40, values_only=True)):
            cells = [_text_of(value) for value in row]
            _check_size(count, cells)
            yield cells
    except ImportRefused:
        raise
    except Exception as error:  # openpyxl raises whatever its XML and zip readers raise
        raise ImportRefused("文件读不懂，请用表格软件另存为 XLSX 或“CSV UTF-8”后再试。") from error


def _check_size(count: int, row: Sequence[str]) -> None:
    if count > 4 * ROWS:
        raise ImportRefused(f"文件有 {count} 行以上，一次最多 {ROWS} 行，请分成几个文件再导入。")
    if any(len(cell) > CELL for cell in row):
        raise ImportRefused(f"第 {count + 1} 行有一格超过 {CELL} 字，请精简后再导入。")


def _text_of(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def lines_of(cell: str | None) -> tuple[str, ...]:
    """The lines of a cell, without blank ones."""
    return tuple(line.strip() for line in (cell or "").splitlines() if line.strip())


def label_of(state: str) -> str:
    """The state in Chinese."""
    return _LABELS[state]
