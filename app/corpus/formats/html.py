"""Web pages as served: the text proper with its tables and attachments, and the facts around it.

The only importer of lxml.html. libxml2 never loads anything from outside and stops at 256 levels of nesting.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.corpus.decoding import decode_mended
from app.corpus.extract import Dropped, Extract
from app.corpus.formats.grid import torn_note
from app.corpus.formats.html_seen import mark_unseen
from app.corpus.formats.html_text import (
    HIDDEN,
    attachments,
    is_data,
    is_unseen,
    left_out,
    read_lines,
    to_lines,
)
from app.corpus.formats.mhtml import page_of_archive
from app.corpus.formats.page_facts import facts_of, is_chrome, read_facts, split_facts
from app.corpus.formats.tables import Line, written
from app.errors import FileRefused

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{3,20})", re.I)
_BREAK_END = re.compile(r"</br\s*/?>", re.I)  # browsers read it as <br>
_SENTENCE = re.compile(r"[，。；：、？！,;]")
_MOST = 0.75  # a child with this share of its parent's running text holds the text proper
_LONGEST_TREE = 400_000


def read_html(data: bytes, name: str) -> list[Extract]:
    """The text proper of a page. Raises FileRefused for what is no page or has no text.

    Boilerplate is listed with its reason: 导航, 页脚 and the like as 页面框架, information boxes as 页面信息.
    """
    markup, notes = _markup(data, name)
    root = _tree(markup, name)
    if mark_unseen(root):
        notes += (f"网页“{name}”的正文要等脚本运行后才显示，已按显示后的样子读入，请核对。",)
    facts = read_facts(root)
    main = _main(root)
    read = read_lines(main)
    lines, facts_inside, dropped = _lines(read.lines, facts)
    for number, table in read.torn.items():
        dropped += table.dropped
        notes += (torn_note(name, number, table.torn),)
    words = [line.words for line in lines]
    extra = [Line(line) for line in attachments(root, main) if line not in words]
    if not lines:
        raise FileRefused(
            f"网页“{name}”中没有找到正文，请在浏览器中打开后另存正文为 .txt，或检查网页是否保存完整。"
        )
    title = facts.get("网页标题", "")
    opening = [Line(title)] if title and _squeezed(title) not in _squeezed("".join(words[:6])) else []
    text, rows = written([*opening, *lines, *extra])
    dropped += _outside(root, main, text)
    dropped += [Dropped(words, reason) for words, reason in left_out(root)]
    return [Extract(text, {**facts_inside, **facts}, rows=rows, dropped=tuple(dropped), notes=notes)]


def _markup(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """The page's characters by its BOM or meta tag, without one as any text; and a note on those that are broken."""
    if page := page_of_archive(data, name):
        return page, ()
    if found := _CHARSET.search(data[:4096]):
        encoding = found[1].decode("ascii", "ignore").lower()
        encoding = "gb18030" if encoding in ("gb2312", "gbk", "gb_2312-80") else encoding
        try:
            return data.decode(encoding), ()
        except (LookupError, UnicodeDecodeError):
            pass
    return decode_mended(data, name)


def _tree(markup: str, name: str) -> "HtmlElement":
    from lxml import etree, html

    markup = re.sub(r"^\s*<\?xml[^>]*\?>", "", markup).replace("\0", "")
    markup = _BREAK_END.sub("<br>", markup)
    try:
        root = html.document_fromstring(
            markup, parser=html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
        )
    except (etree.LxmlError, ValueError) as error:
        raise FileRefused(f"网页“{name}”无法解析，请检查文件是否完整，或另存为 .txt 后重试。") from error
    if sum(1 for _ in root.iter()) > _LONGEST_TREE:
        raise FileRefused(f"网页“{name}”的元素超过 {_LONGEST_TREE} 个，请只保存正文后重试。")
    return root


def _main(root: "HtmlElement") -> "HtmlElement":
    """The innermost element that holds most of the page's sentences outside links; a named one where sites name it."""
    weights = _weights(root)
    body = root.find("body")
    at = root if body is None else body
    named = [
        one
        for one in root.iter("*")
        if _NAMED.search(_names_of(one)) and weights.get(one, 0.0) >= 0.4 * weights[at]
    ]
    if named:
        at = max(named, key=lambda one: weights[one])
    while weights[at]:
        inner = max(at, key=lambda child: weights.get(child, 0.0), default=None)
        if (
            inner is None
            or weights.get(inner, 0.0) < _MOST * weights[at]
            or inner.tag in _INNER
            or is_data(inner)
        ):
            break
        at = inner
    return at


def _weights(root: "HtmlElement") -> dict["HtmlElement", float]:
    """For each element how much running text stands in it. A text met before (for sharing, for reading aloud) is nothing."""
    weights: dict[HtmlElement, float] = {}
    met: set[str] = set()
    unseen = {inner for one in root.iter("*") if is_unseen(one) for inner in one.iter("*")}
    own = {}
    for element in root.iter("*"):
        own[element] = 0.0 if element in unseen else _own_weight(element, met)
    for element in reversed(list(root.iter("*"))):
        weights[element] = own[element] + sum(weights.get(child, 0.0) for child in element)
    return weights


def _names_of(element: "HtmlElement") -> str:
    return (
        f"{element.get('id') or ''} {element.get('class') or ''} {element.get('wzades') or ''}"
        if isinstance(element.tag, str)
        else ""
    )


# How site builders call the element with the text: public accounts, TRS, 大汉, 开普, UCAP, NFCMS, 网页标签规范.
_NAMED = re.compile(
    r"(?:^|\s)(?:js_content|TRS_Editor|trs_editor_view|UCAP-CONTENT|zoom|zoomcon|info_cont|article[-_]?con(?:tent)?|con(?:tent)?_?text|news_?content|pages_content|正文)(?:\s|$)",
    re.I,
)
_INNER = {"p", "span", "strong", "b", "font", "em", "li", "h1", "h2", "h3", "ul", "ol"}


def _own_weight(element: "HtmlElement", met: set[str]) -> float:
    """How much running text stands directly in an element: characters, sentences counting most; links nothing."""
    if not isinstance(element.tag, str) or element.tag in HIDDEN or element.tag == "a":
        return 0.0
    weight = 0.0
    for piece in (element.text or "", *(child.tail or "" for child in element)):
        words = piece.strip()
        if words and words[:40] not in met:
            met.add(words[:40])
            weight += len(words) * (1 + 20 * bool(_SENTENCE.search(words)))
    return weight


def _lines(read: list[Line], facts: dict[str, str]) -> tuple[list[Line], dict[str, str], list[Dropped]]:
    """(lines of the text, facts that stood among them, lines left out)."""
    kept: list[Line] = []
    dropped: list[Dropped] = []
    title = _squeezed(facts.get("网页标题", ""))
    inside: dict[str, str] = {}
    for line in read:
        if is_chrome(line.words):
            dropped.append(Dropped(line.words, "页面框架"))
        elif len(kept) <= 2 and (stated := facts_of(line.words)):
            inside.update(stated)
            dropped.append(Dropped(line.words, "页面信息"))
        else:
            kept.append(line)
    while title and len(kept) > 1 and _squeezed(kept[0].words) == title == _squeezed(kept[1].words):
        dropped.append(Dropped(kept.pop(0).words, "重复的标题"))
    return kept, inside, dropped


def _outside(root: "HtmlElement", main: "HtmlElement", text: str) -> Iterator[Dropped]:
    whole = _squeezed(text)
    for part in _beside(main):
        for line in to_lines(part):
            if _squeezed(line) not in whole:
                yield Dropped(line, "页面信息" if split_facts(line) else "页面框架")


def _beside(main: "HtmlElement") -> Iterator["HtmlElement"]:
    """The elements that lie neither in the main one nor around it, in the order of the page."""
    inner, around = main, main.getparent()
    chain = []
    while around is not None:
        chain.append((around, inner))
        inner, around = around, around.getparent()
    for outer, kept in reversed(chain):
        yield from (
            child
            for child in outer
            if child is not kept and isinstance(child.tag, str) and child.tag != "head"
        )


def _squeezed(words: str) -> str:
    return "".join(words.split())
