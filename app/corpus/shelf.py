"""Ways in and out of a corpus folder: files are read first, shown, and only then put in their place, in one step each.

What arrives is copied into a hidden folder beside the texts and read there, so that what was shown is what is published,
and nothing half-written ever stands where it would be read.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from app.clock import now
from app.corpus.corrections import corrected
from app.corpus.document import Document
from app.corpus.formats.known import READABLE
from app.corpus.frontmatter import is_id
from app.corpus.library import corpus_files, is_hidden, leads_outside, outside
from app.corpus.lock import corpus_lock
from app.corpus.named import named_ids, write_ids
from app.corpus.outline import outline
from app.corpus.readers import FILE_LIMIT, read_documents
from app.corpus.removed import keep_original, purge_removed, retire
from app.corpus.unzip import Limits, unpack
from app.corpus.versions import same_version, sync
from app.errors import DocumentNotFound, FileRefused, ReadersBusy

INCOMING = ".incoming-"
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Parcel:
    """One file, read. `name` is its path inside the corpus folder, `clauses` how many each document has, `remarks` what its
    reader passed over. `replaces` is the document id whose file it takes the place of, `unchanged` that nothing differs.
    `retires` is a file that goes when this one comes; `given` the id that the file gets from outside; `stands` the SHA-256
    of the files whose place it takes as they were when it was read, indexed yet or not, empty where there were none.
    """

    name: str
    documents: tuple[Document, ...]
    clauses: tuple[int, ...]
    remarks: tuple[str, ...] = ()
    replaces: str | None = None
    unchanged: bool = False
    retires: str | None = None
    given: str | None = None
    stands: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Files that were read and wait in `staging`; `refused` holds a sentence for each that could not be read."""

    staging: Path
    parcels: tuple[Parcel, ...]
    refused: tuple[str, ...]


class Shelf:
    """Puts files into one corpus folder and takes them out. `present` gives the documents that are served now;
    originals that were taken out are deleted after `removed_days`, at the next change, where there is such a limit.
    """

    def __init__(
        self,
        folder: Path,
        present: Callable[[], Sequence[Document]] = tuple,
        file_limit: int = FILE_LIMIT,
        limits: Limits | None = None,
        removed_days: int = 0,
    ) -> None:
        self.folder = folder
        self._present = present
        self._file_limit = file_limit
        self._limits = limits or Limits(file=file_limit)
        self._removed_days = removed_days

    @contextmanager
    def receive(
        self, source: Path, *, as_id: str | None = None, name: str | None = None, ticket: str = ""
    ) -> Iterator[Delivery]:
        """Read a file, a folder or a ZIP archive; the delivery lasts as long as the context.

        `as_id` makes a single file the new version of that document, or gives it that id; `name` is the path it gets;
        `ticket` names its files in the queue before the readers.

        Raises:
            FileRefused: a single file that cannot be read, a hostile archive, an id that cannot be given.
            ReadersBusy: too many files wait to be read.
            OSError: the disk is full or not writable; nothing is left behind.
        """
        self._check(source, as_id)
        self.folder.mkdir(parents=True, exist_ok=True)
        _sweep(self.folder)
        staging = Path(tempfile.mkdtemp(prefix=f"{INCOMING}{os.getpid()}-", dir=self.folder))
        try:
            alone = source.is_file() and source.suffix.lower() != ".zip"
            present = tuple(self._present())
            names = [self._named(source, as_id, name, present)] if alone else None
            staged = [_copy(source, staging, names[0])] if names else self._staged(source, staging)
            parcels, refused = self._read(staging, staged, as_id, present, ticket)
            if source.is_dir():
                links = (path for path in corpus_files(source) if leads_outside(path, source))
                refused += tuple(outside(path.relative_to(source).as_posix()) for path in links)
            if alone and refused:
                raise FileRefused(refused[0])
            yield Delivery(staging, parcels, refused)
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def place(self, delivery: Delivery) -> tuple[str, ...]:
        """Put the files of a delivery in their places; their names. Each appears whole, in one step.

        Raises:
            CorpusBusy: another process is changing the folder. OSError: as above.
            FileRefused: a place lies outside, or holds by now something else than when the delivery was read; nothing is placed.
        """
        with corpus_lock(self.folder):
            ids = named_ids(self.folder)
            for parcel in delivery.parcels:
                self._check_place(parcel, delivery.staging, ids)
            for parcel in delivery.parcels:
                target = self.folder / parcel.name
                target.parent.mkdir(parents=True, exist_ok=True)
                if parcel.given:
                    ids[parcel.name] = parcel.given
                    write_ids(self.folder, ids)
                # Perhaps it was never served, so that no version of it is kept.
                if target.is_file() and not _is_same(target, delivery.staging / parcel.name):
                    keep_original(self.folder, parcel.name, now())
                os.replace(delivery.staging / parcel.name, target)
                sync(target.parent)
                if parcel.retires and (self.folder / parcel.retires).is_file():
                    retire(self.folder, parcel.retires, now())
                    ids.pop(parcel.retires, None)
            write_ids(self.folder, ids)
            self._tidy()
        return tuple(parcel.name for parcel in delivery.parcels)

    def find(self, target: str) -> tuple[str, tuple[Document, ...]]:
        """The file that an id, or a path in or of the corpus folder, names, and the documents that came from it.

        Raises DocumentNotFound; FileRefused where an id names one document of several in a file.
        """
        present = tuple(self._present())
        named = [document for document in present if document.id == target]
        file = named[0].file if named else self._inside(target)
        if file is None:
            raise DocumentNotFound(f"没有编号或文件名为“{target[:80]}”的文件，请用 python -m app list 查看。")
        beside = tuple(document for document in present if document.file == file)
        if named and len(beside) > 1:
            raise FileRefused(
                f"“{named[0].title}”与另外 {len(beside) - 1} 份文件同在“{file}”中，不能单独移出；请写文件名移出整个文件。"
            )
        return file, beside

    def remove(self, file: str) -> Path:
        """Take a file out; where it is kept from now on. Its documents' last version is kept when the index is next built.

        Raises FileRefused for the last file: an empty folder cannot be served. DocumentNotFound where it is gone. CorpusBusy and OSError as in `place`.
        """
        with corpus_lock(self.folder):
            readable = [path for path in corpus_files(self.folder) if path.suffix.lower() in READABLE]
            if readable == [self.folder / file]:
                raise FileRefused(f"“{file}”是最后一份文件，移出后没有文本可以服务，请先加入别的文件。")
            try:
                kept = retire(self.folder, file, now())
            except FileNotFoundError:
                raise DocumentNotFound(f"文件“{file[:80]}”已不在了，请用 python -m app list 查看。") from None
            ids = named_ids(self.folder)
            if ids.pop(file, None):
                write_ids(self.folder, ids)
            self._tidy()
            return kept

    def _tidy(self) -> None:
        if self._removed_days:
            purge_removed(self.folder, now() - timedelta(days=self._removed_days))

    def _check_place(self, parcel: Parcel, staging: Path, ids: Mapping[str, str]) -> None:
        """Raises FileRefused where a parcel must not be put in its place."""
        target = self.folder / parcel.name
        above = [self.folder / part for part in Path(parcel.name).parents]
        if leads_outside(target.parent, self.folder) or target.is_dir() or any(map(Path.is_file, above)):
            raise FileRefused(f"“{parcel.name}”的位置是链接、文件夹或文件，不能放入，请改名后重试。")
        if parcel.given and any(
            own == parcel.given
            and name not in (parcel.name, parcel.retires)
            and (self.folder / name).is_file()
            for name, own in ids.items()
        ):
            raise FileRefused(
                f"编号“{parcel.given}”已经给了另一份文件，“{parcel.name}”没有放入；请换一个编号，"
                "如是它的新版本，请先运行 python -m app build 再加入。"
            )
        if _stands(self.folder, parcel.name, parcel.retires) == parcel.stands:
            return
        if not (target.is_file() and _is_same(target, staging / parcel.name)):
            raise FileRefused(
                f"“{parcel.name}”的位置在读取之后有了变化（别人刚放入、改动或移出了文件），没有放入，以免覆盖；"
                "请重新加入，看清会替换什么。"
            )

    def _inside(self, target: str) -> str | None:
        for path in (self.folder / target, Path(target)):
            real = Path(os.path.abspath(path))
            if real.is_file() and real.is_relative_to(os.path.abspath(self.folder)):
                file = real.relative_to(os.path.abspath(self.folder)).as_posix()
                return None if any(map(is_hidden, file.split("/"))) else file
        return None

    def _check(self, source: Path, as_id: str | None) -> None:
        if not source.exists():
            raise FileRefused(f"找不到“{source}”，请检查路径。")
        if not (source.is_file() or source.is_dir()):
            raise FileRefused(f"“{source}”不是文件或文件夹（而是管道或设备），不能加入，请换成文件本身。")
        if as_id is not None and not is_id(as_id):
            raise FileRefused(f"编号“{as_id[:80]}”不可用，请用 64 个以内的英文字母、数字、点、横线或下划线。")
        if as_id is not None and (source.is_dir() or source.suffix.lower() == ".zip"):
            raise FileRefused(
                f"“{source.name}”是压缩包或文件夹，不能作为一份文件（编号“{as_id}”）加入，请把里面的文件逐个加入。"
            )
        ours, theirs = os.path.realpath(self.folder), os.path.realpath(source)
        if source.is_dir() and os.path.commonpath([ours, theirs]) in (ours, theirs):
            raise FileRefused(
                f"“{source}”与政策文件夹重叠，不能加入；里面的文件运行 python -m app build 即可。"
            )

    def _named(self, source: Path, as_id: str | None, name: str | None, present: Sequence[Document]) -> str:
        """The path inside the folder that a single file gets."""
        old = next((d for d in present if d.id == as_id), None) if as_id else None
        if old is not None:
            beside = [d for d in present if d.file == old.file]
            if len(beside) > 1:
                raise FileRefused(
                    f"编号“{as_id}”的文件在“{old.file}”中，那里还有 {len(beside) - 1} 份；请把整个文件改好后再加入。"
                )
            stem = old.file[: -len(suffix)] if (suffix := Path(old.file).suffix) else old.file
            return stem + source.suffix.lower() if suffix.lower() != source.suffix.lower() else old.file
        chosen = name or source.name
        if any(is_hidden(part) or part in ("", "..") for part in chosen.split("/")):
            raise FileRefused(f"文件名“{chosen}”不会被读取（以点开头的和 README 不读），请改名后重试。")
        return chosen

    def _staged(self, source: Path, staging: Path) -> list[str]:
        if source.is_dir():
            paths = [path for path in corpus_files(source) if not leads_outside(path, source)]
            return [_copy(path, staging, path.relative_to(source).as_posix()) for path in paths]
        names = unpack(source, staging, self._limits)
        return [name for name in names if not any(map(is_hidden, name.split("/")))]

    def _read(
        self,
        staging: Path,
        names: Sequence[str],
        as_id: str | None,
        present: Sequence[Document],
        ticket: str,
    ) -> tuple[tuple[Parcel, ...], tuple[str, ...]]:
        parcels: list[Parcel] = []
        refused: list[str] = []
        ids = named_ids(self.folder) | ({names[0]: as_id} if as_id else {})
        met: dict[str, str] = {}
        for name in names:
            try:
                found, remarks = read_documents(staging / name, staging, self._file_limit, ids, ticket=ticket)
                put_right = [corrected(document, self.folder) for document in found]
                found = tuple(document for document, _ in put_right)
                remarks += tuple(note for _, notes in put_right for note in notes)
                parcel = self._parcel(name, found, remarks, as_id, present)
                _check_twins(parcel, met)
            except ReadersBusy:
                raise
            except FileRefused as refusal:
                refused.append(str(refusal))
            else:
                parcels.append(parcel)
        return tuple(parcels), tuple(refused)

    def _parcel(
        self,
        name: str,
        found: tuple[Document, ...],
        remarks: tuple[str, ...],
        as_id: str | None,
        present: Sequence[Document],
    ) -> Parcel:
        if as_id and [document.id for document in found] != [as_id]:
            told = f"写明的编号是“{found[0].id}”" if len(found) == 1 else f"中有 {len(found)} 份文件"
            raise FileRefused(f"文件“{name}”{told}，不能作为“{as_id}”加入；请改正后重试，或作为新文件加入。")
        by_id, by_text = ({getattr(d, key): d for d in present} for key in ("id", "sha256"))
        old = [by_id[document.id] for document in found if document.id in by_id]
        retires = next((d.file for d in old if as_id and d.file != name), None)
        for document in found:
            twin = by_text.get(document.sha256)
            if twin and twin.file not in (name, retires):
                raise FileRefused(f"文件“{name}”与“{twin.file}”正文完全相同，没有加入。")
            if (same := by_id.get(document.id)) and same.file not in (name, retires):
                raise FileRefused(
                    f"文件“{name}”的 id“{document.id}”与“{same.file}”相同；是它的新版本时请在它的页面上传，或在命令行加上 --as {document.id}，否则请改用别的 id。"
                )
        unchanged = len(old) == len(found) and all(map(same_version, old, found)) and not retires
        clauses = tuple(len(outline(document)) for document in found)
        replaces = old[0].id if old and not unchanged else None
        stands = _stands(self.folder, name, retires)
        return Parcel(name, found, clauses, remarks, replaces, unchanged, retires, as_id, stands)


def _stands(folder: Path, *names: str | None) -> str:
    """The digest of those of the files that are there, "" where none is."""
    files = [folder / name for name in names if name and (folder / name).is_file()]
    return sha256(b"".join(sha256(file.read_bytes()).digest() for file in files)).hexdigest() if files else ""


def _is_same(one: Path, other: Path) -> bool:
    return one.read_bytes() == other.read_bytes()


def _check_twins(parcel: Parcel, met: dict[str, str]) -> None:
    """Raises FileRefused for a document that stands in another file of the same delivery already."""
    for document in parcel.documents:
        for key in (document.id, document.sha256):
            if (other := met.setdefault(key, parcel.name)) != parcel.name:
                raise FileRefused(f"文件“{parcel.name}”与“{other}”的正文或 id 相同，只加入后者。")


def _copy(source: Path, staging: Path, name: str) -> str:
    """Copy a file that does not change meanwhile. Raises FileRefused where it never stands still or cannot be read."""
    target = staging / name
    target.parent.mkdir(parents=True, exist_ok=True)
    for _ in range(_ATTEMPTS):
        try:
            before = _state(source)
            with source.open("rb") as file, target.open("wb") as copy:
                shutil.copyfileobj(file, copy, 1 << 20)
                copy.flush()
                os.fsync(copy.fileno())
            if _state(source) == before:
                return name
        except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
            raise FileRefused(
                f"文件“{source.name}”无法读取（{error.strerror}），请检查文件是否存在及读取权限。"
            ) from error
    raise FileRefused(f"文件“{source.name}”在读取过程中不断被改写，请等写入完成后重试。")


def _state(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def _sweep(folder: Path) -> None:
    """Remove what deliveries of processes that are no more have left behind."""
    for path in folder.glob(f"{INCOMING}*"):
        pid = path.name.removeprefix(INCOMING).partition("-")[0]
        if not pid.isdigit() or not _is_running(int(pid)):
            shutil.rmtree(path, ignore_errors=True)


def _is_running(pid: int) -> bool:
    with suppress(PermissionError):
        try:
            os.kill(pid, 0)
        except (ProcessLookupError, OverflowError):
            return False
    return True
