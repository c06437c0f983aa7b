"""PDF with text: paragraphs and tables of all pages, or the cards of a collection. The only importer of pypdfium2.

PDFium does not run scripts of the file and opens nothing outside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from app.corpus.extract import Extract
from app.corpus.formats.cards import read_cards
from app.corpus.formats.pdf_flow import paragraphs, table_rows, without_heads
from app.corpus.formats.pdf_page import Item, TextLine, read_page
from app.errors import FileRefused

_MOST_PAGES = 3000
_LONG_LINE = 6
_FEWEST_CHARS = 10  # a page with less is a picture


def read_pdf(data: bytes, name: str) -> list[Extract]:
    """The text of a PDF, or one extract for each policy card in it, with the page it begins on.

    Raises FileRefused for encrypted, damaged, overlong and scanned files.
    """
    pages = _pages(data, name)
    scanned = [at for at, page in enumerate(pages, 1) if sum(map(_length, page)) < _FEWEST_CHARS]
    if 2 * len(scanned) > len(pages):
        raise FileRefused(
            f"PDF“{name}”共 {len(pages)} 页，其中 {len(scanned)} 页没有文字（多为扫描件），请先做文字识别（OCR）或提供带文字的版本。"
        )
    kept, dropped = without_heads(pages)
    if cards := read_cards(kept):
        cards[0] = replace(cards[0], dropped=(*dropped, *cards[0].dropped))
        ends = [*((following.page or 1) for following in cards[2:]), len(kept) + 1]
        return [cards[0], *(with_pages(card, kept, end) for card, end in zip(cards[1:], ends, strict=True))]
    whole = Extract("\n".join(_flow(kept)) + "\n", page=1, dropped=tuple(dropped))
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
            yield from table_rows(item)[:1]
            for cell in item.cells:
                yield from _openings(cell.items)


def _length(item: Item) -> int:
    if isinstance(item, TextLine):
        return len(item.words)
    return sum(_length(inner) for cell in item.cells for inner in cell.items)


def _pages(data: bytes, name: str) -> list[list[Item]]:
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
        return [read_page(document[at]) for at in range(len(document))]
    finally:
        document.close()


def _flow(pages: Sequence[list[Item]]) -> Iterator[str]:
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
            if at == 0 and columns == last_columns and rows and rows[0] == header:
                rows = rows[1:]  # the header row is repeated on each page
            elif rows:
                header = rows[0]
            last_columns = columns
            yield from rows
    yield from paragraphs(run)
