"""Characters of symbol fonts: Word stores ☑ as character F052 of Wingdings 2, and a reader must see what the font draws.

The tables are those of the fonts' own character charts; what stands in none of them is unknown and is said to be.
"""

_WINGDINGS = {
    0x4A: "☺", 0x4C: "☹", 0x28: "☎", 0x29: "✆", 0x2A: "✉", 0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "□", 0x70: "□", 0x71: "□", 0x72: "□",
    0x73: "◆", 0x74: "◆", 0x75: "◆", 0x76: "❖", 0x77: "◆", 0x9F: "•", 0xA1: "○", 0xA4: "◉", 0xA7: "▪", 0xA8: "☐", 0xAB: "★", 0xD8: "➢",
    0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xEF: "⇦", 0xF0: "⇨", 0xFB: "✘", 0xFC: "✔", 0xFD: "☒", 0xFE: "☑",
    **{0x80 + at: "⓪①②③④⑤⑥⑦⑧⑨⑩"[at] for at in range(11)}, **{0x8B + at: "⓿❶❷❸❹❺❻❼❽❾❿"[at] for at in range(11)},
}  # fmt: skip
_WINGDINGS_2 = {
    0x4F: "✘", 0x50: "✔", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x55: "⊗", 0x56: "⊗", 0x95: "•", 0x96: "●", 0x97: "●", 0x98: "●",
    0x99: "○", 0x9A: "○", 0x9B: "○", 0x9E: "⊙", 0x9F: "◉", 0xA0: "■", 0xA1: "■", 0xA2: "■", 0xA3: "☐", 0xA4: "☐", 0xA5: "□",
    **{0x69 + at: "⓪①②③④⑤⑥⑦⑧⑨⑩"[at] for at in range(11)}, **{0x74 + at: "⓿❶❷❸❹❺❻❼❽❾❿"[at] for at in range(11)},
}  # fmt: skip
_WEBDINGS = {
    0x31: "□",
    0x61: "✔",
    0x63: "□",
    0x67: "■",
    0x6E: "●",
    0x72: "✘",
    0x34: "▶",
    0x33: "◀",
    0x35: "▲",
    0x36: "▼",
}
_SYMBOL = {
    0xA3: "≤", 0xA5: "∞", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB5: "∝",
    0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBA: "≡", 0xBB: "≈", 0xBC: "…", 0xC5: "⊕", 0xC7: "∩", 0xC8: "∪", 0xCC: "⊂", 0xCE: "∈", 0xD0: "∠",
    0xD5: "∏", 0xD6: "√", 0xD7: "·", 0xDE: "⇒", 0xE5: "∑", 0xF2: "∫", 0x2D: "−",
    **{ord(latin): greek for latin, greek in zip("abgdezhqiklmnxoprstufcyw", "αβγδεζηθικλμνξοπρστυφχψω", strict=True)},
    **{ord(latin): greek for latin, greek in zip("ABGDEZHQIKLMNXOPRSTUFCYW", "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", strict=True)},
}  # fmt: skip
_FONTS = {
    "wingdings": _WINGDINGS,
    "wingdings 2": _WINGDINGS_2,
    "webdings": _WEBDINGS,
    "symbol": _SYMBOL,
}
_OTHERS = {"wingdings 3", "zapf dingbats", "marlett"}
UNKNOWN = "〔符号〕"


def is_symbol_font(font: str) -> bool:
    """Whether the characters of a font are drawings and not what they say."""
    return font.lower() in _FONTS or font.lower() in _OTHERS


def symbol(font: str, code: int) -> str:
    """What a font draws for a character, whose code may be moved into the private area by F000; `UNKNOWN` where no table has it."""
    low = code - 0xF000 if 0xF000 <= code <= 0xF0FF else code
    table = _FONTS.get(font.lower())
    if table is None:
        return UNKNOWN if is_symbol_font(font) or 0xE000 <= code <= 0xF8FF else chr(code)
    if low in table:
        return table[low]
    if low == 0x20:
        return " "
    return chr(low) if table is _SYMBOL and 0x20 <= low < 0x7F else UNKNOWN


def drawn(words: str, font: str) -> str:
    """The words of a run as they are seen, when its font is a symbol font."""
    return "".join(symbol(font, ord(char)) for char in words) if is_symbol_font(font) else words
