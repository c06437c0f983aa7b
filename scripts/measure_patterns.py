"""How much Chinese wording stands in the code that decides: the patterns with Chinese characters of each room, and their alternatives.

    python scripts/measure_patterns.py [--each]

A pattern is a string that is given to `re` or built into one; its alternatives are the branches between bars, at least one.
Only closed grammar (numbers, dates, units, addresses, places) should be left there. A test holds the sums.
"""

import argparse
import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

ROOMS = ("question", "retrieve", "read", "answer", "converse")
_CHINESE = re.compile(r"[㐀-鿿]")
_SPECIAL = re.compile(r"[|(\[\\+*^$]")  # what tells a pattern from a word
_SET = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]", re.DOTALL)


def alternatives(pattern: str) -> int:
    """How many branches a pattern has: one more than its bars outside of character sets."""
    return 1 + _SET.sub("", pattern).count("|")


def patterns_of(module: ModuleType) -> Iterator[str]:
    """The patterns with Chinese characters among a module's constants: compiled ones, those in tuples, pieces of patterns."""
    for name, value in vars(module).items():
        if not name.startswith("__"):
            yield from _within(value)


def _within(value: object) -> Iterator[str]:
    if isinstance(value, re.Pattern):
        yield from _within(value.pattern)
    elif isinstance(value, str):
        if _CHINESE.search(value) and _SPECIAL.search(value):
            yield value
    elif isinstance(value, dict):
        yield from _within((*value, *value.values()))
    elif isinstance(value, (tuple, list, frozenset, set)):
        for each in value:
            yield from _within(each)


def counted(room: str) -> dict[str, int]:
    """The patterns of a room with how many alternatives each has; a piece of another counts with that one alone."""
    package = importlib.import_module(f"app.{room}")
    names = [f"app.{room}", *(each.name for each in pkgutil.walk_packages(package.__path__, f"app.{room}."))]
    found = dict.fromkeys(one for name in names for one in patterns_of(importlib.import_module(name)))
    whole = [one for one in found if not any(one in other for other in found if other != one)]
    return {pattern: alternatives(pattern) for pattern in whole}


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--each", action="store_true", help="列出每个模式")
    args = parser.parse_args()
    rooms = {room: counted(room) for room in ROOMS}
    for room, found in rooms.items():
        print(f"{room:10}{len(found):4}{sum(found.values()):6}")
        for pattern, count in sorted(found.items(), key=lambda each: -each[1]) if args.each else ():
            print(f"    {count:4}  {pattern[:100]}")
    print(f"{'all':10}{sum(map(len, rooms.values())):4}{sum(sum(f.values()) for f in rooms.values()):6}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
