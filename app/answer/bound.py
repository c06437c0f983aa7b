"""Rules that travel with an answer, written by people in `corpus/links/*.yaml`: which clause is quoted along with which."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.corpus import Clause
from app.errors import LexiconError
from app.index import Snapshot
from app.text import YamlError, fold, read_yaml

_TOGETHER = re.compile(
    r"叠加|同时(?:享受|申请|拿|报|领)|重复|再[拿领报申享]|两[边头样个]都|一起(?:享受|申请|拿|报|领)|都能[拿领享报]|又.{0,8}又"
)
_WHEN = ("always", "together", "asked")


@dataclass(frozen=True, slots=True)
class Bond:
    """One entry of a links file: `quote` goes with `beside` (or a clause below it) when `when` holds."""

    source: str
    number: int
    file: str
    quote: tuple[str, ...]
    beside: tuple[str, ...]
    when: str
    words: tuple[str, ...] = ()


def read_bonds(folder: Path) -> tuple[Bond, ...]:
    """Every entry of the folder's YAML files; none where there is no folder.

    Raises:
        LexiconError: a file or an entry cannot be understood; file, entry and remedy are named.
    """
    files = sorted(folder.glob("*.y*ml")) if folder.is_dir() else []
    return tuple(bond for path in files for bond in _bonds(path))


def _bonds(path: Path) -> Iterator[Bond]:
    try:
        content: Any = read_yaml(path.read_bytes().decode("utf-8-sig"))
    except (YamlError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"第 {mark.line + 1} 行" if mark else ""
        raise LexiconError(
            f"关联文件 {path.name} {where}不是有效的 UTF-8 YAML，请检查缩进、引号和冒号。"
        ) from error
    if content is None:
        return
    if not isinstance(content, dict) or not isinstance(content.get("links"), list) or "file" not in content:
        raise LexiconError(
            f"关联文件 {path.name} 应有 file 和 links 两项，请按 corpus/links/README.md 改正。"
        )
    for number, entry in enumerate(content["links"], 1):
        yield _bond(path.name, number, str(content["file"]), entry)


def _bond(source: str, number: int, file: str, entry: Any) -> Bond:
    fields = entry if isinstance(entry, dict) else {}
    quote, beside, words = (_labels(fields.get(name)) for name in ("quote", "with", "words"))
    when = fields.get("when", "always")
    if not quote or not beside or when not in _WHEN or (when == "asked" and not words):
        raise LexiconError(
            f"关联文件 {source} 第 {number} 组应有 quote、with 两个地址和 when（always、together 或带 words 的 asked），"
            f"请按 corpus/links/README.md 改正。"
        )
    return Bond(source, number, file, quote, beside, str(when), tuple(map(fold, words)))


def _labels(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


class Bonds:
    """The bonds of a snapshot. `notes` names those whose addresses do not exist here, `elsewhere` the files not served here."""

    def __init__(self, bonds: Sequence[Bond], snapshot: Snapshot) -> None:
        self._by_document: dict[str, list[tuple[Bond, Clause]]] = {}
        files: dict[str, list[str]] = {}
        for document in snapshot.documents.values():
            files.setdefault(document.file, []).append(document.id)
        notes = [self._resolve(bond, files.get(bond.file), snapshot) for bond in bonds]
        self.notes = tuple(dict.fromkeys(note for note in notes if note is not None))
        self.elsewhere = tuple(dict.fromkeys(bond.file for bond in bonds if bond.file not in files))

    def _resolve(self, bond: Bond, documents: Sequence[str] | None, snapshot: Snapshot) -> str | None:
        if not documents:
            return None
        for document_id in documents:
            quote = _at(bond.quote, document_id, snapshot)
            if quote is not None and _at(bond.beside, document_id, snapshot) is not None:
                self._by_document.setdefault(document_id, []).append((bond, quote))
                return None
        return (
            f"关联文件 {bond.source} 第 {bond.number} 组的地址在“{bond.file}”中不存在，该组不生效，请改正。"
        )

    def travelling(self, quoted: Sequence[Clause], question: str) -> tuple[Clause, ...]:
        """The clauses to quote along with those, in order, none of which is among them already."""
        asked = fold(question)
        known = {clause.id for clause in quoted}
        found: dict[str, Clause] = {}
        for clause in quoted:
            for bond, quote in self._by_document.get(clause.document_id, ()):
                beside = [c for c in quoted if _is_below(c, bond.beside, quote.document_id)]
                if beside and quote.id not in known and _holds(bond, len(beside), asked):
                    found[quote.id] = quote
        return tuple(found.values())


def _holds(bond: Bond, beside: int, asked: str) -> bool:
    if bond.when == "together":
        return beside > 1 or bool(_TOGETHER.search(asked))
    return bond.when == "always" or any(word in asked for word in bond.words)


def _is_below(clause: Clause, address: tuple[str, ...], document_id: str) -> bool:
    return clause.document_id == document_id and clause.address[: len(address)] == address


def _at(address: tuple[str, ...], document_id: str, snapshot: Snapshot) -> Clause | None:
    return next((c for c in snapshot.clauses_of(document_id) if c.address == address and c.label), None)
