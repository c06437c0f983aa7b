"""Equations of Word (OMML, ECMA-376 part 1, 22.1) as one line of text: (a)/(b), x^2, √(x), ∑_(i=1)^n."""

from typing import Any

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PROPERTIES = ("Pr",)
_DELETED = {f"{_W}del", f"{_W}moveFrom", f"{_W}rPr"}


def linear(element: Any) -> str:
    """The equation below an element with all its signs; words of Word's own runs inside it are kept."""
    if not isinstance(element.tag, str) or element.tag in _DELETED:
        return ""
    if element.tag in (f"{M}t", f"{_W}t"):
        return element.text or ""
    if not element.tag.startswith(M):
        return _inside(element)
    kind = element.tag.removeprefix(M)
    if kind.endswith(_PROPERTIES):
        return ""
    write = _WRITERS.get(kind)
    return write(element) if write else _inside(element)


def _inside(element: Any) -> str:
    return "".join(linear(child) for child in element)


def _part(element: Any, name: str) -> str:
    found = element.find(f"{M}{name}")
    return linear(found) if found is not None else ""


def _grouped(words: str) -> str:
    """A part as it must be written behind ^ or _."""
    return words if len(words) == 1 or (words.isalnum() and words.isascii()) else f"({words})"


def _setting(element: Any, properties: str, name: str, otherwise: str) -> str:
    found = element.find(f"{M}{properties}/{M}{name}")
    if found is None:
        return otherwise
    value = found.get(f"{M}val")
    return otherwise if value is None else str(value)


def _fraction(element: Any) -> str:
    over, under = _part(element, "num"), _part(element, "den")
    return f"({over})/({under})"


def _raised(element: Any) -> str:
    return f"{_part(element, 'e')}^{_grouped(_part(element, 'sup'))}"


def _lowered(element: Any) -> str:
    return f"{_part(element, 'e')}_{_grouped(_part(element, 'sub'))}"


def _both(element: Any) -> str:
    return f"{_part(element, 'e')}_{_grouped(_part(element, 'sub'))}^{_grouped(_part(element, 'sup'))}"


def _before(element: Any) -> str:
    return f"_{_grouped(_part(element, 'sub'))}^{_grouped(_part(element, 'sup'))}{_part(element, 'e')}"


def _root(element: Any) -> str:
    degree = _part(element, "deg")
    return f"{f'[{degree}]' if degree else ''}√({_part(element, 'e')})"


def _nary(element: Any) -> str:
    sign = _setting(element, "naryPr", "chr", "∫")
    below, above = _part(element, "sub"), _part(element, "sup")
    limits = (f"_{_grouped(below)}" if below else "") + (f"^{_grouped(above)}" if above else "")
    return f"{sign}{limits}({_part(element, 'e')})"


def _enclosed(element: Any) -> str:
    left, right = _setting(element, "dPr", "begChr", "("), _setting(element, "dPr", "endChr", ")")
    between = _setting(element, "dPr", "sepChr", "|")
    return left + between.join(linear(one) for one in element.findall(f"{M}e")) + right


def _rows(element: Any) -> str:
    return "；".join(linear(one) for one in element.findall(f"{M}e"))


def _matrix(element: Any) -> str:
    rows = element.findall(f"{M}mr")
    return "；".join("，".join(linear(one) for one in row.findall(f"{M}e")) for row in rows)


def _function(element: Any) -> str:
    words = _part(element, "e")
    return f"{_part(element, 'fName')}{words if words.startswith(('(', '（')) else f'({words})'}"


def _limit_below(element: Any) -> str:
    return f"{_part(element, 'e')}_{_grouped(_part(element, 'lim'))}"


def _limit_above(element: Any) -> str:
    return f"{_part(element, 'e')}^{_grouped(_part(element, 'lim'))}"


def _barred(element: Any) -> str:
    return f"{_part(element, 'e')}\u0304"


def _accented(element: Any) -> str:
    return f"{_part(element, 'e')}{_setting(element, 'accPr', 'chr', chr(0x302))}"


_WRITERS = {
    "f": _fraction,
    "sSup": _raised,
    "sSub": _lowered,
    "sSubSup": _both,
    "sPre": _before,
    "rad": _root,
    "nary": _nary,
    "d": _enclosed,
    "eqArr": _rows,
    "m": _matrix,
    "func": _function,
    "limLow": _limit_below,
    "limUpp": _limit_above,
    "bar": _barred,
    "acc": _accented,
}
