"""Lines that a collection or a site puts around a text and that are not of the text: where the copy is from, where to go next."""

import re
from collections.abc import Iterator

from app.corpus.extract import Dropped

_COPY_NOTE = re.compile(r">\s*.*(?:本文|正文|原文|全文|转载|著作权|版权|官方链接|仅供|抓取|提取|来源).*")
_NEXT = re.compile(
    r"(?:上|下)一(?:个|篇|条|页)[：:].*|(?:版权所有|Copyright\b|©|主办单位[：:]|承办单位[：:]|技术支持[：:]|网站标识码|[^，。]{0,6}ICP备|[^，。]{0,4}公网安备).{0,80}",
    re.I,
)
_HEAD, _FOOT = 12, 8  # lines with words from either end among which such a line may stand


def without_site_lines(text: str) -> tuple[str, tuple[Dropped, ...]]:
    """The text without them, and the lines left out with their reason. A quotation within the text stays."""
    lines = text.split("\n")
    out = set(_out(lines))
    if not out or all(at in out or not line.strip() for at, line in enumerate(lines)):
        return text, ()
    kept = "\n".join(line for at, line in enumerate(lines) if at not in out)
    return kept, tuple(Dropped(lines[at].strip(), "页面框架") for at in sorted(out))


def _out(lines: list[str]) -> Iterator[int]:
    worded = [at for at, line in enumerate(lines) if line.strip()]
    for at in worded[:_HEAD]:
        line = lines[at].strip()
        if line.startswith("#"):
            break
        if not _COPY_NOTE.fullmatch(line):
            break
        yield at
    for at in worded[-_FOOT:]:
        if _NEXT.fullmatch(lines[at].strip()):
            yield at
