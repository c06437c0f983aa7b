"""The numbers Word prints before paragraphs: they are not in the text and have to be counted.

ECMA-376 part 1, 17.9: a paragraph names a list and a level, itself or through its style; the list names its abstract
definition; each level has a format, a start and a pattern such as “第%1条” or “%1.%2”.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document as WordFile

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "零一二三四五六七八九"
_CHINESE = {"chineseCounting", "chineseCountingThousand", "ideographTraditional", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand"}  # fmt: skip
_LEVELS = 9


@dataclass(frozen=True, slots=True)
class _Level:
    style: str = "decimal"
    start: int = 1
    pattern: str = ""
    restarts: bool = True  # 第X条 may count on through all chapters


class Numbering:
    """Counts the lists of one file as its paragraphs are met in order."""

    def __init__(self, word: "WordFile") -> None:
        self._styles = {style.get(f"{_W}styleId"): style for style in word.styles.element.iter(f"{_W}style")}
        self._levels, self._abstract = _definitions(word)
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)

    def next(self, paragraph: Any) -> str:
        """The number before a paragraph as Word prints it, or "". Bullets are left out: they say nothing."""
        found = self._of(paragraph)
        if found is None:
            return ""
        list_id, depth = found
        levels = self._levels.get(list_id)
        if levels is None or depth not in levels:
            return ""
        counts = self._counts[self._abstract.get(list_id, list_id)]
        counts[depth] = counts.get(depth, levels[depth].start - 1) + 1
        for deeper in [at for at in counts if at > depth]:
            if levels.get(deeper, _Level()).restarts:
                del counts[deeper]
        if levels[depth].style in ("bullet", "none"):
            return ""
        words = levels[depth].pattern
        for at in range(_LEVELS):
            if f"%{at + 1}" in words:
                level = levels.get(at, _Level())
                words = words.replace(f"%{at + 1}", numeral(counts.get(at, level.start), level.style))
        return words + (" " if words[-1:].isalnum() or words.endswith(("条", "章", "节", "编")) else "")

    def _of(self, paragraph: Any) -> tuple[str, int] | None:
        """(list, level) of a paragraph: its own, else that of its style or of a style below that one."""
        own = paragraph.find(f"{_W}pPr/{_W}numPr")
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        key = style.get(f"{_W}val") if style is not None else None
        list_id, depth = _pair(own)
        for _ in range(20):
            if list_id is not None or key not in self._styles:
                break
            element = self._styles[key]
            list_id, below = _pair(element.find(f"{_W}pPr/{_W}numPr"))
            depth = below if depth is None else depth
            based = element.find(f"{_W}basedOn")
            key = based.get(f"{_W}val") if based is not None else None
        return (list_id, depth or 0) if list_id not in (None, "0") and list_id else None


def _pair(element: Any) -> tuple[str | None, int | None]:
    if element is None:
        return None, None
    list_id, depth = element.find(f"{_W}numId"), element.find(f"{_W}ilvl")
    level = (depth.get(f"{_W}val") or "") if depth is not None else ""
    return (list_id.get(f"{_W}val") if list_id is not None else None), int(
        level
    ) if level.isdecimal() else None


def _definitions(word: "WordFile") -> tuple[dict[str, dict[int, _Level]], dict[str, str]]:
    """The levels of each list, and the abstract definition whose count it shares."""
    try:
        root = word.part.numbering_part.element
    except (KeyError, NotImplementedError):
        return {}, {}
    abstract = {one.get(f"{_W}abstractNumId"): _levels(one) for one in root.iter(f"{_W}abstractNum")}
    levels: dict[str, dict[int, _Level]] = {}
    shared: dict[str, str] = {}
    for one in root.iter(f"{_W}num"):
        key, named = one.get(f"{_W}numId") or "", one.find(f"{_W}abstractNumId")
        target = named.get(f"{_W}val") if named is not None else None
        overrides = list(one.iter(f"{_W}lvlOverride"))
        levels[key] = dict(abstract.get(target, {}))
        for override in overrides:
            _override(levels[key], override)
        shared[key] = f"own {key}" if overrides else f"abstract {target}"
    return levels, shared


def _override(levels: dict[int, _Level], override: Any) -> None:
    depth = int(override.get(f"{_W}ilvl") or 0)
    levels |= _levels(override)
    start = override.find(f"{_W}startOverride")
    if start is not None and depth in levels:
        old = levels[depth]
        levels[depth] = _Level(old.style, int(start.get(f"{_W}val") or 1), old.pattern, old.restarts)


def _levels(parent: Any) -> dict[int, _Level]:
    found = {}
    for level in parent.findall(f"{_W}lvl"):
        values = {
            name: (element.get(f"{_W}val") or "")
            if (element := level.find(f"{_W}{name}")) is not None
            else ""
            for name in ("numFmt", "start", "lvlText", "lvlRestart")
        }
        start = int(values["start"]) if values["start"].isdecimal() else 1
        found[int(level.get(f"{_W}ilvl") or 0)] = _Level(
            values["numFmt"] or "decimal", start, values["lvlText"], values["lvlRestart"] != "0"
        )
    return found


def numeral(number: int, style: str) -> str:
    """A number as Word prints it in a style: 12, 十二, xii, l, ⑫ …"""
    if style in _CHINESE:
        return chinese(number)
    if style == "decimalEnclosedCircleChinese" or style == "decimalEnclosedCircle":
        return chr(0x245F + number) if 1 <= number <= 20 else f"（{number}）"
    if style in ("lowerLetter", "upperLetter") and number >= 1:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if style == "lowerLetter" else letter.upper()
    if style in ("lowerRoman", "upperRoman"):
        return _roman(number) if style == "lowerRoman" else _roman(number).upper()
    if style == "decimalZero":
        return f"{number:02d}"
    if style == "decimalFullWidth":
        return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))
    return str(number)


def chinese(number: int) -> str:
    """十, 十二, 二十, 一百零五 for 0 ≤ number < 10 000; beyond that the digits."""
    if not 0 < number < 10_000:
        return str(number)
    words, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            words += ("零" if zero else "") + _DIGITS[digit] + name
            zero = False
        elif words:
            zero = True
    return words[1:] if words.startswith("一十") else words


def _roman(number: int) -> str:
    words = ""
    for value, letters in ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):  # fmt: skip
        while number >= value and len(words) < 40:
            words += letters
            number -= value
    return words
