"""The words a corpus needs beyond the dictionary: plain files in one folder, described in its README."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.errors import LexiconError
from app.text.normalize import fold

_COMMENT = re.compile(r"(?:^|\s)#.*")
FILES = ("terms.txt", "synonyms.txt", "industries.txt", "stopwords.txt", "office.txt", "regions.txt")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the lexicon files say, in normal form.

    `terms` are words for the tokenizer with an optional frequency. Each of `synonyms` is a group of words that may stand
    for one another. Each of `industries` is a policy field and the everyday words that belong to it (one direction: the
    everyday word suggests the field). `office` are the words of dealing with an office, which name no subject. `regions` maps a place to the place it lies in. `fingerprint` is of the files' bytes.
    """

    terms: tuple[tuple[str, int | None], ...] = ()
    synonyms: tuple[tuple[str, ...], ...] = ()
    industries: tuple[tuple[str, tuple[str, ...]], ...] = ()
    stopwords: frozenset[str] = frozenset()
    office: frozenset[str] = frozenset()
    regions: tuple[tuple[str, str], ...] = ()
    fingerprint: str = "empty"


@dataclass(frozen=True, slots=True)
class _Line:
    file: str
    number: int
    text: str

    def refuse(self, why: str) -> LexiconError:
        return LexiconError(f"词表 {self.file} 第 {self.number} 行“{self.text[:40]}”{why}")

    def pair(self) -> tuple[str, str]:
        head, tab, rest = self.text.partition("\t")
        if not tab or not head.strip() or not rest.strip():
            raise self.refuse("应为“词<制表符>内容”，请补上制表符及其后的内容，或在行首加 # 注释掉。")
        return fold(head.strip()), rest.strip()

    def group(self) -> tuple[str, tuple[str, ...]]:
        head, rest = self.pair()
        members = tuple(
            dict.fromkeys(m for part in rest.split("|") if (m := fold(part.strip())) and m != head)
        )
        if not members:
            raise self.refuse("没有列出别的词，请用 | 分隔写上，或删去这一行。")
        return head, members


def read_lexicon(folder: Path) -> Lexicon:
    """Read the lexicon folder; files that are absent count as empty.

    Raises:
        LexiconError: a line cannot be understood (file, line, text and remedy are named), or a file is not UTF-8.
    """
    lines = {name: list(_lines(folder / name)) for name in FILES}
    return Lexicon(
        terms=tuple(_term(line) for line in lines["terms.txt"]),
        synonyms=tuple(_separate(lines["synonyms.txt"])),
        industries=tuple(map(_Line.group, lines["industries.txt"])),
        stopwords=frozenset(fold(line.text) for line in lines["stopwords.txt"]),
        office=frozenset(fold(line.text) for line in lines["office.txt"]),
        regions=tuple((head, fold(rest)) for head, rest in map(_Line.pair, lines["regions.txt"])),
        fingerprint=_fingerprint(folder),
    )


def read_regions(folder: Path) -> tuple[tuple[str, str], ...]:
    """Only the places of a lexicon folder, each with the place it lies in. Raises LexiconError as above."""
    return tuple((head, fold(rest)) for head, rest in map(_Line.pair, _lines(folder / "regions.txt")))


def _separate(lines: list[_Line]) -> Iterator[tuple[str, ...]]:
    """The groups; a word in two of them would tie them into a loop of names for different things."""
    met: dict[str, int] = {}
    for line in lines:
        head, members = line.group()
        for word in (head, *members):
            if word in met:
                raise line.refuse(
                    f"中的“{word}”已在第 {met[word]} 行的组里；一个词只能属于一组，请合并两组或删去一处。"
                )
        met |= dict.fromkeys((head, *members), line.number)
        yield head, *members


def _lines(path: Path) -> Iterator[_Line]:
    if not path.is_file():
        return
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LexiconError(
            f"词表 {path.name} 不是 UTF-8 编码（第 {error.start} 字节处），请另存为 UTF-8。"
        ) from error
    for number, line in enumerate(content.splitlines(), 1):
        text = _COMMENT.sub("", line).strip()
        if text:
            yield _Line(path.name, number, text)


def _term(line: _Line) -> tuple[str, int | None]:
    word, tab, frequency = line.text.partition("\t")
    if not tab:
        return fold(word.strip()), None
    if not frequency.strip().isdecimal():
        raise line.refuse("的词频应为正整数，请改为数字或删去。")
    return fold(word.strip()), int(frequency)


def _fingerprint(folder: Path) -> str:
    digest = hashlib.blake2b(digest_size=12)
    for name in FILES:
        path = folder / name
        digest.update(name.encode() + b"\0" + (path.read_bytes() if path.is_file() else b"") + b"\0")
    return digest.hexdigest()
