"""Elements become lines of plain text."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from app.corpus.formats.tables import Line, is_layout, rows_as_text
from app.corpus.markers import read_marker

if TYPE_CHECKING:
    from lxml.html import HtmlElement

HIDDEN = {
    "script", "style", "noscript", "iframe", "object", "embed", "svg", "canvas", "template", "head", "button", "select",
    "input", "textarea", "audio", "video", "map",
}  # fmt: skip
_CONTROLS = {"button", "select", "textarea"}
_BLOCKS = {
    "p", "div", "section", "article", "header", "footer", "main", "nav", "aside", "ul", "ol", "li", "dl", "dt", "dd", "h1", "h2",
    "h3", "h4", "h5", "h6", "table", "tr", "caption", "blockquote", "pre", "form", "fieldset", "hr", "br", "body", "html", "center",
    "figure", "figcaption", "address", "details", "summary", "td", "th", "tbody", "thead", "tfoot", "ucapcontent",
}  # fmt: skip
_HEADINGS = {"h2", "h3", "h4", "h5", "h6"}
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_SIDE = re.compile(
    r"(?:^|[\s_-])(?:share|bdshare\w*|fenxiang|qrcode|ewm|erweima|fontsize|font-size|breadcrumb|crumbs?|curb|position|related|xgxw|footer|nav|menu"
    r"|toolbar|printer|pagination)(?:$|[\s_-])",
    re.I,
)
_FILE = re.compile(r"\.(?:docx?|xlsx?|pdf|wps|et|zip|rar|ofd|txt|pptx?)(?:$|[?#])", re.I)
_BREAK = "\x00"
_MARKED = re.compile(
    r"\s*(?:第?[一二三四五六七八九十\d]+[、.．）)条章节]|[（(][一二三四五六七八九十\d]+[）)]|[①-⑳●·•])"
)


def to_lines(element: "HtmlElement") -> list[str]:
    """The visible lines below an element: blocks and <br> end a line, a data table becomes a line a row."""
    return [line.words for line in read_lines(element)]


def read_lines(element: "HtmlElement") -> list[Line]:
    """The same lines, each with its place where it is a row of a table."""
    made: list[Line] = []
    held: list[str] = []
    for tables, piece in enumerate(chain(_pieces(element), [()]), 1):
        if isinstance(piece, str):
            held.append(piece)
            continue
        made += [Line(line) for one in "".join(held).split(_BREAK) if (line := _tidy(one))]
        made += [Line(_tidy(row.words), row.spot and row.spot._replace(table=tables)) for row in piece]
        held = []
    return made


def _tidy(piece: str) -> str:
    piece = re.sub("[\u200b\u200c\u200d\ufeff\xad\ue000-\uf8ff]", "", piece)
    return re.sub(r"[ \t\r\n\f\v\u00a0]+", " ", piece).strip(" \u3000")


def _pieces(element: "HtmlElement") -> Iterator[str | Sequence[Line]]:
    """Words with breaks between the lines, and the lines of each table of data."""
    if not isinstance(element.tag, str) or element.tag in HIDDEN or is_unseen(element):
        return
    if element.tag == "table" and (rows := _data_rows(element)):
        yield rows
        return
    if element.tag in _HEADINGS and (heading := _heading(element)):
        yield _BREAK + heading + _BREAK
        return
    edge = _BREAK if element.tag in _BLOCKS else ""
    yield (
        edge
        + _numeral(element)
        + (element.text or "").replace("\u3000\u3000", _BREAK if _runs_on(element.text) else "\u3000\u3000")
    )
    for child in element:
        yield from _pieces(child)
        tail = child.tail or ""
        yield tail.replace("\u3000\u3000", _BREAK) if _runs_on(tail) else tail
    yield edge


def _heading(element: "HtmlElement") -> str:
    """A heading below the title in Markdown's way, unless its own number makes it one: 一、总体要求."""
    words = _tidy(element.text_content().replace("\n", " "))
    if not 2 <= len(words) <= 40 or re.search(r"[。；：:！!]", words) or read_marker(words, 0, len(words)):
        return ""
    return f"{'#' * int(element.tag[1])} {words}"


def _runs_on(words: str | None) -> bool:
    """Old pages part paragraphs inside one element by two wide spaces behind a sentence end."""
    return bool(words and re.search(r"[。；：:！？]\u3000\u3000", words))


def left_out(root: "HtmlElement") -> Iterator[tuple[str, str]]:
    """(words, reason) of every element of the page that is never read for text: hidden ones, navigation and sharing, buttons."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if not isinstance(element.tag, str):
            continue
        reason = _reason(element)
        if reason is None:
            waiting += reversed(list(element))
        elif reason and (
            words := _tidy(" ".join(element.xpath(".//text()[not(ancestor::script or ancestor::style)]")))
        ):
            yield words, reason


def _reason(element: "HtmlElement") -> str | None:
    """Why an element is left out; "" where it holds no words for a reader, None where it is read."""
    if element.tag in HIDDEN:
        return "页面控件" if element.tag in _CONTROLS else ""
    if not is_unseen(element):
        return None
    return "隐藏的内容" if _UNSEEN.search(element.get("style") or "") else "导航与分享"


def is_unseen(element: "HtmlElement") -> bool:
    """Whether a browser hides the element, or it is one of the small things beside a text: sharing, font size, QR code."""
    if element.tag in ("html", "body"):
        return False  # hidden until a script has run
    if _UNSEEN.search(element.get("style") or ""):
        return True
    return (
        bool(_SIDE.search(f"{element.get('class') or ''} {element.get('id') or ''}"))
        and len(element.text_content()) < 300
    )


def _numeral(element: "HtmlElement") -> str:
    """The number a browser prints before an item of an ordered list, unless the item has one of its own."""
    above = element.getparent()
    if element.tag != "li" or above is None or above.tag != "ol" or _MARKED.match(element.text_content()):
        return ""
    first = above.get("start") or "1"
    before = sum(1 for other in element.itersiblings("li", preceding=True))
    return f"{int(first) + before if first.isdecimal() else before + 1}."


def is_data(element: "HtmlElement") -> bool:
    """Whether an element is a table of data and not one that only places text on the page."""
    return element.tag == "table" and bool(_data_rows(element))


def _data_rows(table: "HtmlElement") -> list[Line]:
    """The rows of a table that holds data, spans filled in; none when it only places text on the page."""
    grid = _grid(table)
    if table.find(".//table") is not None or is_layout(grid):
        return []
    caption = table.find("caption")
    above = [_tidy(caption.text_content())] if caption is not None else []
    return [*(Line(line) for line in above if line), *rows_as_text(grid)]


def _grid(table: "HtmlElement") -> list[list[str]]:
    rows: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}  # column → rows still covered by a cell above, its words
    for row in table.iter("tr"):
        cells = iter([cell for cell in row if cell.tag in ("td", "th")])
        line: list[str] = []
        while True:
            if (left := hanging.pop(len(line), None)) is not None:
                if left[0] > 1:
                    hanging[len(line)] = (left[0] - 1, left[1])
                line.append(left[1])
                continue
            cell = next(cells, None)
            if cell is None:
                break
            words = " ".join(to_lines(cell))
            down = _span(cell, "rowspan")
            for at in range(_span(cell, "colspan")):
                if down > 1:
                    hanging[len(line)] = (down - 1, words if at == 0 else "")
                line.append(words if at == 0 else "")
        rows.append(line)
    return rows


def _span(cell: "HtmlElement", key: str) -> int:
    words = (cell.get(key) or "1").strip()
    return min(max(int(words), 1), 100) if words.isdecimal() else 1


def attachments(root: "HtmlElement", main: "HtmlElement") -> list[str]:
    """A line for each document that the page links to outside its text: 附件：申请表.docx."""
    inside = set(main.iter("a"))
    found = []
    for link in root.iter("a"):
        href, words = link.get("href") or "", _tidy(link.text_content())
        if link in inside or not words or not _FILE.search(href):
            continue
        if len(words) > 2 and not re.search(r"下载|APP|客户端", words):
            found.append(f"附件：{words}")
    return list(dict.fromkeys(found))
