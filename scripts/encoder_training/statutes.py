"""Articles of laws and regulations in Markdown: the unlabelled text that every encoder here is trained on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HEADING = re.compile(r"^#{2,}\s*(.+)$")
ARTICLE = re.compile(r"^第[一二三四五六七八九十百千零〇]+条(?:之[一二三四五六七八九十]+)?[\s　]*")
END_OF_PREFACE = "<!-- INFO END -->"


@dataclass(frozen=True, slots=True)
class Article:
    """One article: the title of its law, the headings above it, and its words without the 第X条."""

    title: str
    chapter: str
    text: str


def files(folder: Path) -> list[Path]:
    """Text files below `folder`, in an order that does not depend on the machine."""
    return sorted((p for p in folder.rglob("*") if p.suffix in {".md", ".txt"}), key=lambda p: p.as_posix())


def articles(path: Path) -> Iterator[Article]:
    """The articles of one file; paragraphs of a text that has no 第X条 come one by one."""
    text = path.read_text(encoding="utf-8", errors="replace")
    lines = [line.strip().strip("　") for line in text.split(END_OF_PREFACE)[-1].splitlines()]
    title = _title(path, text)
    numbered = any(ARTICLE.match(line) for line in lines)
    chapter, held = "", list[str]()
    for line in lines:
        heading = HEADING.match(line)
        if heading or not numbered or ARTICLE.match(line):
            yield from _flush(title, chapter, held)
            held = []
        if heading:
            chapter = heading.group(1).strip()
        elif line and not line.startswith("#"):
            held.append(ARTICLE.sub("", line, count=1))
    yield from _flush(title, chapter, held)


def _title(path: Path, text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), path.stem)
    return re.sub(r"\s+", "", first.lstrip("#"))[:60]


def _flush(title: str, chapter: str, held: list[str]) -> Iterator[Article]:
    text = "\n".join(held).strip()
    if len(text) >= 12:
        yield Article(title, chapter, text)
