"""What a browser shows of a page: which elements are hidden, by their own style or by a simple rule of the page's style sheet."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_GONE = r"display\s*:\s*none"
_VEILED = r"visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0?\.?0+(?![.\d])"
_HIDES = re.compile(rf"{_GONE}|{_VEILED}|font-size\s*:\s*0(?![.\d])", re.I)
_VEILS = re.compile(rf"(?:{_VEILED})[^;]*;?\s*", re.I)
_STRIKES = re.compile(r"text-decoration(?:-line)?\s*:[^;]*line-through", re.I)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_CONDITION = re.compile(r"@[\w-]+[^{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}|@[^{};]+;")
_SIMPLE = re.compile(r"(?:[\w-]+)?([.#])([\w-]+)")
_LONGEST_SHEET = 400_000
_SCRIPTS = {"script", "style", "noscript", "template", "head"}
STRUCK = {"del", "s", "strike"}
_MARK = "data-read-as"  # our own note on an element: hidden or struck


def mark_unseen(root: "HtmlElement") -> bool:
    """Mark the elements that a browser hides or strikes through; whether text was unveiled.

    A page may be served with its text veiled (`visibility: hidden`, `opacity: 0`) until a script has run: where that holds more
    words than all that is shown, it is what a reader sees, and it is not marked.
    """
    rules = _rules(root)
    veiled = []
    for element in root.iter("*"):
        style = _style(element, rules)
        if element.tag in STRUCK or (style and _STRIKES.search(style)):
            element.set(_MARK, "struck")
        if element.tag in ("html", "body"):
            continue  # hidden until a script has run
        if element.get("hidden") is not None or (style and _HIDES.search(style)):
            element.set(_MARK, "hidden")
            if style and not re.search(_GONE, style, re.I) and element.get("hidden") is None:
                veiled.append(element)
    return _unveil(root, veiled)


def is_hidden(element: "HtmlElement") -> bool:
    """Whether a browser does not show a marked element."""
    return bool(element.get(_MARK) == "hidden")


def is_struck(element: "HtmlElement") -> bool:
    """Whether the words of a marked element are crossed out."""
    return bool(element.get(_MARK) == "struck")


def _style(element: "HtmlElement", rules: dict[str, str]) -> str:
    own = element.get("style") or ""
    if not rules:
        return own
    keys = [f".{name}" for name in (element.get("class") or "").split()] + [f"#{element.get('id')}"]
    sheet = ";".join(rules[key] for key in keys if key in rules)
    shown = re.search(
        r"display\s*:\s*(?!none)\w", own, re.I
    )  # the element's own style goes before the sheet's
    return own if shown else f"{own};{sheet}"


def _rules(root: "HtmlElement") -> dict[str, str]:
    """What simple rules (.name, #name) of the page's sheets say about being seen; rules under a condition such as print are none."""
    found: dict[str, str] = {}
    for sheet in root.iter("style"):
        words = re.sub(r"/\*.*?\*/", "", (sheet.text or "")[:_LONGEST_SHEET], flags=re.S)
        if not _HIDES.search(words) and not _STRIKES.search(words):
            continue
        for selectors, body in _RULE.findall(_CONDITION.sub("", words)):
            for selector in selectors.split(","):
                if simple := _SIMPLE.fullmatch(selector.strip()):
                    hides = _HIDES.search(body) or _STRIKES.search(body)
                    found[simple[1] + simple[2]] = body if hides else ""
    return found


def _unveil(root: "HtmlElement", veiled: list["HtmlElement"]) -> bool:
    if not veiled:
        return False
    shown = _length(root)
    widest = max(veiled, key=_length_inside)
    if _length_inside(widest) <= shown:
        return False
    del widest.attrib[_MARK]
    if widest.get("style"):
        widest.set("style", _VEILS.sub("", widest.get("style") or ""))
    return True


def _length(element: "HtmlElement") -> int:
    """How many characters below an element are shown."""
    if not isinstance(element.tag, str) or element.tag in _SCRIPTS or is_hidden(element):
        return 0
    return _length_inside(element)


def _length_inside(element: "HtmlElement") -> int:
    total, waiting = 0, [element]
    while waiting:
        at = waiting.pop()
        total += len((at.text or "").strip())
        for child in at:
            total += len((child.tail or "").strip())
            if isinstance(child.tag, str) and child.tag not in _SCRIPTS and not is_hidden(child):
                waiting.append(child)
    return total
