"""A whole corpus in one ZIP file: texts, old versions, corrections, given ids, similar questions and links.

    zhengwen.json       what is in it: the sha256 of every file
    corpus/…            the corpus folder as it is, its hidden parts too
    questions/…, links/…

Unpacked elsewhere it is the same corpus: the same paths, so the same ids, and the same index.
"""

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.corpus.corrections import FOLDER
from app.corpus.formats.known import READABLE
from app.corpus.library import corpus_files, leads_outside
from app.corpus.named import IDS
from app.corpus.unzip import Limits, unpack
from app.corpus.versions import VERSIONS, sync
from app.errors import FileRefused

CONTENTS = "zhengwen.json"
FORMAT = 1
_HIDDEN = (VERSIONS, FOLDER, IDS)
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # of every entry: the same corpus gives the same file


@dataclass(frozen=True, slots=True)
class Places:
    """The three folders of an installation that hold what its people wrote."""

    corpus: Path
    questions: Path
    links: Path


@dataclass(frozen=True, slots=True)
class Carried:
    """How many files were packed or unpacked, and a sentence for each that was left alone."""

    files: int
    notes: tuple[str, ...] = ()


def pack(places: Places, target: Path) -> Carried:
    """Write everything into a ZIP file, which appears whole or not at all.

    Raises CorpusMissing, and OSError when the disk is full or not writable.
    """
    members = dict(_members(places))
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            digests = {name: _add(archive, name, path.read_bytes()) for name, path in members.items()}
            told = {"format": FORMAT, "files": digests}
            _add(archive, CONTENTS, json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8"))
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return Carried(len(members))


def unpack_corpus(source: Path, places: Places, file_limit: int) -> Carried:
    """Unpack what `pack` wrote into a corpus folder that is empty or not there yet.

    A file of similar questions or links that is there already with other content is left alone, and named.

    Raises:
        FileRefused: the folder holds something, or the file is hostile, damaged or was not written by `pack`.
        OSError: as in `pack`; the corpus folder is then as it was.
    """
    if not source.is_file():
        raise FileRefused(f"找不到“{source}”，请检查路径。")
    if places.corpus.exists() and (not places.corpus.is_dir() or any(places.corpus.iterdir())):
        raise FileRefused(
            f"政策文件夹“{places.corpus}”不是空的，不能导入；请用 --corpus 指定一个新的文件夹。"
        )
    places.corpus.parent.mkdir(parents=True, exist_ok=True)
    staging = places.corpus.with_name(f".{places.corpus.name}.importing-{os.getpid()}")
    shutil.rmtree(staging, ignore_errors=True)
    try:
        names = unpack(source, staging, Limits(4 << 30, 8 << 30, file_limit, 200_000), own=True)
        _verify(source.name, staging, names)
        notes = [
            *_merge(staging / "questions", places.questions),
            *_merge(staging / "links", places.links),
        ]
        if places.corpus.exists():
            places.corpus.rmdir()
        (staging / "corpus").rename(places.corpus)
        sync(places.corpus.parent)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return Carried(len(names) - 1, tuple(notes))


def _members(places: Places) -> Iterator[tuple[str, Path]]:
    """Every file by its name in the archive."""
    for path in corpus_files(places.corpus):
        if path.suffix.lower() in READABLE and not leads_outside(path, places.corpus):
            yield f"corpus/{path.relative_to(places.corpus).as_posix()}", path
    for name in _HIDDEN:
        top = places.corpus / name
        for path in sorted([top] if top.is_file() else top.rglob("*")):
            if (
                path.is_file()
                and not leads_outside(path, places.corpus)
                and ".partial-" not in path.as_posix()
            ):
                yield f"corpus/{path.relative_to(places.corpus).as_posix()}", path
    for kind, folder in (("questions", places.questions), ("links", places.links)):
        for path in sorted(folder.glob("*.y*ml")):
            yield f"{kind}/{path.name}", path


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> str:
    entry = zipfile.ZipInfo(name, _EARLIEST)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data)
    return hashlib.sha256(data).hexdigest()


def _verify(name: str, staging: Path, names: tuple[str, ...]) -> None:
    """Raises FileRefused unless the files are those that the list of contents names, to the byte."""
    try:
        told = json.loads((staging / CONTENTS).read_text("utf-8"))
        wanted: Mapping[str, str] = told["files"]
        form = told["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FileRefused(
            f"“{name}”不是由 python -m app export 导出的，不能导入；要加入文件请用 add。"
        ) from error
    if form != FORMAT:
        raise FileRefused(f"“{name}”的格式是 {form}，本程序只认识 {FORMAT}，请用相同版本的程序导出。")
    found = {each: staging / each for each in names if each != CONTENTS}
    known = ("corpus/", "questions/", "links/")
    if set(found) != set(wanted) or not all(each.startswith(known) for each in found):
        raise FileRefused(f"“{name}”中的文件与清单不符，请重新导出。")
    for each, path in found.items():
        if hashlib.sha256(path.read_bytes()).hexdigest() != wanted[each]:
            raise FileRefused(f"“{name}”中的“{each}”与清单不符，可能已损坏，请重新导出。")
    if not any(each.startswith("corpus/") for each in found):
        raise FileRefused(f"“{name}”中没有政策文本，请重新导出。")


def _merge(source: Path, target: Path) -> Iterator[str]:
    """Put files beside those that are there; a sentence for each that stands there with other content."""
    for path in sorted(source.glob("*")):
        place = target / path.name
        if place.exists():
            if place.read_bytes() != path.read_bytes():
                yield f"“{place}”已有不同的内容，没有覆盖；需要时请自行合并。"
            continue
        target.mkdir(parents=True, exist_ok=True)
        partial = place.with_name(f".{place.name}.partial")
        shutil.copyfile(path, partial)
        partial.replace(place)
