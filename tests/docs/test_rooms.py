"""The rooms: what the tables of `app/README.md` say about their order and about the libraries, read from the imports themselves."""

import ast
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from app.settings import ROOT
from tests.docs.pages import PAGES, cells, code, table, tracked

SCRIPTS = ROOT / "scripts"
sys.path.insert(0, str(SCRIPTS))

import measure_house  # noqa: E402

sys.path.remove(str(SCRIPTS))

OPEN_TO_ALL = (
    "app",
    "app.clock",
    "app.errors",
    "app.parent",
    "app.settings",
)  # `app` itself holds the version
MAIN = (
    "main.py",
    "__main__.py",
    "building.py",
    "commands.py",
    "console.py",
    "correcting.py",
    "evaluating.py",
    "hosting.py",
    "serving.py",
    "watching.py",
)
APP = [each for each in tracked() if each.suffix == ".py" and each.is_relative_to(ROOT / "app")]
SHELVES = {
    "utils",
    "helpers",
    "common",
    "manager",
    "core",
    "base",
    "misc",
    "service",
    "node",
    "segment",
    "engine",
}


def rooms() -> list[str]:
    """The rooms of the table, in its order."""
    return [code(row[0])[0] for row in table("房间", "输入 → 输出", "里面有什么", page="app/README.md")]


def room_of(path: Path) -> str | None:
    """The room a file lies in; None for `app/errors` and what else is open to all."""
    inner = path.relative_to(ROOT / "app").parts
    if len(inner) > 1:
        return None if inner[0] == "errors" else inner[0]
    return "main" if inner[0] in MAIN else None


def imported(path: Path) -> list[str]:
    """The dotted names of every module a file imports, at the top or in a function."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} 用了相对引入"
            found += (
                [f"app.{alias.name}" for alias in node.names] if node.module == "app" else [node.module or ""]
            )
    return found


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_table_names_every_room():
    present = {room_of(path) for path in APP} - {None}
    assert set(rooms()) == present
    assert len(rooms()) == len(set(rooms()))


@pytest.mark.parametrize("path", APP, ids=name_of)
def test_a_room_imports_only_from_rooms_before_it_through_their_front_doors(path):
    order, room = rooms(), room_of(path)
    for module in imported(path):
        if not module.startswith("app.") or module in OPEN_TO_ALL or module == "app.__version__":
            continue
        other = "main" if f"{module.split('.')[1]}.py" in MAIN else module.split(".")[1]
        if other == (room or path.parent.name):
            continue
        assert room is not None, f"{name_of(path)} 引入了 {module}，但它自己对所有房间开放"
        assert order.index(other) < order.index(room), f"{name_of(path)} 引入了它后面的房间：{module}"
        assert module == f"app.{other}", f"{name_of(path)} 没有走正门：{module}"


def test_each_outside_library_is_imported_where_the_table_says():
    stated = {
        code(library)[0]: set(code(files))
        for library, files in table("库", "引入它的文件", page="app/README.md")
    }
    found = defaultdict(set)
    for path in APP:
        for module in imported(path):
            found[module.split(".")[0]].add(name_of(path))
    assert {library: found[library] for library in stated} == stated


def test_heavy_libraries_are_not_loaded_by_importing_the_product():
    heavy = ["torch", "sentence_transformers", "transformers"]
    program = f"import sys, app.main, app.__main__; print([each for each in {heavy} if each in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_no_file_of_the_product_is_longer_than_400_lines():
    lengths = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in APP}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_modules_are_named_after_things_not_shelves():
    assert [name_of(path) for path in APP if path.stem in SHELVES] == []


@pytest.fixture(scope="module")
def house():
    return measure_house.read_house(ROOT)


def test_no_files_import_each_other_in_a_circle_outside_main(house):
    circles = [{house.modules[name].room for name in circle} for circle in house.circles()]
    assert [rooms for rooms in circles if rooms != {"main"}] == []


def test_the_page_of_the_program_holds_what_measure_house_prints(house):
    """The figures are of the day they were written; what is measured is what is measured today."""
    held = PAGES["app/README.md"].partition(measure_house.BEGIN)[2].partition(measure_house.END)[0]
    printed = measure_house.tables(house, ROOT, {})
    heads = [line for line in printed.splitlines() if cells(line) and not line.startswith(("| `", "| （"))]
    assert [cells(line)[0] for line in heads] == [
        cells(line)[0] for line in held.splitlines() if cells(line) and not line.startswith(("| `", "| （"))
    ]
