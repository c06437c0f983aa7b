"""The README pages as data: their tables and fenced blocks, read with a few lines so that a test can compare them."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "app" / "embed" / "model"


@dataclass(frozen=True)
class Fence:
    """A fenced block: its language and its text."""

    language: str
    text: str


def without_fences(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M)


def fences(language: str, page: str) -> list[Fence]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", PAGES[page], flags=re.S | re.M)
    return [Fence(name, body) for name, body in found if name == language]


def table(*head: str, page: str) -> list[tuple[str, ...]]:
    """The rows of the one table of all pages that has this head; it stands on `page`."""
    places = [
        (name, at)
        for name, text in PAGES.items()
        for at, line in enumerate(without_fences(text).splitlines())
        if cells(line) == head
    ]
    assert [name for name, _ in places] == [page], f"表头为 {head} 的表应只在 {page} 有一个，实有 {places}"
    lines = without_fences(PAGES[page]).splitlines()
    rows = []
    for line in lines[places[0][1] + 2 :]:
        if not line.startswith("|"):
            break
        rows.append(cells(line))
    assert all(len(row) == len(head) for row in rows)
    return rows


def cells(line: str) -> tuple[str, ...]:
    """The cells of a table's line; an escaped bar stays inside its cell."""
    if not line.startswith("|"):
        return ()
    return tuple(cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|")))


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


PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for path in tracked()
    if path.name == "README.md" and path.parents[1] != MODELS  # model cards are written by the training
}


def commands(page: str) -> list[str]:
    """Every command a person is told to type there: the lines of console blocks that begin with `$ `."""
    return [
        line[2:]
        for block in fences("console", page)
        for line in block.text.splitlines()
        if line.startswith("$ ")
    ]
