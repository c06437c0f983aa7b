"""Similar questions (相似问): how people ask for a clause, read from YAML files of one folder.

    file: beijing-huairou/policy.txt      # inside the corpus folder
    questions:
      - address: ["三、", "支持企业升规"]  # labels from the outermost down; "" at the end for a plain paragraph
        asks: [规上入库 扶持, …]

They are indexed beside the clause they point to and never quoted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import yaml

from app.corpus import Clause, Document, outline
from app.errors import LexiconError
from app.text import YamlError, compose_yaml


@dataclass(frozen=True, slots=True)
class Entry:
    """How people ask for the clause at `address` of the corpus file `file`; `source` is the YAML file's name."""

    file: str
    address: tuple[str, ...]
    asks: tuple[str, ...]
    source: str
    line: int


@dataclass(frozen=True, slots=True)
class Resolved:
    """Pairs of clause id and question, and Chinese sentences about the entries that point to nothing here: `elsewhere`
    of those for a file that is not served, `broken` of those for an address that a served file does not have.
    """

    asks: tuple[tuple[str, str], ...] = ()
    elsewhere: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """All sentences."""
        return (*self.elsewhere, *self.broken)


def read_questions(folder: Path) -> tuple[Entry, ...]:
    """Every entry of the folder's `.yaml` and `.yml` files, in order of their names; none where there is no folder.

    Raises:
        LexiconError: a file or an entry cannot be understood; file, line and remedy are named.
    """
    return tuple(entry for path in _files(folder) for entry in _entries(path))


def questions_fingerprint(folder: Path) -> str:
    """24 hex digits over the names and bytes of the files: it changes when any of them does."""
    digest = blake2b(digest_size=12)
    for path in _files(folder):
        content = path.read_bytes()
        digest.update(b"%d:%d:" % (len(path.name.encode()), len(content)) + path.name.encode() + content)
    return digest.hexdigest()


def resolve(
    entries: Sequence[Entry], documents: Sequence[Document], clauses: Mapping[str, Sequence[Clause]]
) -> Resolved:
    """Which clause each question points to. `clauses` are by document id.

    An address that several clauses share names the first of them.
    """
    by_file = {document.file: document for document in documents}
    pairs: list[tuple[str, str]] = []
    absent: dict[tuple[str, str], int] = {}
    notes: list[str] = []
    for entry in entries:
        document = by_file.get(entry.file)
        if document is None:
            key = entry.source, entry.file
            absent[key] = absent.get(key, 0) + len(entry.asks)
        elif clause := _at(entry.address, clauses[document.id]):
            pairs.extend((clause.id, ask) for ask in entry.asks)
        else:
            notes.append(_unknown(entry))
    told = [_elsewhere(source, file, count) for (source, file), count in absent.items()]
    return Resolved(tuple(pairs), tuple(told), tuple(notes))


def unresolved(entries: Sequence[Entry], documents: Sequence[Document]) -> Resolved:
    """`resolve` for documents that have not been cut into clauses; only those that entries name are."""
    named = {entry.file for entry in entries}
    clauses = {document.id: outline(document) for document in documents if document.file in named}
    return resolve(entries, documents, clauses)


def _elsewhere(source: str, file: str, count: int) -> str:
    return f"相似问 {source} 指向的“{file}”不在当前政策文件夹中，其 {count} 个问法已略过。"


def _unknown(entry: Entry) -> str:
    address = " › ".join(label or "（无编号的段落）" for label in entry.address)
    return (
        f"相似问 {entry.source} 第 {entry.line} 行的地址“{address}”在“{entry.file}”中不存在，已略过；"
        f"请用 python -m app clauses 查看条款的编号后改正。"
    )


def _at(address: tuple[str, ...], clauses: Sequence[Clause]) -> Clause | None:
    labels = address[:-1] if address[-1] == "" else address
    plain = address[-1] == ""
    return next((c for c in clauses if c.address == labels and (c.label == "") == plain), None)


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    found = [path for path in folder.iterdir() if path.suffix in (".yaml", ".yml") and path.is_file()]
    return sorted(found, key=lambda path: path.name)


def _entries(path: Path) -> Iterator[Entry]:
    try:
        root = compose_yaml(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise LexiconError(
            f"相似问 {path.name} 不是 UTF-8 编码（第 {error.start} 字节处），请另存为 UTF-8。"
        ) from error
    except YamlError as error:
        raise _broken(path, error) from error
    if root is None:
        return
    reader = _Reader(path.name)
    fields = reader.mapping(root, "文件")
    file = reader.text(reader.field(fields, root, "file"), "file")
    for node in reader.sequence(reader.field(fields, root, "questions"), "questions"):
        yield reader.entry(file, node)


def _broken(path: Path, error: YamlError) -> LexiconError:
    mark = getattr(error, "problem_mark", None)
    where = f"第 {mark.line + 1} 行" if mark is not None else ""
    return LexiconError(
        f"相似问 {path.name} {where}不是有效的 YAML，请检查缩进、引号和冒号（问法里有冒号或 # 时请加引号）。"
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads YAML nodes and names the line of the one that is not as it should be."""

    source: str

    def refuse(self, node: Any, why: str) -> LexiconError:
        return LexiconError(f"相似问 {self.source} 第 {node.start_mark.line + 1} 行{why}")

    def mapping(self, node: Any, name: str) -> dict[str, Any]:
        if not isinstance(node, yaml.MappingNode):
            raise self.refuse(node, f"：{name}应由“名称: 内容”组成，请改正。")
        return {str(key.value): value for key, value in node.value}

    def field(self, fields: dict[str, Any], node: Any, name: str) -> Any:
        if name not in fields:
            raise self.refuse(node, f"起缺少“{name}”，请补上。")
        return fields[name]

    def sequence(self, node: Any, name: str) -> list[Any]:
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            raise self.refuse(node, f"的“{name}”应是至少有一项的列表，请改正。")
        return list(node.value)

    def text(self, node: Any, name: str) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.refuse(node, f"的“{name}”应是一句文字，请改正（有冒号或 # 时请加引号）。")
        return str(node.value).strip()

    def entry(self, file: str, node: Any) -> Entry:
        fields = self.mapping(node, "每一组")
        labels = self.sequence(self.field(fields, node, "address"), "address")
        asks = [self.ask(one) for one in self.sequence(self.field(fields, node, "asks"), "asks")]
        address = tuple(self.text(label, "address") for label in labels)
        return Entry(file, address, tuple(dict.fromkeys(asks)), self.source, node.start_mark.line + 1)

    def ask(self, node: Any) -> str:
        if not (ask := self.text(node, "asks")):
            raise self.refuse(node, "的问法是空的，请写上问法或删去这一行。")
        return ask
