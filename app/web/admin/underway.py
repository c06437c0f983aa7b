"""Who works at a publication: a lock on a file of the corpus folder, which the system takes from a process that ends.

It says at once what the database cannot know: whether a change that is `working` there has a process that works at it.
"""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from app.errors import PublicationChanged
from app.store import Person, Publication, Publications

FOLDER = ".publishing"
_ATTEMPTS = 5  # whoever looks holds the lock for a moment
_PAUSE = 0.05  # s


class Claim:
    """A publication that this process works at, until it lets go of it or ends in whatever way."""

    def __init__(self, publication: Publication, file: IO[bytes]) -> None:
        """Use `take_up`."""
        self.publication, self._file = publication, file

    def let_go(self) -> None:
        """Others may take it up again."""
        self._file.close()


def take_up(
    publications: Publications, folder: Path, publication: Publication, by: Person, address: str
) -> Claim:
    """Begin to work at a change that waits, failed, or was under way in a process that is gone.

    Raises:
        PublicationChanged: somebody works at it, or it is done or withdrawn. StoreUnavailable.
        OSError: the corpus `folder` is on a disk that is full or not writable.
    """
    file = _locked(folder, publication)
    try:
        started = publications.start(publication.id, by, address=address, abandoned=True)
        _sweep(folder, publications)
    except BaseException:
        file.close()
        raise
    return Claim(started, file)


@contextmanager
def left_alone(folder: Path, publication: Publication) -> Iterator[None]:
    """Nobody works at it meanwhile. Raises as `take_up` does."""
    with _locked(folder, publication):
        yield


def is_abandoned(folder: Path, publication: Publication) -> bool:
    """Whether it is under way and nobody works at it: others may take it up or end it, at once."""
    if publication.state != "working":
        return False
    try:
        with _place(folder, publication).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except FileNotFoundError:
        return True
    return True


def _locked(folder: Path, publication: Publication) -> IO[bytes]:
    path = _place(folder, publication)
    path.parent.mkdir(exist_ok=True)
    file = path.open("ab")
    for _ in range(_ATTEMPTS):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        except BlockingIOError:
            time.sleep(_PAUSE)
    file.close()
    raise PublicationChanged(f"“{publication.subject}”正在由他人处理，请刷新页面查看。")


def _place(folder: Path, publication: Publication) -> Path:
    return folder / FOLDER / publication.id


def _sweep(folder: Path, publications: Publications) -> None:
    """Remove the files of what has ended: nothing of that is ever taken up again, so nobody waits for their locks."""
    there = list((folder / FOLDER).iterdir())  # first: what begins after this is not among them
    wanted = {each.id for each in publications.waiting()}
    for path in there:
        if path.name not in wanted:
            path.unlink(missing_ok=True)
