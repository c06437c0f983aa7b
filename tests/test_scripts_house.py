"""`scripts/measure_house.py`: its figures over a small invented house, its circles against a slower truth."""

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

SCRIPTS = Path(__file__).parents[1] / "scripts"
sys.path.insert(0, str(SCRIPTS))

import measure_house  # noqa: E402

sys.path.remove(str(SCRIPTS))

FILES = {
    "app/__init__.py": "",
    "app/settings.py": "HOME = 1\n",
    "app/text/__init__.py": "from app.text.words import fold, words\n__all__ = ['fold', 'words']\n",
    "app/text/words.py": "import re\n# Why so.\nWORD = re.compile('a|b|c')  # noqa: E501\n\n\ndef words():\n    pass\n\n\ndef fold():\n    return re.sub(f'x|{WORD}', '', '')\n",
    "app/corpus/__init__.py": "from app.corpus.shelf import shelf\n__all__ = ['shelf']\n",
    "app/corpus/shelf.py": "from app.settings import HOME\nfrom app.text import words\n\n\ndef shelf():\n    from app.corpus.clerk import clerk\n",
    "app/corpus/clerk.py": "from app.corpus.shelf import shelf\nfrom app.text.words import fold\n\n\ndef clerk():\n    pass\n",
    "app/main.py": "from app.corpus import shelf\n",
    "README.md": "# it\n",
    "app/README.md": f"before\n{measure_house.BEGIN}\nold\n{measure_house.END}\nafter\n",
}


@pytest.fixture
def root(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def house(root):
    return measure_house.read_house(root)


def test_a_circle_counts_when_one_of_its_imports_is_deferred(house):
    assert house.circles() == [["app.corpus.clerk", "app.corpus.shelf"]]


def test_an_import_from_inside_another_room_is_a_bypass_and_one_of_a_name_at_its_door_is_none(house):
    assert house.bypasses() == [
        "app.corpus.clerk → app.text.words"
    ]  # `app.main` takes `shelf`, a file's name too


def test_a_file_has_one_user_when_all_others_take_nothing_of_it_through_any_door(house):
    # clerk by shelf; settings by shelf; words by both, shelf by clerk and main.
    assert house.single() == ["app.corpus.clerk", "app.settings"]


def test_the_tables_hold_rooms_doors_patterns_and_comments(house, root):
    printed = measure_house.tables(house, root, {"app/text/words.py": (3, 4), "app/text/__init__.py": (2, 2)})
    assert "| `text` | 2 | 13 | 2 | 2 | 3 | 7.7 | 83% |" in printed.splitlines()
    assert "| `main` | 1 | 1 | — | 0 | 0 | 0.0 | — |" in printed.splitlines()
    assert "| `README.md` | 5 |" in printed.splitlines()


def test_only_what_stands_between_the_marks_is_written_anew(root):
    page = root / "app" / "README.md"
    measure_house.write(page, "new")
    measure_house.write(page, "newer")
    assert page.read_text("utf-8") == f"before\n{measure_house.BEGIN}\nnewer\n{measure_house.END}\nafter\n"
    page.write_text("no marks\n", "utf-8")
    with pytest.raises(SystemExit, match="请补上"):
        measure_house.write(page, "new")
    assert page.read_text("utf-8") == "no marks\n"


def test_lines_that_no_test_reaches_are_drawn_together():
    report = {"app/b.py": {"missing_lines": [3, 4, 5, 9]}, "app/a.py": {"missing_lines": []}}
    assert list(measure_house.not_reached(report)) == ["app/b.py: 3–5, 9"]


@given(st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6))))
def test_circles_are_the_sets_of_nodes_that_reach_each_other(pairs):
    nodes = range(7)
    edges = {node: {to for at, to in pairs if at == node} for node in nodes}
    reach = {(node, node) for node in nodes} | set(pairs)
    for _ in nodes:
        reach |= {(a, d) for a, b in reach for c, d in reach if b == c}
    wanted = {frozenset(b for b in nodes if (a, b) in reach and (b, a) in reach) for a in nodes}
    found = measure_house.strongly_connected(edges)
    assert {frozenset(each) for each in found} == wanted
    assert sum(len(each) for each in found) == len(nodes)
