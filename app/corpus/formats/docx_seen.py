"""What Word shows of a run: hidden and struck ones are left out, by their own properties or by those of their styles."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document as WordFile

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OFF = ("0", "false", "off")
HIDDEN, STRUCK = "隐藏文字", "删除线划去的文字"
_REASONS = (("vanish", HIDDEN), ("strike", STRUCK), ("dstrike", STRUCK))
_MOST_STYLES = 20  # one based on another


class Seen:
    """Knows for each run of a file why a reader does not see it."""

    def __init__(self, word: "WordFile") -> None:
        styles = word.styles.element
        self._styles = {style.get(f"{_W}styleId"): style for style in styles.iter(f"{_W}style")}
        self._usual = next(
            (key for key, style in self._styles.items() if style.get(f"{_W}type") == "paragraph" and style.get(f"{_W}default") in ("1", "true")),
            None,
        )  # fmt: skip
        self._defaults = styles.find(f"{_W}docDefaults/{_W}rPrDefault/{_W}rPr")
        self._known: dict[str | None, dict[str, bool]] = {}

    def reason(self, run: Any, paragraph_style: str | None) -> str:
        """Why the words of a run are not seen: 隐藏文字, 删除线划去的文字, or "" where they are."""
        own = run.find(f"{_W}rPr")
        style = own.find(f"{_W}rStyle") if own is not None else None
        by_style = self._of(paragraph_style or self._usual)
        by_run_style = self._of(style.get(f"{_W}val")) if style is not None else {}
        for name, reason in _REASONS:
            state = _state(own, name)
            if state is None:
                state = by_run_style.get(name, by_style.get(name))
            if state is None:
                state = _state(self._defaults, name)
            if state:
                return reason
        return ""

    def _of(self, key: str | None) -> dict[str, bool]:
        """What a style and those it is based on say."""
        if key in self._known:
            return self._known[key]
        said: dict[str, bool] = {}
        at = key
        for _ in range(_MOST_STYLES):
            element = self._styles.get(at)
            if element is None:
                break
            properties = element.find(f"{_W}rPr")
            for name, _ in _REASONS:
                state = _state(properties, name)
                if state is not None:
                    said.setdefault(name, state)
            based = element.find(f"{_W}basedOn")
            at = based.get(f"{_W}val") if based is not None else None
        self._known[key] = said
        return said


def _state(properties: Any, name: str) -> bool | None:
    found = properties.find(f"{_W}{name}") if properties is not None else None
    return None if found is None else (found.get(f"{_W}val") or "1").lower() not in _OFF
