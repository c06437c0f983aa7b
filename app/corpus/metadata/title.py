"""The title: the line of the head that names the document."""

import re
from collections.abc import Sequence
from itertools import pairwise

from app.corpus.metadata.found import Facts, Found
from app.corpus.metadata.lines import Line

_TITLE_LIMIT = 100
_KINDS = (
    "通知|办法|意见|公告|通告|解读|问答|细则|措施|方案|规定|条例|指南|指引|决定|批复|通报|规划|计划|规则|规程|规范|标准|目录|清单|章程|纲要"
    "|倡议书|公开信|答记者问|须知|手册|政策|函|令|法|预案|要点|说明|提示|流程|复函|建议|问|答|程序|导引"
)
_ENDS = re.compile(
    rf"(?:{_KINDS})(?:[（(〔【][^）)〕】]{{1,20}}[）)〕】]|[》”]|全文|的?解读|的?补充|[一二三四五六七八九十\d.])*$"
)
_ABOUT = re.compile(r"关于.{2,}")
_NOT_A_TITLE = re.compile(
    r".*[。；;]|.*[：:]$|[【\[]?(?:发布|发文|成文|来源|信息来源|索引|文号|主题|责任编辑|\[?网络编辑|\[?信息审核|记者|原标题|文件编号|当前位置|您)|.*(?:首页|>)"
    r"|[（(].*[）)]$|[\d\s年月日时分:：\-/.〇一二三四五六七八九十]+$|.*(?:有限公司$|本报讯|网讯|社讯|电（)"
)
_NUMBER_BEHIND = re.compile(
    r"[（(]?[\u4e00-\u9fff]{1,10}[〔\[（(﹝]\s*20\d\d\s*[〕\]）)﹞]\s*第?\s*\d+\s*号[）)]?$"
)
_OFFICE_FIRST = re.compile(
    r"[^，。《》]{2,40}?(?:部|局|委|厅|署|政府|委员会|办公室|分行|银行|会|院|中心)(?:关于|印发|转发)"
)
_SALUTATION = re.compile(r"(?:各|全|致|尊敬的|广大).{1,80}[：:]$")
_COPIED = re.compile(r"^[（(【\[](?:转载|转发)[）)】\]]\s*")
_SITE = re.compile(
    r"\s*[-_|｜—–]+\s*[^-_|｜—–]{2,30}?(?:网|网站|门户|平台|在线|政府|局|委|厅|部)(?:网站|门户网站)?$"
)
_SITE_FIRST = re.compile(r"^[^-_|｜—–《]{2,30}?(?:网|网站|门户|平台)\s*[-_|｜—–]+\s*")


def read_title(text: str, head: Sequence[Line], facts: Facts) -> Found[str]:
    """The title a box, a card or a page states; else the line that looks most like one; else the first line."""
    for key in ("标题", "网页标题"):
        if stated := facts.get(key, "").strip():
            return _in_head(_COPIED.sub("", stated[: 2 * _TITLE_LIMIT]) or stated, head)
    if not head:  # nothing but signs
        return Found(text.strip()[:_TITLE_LIMIT].strip(), None)
    first, last = _best(head)
    named = head[first : last + 1]
    words = _joined(named)[:_TITLE_LIMIT].strip()
    return Found(words, (named[0].start, named[-1].end))


def _joined(named: Sequence[Line]) -> str:
    """One title from its lines: names of offices keep a space between them, a torn sentence is mended."""
    words = named[0].words
    for before, line in pairwise(named):
        words += (" " if is_issuer_line(before.words) else "") + line.words
    return _NUMBER_BEHIND.sub("", words) or words


def page_title(words: str) -> str:
    """The title of a web page without the name of the site."""
    short = _SITE_FIRST.sub("", _SITE.sub("", " ".join(words[:300].split())))
    return short if len(short) >= 4 else words.strip()


def _in_head(title: str, head: Sequence[Line]) -> Found[str]:
    at = next((line for line in head if line.words == title), None)
    return Found(title, (at.start, at.end) if at else None)


def _best(head: Sequence[Line]) -> tuple[int, int]:
    """(first, last) line of the title. The first line is it unless it plainly is not and a later one plainly is."""
    usable = [at for at, line in enumerate(_before_salutation(head)) if _is_usable(line.words)]
    if not usable:
        return 0, 0
    first = usable[0]
    if is_issuer_line(head[first].words):
        plain = [at for at in usable[:6] if _is_title(head[at].words)]
        first = next((at for at in plain if _ABOUT.search(head[at].words)), plain[0] if plain else first)
    return _with_offices(head, first), _torn_end(head, first, usable)


def _before_salutation(head: Sequence[Line]) -> Sequence[Line]:
    """What follows a salutation is addressed to somebody."""
    stop = next((at for at, line in enumerate(head) if at and _SALUTATION.match(line.words)), len(head))
    return head[:stop]


def _is_usable(words: str) -> bool:
    return len(words) <= _TITLE_LIMIT and not _NOT_A_TITLE.match(words)


def _with_offices(head: Sequence[Line], at: int) -> int:
    """财政部 / 税务总局关于…的公告: the offices on the lines above belong to the title when it goes on with one."""
    if not _OFFICE_FIRST.match(head[at].words):
        return at
    first = at
    while first and is_issuer_line(head[first - 1].words) and head[first - 1].words not in head[at].words:
        first -= 1
    return first


def _torn_end(head: Sequence[Line], at: int, usable: Sequence[int]) -> int:
    """The last line of a title that was broken into two or three."""
    if _is_title(head[at].words) and not _is_open(head[at].words):
        return at
    if not (_is_open(head[at].words) or re.search("关于|印发|转发", head[at].words)):
        return at
    for last in range(at + 1, min(at + 3, len(head))):
        if last not in usable or head[last].words.startswith(head[at].words[:6]):
            return at
        if _ENDS.search(head[last].words) and not is_issuer_line(head[last].words):
            return last
    return at


def _is_open(words: str) -> bool:
    return words.count("《") > words.count("》")


def _is_title(words: str) -> bool:
    if is_issuer_line(words):
        return False
    return (
        bool(_ENDS.search(_NUMBER_BEHIND.sub("", words)))
        and len(words) >= 5
        and not re.search(r"[，,].*[，,]", words)
    )


_OFFICES = (
    "办公厅|办公室|政府|委员会|委|局|厅|部|署|国务院|法院|检察院|总工会|协会|联合会|中心|银行|领导小组|指挥部|管委会|办事处"
    "|总行|分行|总队|支队|工作组|常务委员会|人大常委会|研究院|集团"
)
_OFFICE_LINE = re.compile(
    rf"(?:[【\[（(]?发文(?:单位|机关|机构)[】\]）)]?[：:]?\s*)?[^，。；：:《》“”？?！!\d]{{0,40}}?(?:{_OFFICES})(?:文件|公告|通告|通知|令)?"
    rf"(?:[（(][^）)]{{2,20}}[）)])?"
)


def is_issuer_line(words: str) -> bool:
    """Whether a line names an office and nothing else (国家卫生健康委, 铜川市人民政府通告)."""
    return (
        2 < len(words) <= 45
        and "关于" not in words
        and not re.search("印发|转发", words)
        and bool(_OFFICE_LINE.fullmatch(words))
    )
