"""What an index was built from, and what its files must be."""

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from app.errors import IndexDamaged, IndexMissing

FORMAT = 5
NAME = "manifest.json"
HASHING = 4  # files hashed at a time


@dataclass(frozen=True, slots=True)
class Sources:
    """The things an index is made from; two indexes of equal sources answer alike."""

    corpus: str
    analyzer: str
    encoder: str
    questions: str = ""
    format: int = FORMAT

    def differences(self, other: "Sources") -> list[str]:
        """Which parts differ, in Chinese."""
        names = {
            "corpus": "政策文本",
            "analyzer": "分词与词表",
            "encoder": "编码模型",
            "questions": "相似问",
            "format": "索引格式",
        }
        return [name for part, name in names.items() if getattr(self, part) != getattr(other, part)]


@dataclass(frozen=True, slots=True)
class Manifest:
    """The manifest of one index version. `files` maps a file name to its sha256; `version` hashes all of the rest."""

    sources: Sources
    documents: int
    clauses: int
    chunks: int
    dimension: int
    encoder_name: str
    files: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    version: str = ""

    def sealed(self, folder: Path) -> "Manifest":
        """This manifest with the hashes of the files now in `folder`, and its version."""
        files = {path.name: file_hash(path) for path in sorted(folder.iterdir()) if path.name != NAME}
        filled = replace(self, files=files, version="")
        version = hashlib.sha256(json.dumps(asdict(filled), sort_keys=True).encode()).hexdigest()[:16]
        return replace(filled, version=version)

    def write(self, folder: Path) -> None:
        """Write it into `folder`, as the last file."""
        (folder / NAME).write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1), "utf-8")

    def verify(self, folder: Path) -> None:
        """Compare every file with its hash.

        Raises:
            IndexDamaged: naming the file.
        """
        for name in self.files:
            if not (folder / name).is_file():
                raise IndexDamaged(f"索引文件 {name} 不见了，请运行 python -m app build 重建索引。")
        paths = [folder / name for name in self.files]
        with ThreadPoolExecutor(HASHING) as pool:  # hashing lets go of the interpreter, and so does reading
            digests = pool.map(file_hash, paths)
            for (name, digest), found in zip(self.files.items(), digests, strict=True):
                if found != digest:
                    raise IndexDamaged(
                        f"索引文件 {name} 的内容与清单不符，请运行 python -m app build 重建索引。"
                    )


def read_manifest(folder: Path) -> Manifest:
    """The manifest in an index version's folder.

    Raises:
        IndexMissing: there is none.
        IndexDamaged: it cannot be understood.
    """
    path = folder / NAME
    if not path.is_file():
        raise IndexMissing("还没有建立索引，请运行 python -m app build。")
    try:
        fields: dict[str, Any] = json.loads(path.read_text("utf-8"))
        sources = Sources(**fields.pop("sources"))
        return Manifest(sources=sources, notes=tuple(fields.pop("notes")), **fields)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise IndexDamaged(f"索引清单 {NAME} 无法读取，请运行 python -m app build 重建索引。") from error


def file_hash(path: Path) -> str:
    """sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Flush every file of a folder, then the folder itself, to the disk."""
    for path in folder.iterdir():
        sync(path)
    sync(folder)


def sync(path: Path) -> None:
    """Flush a folder's list of names to the disk, or a file."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
