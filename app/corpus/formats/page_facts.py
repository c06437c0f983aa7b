"""What a government page says around its text: meta tags, the information box, the line of date and source."""

import re
from itertools import islice
from typing import TYPE_CHECKING

from app.corpus.formats.html_text import to_lines
from app.corpus.metadata.title import page_title

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# The meta tags are those of 政府网站网页标签规范 (国办函〔2019〕39号 and before it 2017).
_TAGS = {
    "articletitle": "网页标题",
    "pubdate": "网页日期",
    "publishdate": "网页日期",
    "contentsource": "来源",
    "source": "来源",
    "sitename": "网站",
    "url": "网址",
}
_LABELS = {
    "文号": "文号",
    "发文字号": "文号",
    "文件编号": "文号",
    "发布机构": "发布机构",
    "发布机关": "发布机构",
    "发文机关": "发布机构",
    "发文单位": "发布机构",
    "制发机关": "发布机构",
    "成文日期": "成文日期",
    "印发日期": "印发日期",
    "发布日期": "发布日期",
    "公开日期": "发布日期",
    "发布时间": "网页日期",
    "发表时间": "网页日期",
    "实施日期": "实施日期",
    "生效日期": "实施日期",
    "施行日期": "实施日期",
    "失效日期": "失效日期",
    "废止日期": "失效日期",
    "有效期至": "失效日期",
    "文件状态": "状态",
    "有效性": "状态",
    "时效性": "状态",
    "名称": "网页标题",
    "信息来源": "来源",
    "文章来源": "来源",
    "来源": "来源",
}
_NAMES = (
    "|".join(sorted(_LABELS, key=len, reverse=True))
    .replace("文号", r"文[\s\u3000]*号")
    .replace("来源", r"来[\s\u3000]*源")
)
_OTHERS = r"索引号|统一编号|主题词|主题分类|分类|浏览次数|浏览量|点击数|阅读量?|字体大小|字体|字号|浏览字号|打印|分享|作者|责任编辑|公开方式"
_LABEL = re.compile(rf"[【\[]?\s*({_NAMES})\s*[】\]]?\s*[:：]\s*")
_ANY_LABEL = re.compile(rf"[【\[（(]?\s*(?:{_NAMES}|{_OTHERS})\s*[】\]]?\s*[:：]")
_OPENING = 80  # lines of a page among which its title stands
_BREAK = re.compile(r"\s*[-_|｜—–]")
_SITE_HEADING = re.compile(r"(?:网|网站|门户|平台|信息公开|首页)$")
_DATED = re.compile(
    r"(?:时间[:：]\s*)?(?:19|20)\d{2}\s*[-年./]\s*\d{1,2}\s*[-月./]\s*\d{1,2}日?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?\s*"
)
_BUTTONS = (
    "打印本页|打印页面|打印|关闭窗口|关闭本页|关闭|返回顶部|返回|分享到?|收藏|网站纠错|纠错|听全文|上一篇|下一篇|字体|A[+-]?(?:大|中|小)?|大|中|小|微信好友"
    "|微信|新浪微博|微博|QQ空间|QQ好友|取消|简体|繁體|无障碍|长者助手|English|加大|减小|-?次|[-+×↺|｜>/\\s【】\\[\\]：:]"
)
# Possessive (++): what one reading of a row of buttons does not match, another would not either.
_CHROME = re.compile(
    rf"(?:{_BUTTONS})++|.{{0,12}}扫一扫.{{0,16}}|您?(?:现在|当前)?(?:所在)?的?位置[:：].*|.*首页\s*[>›»].*|[【\[]?字[体号].{{0,14}}"
    r"|(?:浏览次数|浏览量|点击数|阅读次数|访问量)[:：\s\-\d次]*|相关(?:附件|新闻|链接|文章|解读|文件|稿件)[:：]?|标签[:：]|[\W_]+|本文?链接[:：].*|链接[:：]|(?:上|下)一(?:个|篇|条|页)[:：].*"
)


def read_facts(root: "HtmlElement") -> dict[str, str]:
    """The facts of a page by the word for each; the first statement of a fact counts."""
    facts: dict[str, str] = {}
    for meta in root.iter("meta"):
        key = _TAGS.get((meta.get("name") or meta.get("property") or "").lower())
        words = " ".join((meta.get("content") or "").split())
        if key and words:
            facts.setdefault(key, words)
    for key, words in _boxes(root):
        facts.setdefault(key, words)
    if "网页标题" not in facts and (title := _heading(root)):
        facts["网页标题"] = title
        if site := _behind(title, root):
            facts.setdefault("网站", site)
    return facts


def _heading(root: "HtmlElement") -> str:
    headings = [" ".join(to_lines(one)) for one in root.iter("h1")]
    named = [words for words in headings if 4 <= len(words) <= 120 and not _SITE_HEADING.search(words)]
    title = root.findtext(".//title") or ""
    if len(named) == 1:
        return named[0]
    if _SITE_HEADING.search(title.strip()) or len(title.strip()) <= 4:  # the name of a site
        return ""
    return _as_shown(title, root) or page_title(title)


def _behind(title: str, root: "HtmlElement") -> str:
    """What the window title names behind the title of the page: the site, or the column and the site."""
    whole = " ".join((root.findtext(".//title") or "").split())
    return whole[len(title) :].strip("-_|｜—– ")[:80] if whole.startswith(title) else ""


def _as_shown(title: str, root: "HtmlElement") -> str:
    """The line of the page that a window title repeats before the names of column and site: 某办法_通知公告_某局."""
    whole = " ".join(title.split())
    for line in islice(to_lines(root), _OPENING):
        shown = " ".join(line.lstrip("# ").split())
        if len(shown) >= 6 and whole.startswith(shown) and _BREAK.match(whole, len(shown)):
            return shown
    return ""


def _boxes(root: "HtmlElement") -> list[tuple[str, str]]:
    """Label and value of the lines outside the text; a label alone on its line has its value on the next."""
    found = []
    lines = [cell.strip() for line in to_lines(root) for cell in _cells(line) if cell.strip()]
    for at, line in enumerate(lines):
        after = lines[at + 1] if at + 1 < len(lines) else ""
        for key, words in split_facts(line).items():
            value = words or ("" if _ANY_LABEL.match(after) else after)
            if value and len(value) <= 120:
                found.append((key, value))
        dated = _DATED.match(line)
        if dated and (
            _ANY_LABEL.match(line, dated.end()) or (dated.end() == len(line) and _is_dateline(lines, at))
        ):
            found.append(("网页日期", line[: dated.end()]))
            found += split_facts(line[dated.end() :].strip()).items()
    return found


def _is_dateline(lines: list[str], at: int) -> bool:
    """Whether a day alone on its line stands among the lines around a title: 来源：…, 字体：…, 分享到."""
    around = lines[max(0, at - 2) : at] + lines[at + 1 : at + 3]
    return any(_ANY_LABEL.match(line) or is_chrome(line) for line in around)


def _cells(line: str) -> list[str]:
    """A box may be a table; long lines are text and hold no facts."""
    return line.strip("| ").split(" | ") if line.startswith("|") else [line] if len(line) <= 160 else []


def split_facts(line: str) -> dict[str, str]:
    """发布日期：2023-11-07　来源：市民政局 as facts; empty for an ordinary line."""
    if len(line) > 160 or not _ANY_LABEL.match(line):
        return {}
    marks = list(_LABEL.finditer(line))
    facts: dict[str, str] = {}
    for mark in marks:
        stop = min((other.start() for other in _ANY_LABEL.finditer(line, mark.end())), default=len(line))
        key = _LABELS["".join(mark[1].split())]
        facts.setdefault(key, line[mark.end() : stop].strip(" \u3000【[|"))
    return facts


def facts_of(line: str) -> dict[str, str]:
    """The facts of a line above the text, one that begins with its day or is nothing else among them."""
    dated = _DATED.match(line)
    if dated and dated.end() == len(line):
        return {"网页日期": line.strip()}
    if dated and (facts := split_facts(line[dated.end() :])):
        return {"网页日期": dated[0].strip(), **facts}
    return split_facts(line)


def is_chrome(line: str) -> bool:
    """Whether a line belongs to the page and not to its text: 打印, 分享到, 扫一扫在手机打开当前页 …"""
    return len(line) <= 120 and bool(_CHROME.fullmatch(line))
