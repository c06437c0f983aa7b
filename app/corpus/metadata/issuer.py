"""Issuers: the offices that sign, or that the title, the order's number or the page names."""

import re
from collections.abc import Iterator, Sequence

from app.corpus.metadata.days import DAY
from app.corpus.metadata.found import Facts, Found, Span
from app.corpus.metadata.lines import Line, lines
from app.corpus.metadata.title import is_issuer_line

_BEFORE = re.compile(r"(?:[（(【]?转载[）)】]?\s*)?([^《》“”，。：:？?]{2,80}?)(?:关于|印发|发布(?!会))")
_AND_OTHERS = re.compile(r"等[\d一二三四五六七八九十]*(?:个)?(?:部门|单位|委办局|部委)?$")
_ORDER = re.compile(r"(?:中华人民共和国(?=国务院))?([\u4e00-\u9fff]{2,24}?)令")
_DATE_LINE = re.compile(rf"[（(]?\s*({DAY})\s*[）)]?(?:印发)?")
_NAME_AND_DATE = re.compile(rf"(.{{3,40}}?)[\s\u3000]*({DAY})")
_SPLIT = re.compile(r"[、，,；;\s\u3000]+")
_PLACE = re.compile(r"^([\u4e00-\u9fff]{2,3}[省市])")
_LOCAL = re.compile(r"^(?:本|我|全)?([省市区县])(?=[^\s]{2,})(?!场|民)")
_SITE_PLACE = re.compile(
    r"([\u4e00-\u9fff]{2,4}省)?([\u4e00-\u9fff]{2,4}?市)?([\u4e00-\u9fff]{1,4}?[区县])?(?=人民政府|[\u4e00-\u9fff]{2,20}(?:局|委|厅))"
)
_NOT_AN_OFFICE = re.compile(
    r"^(?:本网|本站|原创|网络|未知|其他|转载)|(?:日报|晚报|新闻网|都市报|客户端)|南方\+?$|新华社|数据库"
)
_PAPER = re.compile(r"(?:文件|公告|通告|令)$")  # 某市人民政府文件 names the paper it is printed on
_MOST_NAMES = 12


def signature(text: str) -> tuple[Found[tuple[str, ...]] | None, Line | None]:
    """The names that sign the document, and the line of the date below them; the first signature is the document's."""
    found = list(lines(text))
    for at, line in enumerate(found):
        if len(line.words) > 80:
            continue
        if _DATE_LINE.fullmatch(line.words):
            if names := _above(found, at):
                return names, line
        elif (both := _NAME_AND_DATE.fullmatch(line.words)) and is_issuer_line(both[1].strip()):
            names = _above(found, at)
            own = (*(names.value if names else ()), *_names(both[1]))
            return Found(own, (line.start, line.start + both.end(1))), line
    return None, None


def _above(found: Sequence[Line], at: int) -> Found[tuple[str, ...]] | None:
    first = at
    while first > max(0, at - _MOST_NAMES) and _signs(found[first - 1].words):
        first -= 1
    if first == at or first == 0:  # a date below the title is not a signature
        return None
    names = tuple(name for line in found[first:at] for name in _names(line.words))
    return Found(names, (found[first].start, found[at - 1].end))


def _signs(words: str) -> bool:
    return all(is_issuer_line(part) for part in _SPLIT.split(words) if part)


def read_issuers(
    text: str, title: Found[str], number: Found[str] | None, head: Sequence[Line], facts: Facts
) -> Found[tuple[str, ...]] | None:
    """Who issued the document, in the words used there. None where nobody is named."""
    signed = _in_full(signature(text)[0], facts)
    if card := facts.get("发文机构"):
        return Found(_names(card), None)
    for named in (
        signed,
        _of_title(title),
        _of_order(number),
        _of_box(facts),
        _of_head(head, title),
        _of_page(facts),
    ):
        if named and named.value:
            return named
    return None


def _in_full(signed: Found[tuple[str, ...]] | None, facts: Facts) -> Found[tuple[str, ...]] | None:
    """The names that sign, 市财政局 with the place of the office that a box says issued it."""
    box = next(iter(_names(facts.get("发布机构", ""))), "")
    if not signed or not box:
        return signed
    return signed._replace(value=tuple(_placed(name, box) for name in signed.value))


def _of_title(title: Found[str]) -> Found[tuple[str, ...]] | None:
    found = _BEFORE.match(title.value)
    if not found:
        return None
    names = _names(_AND_OTHERS.sub("", found[1]))
    if not names or not all(is_issuer_line(name) for name in names):
        return None
    span: Span | None = None
    if title.span:
        span = (title.span[0] + found.start(1), title.span[0] + found.end(1))
    return Found(names, span)


def _of_order(number: Found[str] | None) -> Found[tuple[str, ...]] | None:
    found = _ORDER.match(number.value) if number else None
    return Found((found[1],), number.span) if number and found and is_issuer_line(found[1]) else None


def _of_box(facts: Facts) -> Found[tuple[str, ...]] | None:
    stated = facts.get("发布机构", "").strip()
    return Found(_names(stated), None) if stated else None


def _of_head(head: Sequence[Line], title: Found[str]) -> Found[tuple[str, ...]] | None:
    """Names on lines of their own above or below the title."""
    named: list[Line] = []
    for line in head[:8]:
        if line.words == title.value:
            continue
        if not _signs(line.words):
            if named or len(line.words) > 60:
                break
            continue
        named.append(line)
    names = tuple(name for line in named for name in _names(line.words))
    return Found(names, (named[0].start, named[-1].end)) if names else None


def _of_page(facts: Facts) -> Found[tuple[str, ...]] | None:
    """The source a page gives, unless it is a newspaper; else the office whose site it is."""
    source = re.sub(r"(?:官方)?(?:官网|网站|门户网站)$", "", facts.get("来源", "").strip())
    site = re.sub(r"(?:官方)?(?:门户)?网站?$", "", facts.get("网站", "").strip())
    if source and not _NOT_AN_OFFICE.search(source):
        return Found(tuple(_placed(name, site) for name in _names(source)), None)
    return Found((site,), None) if site and is_issuer_line(site) else None


def _placed(name: str, site: str) -> str:
    """市民政局 on a site of 广州市 is 广州市民政局."""
    local, place = _LOCAL.match(name), _SITE_PLACE.match(site)
    if not local or not place:
        return name
    parts = [part for part in place.groups() if part]
    upto = next((at for at, part in enumerate(parts) if part.endswith(local[1])), None)
    return name if upto is None else "".join(parts[: upto + 1]) + name[local.end() :]


def _names(words: str) -> tuple[str, ...]:
    cleaned = re.sub(r"^[【\[（(]?发文(?:单位|机关|机构)[】\]）)]?[：:]?", "", words.strip())
    parts = (_PAPER.sub("", part) for part in _SPLIT.split(cleaned))
    return tuple(dict.fromkeys(name for part in parts for name in _apart(part) if len(name) > 1))


def _apart(part: str) -> Iterator[str]:
    """广州市教育局广州市财政局 are two: the place begins again."""
    place = _PLACE.match(part)
    if not place:
        yield part
        return
    pieces = part.split(place[1])[1:]
    if all(is_issuer_line(place[1] + piece) for piece in pieces):
        yield from (place[1] + piece for piece in pieces)
    else:
        yield part
