"""README as data: its sections, tables and fenced blocks, read with a few lines so that a test can compare them."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")


@dataclass(frozen=True)
class Fence:
    """A fenced block: its language and its text."""

    language: str
    text: str


def without_fences(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M)


def fences(language: str, text: str = README) -> list[Fence]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, flags=re.S | re.M)
    return [Fence(name, body) for name, body in found if name == language]


def table(*head: str, text: str = README) -> list[tuple[str, ...]]:
    """The rows of the one table that has this head."""
    lines = without_fences(text).splitlines()
    places = [at for at, line in enumerate(lines) if cells(line) == head]
    assert len(places) == 1, f"README 应有一个表头为 {head} 的表，实有 {len(places)} 个"
    rows = []
    for line in lines[places[0] + 2 :]:
        if not line.startswith("|"):
            break
        rows.append(cells(line))
    assert all(len(row) == len(head) for row in rows)
    return rows


def cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip().strip("|").split("|")) if line.startswith("|") else ()


def code(cell: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)


def tracked() -> list[Path]:
    """The files under version control, or, in a copy without it, those that would be."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        found = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:
        left_out = {".venv", ".git", "index", "build", "__pycache__", ".hypothesis"}
        found = [each for each in ROOT.rglob("*") if not left_out & set(each.relative_to(ROOT).parts)]
    return sorted(each for each in found if each.is_file())


def commands() -> list[str]:
    """Every command a person is told to type: the lines of console blocks that begin with `$ `."""
    return [
        line[2:] for block in fences("console") for line in block.text.splitlines() if line.startswith("$ ")
    ]
