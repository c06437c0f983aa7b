"""Characters of a PDF as they are meant: signs of radicals are the characters they look like, and what is drawn twice is one."""

import math
import unicodedata

_RADICALS = dict(
    zip(
        "⺁⺄⺅⺈⺉⺋⺌⺍⺗⺘⺝⺟⺠⺡⺢⺣⺤⺨⺩⺪⺫⺬⺮⺯⺶⺷⺸⺹⺺⺻⺼⺾⺿⻀⻂⻃⻄⻅⻆⻇⻈⻉⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
        "厂乙亻刀刂卩⺌⺍忄扌月母民氵氺灬爫犭王疋目示竹糸羊羊羊耂肀聿月艹艹艹衤覀西见角角讠贝车辶辶辶阝钅長镸长门阝雨青韦页风飞食飠飠饣马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
        strict=True,
    )
)
_NEAR = 0.35  # of a letter: what is drawn again for weight is moved by less
_MOST_IN_ROW = 200
_STEP = 12.0  # points of a row in which letters are looked for


def meant(char: str) -> str:
    """A character, of a radical or a compatibility sign the usual one: ⼯ is 工, ⻚ is 页."""
    if char < "\u2e80":
        return char
    if char in _RADICALS:
        return _RADICALS[char]
    if "\u2f00" <= char <= "\u2fd5" or "\uf900" <= char <= "\ufaff":
        return unicodedata.normalize("NFKC", char)
    return char


class Drawn:
    """The letters of one page that have been met, to tell what is drawn a second time upon itself."""

    def __init__(self) -> None:
        self._met: dict[tuple[str, int], list[tuple[float, float]]] = {}

    def again(self, char: str, box: tuple[float, float, float, float]) -> bool:
        """Whether the same letter was met in this place (left, bottom, right, top); else it is remembered."""
        left, bottom, right, top = box
        x, y = (left + right) / 2, (bottom + top) / 2
        wide, high = _NEAR * (right - left), _NEAR * (top - bottom)
        row = int(y // _STEP)
        rows = {row, int((y - high) // _STEP), int((y + high) // _STEP)}
        for at in rows:
            for one, other in self._met.get((char, at), ()):
                if abs(one - x) < wide and abs(other - y) < high:
                    return True
        places = self._met.setdefault((char, row), [])
        if len(places) < _MOST_IN_ROW:
            places.append((x, y))
        return False


def is_slanted(angle: float) -> bool:
    """Whether letters stand aslant, as watermarks do: `angle` in radians, more than ten degrees from any edge of the page."""
    return 10 < math.degrees(angle) % 90 < 80
