"""Which readers these are: changes whenever the same bytes might give another text, other metadata, other places or other clauses."""

from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_APP = Path(__file__).resolve().parent.parent
# Keeping and carrying files, and telling versions apart: nothing of what is read in a file depends on these.
_BESIDE = {
    "apart.py",
    "carton.py",
    "child.py",
    "difference.py",
    "history.py",
    "lock.py",
    "queue.py",
    "removed.py",
    "shelf.py",
    "unzip.py",
    "versions.py",
}
_PLACES = _APP.parent / "corpus" / "lexicon" / "regions.txt"  # a region is one of these
_LIBRARIES = ("lxml", "python-docx", "openpyxl", "pypdfium2", "rapidocr")  # the last is an extra


@cache
def readers_mark() -> str:
    """16 hex digits over the sources of the readers and the releases of the libraries they use."""
    whole = sha256()
    for path in reader_sources():
        whole.update(path.relative_to(_APP).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    with suppress(OSError):
        whole.update(_PLACES.read_bytes())
    for library in _LIBRARIES:
        whole.update(f"{library} {_release(library)}\n".encode())
    return whole.hexdigest()[:16]


def reader_sources() -> list[Path]:
    """The files of `corpus` and `text` that what is read may depend on; a new one counts until it is said not to."""
    corpus, text = _APP / "corpus", _APP / "text"
    found = [path for path in corpus.rglob("*.py") if path.parent != corpus or path.name not in _BESIDE]
    return sorted([*found, *text.rglob("*.py")])


def _release(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""
