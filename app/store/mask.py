"""Personal numbers and addresses are taken out before anything is kept.

Masked: e-mail addresses, 18- and 15-digit identity numbers, bank-card-like numbers, mobile numbers, landlines (with
an area code, or after a word such as 电话). Kept: 文号, years, dates, amounts, short public numbers such as 12345.
Formats: GB 11643-1999 (identity numbers), ISO/IEC 7812-1 (card numbers), 工信部《电信网编号计划》 (telephones).
"""

import re
from collections.abc import Sequence

_WORD = r"[A-Za-z0-9._%+\-]"
_GAP = r"[ \-.·]?"  # what people put between groups of digits
_START = r"(?<!\d)(?<!\d\.)(?<!¥)"
# A long number with a unit is an amount, however much it looks like a telephone.
_END = r"(?!\d)(?!(?:\.\d+)?\s*(?:[十百千万亿]*(?:元|美元|欧元|港元|人民币|吨|亩|平方米|千瓦)|%))"
_MONTH_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_AREA = r"0(?:10|2\d|[3-9]\d\d)"
_LOCAL = rf"[2-8]\d{{2,3}}{_GAP}\d{{4}}(?:(?:-|转|分机)\d{{1,6}})?"
_PHONE_WORD = r"(?:电话|座机|固话|传真|致电|拨打|(?i:tel|fax|phone))(?:号码|号|是|为|[:\s])*"


def _rule(number: str, before: str = _START, after: str = _END) -> re.Pattern[str]:
    return re.compile(f"{before}(?P<number>{number}){after}")


_CARD_IN_GROUPS = _rule(r"[3-69]\d{3}(?:[ \-]\d{4}){2,3}[ \-]\d{1,4}")
# Longer forms first: a telephone must not be found inside an identity number.
_RULES = (
    (_rule(rf"{_WORD}+@[A-Za-z0-9\-]+(?:[.。][A-Za-z0-9\-]+)+", f"(?<!{_WORD})", ""), "[邮箱]"),
    (_rule(rf"[1-9]\d{{5}}{_GAP}(?:18|19|20)\d\d{_MONTH_DAY}{_GAP}\d{{3}}[\dXx]"), "[身份证号]"),
    (_rule(rf"[1-9]\d{{5}}\d\d{_MONTH_DAY}\d{{3}}"), "[身份证号]"),
    (_CARD_IN_GROUPS, "[卡号]"),
    (_rule(r"\d{15,}"), "[卡号]"),
    (_rule(rf"(?:(?:\+|00)?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}"), "[手机号]"),
    (_rule(rf"(?:\({_AREA}\)|{_AREA}){_GAP}{_LOCAL}"), "[电话]"),
    (_rule(_LOCAL, before=_PHONE_WORD), "[电话]"),
)

_NEVER_KEPT = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# One character for one, so that places found in the folded text hold in the original.
_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    ord(given): meant for given, meant in zip("\u3000‐‑‒–—―−￥", " -------¥", strict=True)
}


def mask(text: str) -> str:
    """The text with each personal number or address replaced by what it was: “[手机号]”.

    Idempotent. Characters that a database refuses (NUL, half surrogates) become U+FFFD, invisible ones that could
    hide a number are dropped.
    """
    text = _UNSTORABLE.sub("\ufffd", _NEVER_KEPT.sub("", text))
    if not any(character.isdigit() or character in "@＠" for character in text):
        return text
    folded = text.translate(_FOLD)
    for pattern, name in _RULES:
        spans = [
            found.span("number")
            for found in pattern.finditer(folded)
            if pattern is not _CARD_IN_GROUPS or _passes_luhn(found["number"])
        ]
        if spans:
            text, folded = _replaced(text, spans, name), _replaced(folded, spans, name)
    return text


def mask_optional(text: str | None) -> str | None:
    """`mask`, where there is a text."""
    return None if text is None else mask(text)


def _replaced(text: str, spans: Sequence[tuple[int, int]], name: str) -> str:
    pieces, kept = [], 0
    for start, end in spans:
        pieces += [text[kept:start], name]
        kept = end
    return "".join(pieces) + text[kept:]


def _passes_luhn(number: str) -> bool:
    """The check digit of ISO/IEC 7812-1: years and amounts in a row rarely pass."""
    digits = [int(character) for character in number if character.isdigit()]
    doubled = [sum(divmod(digit * 2, 10)) for digit in digits[-2::-2]]
    return (sum(doubled) + sum(digits[-1::-2])) % 10 == 0
