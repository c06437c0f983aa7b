"""PDF with text: paragraphs and tables of all pages, or the cards of a collection. The only importer of pypdfium2.

PDFium does not run scripts of the file and opens nothing outside it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from app.corpus.extract import Dropped, Extract
from app.corpus.formats import ocr
from app.corpus.formats.cards import read_cards
from app.corpus.formats.pdf_flow import paragraphs, table_rows, without_heads
from app.corpus.formats.pdf_page import read_page
from app.corpus.formats.pdf_parts import Item, TextLine, placed
from app.corpus.formats.tables import Line, written
from app.errors import FileRefused

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

_MOST_PAGES = 3000
_LONG_LINE = 6
_FEWEST_CHARS = 10  # a page with less holds no text
_PICTURE = 0.3  # the share of a page that a picture takes up, at least, when the page is a scan
_MOST_SCANNED = 300

Alive = Callable[[], None]


def read_pdf(data: bytes, name: str, alive: Alive = lambda: None) -> list[Extract]:
    """The text of a PDF, or one extract for each policy card in it, with the page it begins on.

    Pages that are pictures are read by OCR where that is installed, and named in a note; `alive` is called after each.
    Raises FileRefused for encrypted, damaged and overlong files, and for scanned ones without OCR.
    """
    pages, dropped, note = _pages(data, name, alive)
    extracts = _extracts(pages)
    first = replace(extracts[0], notes=note, dropped=(*extracts[0].dropped, *dropped))
    return [first, *extracts[1:]]


def _extracts(pages: Sequence[list[Item]]) -> list[Extract]:
    kept, dropped = without_heads(pages)
    kept = placed(kept)
    if cards := read_cards(kept):
        cards[0] = replace(cards[0], dropped=(*dropped, *cards[0].dropped))
        ends = [*((following.page or 1) for following in cards[2:]), len(kept) + 1]
        return [cards[0], *(with_pages(card, kept, end) for card, end in zip(cards[1:], ends, strict=True))]
    text, rows = written(_flow(kept))
    whole = Extract(text, page=1, rows=rows, dropped=tuple(dropped))
    return [with_pages(whole, kept, len(kept) + 1)]


def with_pages(extract: Extract, pages: Sequence[list[Item]], after: int) -> Extract:
    """The extract with the offset of each of its pages: where the first long line of the page stands.

    `after` is the page on which the next document begins; it counts only where it begins with words of this one.
    """
    offsets = [0]
    first = extract.page or 1
    for number, page in enumerate(pages[first:after], first + 1):
        lines = (words for words in _openings(page) if len(words) >= _LONG_LINE)
        places = (
            extract.text.find(words, offsets[-1]) for words in islice(lines, 1 if number == after else 8)
        )
        place = next((place for place in places if place >= 0), None)
        if place is not None or number < after:
            offsets.append(offsets[-1] if place is None else place)
    return replace(extract, pages=tuple(offsets))


def _openings(items: Sequence[Item]) -> Iterator[str]:
    """The lines of a page as the text may hold them: table rows whole, and what stands in their cells."""
    for item in items:
        if isinstance(item, TextLine):
            yield item.words
        else:
            yield from (row.words for row in table_rows(item)[:1])
            for cell in item.cells:
                yield from _openings(cell.items)


def _length(item: Item) -> int:
    if isinstance(item, TextLine):
        return len(item.words)
    return sum(_length(inner) for cell in item.cells for inner in cell.items)


def _pages(data: bytes, name: str, alive: Alive) -> tuple[list[list[Item]], list[Dropped], tuple[str, ...]]:
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise FileRefused(f"PDF“{name}”已加密，请取消密码后重试。") from error
        raise FileRefused(f"PDF“{name}”已损坏或不完整，请重新导出后重试。") from error
    try:
        if not 0 < len(document) <= _MOST_PAGES:
            raise FileRefused(
                f"PDF“{name}”有 {len(document)} 页，超过 {_MOST_PAGES} 页的上限或没有页面，请拆分后重试。"
            )
        read = [read_page(document[at]) for at in range(len(document))]
        pages = [items for items, _ in read]
        dropped = [one for _, left_out in read for one in left_out]
        bare = [at for at, page in enumerate(pages) if sum(map(_length, page)) < _FEWEST_CHARS]
        scanned = [at for at in bare if _is_picture(document[at])]
        if not scanned and 2 * len(bare) <= len(pages):
            return pages, dropped, ()
        if not scanned or not ocr.is_installed():
            return pages, dropped, _unread(name, len(pages), scanned, bare)
        if len(scanned) > _MOST_SCANNED:
            raise FileRefused(
                f"PDF“{name}”有 {len(scanned)} 页扫描件，超过 {_MOST_SCANNED} 页的上限，请拆分后重试。"
            )
        recognizer = ocr.Recognizer()
        for at in scanned:
            pages[at] = list(recognizer.lines(document[at]))
            alive()
        return (
            pages,
            dropped,
            (f"PDF“{name}”第{_listed(scanned)}页是扫描件，文字由 OCR 识别，可能有误，请对照原件核对。",),
        )
    finally:
        document.close()


def _unread(name: str, count: int, scanned: Sequence[int], bare: Sequence[int]) -> tuple[str, ...]:
    """A note on the pages that are pictures. Raises FileRefused when most pages hold no text."""
    if 2 * len(bare) > count:
        raise FileRefused(
            f"PDF“{name}”共 {count} 页，其中 {len(bare)} 页没有文字（多为扫描件），请{_remedy()}。"
        )
    return (f"PDF“{name}”第{_listed(scanned)}页是扫描件，其中的文字没有读到，请{_remedy()}。",)


def _remedy() -> str:
    if ocr.is_installed():
        return "提供带文字的版本"
    return "安装文字识别（OCR）组件（pip install 'zhengwen[ocr]'）后重试，或提供带文字的版本"


def _is_picture(page: "PdfPage") -> bool:
    """Whether a picture takes up a good part of the page."""
    import pypdfium2.raw as raw

    width, height = page.get_size()
    return any(
        (right - left) * (top - bottom) >= _PICTURE * width * height
        for left, bottom, right, top in (
            thing.get_bounds() for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)
        )
    )


def _listed(pages: Sequence[int]) -> str:
    """Page numbers from 1: 1、2、3 等 8."""
    shown = "、".join(str(at + 1) for at in pages[:5])
    return shown if len(pages) <= 5 else f"{shown}等 {len(pages)} "


def _flow(pages: Sequence[list[Item]]) -> Iterator[Line]:
    """The paragraphs of all pages; a paragraph or a table goes on across a page's end."""
    run: list[TextLine] = []
    last_columns = 0
    header = ""
    for page in pages:
        for at, item in enumerate(page):
            if isinstance(item, TextLine):
                run.append(item)
                continue
            if run:
                yield from paragraphs(run)
                run, last_columns = [], 0
            rows = table_rows(item)
            columns = max(cell.column for cell in item.cells) + 1
            if at == 0 and columns == last_columns and rows and rows[0].words == header:
                rows = rows[1:]  # the header row is repeated on each page
            elif rows:
                header = rows[0].words
            last_columns = columns
            yield from rows
    yield from paragraphs(run)
