#!/usr/bin/env python3
"""How big the house is and how its rooms hang together: printed as tables, or written into `app/README.md`.

    .venv/bin/python scripts/measure_house.py [--write] [--coverage FILE]

An import counts wherever it stands, in a function too. FILE is what `coverage json` writes; with it the share of lines that
tests reach is printed for each room, and the lines that no test reaches for each file.
"""

import argparse
import ast
import io
import json
import re
import statistics
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- measure_house -->", "<!-- /measure_house -->"
OPEN = {"__init__", "clock", "errors", "settings"}  # what every room may import from any file
DIRECTIVE = re.compile(r"#\s*(?:noqa|type:|fmt:|pragma:)|#!")
PATTERNS = {"compile", "search", "match", "fullmatch", "findall", "finditer", "sub", "split"}  # of `re`
SHARED = "（公用）"


@dataclass(frozen=True)
class Module:
    """One Python file: its dotted name, whether it is a package's `__init__`, and its text."""

    name: str
    door: bool
    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The file, parsed."""
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return len(self.text.splitlines())

    @property
    def room(self) -> str:
        """The folder below `app` it lies in; files beside the rooms are part of `main`."""
        inner = self.name.split(".")[1:]
        return (
            SHARED if not inner or inner[0] in OPEN else inner[0] if len(inner) > 1 or self.door else "main"
        )

    @cached_property
    def imports(self) -> tuple[tuple[str, str], ...]:
        """(module, name) for each name taken from a module; the name is empty for `import module`."""
        found = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found += [(alias.name, "") for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found += [(node.module, alias.name) for alias in node.names]
        return tuple(found)

    @property
    def functions(self) -> Iterator[tuple[str, int]]:
        """(name, lines) of every function and method, decorators left out."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{self.name}.{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1

    @property
    def comments(self) -> int:
        """Lines with a comment that is meant for people."""
        words = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return sum(word.type == tokenize.COMMENT and not DIRECTIVE.match(word.string) for word in words)

    @property
    def patterns(self) -> Iterator[str]:
        """The fixed text of each regular expression that is written out."""
        for node in ast.walk(self.tree):
            if (
                isinstance(node, ast.Call)
                and node.args
                and ast.unparse(node.func) in {f"re.{x}" for x in PATTERNS}
            ):
                fixed = [part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant)]
                if fixed:
                    yield "".join(part for part in fixed if isinstance(part, str))


@dataclass(frozen=True)
class House:
    """All modules by name."""

    modules: Mapping[str, Module]

    def module_of(self, module: str, name: str) -> str | None:
        """The module an import leads to: for `from app.x import y` x where it holds y, else the file y; None outside."""
        inner, door = f"{module}.{name}", self.modules.get(module)
        held = door and any(known == name and there.startswith(f"{module}.") for there, known in door.imports)
        return inner if inner in self.modules and not held else module if door else None

    def source_of(self, module: str, name: str) -> str | None:
        """As `module_of`, but a name taken at a front door is followed to the file that holds it."""
        found = self.module_of(module, name)
        while found and self.modules[found].door:
            handed = [there for there, known in self.modules[found].imports if known == name]
            if not handed or (further := self.module_of(handed[0], name)) in (None, found):
                break
            found = further
        return found

    def circles(self) -> list[list[str]]:
        """The groups of modules that import each other, directly or through others."""
        edges = {
            module.name: {to for pair in module.imports if (to := self.module_of(*pair))} - {module.name}
            for module in self.modules.values()
        }
        return [sorted(group) for group in strongly_connected(edges) if len(group) > 1]

    def bypasses(self) -> list[str]:
        """Imports from inside another room than through its front door."""
        found = []
        for module in self.modules.values():
            for pair in module.imports:
                to = self.modules.get(self.module_of(*pair) or "")
                inside = to and to.room not in (module.room, SHARED, "main") and to.name != f"app.{to.room}"
                if to and inside:
                    found.append(f"{module.name} → {to.name}")
        return found

    def single(self) -> list[str]:
        """The files that exactly one other file uses, front doors left out."""
        users = defaultdict(set)
        for module in self.modules.values():
            for pair in module.imports:
                if not module.door and (to := self.source_of(*pair)) and to != module.name:
                    users[to].add(module.name)
        return [name for name, module in self.modules.items() if not module.door and len(users[name]) == 1]

    def door(self, room: str) -> int:
        """How many names the front door of a room has; 0 without one."""
        door = self.modules.get(f"app.{room}")
        assigned = [node for node in door.tree.body if isinstance(node, ast.Assign)] if door else []
        values = [node.value for node in assigned if ast.unparse(node.targets[0]) == "__all__"]
        return len(values[0].elts) if values and isinstance(values[0], ast.List | ast.Tuple) else 0


def strongly_connected(edges: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The strongly connected components of a graph (Tarjan, 1972)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        order[node] = low[node] = len(order)
        stack.append(node)
        for other in edges[node]:
            if other not in order:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], order[other])
        if low[node] == order[node]:
            found.append([])
            while node not in found[-1]:
                found[-1].append(stack.pop())

    for node in edges:
        if node not in order:
            visit(node)
    return found


def read_house(root: Path) -> House:
    """Every Python file below `root/app`."""
    found = {}
    for path in sorted((root / "app").rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        door = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if door else parts)
        found[name] = Module(name, door, path, path.read_text("utf-8"))
    return House(found)


def spread(sizes: Sequence[tuple[str, int]], what: str) -> str:
    """Median, 90th percentile and greatest of named sizes, in words."""
    numbers = sorted(size for _, size in sizes)
    name, most = max(sizes, key=lambda each: each[1])
    ninth = numbers[min(len(numbers) - 1, len(numbers) * 9 // 10)]
    return (
        f"{len(sizes):,} {what}，行数中位 {statistics.median(numbers):g}，p90 {ninth}，最大 {most}（{name}）"
    )


def percent(part: int, whole: int) -> str:
    """A share in whole percent."""
    return f"{100 * part / whole:.0f}%" if whole else "—"


def per_hundred(modules: Iterable[Module]) -> str:
    """Comments per 100 lines."""
    held = list(modules)
    return f"{100 * sum(each.comments for each in held) / max(1, sum(each.lines for each in held)):.1f}"


def tables(house: House, root: Path, covered: Mapping[str, tuple[int, int]]) -> str:
    """All figures as Markdown; `covered` gives (lines reached, lines) for each file, and may be empty."""
    modules = list(house.modules.values())
    circles, single = house.circles(), house.single()
    files = [module for module in modules if not module.door]
    rows = [
        ("文件", spread([(module.name, module.lines) for module in modules], "个")),
        ("函数", spread([each for module in modules for each in module.functions], "个")),
        (
            "引入成圈（含函数里的引入）",
            f"{len(circles)}" + "".join(f"；{'、'.join(each)}" for each in circles),
        ),
        ("绕过正门的引入", f"{len(house.bypasses())}"),
        ("只有一个文件用到的文件", f"{len(single)}（{percent(len(single), len(files))}）"),
        ("每百行注释", per_hundred(modules)),
    ]
    head = [
        "房间",
        "文件",
        "行",
        "正门的名字",
        "正则",
        "其中的“或”",
        "每百行注释",
        *(["覆盖"] if covered else []),
    ]
    out = ["| 尺寸 | 数 |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows), ""]
    out += [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for room, held in by_room(modules).items():
        patterns = [each for module in held for each in module.patterns]
        cells = [f"`{room}`" if room != SHARED else room, len(held), f"{sum(each.lines for each in held):,}"]
        cells += [
            house.door(room) or "—",
            len(patterns),
            sum(each.count("|") for each in patterns),
            per_hundred(held),
        ]
        cells += [reached(held, root, covered)] if covered else []
        out.append(f"| {' | '.join(str(cell) for cell in cells)} |")
    out += ["", "| 说明 | 字节 |", "|---|---|"]
    return "\n".join([*out, *(f"| `{name}` | {size:,} |" for name, size in readmes(root).items())])


def by_room(modules: Iterable[Module]) -> dict[str, list[Module]]:
    """The modules of each room, the largest room first."""
    found = defaultdict(list)
    for module in modules:
        found[module.room].append(module)
    return dict(sorted(found.items(), key=lambda each: -sum(module.lines for module in each[1])))


def reached(held: Iterable[Module], root: Path, covered: Mapping[str, tuple[int, int]]) -> str:
    """The share of a room's lines that tests reach."""
    pairs = [covered.get(each.path.relative_to(root).as_posix(), (0, 0)) for each in held]
    return percent(sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs))


def readmes(root: Path) -> dict[str, int]:
    """The README pages and their sizes in bytes, model cards left out."""
    folders = ("app", "corpus", "index", "prompts", "scripts")
    found = [
        root / "README.md",
        *(page for name in folders for page in sorted((root / name).rglob("README.md"))),
    ]
    return {
        page.relative_to(root).as_posix(): page.stat().st_size for page in found if "model" not in page.parts
    }


def not_reached(report: Mapping[str, dict[str, list[int]]]) -> Iterator[str]:
    """A line for each file that has lines no test reaches, runs of numbers drawn together."""
    for name, file in sorted(report.items()):
        if missing := file["missing_lines"]:
            runs: list[list[int]] = []
            for number in missing:
                if runs and number == runs[-1][-1] + 1:
                    runs[-1].append(number)
                else:
                    runs.append([number])
            yield f"{name}: {', '.join(f'{run[0]}–{run[-1]}' if len(run) > 1 else f'{run[0]}' for run in runs)}"


def write(page: Path, text: str) -> None:
    """Put the tables between the two marks of a page."""
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise SystemExit(f"{page.name} 里没有 {BEGIN} 和 {END}，请补上这两行后再运行。")
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", "utf-8")


def main() -> None:
    """Measure, then print or write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="write the tables into app/README.md")
    parser.add_argument("--coverage", type=Path, metavar="FILE", help="what `coverage json` has written")
    chosen = parser.parse_args()
    report = json.loads(chosen.coverage.read_text("utf-8"))["files"] if chosen.coverage else {}
    covered = {
        name: (file["summary"]["covered_lines"], file["summary"]["num_statements"])
        for name, file in report.items()
    }
    house = read_house(ROOT)
    text = tables(house, ROOT, covered)
    if chosen.write:
        write(ROOT / "app" / "README.md", text)
    else:
        print(text)
    for line in [*(f"绕过正门：{each}" for each in house.bypasses()), *not_reached(report)]:
        print(line)


if __name__ == "__main__":
    main()
