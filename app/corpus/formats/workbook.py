"""The sheets of an Excel file as Excel shows them. The only importer of openpyxl.

Formulas are read as their last result; macros are never looked at.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.corpus.extract import Dropped
from app.corpus.formats.archive import open_archive
from app.corpus.formats.grid import Cell, laid, words_of
from app.corpus.formats.number_format import shown
from app.corpus.formats.package import mended
from app.errors import FileRefused

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

MOST_ROWS = 20_000
MOST_COLUMNS = 200
_MOST_NAMED = 8
STRUCK = "删除线划去的文字"


@dataclass(slots=True)
class Sheet:
    """The words in each place of a sheet, None for a row that is hidden; what is not shown, and what a person should know."""

    title: str
    rows: list[list[str] | None]
    dropped: list[Dropped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_workbook(data: bytes, name: str) -> list[Sheet]:
    """The visible sheets with words in them; a merged value stands in each place that it covers.

    Raises FileRefused for damaged, encrypted and overlong files.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    with open_archive(data, name) as archive:
        data, notes = mended(archive, data, name)
        sheets = [entry for entry in archive.namelist() if entry.startswith("xl/worksheets/")]
        has_formulas = any(b"<f" in archive.read(entry) for entry in sheets)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        formulas = openpyxl.load_workbook(io.BytesIO(data)) if has_formulas else None
    except (InvalidFileException, KeyError, ValueError) as error:
        raise FileRefused(f"文件“{name}”不是完好的 Excel 文件，请另存为 .xlsx 后重试。") from error
    made = [_sheet(sheet, book, name) for sheet in _visible(book, name)]
    for one in made:
        if formulas and (cells := _uncomputed(book[one.title], formulas[one.title])):
            one.notes.append(_uncomputed_note(name, one.title, cells))
    found = [one for one in made if any(filter(None, (row and any(row) for row in one.rows)))]
    if found:
        found[0].notes[:0] = [*notes, *_hidden_note(book, name)]
    return found


def _visible(book: "Workbook", name: str) -> Iterator["Worksheet"]:
    for sheet in book.worksheets:
        if sheet.max_row > MOST_ROWS:
            raise FileRefused(f"文件“{name}”的工作表“{sheet.title}”超过 {MOST_ROWS} 行，请拆分后重试。")
        if sheet.sheet_state == "visible":
            yield sheet


def _sheet(sheet: "Worksheet", book: "Workbook", name: str) -> Sheet:
    spans = {(area.min_row, area.min_col): area for area in sheet.merged_cells.ranges}
    cells: list[Cell[str]] = []
    made = Sheet(sheet.title, [])
    styles: dict[int, tuple[str, bool]] = {}
    for line in sheet.iter_rows(max_col=min(sheet.max_column, MOST_COLUMNS)):
        for cell in line:
            if cell.value is None:
                continue
            style = styles.get(cell.style_id)
            if style is None:
                style = styles[cell.style_id] = cell.number_format, bool(cell.font and cell.font.strike)
            words = shown(cell.value, style[0])
            if words and style[1]:
                made.dropped.append(Dropped(words, STRUCK))
                words = ""
            area = spans.get((cell.row, cell.column))
            down = area.max_row - area.min_row + 1 if area else 1
            across = min(area.max_col, MOST_COLUMNS) - area.min_col + 1 if area else 1
            cells.append(Cell(cell.row - 1, cell.column - 1, words, down, max(across, 1)))
    made.rows = list(words_of(laid(cells), str))
    _hide(made, sheet, name)
    return made


def _hide(made: Sheet, sheet: "Worksheet", name: str) -> None:
    """Take hidden rows and columns out."""
    rows = {at for at, one in sheet.row_dimensions.items() if one.hidden or one.height == 0}
    columns = {
        at
        for one in sheet.column_dimensions.values()
        if one.hidden and one.min
        for at in range(one.min, min(one.max or one.min, MOST_COLUMNS) + 1)
    }
    hidden = 0
    for at, row in enumerate(made.rows):
        lost = row or [] if at + 1 in rows else [word for c, word in enumerate(row or []) if c + 1 in columns]
        if words := " ".join(filter(None, lost)):
            made.dropped.append(Dropped(words, "隐藏的行或列"))
            hidden += 1
        made.rows[at] = (
            None if at + 1 in rows else ["" if c + 1 in columns else w for c, w in enumerate(row or [])]
        )
    if hidden:
        made.notes.append(
            f"文件“{name}”的工作表“{sheet.title}”有隐藏的行或列，其中的 {hidden} 行文字没有读入，如需收入请取消隐藏后重新加入。"
        )


def _uncomputed(values: "Worksheet", formulas: "Worksheet") -> list[str]:
    """The cells that hold a formula without a result."""
    return [
        cell.coordinate
        for row in formulas.iter_rows(max_col=min(formulas.max_column, MOST_COLUMNS))
        for cell in row
        if cell.data_type == "f"
        and values[cell.coordinate].value is None
        and values[cell.coordinate].data_type == "n"
    ]


def _uncomputed_note(name: str, title: str, cells: list[str]) -> str:
    listed = "、".join(cells[:_MOST_NAMED]) + (f" 等 {len(cells)} 格" if len(cells) > _MOST_NAMED else "")
    return (
        f"文件“{name}”的工作表“{title}”中 {listed} 是没有计算结果的公式，没有读到数值，"
        "请用 Excel 或 WPS 打开并保存一次后重新加入。"
    )


def _hidden_note(book: "Workbook", name: str) -> list[str]:
    hidden = [
        sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible" and sheet.max_row > 1
    ]
    if not hidden:
        return []
    return [f"文件“{name}”中隐藏的工作表“{'、'.join(hidden)}”没有读入，如需收入请取消隐藏后重新加入。"]
