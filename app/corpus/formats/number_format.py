"""A number or day as a spreadsheet shows it by the format of its cell (ECMA-376 part 1, 18.8.31): 30%, 20万元, 17:00."""

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from app.corpus.formats.docx_numerals import chinese, legal

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<gap>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<half>AM/PM|am/pm|A/P|上午/下午)|(?P<general>General|通用格式)|(?P<day>[yYmMdDhHsSeEgGaAbB]+)|(?P<digits>[#0?.,]+)|(?P<other>.)",
    re.S,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_COMPARED = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "=": lambda a, b: a == b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "<>": lambda a, b: a != b,
}
_WEEK = "一二三四五六日"
_MOST_DIGITS = 10  # of a number without a format
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a day of a sheet has no zone


class _Piece(NamedTuple):
    kind: str
    words: str


class _Section(NamedTuple):
    pieces: tuple[_Piece, ...]
    condition: tuple[str, float] | None
    numerals: int  # of [DBNum1], [DBNum2]; 0 without


def shown(value: object, pattern: str) -> str:
    """What a cell shows: a value as openpyxl gives it, with the format of its cell. "" for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime | date | time | timedelta):
        return _moment(value, pattern)
    if isinstance(value, int | float):
        return _number(value, pattern)
    return _text(str(value), pattern)


def _text(words: str, pattern: str) -> str:
    sections = _sections(pattern)
    if len(sections) < 4 and not any(piece.words == "@" for piece in sections[0].pieces):
        return words.strip()
    pieces = sections[min(3, len(sections) - 1)].pieces
    return "".join(words if piece.words == "@" else piece.words for piece in pieces).strip()


@lru_cache(maxsize=512)
def _sections(pattern: str) -> tuple[_Section, ...]:
    made, pieces, bracketed = [], list[_Piece](), list[str]()
    for found in _TOKEN.finditer(pattern):
        kind = found.lastgroup or "other"
        words = found[kind]
        if kind == "other" and words == ";":
            made.append(_section(pieces, bracketed))
            pieces, bracketed = [], []
        elif kind == "bracket":
            bracketed.append(words)
            if words.startswith("$"):
                pieces.append(_Piece("quoted", words[1:].split("-")[0]))
            elif words.lower().strip("hms") == "":
                pieces.append(_Piece("elapsed", words.lower()))
        elif kind == "gap":
            pieces.append(_Piece("quoted", " "))
        elif kind != "fill":
            pieces.append(_Piece("quoted" if kind == "escaped" else kind, words))
    made.append(_section(pieces, bracketed))
    return tuple(made)


def _section(pieces: list[_Piece], bracketed: list[str]) -> _Section:
    found = next((match for words in bracketed if (match := _CONDITION.fullmatch(words.strip()))), None)
    numerals = next((int(words[5:]) for words in bracketed if re.fullmatch(r"(?i)dbnum[12]", words)), 0)
    return _Section(tuple(pieces), (found[1], float(found[2])) if found else None, numerals)


def _number(value: float, pattern: str) -> str:
    sections = list(_sections(pattern)[:3])
    chosen, signed = _chosen(sections, value)
    if chosen is None:
        return "#" * 4
    if any(piece.kind in ("day", "elapsed") for piece in chosen.pieces):
        return _moment(_EPOCH + timedelta(days=value), pattern)
    if not chosen.pieces:
        return "" if pattern.strip(";") == "" and pattern else _general(value)
    return _filled(chosen, value if signed else abs(value))


def _chosen(sections: list[_Section], value: float) -> tuple[_Section | None, bool]:
    """The section for a number, and whether its sign is still to be written."""
    if any(one.condition for one in sections):
        for one in sections:
            if one.condition is None or _COMPARED[one.condition[0]](value, one.condition[1]):
                return one, True
        return None, True
    if value < 0 and len(sections) > 1:
        return sections[1], False
    if value == 0 and len(sections) > 2:
        return sections[2], True
    return sections[0], True


def _general(value: float) -> str:
    if isinstance(value, int) or float(value).is_integer():
        return str(int(value))
    words = f"{value:.{_MOST_DIGITS}g}"
    return words if "e" not in words else f"{Decimal(words):f}"


def _filled(section: _Section, value: float) -> str:
    """The pieces of a section with the number in the places of its digits, which literal words may part."""
    percents = sum(piece.words.count("%") for piece in section.pieces if piece.kind == "other")
    digits = [piece.words for piece in section.pieces if piece.kind == "digits" and piece.words.strip(",")]
    if (
        any(piece.words in ("/", "E") for piece in section.pieces if piece.kind in ("other", "day"))
        and digits
    ):
        return _general(value)  # fractions and powers of ten: the value itself says the same
    number = _rounded(abs(value) * 100**percents, "".join(digits))
    if section.numerals:
        number = _in_chinese(number, section.numerals)
    made, written = "", False
    for piece in section.pieces:
        if piece.kind == "digits" and piece.words.strip(","):
            made += "" if written else number
            written = True
        elif piece.kind == "general":
            made += (
                _in_chinese(_general(abs(value)), section.numerals)
                if section.numerals
                else _general(abs(value))
            )
        elif piece.words == "@":
            made += _general(abs(value))
        elif piece.kind != "digits":
            made += piece.words
    sign = "-" if value < 0 and re.search(r"[1-9一-九壹-玖]", made) else ""
    return (sign + made).strip()


def _rounded(value: float, digits: str) -> str:
    """A number in the places of 0, # and ?, with commas between thousands, or before the point as scale."""
    whole, _, part = digits.partition(".")
    scale = len(whole) - len(whole.rstrip(","))
    grouped = "," in whole.rstrip(",")
    exact = Decimal(repr(value)) / Decimal(1000) ** scale
    places = sum(char in "0#?" for char in part)
    words = f"{exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):{',' if grouped else ''}f}"
    left, _, right = words.partition(".")
    fixed = part.count("0")
    while len(right) > fixed and right.endswith("0"):
        right = right[:-1]
    least = whole.count("0")
    left = left.zfill(least) if not grouped else left
    if left == "0" and not least:
        left = ""
    return f"{left}.{right}" if right or (part == "" and "." in digits) else left or "0"


def _in_chinese(number: str, numerals: int) -> str:
    whole, _, part = number.partition(".")
    write = legal if numerals == 2 else chinese
    digits = "零壹贰叁肆伍陆柒捌玖" if numerals == 2 else "〇一二三四五六七八九"
    left = write(int(whole)) if whole.isdecimal() and int(whole) else digits[0]
    return left + ("点" + "".join(digits[int(char)] for char in part) if part.isdecimal() else "")


def _moment(value: date | time | timedelta, pattern: str) -> str:
    """A day or a time by its format; without one of its own, as 2026-03-31 17:00."""
    section = _sections(pattern)[0]
    if isinstance(value, timedelta):
        value = _EPOCH + value
    if isinstance(value, time):
        value = datetime.combine(_EPOCH.date(), value)
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001
    value = value + timedelta(microseconds=500_000)
    if pattern in _OF_PLACE or not any(piece.kind in ("day", "elapsed") for piece in section.pieces):
        clock = f" {value:%H:%M}" if (value.hour or value.minute) else ""
        return f"{value:%H:%M}" if value.date() <= _EPOCH.date() else f"{value:%Y-%m-%d}{clock}"
    return _spelled(section, value)


# Formats that each place shows in its own way.
_OF_PLACE = {"mm-dd-yy", "m/d/yy h:mm", "General", "@"}


def _spelled(section: _Section, value: datetime) -> str:
    pieces = section.pieces
    half = any(piece.kind == "half" for piece in pieces)
    made = ""
    for at, piece in enumerate(pieces):
        if piece.kind == "day":
            made += _letters(piece.words.lower(), value, half, _is_minute(pieces, at), section.numerals)
        elif piece.kind == "half":
            names = piece.words.split("/")
            made += names[0] if value.hour < 12 else names[-1]
        elif piece.kind == "elapsed":
            made += _elapsed(piece.words, value)
        else:
            made += piece.words if piece.kind != "digits" or not piece.words.strip(".,") else ""
    return made.strip()


def _is_minute(pieces: tuple[_Piece, ...], at: int) -> bool:
    """Whether m is the minute: behind an hour, or before a second."""
    times = [one.words[-1:].lower() for one in pieces[:at] if one.kind in ("day", "elapsed")]
    after = [one.words[:1].lower() for one in pieces[at + 1 :] if one.kind in ("day", "elapsed")]
    return times[-1:] == ["h"] or after[:1] == ["s"]


def _letters(word: str, value: datetime, half: bool, minute: bool, numerals: int) -> str:
    first = word[0]
    if first in "ye":
        short = first == "y" and len(word) < 3
        year = f"{value.year % 100:02d}" if short else str(value.year)
        return "".join("〇一二三四五六七八九"[int(digit)] for digit in year) if numerals else year
    if first == "a":
        return ("星期" if len(word) > 3 else "") + _WEEK[value.weekday()]
    if first == "d" and len(word) > 2:
        return f"星期{_WEEK[value.weekday()]}"
    if first not in "mdhs":
        return ""
    hour = (value.hour - 1) % 12 + 1 if half else value.hour
    number = {"m": value.minute if minute else value.month, "d": value.day, "h": hour, "s": value.second}[
        first
    ]
    if numerals:
        return chinese(number) if number else "零"
    return f"{number:02d}" if len(word) == 2 else str(number)


def _elapsed(word: str, value: datetime) -> str:
    seconds = int((value - _EPOCH).total_seconds())
    number = {"h": seconds // 3600, "m": seconds // 60, "s": seconds}[word[0]]
    return str(number).zfill(len(word))
