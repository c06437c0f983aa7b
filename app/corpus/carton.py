"""A whole corpus in one ZIP file: texts, old versions, corrections, given ids, similar questions and links.

    zhengwen.json       what is in it: the sha256 of every file, and the path of each that stands under another name
    corpus/…            the corpus folder as it is, its hidden parts too
    questions/…, links/…
    odd/1, odd/2, …     files whose paths no stranger's archive may have: too deep, with a backslash, unseen characters

Unpacked elsewhere it is the same corpus: the same paths, so the same ids, and the same index.
"""

import hashlib
import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.corpus.corrections import FOLDER
from app.corpus.formats.known import READABLE
from app.corpus.library import corpus_files, leads_outside
from app.corpus.lock import corpus_lock
from app.corpus.named import IDS
from app.corpus.unzip import ARCHIVES, HIGHEST_RATIO, LONGEST_NAME, Limits, checked_path, unpack
from app.corpus.versions import VERSIONS, sync
from app.errors import FileRefused, reason_of

CONTENTS = "zhengwen.json"
FORMATS = (1, 2)  # the second where a file stands under another name
_PARTS = ("corpus/", "questions/", "links/")
_ODD = "odd/"
_HIDDEN = (VERSIONS, FOLDER, IDS)
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # of every entry: the same corpus gives the same file
_LIMITS = Limits(4 << 30, 8 << 30, 8 << 30, 200_000)
_BLOCK = 1 << 20


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
    """Write everything into a ZIP file, which appears whole or not at all. What cannot be read is served nowhere: it is left
    out and named.

    Raises CorpusMissing; FileRefused for more than an archive may hold; CorpusBusy; OSError when the disk is full or not
    writable.
    """
    corpus_files(places.corpus)  # says so where there is no such folder
    partial = target.with_name(f".export-{os.getpid()}.partial")
    # Nobody changes the folder meanwhile, unless it is one that nobody can change.
    held = corpus_lock(places.corpus) if os.access(places.corpus, os.W_OK) else nullcontext()
    try:
        with held, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            carried = _fill(archive, places)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return carried


def unpack_corpus(source: Path, places: Places) -> Carried:
    """Unpack what `pack` wrote into a corpus folder that is empty or not there yet.

    A file of similar questions or links that is there already with other content is left alone, and named.

    Raises:
        FileRefused: the folder holds something, or the file is hostile, damaged or was not written by `pack`.
        OSError: as in `pack`; the corpus folder is then as it was.
    """
    if not source.is_file():
        raise FileRefused(
            f"找不到文件“{source}”（或它是文件夹），请写由 python -m app export 写的 ZIP 的路径。"
        )
    if places.corpus.exists() and (not places.corpus.is_dir() or any(places.corpus.iterdir())):
        raise FileRefused(
            f"政策文件夹“{places.corpus}”不是空的，不能导入；请用 --corpus 指定一个新的文件夹。"
        )
    places.corpus.parent.mkdir(parents=True, exist_ok=True)
    # An empty folder may be a disk of its own, which cannot be renamed over.
    home = places.corpus if places.corpus.exists() else places.corpus.parent
    staging = home / f".importing-{os.getpid()}"
    shutil.rmtree(staging, ignore_errors=True)
    try:
        names = unpack(source, staging, _LIMITS, own=True)
        _put_back(source.name, staging, _verified(source.name, staging, names))
        notes = [
            *_merge(staging / "questions", places.questions),
            *_merge(staging / "links", places.links),
        ]
        _move(staging / "corpus", places.corpus)
        sync(places.corpus.parent)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return Carried(len(names) - 1, tuple(notes))


def _fill(archive: zipfile.ZipFile, places: Places) -> Carried:
    digests: dict[str, str] = {}
    names: dict[str, str] = {}
    notes: list[str] = []
    for path, place in _members(places):
        try:
            place.encode("utf-8")
            name = place if _is_usual(place) else f"{_ODD}{len(names) + 1}"
            digests[name] = _add(archive, name, path)
        except (OSError, UnicodeEncodeError) as error:
            notes.append(_left_out(place, error))
            continue
        if name != place:
            names[name] = place
    told: dict[str, Any] = {"format": FORMATS[bool(names)], "files": digests}
    if names:
        told["names"] = names
    written = json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8")
    archive.writestr(_entry(CONTENTS), written)
    whole = sum(entry.file_size for entry in archive.infolist())
    if len(digests) >= _LIMITS.files or whole > _LIMITS.whole:
        raise FileRefused(
            f"政策文件夹有 {len(digests)} 个文件、{whole} 字节，超过一个导出文件的上限"
            f"（{_LIMITS.files} 个、{_LIMITS.whole} 字节），请直接复制整个文件夹。"
        )
    return Carried(len(digests), tuple(notes))


def _members(places: Places) -> Iterator[tuple[Path, str]]:
    """Every file and its name in the archive."""
    for path in corpus_files(places.corpus):
        if path.suffix.lower() in READABLE and not leads_outside(path, places.corpus):
            yield path, f"corpus/{path.relative_to(places.corpus).as_posix()}"
    for name in _HIDDEN:
        top = places.corpus / name
        for path in sorted([top] if top.is_file() else top.rglob("*")):
            own = path.relative_to(places.corpus)
            # Hidden ones below are what a process that was killed left half-written.
            halves = any(part.startswith(".") for part in own.parts[1:])
            if path.is_file() and not halves and not leads_outside(path, places.corpus):
                yield path, f"corpus/{own.as_posix()}"
    for kind, folder in (("questions", places.questions), ("links", places.links)):
        for path in sorted(folder.glob("*.y*ml")):
            yield path, f"{kind}/{path.name}"


def _is_usual(place: str) -> bool:
    """Whether a file can be unpacked under its own path."""
    with suppress(FileRefused):
        return checked_path(place, "", exact=True) == place and not place.lower().endswith(ARCHIVES)
    return False


def _left_out(place: str, error: OSError | UnicodeEncodeError) -> str:
    shown = place.encode("utf-8", "replace").decode("utf-8").partition("/")[2]
    if isinstance(error, UnicodeEncodeError):
        return f"文件名“{shown}”不是有效的 UTF-8，没有导出，请改名后重新导出。"
    if error.filename is None:
        raise error  # of the archive, not of this file
    return f"文件“{shown}”无法读取（{reason_of(error)}），没有导出，请检查后重新导出。"


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EARLIEST)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> str:
    """Add a file; its SHA-256 in hex."""
    entry, digest = _entry(name), hashlib.sha256()
    with path.open("rb") as file:
        entry.file_size = os.fstat(file.fileno()).st_size
        packed = zlib.compressobj(1)
        size = sum(len(packed.compress(block)) for block in iter(lambda: file.read(_BLOCK), b""))
        if entry.file_size > HIGHEST_RATIO // 2 * (size + len(packed.flush())):
            entry.compress_type = zipfile.ZIP_STORED  # packed it would look like a bomb
        file.seek(0)
        with archive.open(entry, "w") as member:
            while block := file.read(_BLOCK):
                digest.update(block)
                member.write(block)
    return digest.hexdigest()


def _verified(name: str, staging: Path, names: tuple[str, ...]) -> Mapping[str, str]:
    """The paths of the files that stand under another name.

    Raises FileRefused unless the files are those that the list of contents names, to the byte.
    """
    try:
        told = json.loads((staging / CONTENTS).read_text("utf-8"))
        form, wanted, odd = told["format"], told["files"], told.get("names", {})
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FileRefused(
            f"“{name}”不是由 python -m app export 导出的，不能导入；要加入文件请用 add。"
        ) from error
    if form not in FORMATS:
        known = "、".join(map(str, FORMATS))
        raise FileRefused(
            f"“{name}”的格式是 {str(form)[:20]}，本程序只认识 {known}，请用相同版本的程序导出。"
        )
    found = {each: staging / each for each in names if each != CONTENTS}
    if not isinstance(wanted, dict) or not isinstance(odd, dict) or set(found) != set(wanted):
        raise FileRefused(f"“{name}”中的文件与清单不符，请重新导出。")
    if {each for each in found if not each.startswith(_PARTS)} != set(odd):
        raise FileRefused(f"“{name}”中的文件与清单不符，请重新导出。")
    for each, path in found.items():
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != wanted[each]:
                raise FileRefused(f"“{name}”中的“{each}”与清单不符，可能已损坏，请重新导出。")
    if not any(str(odd.get(each, each)).startswith("corpus/") for each in found):
        raise FileRefused(f"“{name}”中没有政策文本，请重新导出。")
    return odd


def _put_back(name: str, staging: Path, odd: Mapping[str, Any]) -> None:
    """Give files the paths that they had. Raises FileRefused for a path that leads elsewhere or is taken."""
    for each, place in odd.items():
        parts = place.split("/") if isinstance(place, str) else []
        if (
            len(parts) < 2
            or f"{parts[0]}/" not in _PARTS
            or any(part in ("", ".", "..") or not _can_be_a_name(part) for part in parts)
        ):
            raise FileRefused(f"“{name}”的清单中有不能用的路径“{str(place)[:80]}”，请重新导出。")
        target = staging.joinpath(*parts)
        with suppress(FileExistsError, NotADirectoryError):
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                (staging / each).rename(target)
                continue
        raise FileRefused(f"“{name}”的清单中路径“{place[:80]}”与另一个文件相同，请重新导出。")


def _merge(source: Path, target: Path) -> Iterator[str]:
    """Put files beside those that are there; a sentence for each that stands there with other content."""
    for path in sorted(source.glob("*")):
        place = target / path.name
        if place.exists():
            if place.read_bytes() != path.read_bytes():
                yield f"“{place}”已有不同的内容，没有覆盖；需要时请自行合并。"
            continue
        target.mkdir(parents=True, exist_ok=True)
        partial = target / f".import-{os.getpid()}.partial"
        shutil.copyfile(path, partial)
        partial.replace(place)


def _can_be_a_name(part: str) -> bool:
    with suppress(UnicodeEncodeError):
        return "\0" not in part and len(part.encode("utf-8")) <= LONGEST_NAME
    return False


def _move(source: Path, target: Path) -> None:
    """Put a folder in its place, whole where nothing stands there, else what is in it, the texts last."""
    if not target.exists():
        source.rename(target)
        return
    moved: list[Path] = []
    try:
        for path in sorted(source.iterdir(), key=lambda path: (not path.name.startswith("."), path.name)):
            path.rename(target / path.name)
            moved.append(target / path.name)
    except BaseException:
        for path in moved:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise
