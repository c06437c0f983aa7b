"""Word files: paragraphs with the numbers Word generates, tables, headings, footnotes. The only importer of python-docx.

Deleted revisions are left out, inserted ones kept; macros and linked objects are never looked at.
"""

import io
import re
from collections.abc import Iterable, Iterator
from itertools import count
from typing import TYPE_CHECKING, Any

from app.corpus.extract import Dropped, Extract
from app.corpus.formats.archive import open_archive
from app.corpus.formats.docx_numbering import Numbering
from app.corpus.formats.tables import Line, Spot, is_layout, is_narrow, rows_as_text, written
from app.corpus.markers import read_marker
from app.errors import FileRefused

if TYPE_CHECKING:
    from docx.document import Document as WordFile

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_Cell = tuple[Line, ...]
_LEFT_OUT = {f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText", f"{_MC}Fallback"}


def read_docx(data: bytes, name: str) -> list[Extract]:
    """The text of a Word file. Raises FileRefused for damaged, encrypted and hostile ones.

    Page heads and feet are left out as 页眉页脚; footnotes stand behind the text as 注1：….
    """
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    open_archive(data, name).close()
    try:
        word = docx.Document(io.BytesIO(data))
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise FileRefused(
            f"文件“{name}”不是完好的 Word 文件，请用 Word 或 WPS 另存为 .docx 后重试。"
        ) from error
    notes: list[str] = []
    reader = _Body(word, notes)
    lines = list(reader.blocks(word.element.body))
    lines += [Line(f"注{at}：{words}") for at, words in enumerate(notes, 1)]
    text, rows = written(lines)
    return [Extract(text, rows=rows, dropped=tuple(_heads(word)))]


def _heads(word: "WordFile") -> Iterator[Dropped]:
    met: set[str] = set()
    for section in word.sections:
        for part in (section.header, section.footer, section.first_page_header, section.first_page_footer):
            words = " ".join(
                paragraph.text.strip() for paragraph in part.paragraphs if paragraph.text.strip()
            )
            if words and words not in met:
                met.add(words)
                yield Dropped(words, "页眉页脚")


class _Body:
    """Walks the blocks of a file in order; footnotes are collected in `notes`."""

    def __init__(self, word: "WordFile", notes: list[str]) -> None:
        self._numbering = Numbering(word)
        self._footnotes = _footnotes(word)
        self._depths = {
            style.style_id: int(found[1])
            for style in word.styles
            if (found := re.fullmatch(r"(?:heading|标题) ([1-5])", (style.name or "").lower()))
        }
        self._notes = notes
        self._tables = count(1)

    def blocks(self, parent: Any) -> Iterator[Line]:
        """The lines of all paragraphs and tables below an element."""
        for child in parent:
            if child.tag == f"{_W}p":
                yield from map(Line, self._paragraph(child))
            elif child.tag == f"{_W}tbl":
                yield from self._table(child)
            elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml", f"{_W}smartTag"):
                yield from self.blocks(child)

    def _paragraph(self, paragraph: Any) -> Iterator[str]:
        words = self._words(paragraph)
        number = self._numbering.next(paragraph) if words.strip() else ""
        number = number or self._heading(paragraph, words.strip())
        for at, line in enumerate(words.split("\n")):
            if line := (number + line.strip() if at == 0 else line.strip()):
                yield line

    def _heading(self, paragraph: Any, words: str) -> str:
        """Markdown's sign before a heading that has no number of its own (总体要求 in the style Heading 1)."""
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        depth = self._depths.get(style.get(f"{_W}val") if style is not None else None, 0)
        plain = 2 <= len(words) <= 40 and not re.search(r"[。；：:！!\n]", words)
        return f"{'#' * (depth + 1)} " if depth and plain and not read_marker(words, 0, len(words)) else ""

    def _words(self, element: Any) -> str:
        pieces = []
        for child in element:
            tag = child.tag
            if tag in _LEFT_OUT or not isinstance(tag, str):
                continue
            if tag == f"{_W}t":
                pieces.append(child.text or "")
            elif tag in (f"{_W}br", f"{_W}cr"):
                pieces.append("\n" if child.get(f"{_W}type") in (None, "textWrapping") else "")
            elif tag == f"{_W}tab":
                pieces.append(" " if element.tag != f"{_W}tabs" else "")
            elif tag == f"{_W}noBreakHyphen":
                pieces.append("-")
            elif tag in (f"{_W}footnoteReference", f"{_W}endnoteReference"):
                pieces.append(self._reference(child))
            elif tag == f"{_W}txbxContent":
                pieces.append("\n" + _joined(self.blocks(child)) + "\n")
            elif tag not in (f"{_W}pPr", f"{_W}rPr"):
                pieces.append(self._words(child))
        return "".join(pieces)

    def _reference(self, reference: Any) -> str:
        kind = "endnote" if reference.tag.endswith("endnoteReference") else "footnote"
        words = self._footnotes.get((kind, reference.get(f"{_W}id") or ""), "")
        if not words:
            return ""
        self._notes.append(words)
        return f"〔注{len(self._notes)}〕"

    def _table(self, table: Any) -> Iterator[Line]:
        """Rows with spans filled in; a table that only places text is read cell by cell."""
        grid: list[list[_Cell]] = []
        for row in table.iter(f"{_W}tr"):
            if row.getparent() is not table:
                continue
            line: list[_Cell] = []
            for cell in row.iter(f"{_W}tc"):
                if cell.getparent() is not row:
                    continue
                lines = self._cell(cell, grid, len(line))
                line += [lines, *[()] * (_number(cell, "gridSpan", 1) - 1)]
            grid.append(line)
        words = [[_joined(cell) for cell in row] for row in grid]
        if is_layout(words):
            yield from _cell_by_cell(grid, 0 if is_narrow(words) else next(self._tables))
        else:
            yield from rows_as_text(words, next(self._tables))

    def _cell(self, cell: Any, grid: list[list[_Cell]], column: int) -> _Cell:
        merged = cell.find(f"{_W}tcPr/{_W}vMerge")
        if merged is not None and merged.get(f"{_W}val") != "restart" and grid and column < len(grid[-1]):
            return grid[-1][column]
        return tuple(self.blocks(cell))


def _joined(lines: Iterable[Line]) -> str:
    return "\n".join(line.words for line in lines)


def _cell_by_cell(grid: list[list[_Cell]], table: int) -> Iterator[Line]:
    """The lines of each cell, with its place in the table; a mere frame around words (0) is none, and gives no place."""
    for row, cells in enumerate(grid, 1):
        for column, cell in enumerate(cells, 1):
            for line in cell:
                yield Line(line.words, Spot(row, (column,), table)) if table else line


def _number(cell: Any, name: str, otherwise: int) -> int:
    found = cell.find(f"{_W}tcPr/{_W}{name}")
    words = (found.get(f"{_W}val") if found is not None else None) or ""
    return min(max(int(words), 1), 100) if words.isdecimal() else otherwise


def _footnotes(word: "WordFile") -> dict[tuple[str, str], str]:
    """The words of footnotes and endnotes by kind and id."""
    from docx.oxml import parse_xml

    found: dict[tuple[str, str], str] = {}
    for relation in word.part.rels.values():
        kind = relation.reltype.rsplit("/", 1)[-1]
        if kind not in ("footnotes", "endnotes") or relation.is_external:
            continue
        for note in parse_xml(relation.target_part.blob):
            words = "".join(text.text or "" for text in note.iter(f"{_W}t")).strip()
            if words:
                found[(kind[:-1], note.get(f"{_W}id") or "")] = words
    return found
