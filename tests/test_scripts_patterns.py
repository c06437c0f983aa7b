"""How much Chinese wording may stand in code, and that it is counted."""

import re
import sys
from types import ModuleType

from app.settings import ROOT

sys.path.insert(0, str(ROOT / "scripts"))

from measure_patterns import ROOMS, alternatives, counted, patterns_of

MOST_PATTERNS, MOST_ALTERNATIVES = 40, 500


def test_what_decides_is_not_a_pile_of_chinese_patterns():
    found = [count for room in ROOMS for count in counted(room).values()]
    assert len(found) <= MOST_PATTERNS
    assert sum(found) <= MOST_ALTERNATIVES


def test_bars_are_counted_outside_of_sets_alone():
    assert [alternatives(one) for one in ("补贴", "补(贴|助)", "[补|贴]", r"补\|贴")] == [1, 2, 1, 1]


def test_patterns_are_found_in_tables_and_in_pieces():
    module = ModuleType("made")
    module.__dict__.update(
        one=re.compile("补贴|补助"),
        table=(("amount", r"多少|几\d"), {"奖励|奖补": 1}),
        piece="最高|最低",
        word="补贴",
        other=re.compile("a|b"),
    )
    assert list(patterns_of(module)) == ["补贴|补助", r"多少|几\d", "奖励|奖补", "最高|最低"]
