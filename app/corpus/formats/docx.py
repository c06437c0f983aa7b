"""Word files: paragraphs with the numbers Word generates, tables, headings, footnotes. The only importer of python-docx.

What is read is what Word shows with all revisions accepted; macros and linked objects are never looked at.
"""

import io
import re
from collections.abc import Iterable, Iterator
from itertools import count
from typing import TYPE_CHECKING, Any

from app.corpus.extract import Dropped, Extract
from app.corpus.formats.archive import open_archive
from app.corpus.formats.docx_math import M, linear
from app.corpus.formats.docx_numbering import Numbering
from app.corpus.formats.docx_parts import DIAGRAM, INSERTED, diagram_lines, footnotes, heads, inserted_text
from app.corpus.formats.docx_seen import Seen
from app.corpus.formats.docx_symbols import UNKNOWN, drawn, symbol
from app.corpus.formats.docx_table import WRAPPERS, grid_of
from app.corpus.formats.grid import Grid, doubtful, torn_note, without_doubtful, words_of
from app.corpus.formats.package import mended
from app.corpus.formats.tables import Line, Spot, is_layout, is_narrow, rows_as_text, written
from app.corpus.markers import read_marker
from app.errors import FileRefused

if TYPE_CHECKING:
    from docx.document import Document as WordFile

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_Cell = tuple[Line, ...]
_LEFT_OUT = {f"{_W}instrText", f"{_W}delText", f"{_W}pPr", f"{_W}rPr", f"{_MC}Fallback"}
_DELETED = {f"{_W}del", f"{_W}moveFrom"}
_EQUATIONS = {f"{M}oMath", f"{M}oMathPara"}
_SYMBOLIC = re.compile(r"[\x21-\xff\uf020-\uf0ff]+")


def read_docx(data: bytes, name: str) -> list[Extract]:
    """The text of a Word file. Raises FileRefused for damaged, encrypted and hostile ones.

    Page heads and feet are left out as 页眉页脚, hidden, struck and deleted words with their reasons; footnotes stand behind the
    text as 注1：….
    """
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    with open_archive(data, name) as archive:
        data, notes = mended(archive, data, name)
    try:
        word = docx.Document(io.BytesIO(data))
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise FileRefused(
            f"文件“{name}”不是完好的 Word 文件，请用 Word 或 WPS 另存为 .docx 后重试。"
        ) from error
    reader = _Body(word, name)
    lines = list(reader.blocks(word.element.body))
    lines += [Line(f"注{at}：{words}") for at, words in enumerate(reader.footnotes, 1)]
    text, rows = written(lines)
    if UNKNOWN in text:
        notes += (
            f"文件“{name}”中有 {text.count(UNKNOWN)} 个无法识别的符号，以“{UNKNOWN}”表示，请对照原件核对。",
        )
    dropped = (*heads(word), *reader.dropped)
    return [Extract(text, rows=rows, dropped=dropped, notes=(*notes, *reader.notes))]


class _Body:
    """Walks the blocks of a file in order; what belongs elsewhere is collected: `footnotes`, what is `dropped`, `notes` for a person."""

    def __init__(self, word: "WordFile", name: str) -> None:
        self.footnotes: list[str] = []
        self.dropped: list[Dropped] = []
        self.notes: list[str] = []
        self._word = word
        self._name = name
        self._numbering = Numbering(word)
        self._seen = Seen(word)
        self._footnotes = footnotes(word)
        self._depths = {
            style.get(f"{_W}styleId"): int(found[1])
            for style in word.styles.element.iter(f"{_W}style")
            if (found := re.fullmatch(r"(?:heading|标题) ([1-5])", _name_of(style)))
        }
        self._tables = count(1)
        self._style: str | None = None  # of the paragraph that is being read

    def blocks(self, parent: Any) -> Iterator[Line]:
        """The lines of all paragraphs and tables below an element."""
        before = ""  # words of a paragraph whose end was deleted in a revision: it goes on in the next one
        for child in parent:
            if child.tag == f"{_W}p":
                words = before + self._of_paragraph(child)
                before = words if _is_mark_deleted(child) else ""
                if not before:
                    yield from map(Line, self._paragraph(child, words))
            elif child.tag == f"{_W}tbl":
                yield from self._table(child)
            elif child.tag == INSERTED:
                yield from self._inserted(child)
            elif child.tag in WRAPPERS:
                yield from self.blocks(child)
        yield from (Line(line.strip()) for line in before.split("\n") if line.strip())

    def _of_paragraph(self, paragraph: Any) -> str:
        around, self._style = self._style, _style_of(paragraph)
        words = self._words(paragraph)
        self._style = around
        return words

    def _paragraph(self, paragraph: Any, words: str) -> Iterator[str]:
        number = self._numbering.next(paragraph) if words.strip() else ""
        number = number or self._heading(paragraph, words.strip())
        for at, line in enumerate(words.split("\n")):
            if line := (number + line.strip() if at == 0 else line.strip()):
                yield line

    def _heading(self, paragraph: Any, words: str) -> str:
        """Markdown's sign before a heading that has no number of its own (总体要求 in the style Heading 1)."""
        depth = self._depths.get(_style_of(paragraph), 0)
        plain = 2 <= len(words) <= 40 and not re.search(r"[。；：:！!\n]", words)
        return f"{'#' * (depth + 1)} " if depth and plain and not read_marker(words, 0, len(words)) else ""

    def _words(self, element: Any) -> str:
        return "".join(self._piece(child) for child in element if isinstance(child.tag, str))

    def _piece(self, child: Any) -> str:
        tag = child.tag
        if tag in _LEFT_OUT:
            return ""
        if tag in _DELETED:
            self._leave_out(child, "修订中删除的文字")
            return ""
        if tag == f"{_W}r":
            return self._run(child)
        if tag == f"{_W}t":
            return child.text or ""
        if tag in (f"{_W}br", f"{_W}cr"):
            return "\n" if child.get(f"{_W}type") in (None, "textWrapping") else ""
        if tag == f"{_W}tab":
            return " "
        if tag == f"{_W}noBreakHyphen":
            return "-"
        if tag == f"{_W}sym":
            return symbol(child.get(f"{_W}font") or "", int(child.get(f"{_W}char") or "0", 16))
        if tag in _EQUATIONS:
            return linear(child)
        if tag == f"{_W}fldChar":
            return _form_field(child)
        if tag in (f"{_W}footnoteReference", f"{_W}endnoteReference"):
            return self._reference(child)
        if tag == f"{_W}txbxContent":
            return "\n" + _joined(self.blocks(child)) + "\n"
        if tag == DIAGRAM:
            return "\n" + "\n".join(diagram_lines(self._word, child)) + "\n"
        return self._words(child)

    def _run(self, run: Any) -> str:
        """The words of a run as they are seen; those that are not are noted."""
        if reason := self._seen.reason(run, self._style):
            self._leave_out(run, reason)
            return ""
        words = self._words(run)
        fonts = run.find(f"{_W}rPr/{_W}rFonts")
        font = fonts.get(f"{_W}ascii") or fonts.get(f"{_W}hAnsi") or "" if fonts is not None else ""
        return _SYMBOLIC.sub(lambda found: drawn(found[0], font), words) if font else words

    def _leave_out(self, element: Any, reason: str) -> None:
        names = (f"{_W}t", f"{_W}delText", f"{M}t")
        words = "".join(text.text or "" for text in element.iter(*names)).strip()
        if words:
            self.dropped.append(Dropped(words, reason))

    def _reference(self, reference: Any) -> str:
        kind = "endnote" if reference.tag.endswith("endnoteReference") else "footnote"
        note = self._footnotes.pop((kind, reference.get(f"{_W}id") or ""), None)
        words = _joined(self.blocks(note)).replace("\n", "") if note is not None else ""
        if not words:
            return ""
        self.footnotes.append(words)
        return f"〔注{len(self.footnotes)}〕"

    def _inserted(self, element: Any) -> Iterator[Line]:
        """The lines of a file that Word shows as part of this one."""
        found = inserted_text(self._word, element, self._name, read_docx)
        if found is None:
            self.notes.append(
                f"文件“{self._name}”中插入了另一个文件，其中的文字没有读到，请用 Word 打开后另存为 .docx 再加入。"
            )
            return
        self.dropped += found.dropped
        self.notes += found.notes
        yield from map(Line, found.text.splitlines())

    def _table(self, table: Any) -> Iterator[Line]:
        """Rows on the grid of their table; a table that only places text is read cell by cell."""
        blank: _Cell = ()
        grid = grid_of(table, lambda cell: tuple(self.blocks(cell)), blank, self._leave_out)
        words = words_of(grid, _joined)
        torn = doubtful(grid, words)
        if is_layout(words) or 2 * len(torn) > sum(sum(map(bool, row)) > 1 for row in words):
            yield from _cell_by_cell(grid, 0 if is_narrow(words) else next(self._tables))
            return
        number = next(self._tables)
        if torn:
            words, dropped = without_doubtful(words, torn)
            self.dropped += dropped
            self.notes.append(torn_note(self._name, number, torn))
        yield from rows_as_text(words, number)


def _joined(lines: Iterable[Line]) -> str:
    return "\n".join(line.words for line in lines)


def _cell_by_cell(grid: Grid[_Cell], table: int) -> Iterator[Line]:
    """The lines of each cell once, with its place in the table; a mere frame around words (0) is none, and gives no place."""
    for row, cells in enumerate(grid.rows):
        for column, cell in enumerate(cells):
            if cell is None or (cell.row, cell.column) != (row, column):
                continue
            for line in cell.value:
                yield Line(line.words, Spot(row + 1, (column + 1,), table)) if table else line


def _style_of(paragraph: Any) -> str | None:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return style.get(f"{_W}val") if style is not None else None


def _name_of(style: Any) -> str:
    name = style.find(f"{_W}name")
    return (name.get(f"{_W}val") or "").lower() if name is not None else ""


def _is_mark_deleted(paragraph: Any) -> bool:
    return paragraph.find(f"{_W}pPr/{_W}rPr/{_W}del") is not None


def _form_field(field: Any) -> str:
    """What an old form field shows: ☑ or ☐, or the entry that was chosen from a list."""
    box = field.find(f"{_W}ffData/{_W}checkBox")
    if box is not None:
        state = box.find(f"{_W}checked")
        state = box.find(f"{_W}default") if state is None else state
        off = state is None or (state.get(f"{_W}val") or "1") in ("0", "false", "off")
        return "☐" if off else "☑"
    chosen = field.find(f"{_W}ffData/{_W}ddList")
    if chosen is None:
        return ""
    entries = chosen.findall(f"{_W}listEntry")
    result = chosen.find(f"{_W}result")
    at = int(result.get(f"{_W}val") or 0) if result is not None else 0
    return entries[at].get(f"{_W}val") or "" if at < len(entries) else ""
