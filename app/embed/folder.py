"""A saved `SentenceTransformer` on disk: which modules it is made of and what tells it from another one."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.errors import ModelError

RECORD = "training.json"
NOT_HASHED = {"README.md", RECORD}
REMEDY = "请重新安装本程序以恢复随附模型，或把 ZHENGWEN_MODEL 改为完好的模型文件夹。"


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """`modules` are the class names in order; `revision` is a sha256 over every file that can change a vector; `ours` says
    that `scripts/train_encoder.py` made it, by the record it leaves.
    """

    path: Path
    modules: tuple[str, ...]
    revision: str
    ours: bool


def read_folder(path: Path) -> ModelFolder:
    """The folder at `path`.

    Raises ModelError when it is missing, empty, or does not list its modules.
    """
    revision = revision_of(path)
    try:
        listed = json.loads((path / "modules.json").read_text(encoding="utf-8"))
        modules = tuple(str(module["type"]).rsplit(".", 1)[-1] for module in listed)
    except (OSError, ValueError, TypeError, KeyError) as fault:
        raise damaged(path, "modules.json", fault) from fault
    return ModelFolder(path, modules, revision, (path / RECORD).is_file())


def revision_of(path: Path) -> str:
    """A sha256 over every file in `path` that can change what the model computes.

    Raises ModelError when there is no such folder.
    """
    if not path.is_dir():
        raise ModelError(f"找不到模型文件夹“{path}”。{REMEDY}")
    made = hashlib.sha256()
    for file in _files(path):
        made.update(f"{file.relative_to(path).as_posix()}\0{file.stat().st_size}\0".encode())
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                made.update(block)
    return made.hexdigest()


def read_json(path: Path) -> Any:
    """What the JSON file at `path` holds. Raises ModelError when it cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise damaged(path.parent, path.name, fault) from fault


def damaged(path: Path, part: str, fault: object) -> ModelError:
    """The error for a part of the model that is missing or unreadable."""
    kind = type(fault).__name__ if isinstance(fault, BaseException) else str(fault)
    return ModelError(f"模型文件夹“{path}”中的 {part} 缺失或已损坏（{kind}）。{REMEDY}")


def _files(path: Path) -> Iterator[Path]:
    hidden = (
        p for p in path.rglob("*") if not any(part.startswith(".") for part in p.relative_to(path).parts)
    )
    found = (p for p in hidden if p.is_file() and p.name not in NOT_HASHED)
    return iter(sorted(found, key=lambda p: p.relative_to(path).as_posix()))
