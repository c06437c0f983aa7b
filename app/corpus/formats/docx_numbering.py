"""The numbers Word prints before paragraphs: they are not in the text and have to be counted.

ECMA-376 part 1, 17.9: a paragraph names a list and a level, itself or through its style; the list names its abstract
definition; each level has a format, a start and a pattern such as “第%1条” or “%1.%2”.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from app.corpus.formats.docx_numerals import numeral
from app.corpus.formats.docx_symbols import is_symbol_font, symbol

if TYPE_CHECKING:
    from docx.document import Document as WordFile

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
_BOXES = "☐☑☒✔✘√×□■"  # bullets that say whether something is chosen


@dataclass(frozen=True, slots=True)
class _Level:
    style: str = "decimal"
    start: int = 1
    pattern: str = ""
    restart: int | None = (
        None  # the depth, from 1, after which it counts anew; 0 for never, as 第X条 through all chapters
    )
    is_legal: bool = False  # all its numbers in digits
    of_style: str = ""  # the paragraph style that stands for this level
    font: str = ""


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
            restart = levels.get(deeper, _Level()).restart
            if restart is None or depth < restart:
                del counts[deeper]
        return _printed(levels, depth, counts)

    def _of(self, paragraph: Any) -> tuple[str, int] | None:
        """(list, level) of a paragraph: its own, else that of its style or of a style below that one.

        A style may leave its level to the list, which names the style that stands for each level.
        """
        own = paragraph.find(f"{_W}pPr/{_W}numPr")
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        key = style.get(f"{_W}val") if style is not None else None
        list_id, depth = _pair(own)
        named = [key]
        for _ in range(20):
            if list_id is not None or key not in self._styles:
                break
            element = self._styles[key]
            list_id, below = _pair(element.find(f"{_W}pPr/{_W}numPr"))
            depth = below if depth is None else depth
            based = element.find(f"{_W}basedOn")
            key = based.get(f"{_W}val") if based is not None else None
            named.append(key)
        if depth is None and list_id is not None:
            levels = self._levels.get(list_id, {})
            depth = next(
                (at for at, level in levels.items() if level.of_style and level.of_style in named), 0
            )
        return (list_id, depth or 0) if list_id not in (None, "0") and list_id else None


def _printed(levels: dict[int, _Level], depth: int, counts: dict[int, int]) -> str:
    """The pattern of a level with the numbers in it, and a space where the label would run into the words."""
    own = levels[depth]
    words = own.pattern
    if own.style == "bullet":
        code = words[:1] and ord(words[0])
        drawn = symbol(own.font, code) if code and is_symbol_font(own.font) else words
        return drawn if drawn and drawn in _BOXES else ""
    for at in range(_LEVELS):
        if f"%{at + 1}" in words:
            level = levels.get(at, _Level())
            style = "decimal" if own.is_legal and level.style != "none" else level.style
            words = words.replace(f"%{at + 1}", numeral(counts.get(at, level.start), style))
    return words + (" " if words[-1:].isalnum() or words.endswith(("条", "章", "节", "编")) else "")


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
    abstract = _abstract(root)
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
        levels[depth] = replace(old, start=int(start.get(f"{_W}val") or 1))


def _abstract(root: Any) -> dict[str | None, dict[int, _Level]]:
    """The levels of each abstract definition; one that only names a list style has those of the definition behind the style."""
    found = {one.get(f"{_W}abstractNumId"): _levels(one) for one in root.iter(f"{_W}abstractNum")}
    behind = {
        named: found[one.get(f"{_W}abstractNumId")]
        for one in root.iter(f"{_W}abstractNum")
        if (named := _value(one, "styleLink"))
    }
    for one in root.iter(f"{_W}abstractNum"):
        if (named := _value(one, "numStyleLink")) in behind:
            found[one.get(f"{_W}abstractNumId")] = behind[named]
    return found


def _value(element: Any, name: str) -> str:
    """The value of a child, "" where there is no such child."""
    found = element.find(f"{_W}{name}")
    return "" if found is None else found.get(f"{_W}val") or ""


def _levels(parent: Any) -> dict[int, _Level]:
    found = {}
    for level in parent.findall(f"{_W}lvl"):
        start, restart, legal = _value(level, "start"), _value(level, "lvlRestart"), level.find(f"{_W}isLgl")
        fonts = level.find(f"{_W}rPr/{_W}rFonts")
        found[int(level.get(f"{_W}ilvl") or 0)] = _Level(
            _style(level),
            int(start) if start.isdecimal() else 1,
            _value(level, "lvlText"),
            int(restart) if restart.isdecimal() else None,
            legal is not None and (legal.get(f"{_W}val") or "1") not in ("0", "false", "off"),
            _value(level, "pStyle"),
            (fonts.get(f"{_W}ascii") or "") if fonts is not None else "",
        )
    return found


def _style(level: Any) -> str:
    """The format of a level; a newer one stands beside its fallback, which names the nearest older one."""
    own = _value(level, "numFmt")
    if own:
        return own
    choice = next((one for one in level.iter(f"{_W}numFmt")), None)
    if choice is None:
        return "decimal"
    style = choice.get(f"{_W}val") or "decimal"
    return str(choice.get(f"{_W}format") or style) if style == "custom" else str(style)
