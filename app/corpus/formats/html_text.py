"""Elements become lines of plain text."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from app.corpus.extract import Dropped
from app.corpus.formats.grid import doubtful, without_doubtful, words_of
from app.corpus.formats.html_seen import is_hidden, is_struck
from app.corpus.formats.html_table import grid_of
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
_SIDE = re.compile(
    r"(?:^|[\s_-])(?:share|bdshare\w*|fenxiang|qrcode|ewm|erweima|fontsize|font-size|breadcrumb|crumbs?|curb|position|related|xgxw|footer|nav|menu"
    r"|toolbar|printer|pagination)(?:$|[\s_-])",
    re.I,
)
_FILE = re.compile(r"\.(?:docx?|xlsx?|pdf|wps|et|zip|rar|ofd|txt|pptx?)(?:$|[?#])", re.I)
_BREAK = "\x00"
_LAYOUT = "data-read-as-layout"  # our own note on a table that was looked at before
_MARKED = re.compile(
    r"\s*(?:第?[一二三四五六七八九十\d]+[、.．）)条章节]|[（(][一二三四五六七八九十\d]+[）)]|[①-⑳●·•])"
)


class DataTable(NamedTuple):
    """The lines of a table of data, and its rows, from 0, that do not span it: these are left out."""

    lines: list[Line]
    torn: tuple[int, ...] = ()
    dropped: tuple[Dropped, ...] = ()


class Reading(NamedTuple):
    """The lines below an element, and for each table of data, counted from 1, with torn rows what these are."""

    lines: list[Line]
    torn: dict[int, DataTable]


def to_lines(element: "HtmlElement") -> list[str]:
    """The visible lines below an element: blocks and <br> end a line, a data table becomes a line a row."""
    return [line.words for line in read_lines(element).lines]


def read_lines(element: "HtmlElement") -> Reading:
    """The same lines, each with its place where it is a row of a table."""
    made: list[Line] = []
    held: list[str] = []
    torn: dict[int, DataTable] = {}
    tables = 0
    for piece in chain(_pieces(element), [DataTable([])]):
        if isinstance(piece, str):
            held.append(piece)
            continue
        tables += 1
        made += [Line(line) for one in "".join(held).split(_BREAK) if (line := _tidy(one))]
        made += [Line(_tidy(row.words), row.spot and row.spot._replace(table=tables)) for row in piece.lines]
        if piece.torn:
            torn[tables] = piece
        held = []
    return Reading(made, torn)


def _tidy(piece: str) -> str:
    piece = re.sub("[\u200b\u200c\u200d\ufeff\xad\ue000-\uf8ff]", "", piece)
    return re.sub(r"[ \t\r\n\f\v\u00a0]+", " ", piece).strip(" \u3000")


def _pieces(element: "HtmlElement") -> Iterator[str | DataTable]:
    """Words with breaks between the lines, and the lines of each table of data."""
    if not isinstance(element.tag, str) or element.tag in HIDDEN or is_unseen(element) or is_struck(element):
        return
    if element.tag == "table" and (table := _data_table(element)):
        yield table
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
    if is_struck(element):
        return "删除线划去的文字"
    if not is_unseen(element):
        return None
    return "隐藏的内容" if is_hidden(element) else "导航与分享"


def is_unseen(element: "HtmlElement") -> bool:
    """Whether a browser hides the element, or it is one of the small things beside a text: sharing, font size, QR code."""
    if element.tag in ("html", "body"):
        return False  # hidden until a script has run
    if is_hidden(element):
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
    return element.tag == "table" and _data_table(element) is not None


def _data_table(table: "HtmlElement") -> DataTable | None:
    """The rows of a table that holds data; None when it only places text on the page, which is looked at once."""
    if table.get(_LAYOUT):
        return None
    grid = grid_of(table, lambda cell: " ".join(to_lines(cell)))
    words = words_of(grid, str)
    torn = doubtful(grid, words)
    several = sum(sum(bool(cell.strip()) for cell in row) > 1 for row in words)
    around = table.find(".//table") is not None and several < 2
    if is_layout(words) or around or 2 * len(torn) > several:
        table.set(_LAYOUT, "yes")
        return None
    kept, dropped = without_doubtful(words, torn)
    caption = table.find("caption")
    above = [_tidy(caption.text_content())] if caption is not None else []
    lines = [*(Line(line) for line in above if line), *rows_as_text(kept)]
    return DataTable(lines, tuple(torn), tuple(dropped))


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
