"""`app/DECISIONS.md`: numbered, short, and each decision held by a test that is named and exists."""

import ast
import re

import pytest

from app.settings import ROOT

PAGE = ROOT / "app" / "DECISIONS.md"
LONGEST = 15  # lines, the heading among them


def entries() -> list[list[str]]:
    if not PAGE.is_file():
        return []
    parts = re.split(r"^(?=## )", PAGE.read_text("utf-8"), flags=re.M)[1:]
    return [[line for line in part.splitlines() if line.strip()] for part in parts]


pytestmark = pytest.mark.skipif(not PAGE.is_file(), reason="app/DECISIONS.md is not there")


def test_decisions_are_numbered_from_one():
    numbers = [re.match(r"## (\d+)\. \S", entry[0]) for entry in entries()]
    assert [int(number[1]) if number else 0 for number in numbers] == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry[0][3:])
def test_a_decision_is_short_and_its_last_line_names_a_test(entry):
    assert len(entry) <= LONGEST
    named = re.findall(r"(tests/[\w/]+\.py)::(\w+)", entry[-1])
    assert named, f"最后一行应写明测试，如 tests/…::test_…：{entry[-1]}"
    for file, test in named:
        tree = ast.parse((ROOT / file).read_text("utf-8"))
        assert test in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
