"""Numerals as Word prints them in each of its formats (ECMA-376 part 1, 17.18.59)."""

_DIGITS = "零一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_COUNTING = {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand"}  # fmt: skip
_LEGAL_COUNTING = {"chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"}
_DIGITAL = {"ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"}
_ENCLOSED = {  # the first character, and how many there are
    "decimalEnclosedCircleChinese": (0x2460, 20),
    "decimalEnclosedCircle": (0x2460, 20),
    "decimalEnclosedParen": (0x2474, 20),
    "decimalEnclosedFullstop": (0x2488, 20),
    "ideographEnclosedCircle": (0x3280, 10),
}


def numeral(number: int, style: str) -> str:
    """A number as Word prints it in a style: 12, 十二, 壹拾贰, xii, l, ⑫, ⑿, 甲 …; the digits for an unknown style."""
    if style == "none":
        return ""
    if style in _COUNTING:
        return chinese(number)
    if style in _LEGAL_COUNTING:
        return legal(number)
    if style in _DIGITAL:
        return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))
    if style in _ENCLOSED:
        first, count = _ENCLOSED[style]
        return chr(first + number - 1) if 1 <= number <= count else f"（{number}）"
    if style in ("ideographTraditional", "ideographZodiac"):
        signs = _STEMS if style == "ideographTraditional" else _BRANCHES
        return signs[number - 1] if 1 <= number <= len(signs) else str(number)
    if style in ("lowerLetter", "upperLetter") and number >= 1:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if style == "lowerLetter" else letter.upper()
    if style in ("lowerRoman", "upperRoman"):
        return _roman(number) if style == "lowerRoman" else _roman(number).upper()
    return _digits(number, style)


def _digits(number: int, style: str) -> str:
    if style == "decimalZero":
        return f"{number:02d}"
    if style in ("decimalFullWidth", "decimalFullWidth2"):
        return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))
    if style == "numberInDash":
        return f"- {number} -"
    if "," in style and (first := style.split(",")[0].strip()).isdecimal():
        return str(number).zfill(len(first))  # a pattern: 001, 002, 003, ...
    return str(number)


def chinese(number: int) -> str:
    """十, 十二, 二十, 一百零五 for 0 ≤ number < 10 000; beyond that the digits."""
    words = _counted(number, _DIGITS, "千百十")
    return words[1:] if words.startswith("一十") else words


def legal(number: int) -> str:
    """壹, 壹拾贰, 贰拾, 壹佰零伍 for 0 ≤ number < 10 000; beyond that the digits."""
    return _counted(number, _LEGAL, "仟佰拾")


def _counted(number: int, digits: str, units: str) -> str:
    if not 0 < number < 10_000:
        return str(number)
    words, zero = "", False
    for unit, name in zip((1000, 100, 10, 1), (*units, ""), strict=True):
        digit, number = divmod(number, unit)
        if digit:
            words += (digits[0] if zero else "") + digits[digit] + name
            zero = False
        elif words:
            zero = True
    return words


def _roman(number: int) -> str:
    words = ""
    for value, letters in ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):  # fmt: skip
        while number >= value and len(words) < 40:
            words += letters
            number -= value
    return words
