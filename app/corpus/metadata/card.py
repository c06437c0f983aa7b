"""Where a card prints what it states: the field below the heading 发文机构, 发文字号, 发布日期 or 依据文件."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.corpus.metadata.found import Found, Metadata, Span
from app.text import tight

_LABELS: Mapping[str, str] = {
    "number": "发文字号|文号",
    "issuers": "发文机构|发文机关|发布机构",
    "published_on": "发布日期|发文日期|发文时间|发布时间",
    "basis": "依据文件|政策依据",
}
_HEADING = re.compile(r"^#{2,3}[ \t]*(.{2,8})$", re.MULTILINE)


def in_card(text: str, read: Metadata) -> Metadata:
    """The metadata, where a value had no place in the text with that of the field of a card it was read from."""
    placed: dict[str, Any] = {}
    for field, labels in _LABELS.items():
        found: Found[Any] | None = getattr(read, field)
        if found and found.span is None and (span := _field(text, labels)):
            placed[field] = found._replace(span=span)
    if issuers := placed.get("issuers"):
        for field in ("region", "level"):
            found = getattr(read, field)
            if found and found.span is None:
                placed[field] = found._replace(span=issuers.span)
    return replace(read, **placed)


def _field(text: str, labels: str) -> Span | None:
    headings = list(_HEADING.finditer(text))
    for at, heading in enumerate(headings):
        if re.fullmatch(labels, heading[1].strip()):
            end = headings[at + 1].start() if at + 1 < len(headings) else len(text)
            return tight(text, heading.end(), end)
    return None
