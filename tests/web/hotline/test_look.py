"""The console's colours: what is written can be read, by day and by night (WCAG 2.2, 1.4.3)."""

import re
from pathlib import Path

import pytest

import app.web

CSS = (Path(app.web.__file__).parent / "static" / "hotline" / "console.css").read_text("utf-8")
PAIRS = [("ink", "paper"), ("ink", "card"), ("ink", "hover"), ("ink", "blue-soft"), ("ink", "mark"), ("soft", "paper"), ("soft", "card"), ("soft", "hover"),
         ("faint", "card"), ("faint", "paper"), ("blue", "paper"), ("blue", "card"), ("blue", "blue-soft"), ("on-blue", "blue"), ("red", "red-soft"), ("red", "card"),
         ("on-blue", "red"), ("amber", "amber-soft"), ("green", "green-soft"), ("paper", "ink")]  # fmt: skip


def colours(scheme):
    blocks = re.findall(r":root \{(.*?)\}", CSS, flags=re.S)
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", blocks[0]))
    return found | (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", blocks[1])) if scheme == "dark" else {})


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(each * 2 for each in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back"), PAIRS)
def test_words_stand_out_from_what_is_behind_them(scheme, front, back):
    found = colours(scheme)
    high, low = sorted((luminance(found[front]), luminance(found[back])), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 4.5
