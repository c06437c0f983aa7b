"""What is done while calls fail, and what must hold afterwards: the spool, the store, the shelf and the index.

A scene tells of each thing that its caller may rely on from then on; whatever was told is looked for afterwards.
"""

import hashlib
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.corpus import History, Shelf, corpus_fingerprint, correct, read_corpus
from app.errors import SessionNotFound, StoreUnavailable, ZhengwenError
from app.index import Sources, build_index, open_snapshot
from app.store import Feedback, Store, Turn
from app.store.spool import Spool
from app.text import Analyzer

Tell = Callable[[str], None]
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = date(2026, 3, 2)
SESSION = "session"
OLD = "某市停车办法\n第一条 首小时收费五元。\n第二条 夜间停车不收费。\n"
NEW = "某市停车办法\n第一条 首小时收费三元。\n第二条 夜间停车不收费。\n"
OTHER = "某市租房办法\n第一条 租房满一年的给予补贴。\n"
THIRD = "某市就业办法\n第一条 首次就业的给予补贴。\n"


class Scene(Protocol):
    """One scene. `prepare` makes what is there before; `check` says in English what is wrong, where anything is."""

    def prepare(self, home: Path) -> None:
        """Fill an empty folder, which is copied for every call that is failed."""

    def work(self, home: Path, tell: Tell) -> None:
        """May raise OSError and ZhengwenError, as callers expect."""

    def check(self, home: Path, told: Sequence[str]) -> list[str]:
        """Look for what was told, and that all goes on."""


def turn(question: str) -> Turn:
    """A turn of the one session."""
    return Turn(SESSION, "a", question, question, "answered", "", (), 0.5, "v", "api", 1.0, NOW, id=question)


class SpoolScene:
    """Rows are set aside one after another, and handed over."""

    def prepare(self, home: Path) -> None:
        """Something waits already."""
        Spool(home / "spool", 10**5).append([turn("0")])

    def work(self, home: Path, tell: Tell) -> None:
        """Three more come, all are taken, and one comes after that."""
        spool = Spool(home / "spool", 10**5)
        for name in "123":
            if spool.append([turn(name)]):
                tell(name)
        spool.drain(lambda rows: tell("".join(f"-{row.id}" for row in rows)))
        if spool.append([turn("4")]):
            tell("4")

    def check(self, home: Path, told: Sequence[str]) -> list[str]:
        """Each is either handed over or waits, whole and in order."""
        waits: list[str] = []
        Spool(home / "spool", 10**5).drain(lambda rows: waits.extend(row.id for row in rows))
        handed = "".join(words for words in told if words.startswith("-")).split("-")
        lost = {words for words in (*told, "0") if not words.startswith("-")} - {*waits, *handed}
        return [f"lost {sorted(lost)}"] * bool(lost) + [f"disorder {waits}"] * (waits != sorted(waits))


class StoreScene:
    """Turns are recorded in a SQLite file with a spool beside it."""

    def prepare(self, home: Path) -> None:
        """A database of the newest form."""
        self._open(home).close()

    def work(self, home: Path, tell: Tell) -> None:
        """What is refused is not told."""
        with self._open(home) as store:
            for name in "123":
                try:
                    store.record(turn(name))
                    tell(name)
                except StoreUnavailable:
                    if store.health().state == "ok":
                        tell("a row was refused, and health says ok")
            store.feedback(Feedback("a", True, NOW, id="4"))
            tell("4")

    def check(self, home: Path, told: Sequence[str]) -> list[str]:
        """All that was told is there, once."""
        with self._open(home) as store:
            settled = store.flush()
            try:
                found = store.export(SESSION)
                kept = [one.id for one in found.turns] + [one.id for one in found.feedback]
            except SessionNotFound:
                kept = []
        wrong = [f"lost {each}" for each in told if each not in kept]
        return wrong + [f"twice {kept}"] * (len(kept) != len(set(kept))) + ["not written"] * (not settled)

    def _open(self, home: Path) -> Store:
        return Store.open(f"sqlite:///{home}/store.sqlite3", spool=home / "spool", spool_limit=10**5)


class ShelfScene:
    """A file is replaced, one added, one removed, and one put right."""

    def prepare(self, home: Path) -> None:
        """Two files are served, and two come."""
        _write(home / "corpus", parking=OLD, renting=OTHER)
        _write(home / "new", parking=NEW, work=THIRD)

    def work(self, home: Path, tell: Tell) -> None:
        """As the command line does it."""
        corpus = home / "corpus"
        shelf = Shelf(corpus, lambda: read_corpus(corpus, 10**6).documents)
        with shelf.receive(home / "new") as delivery:
            shelf.place(delivery)
        tell("placed")
        shelf.remove("renting.txt")
        tell("removed")
        (document, *_) = read_corpus(corpus, 10**6).documents
        correct(corpus, document, {"region": "某市"}, editor="王芳", day=DAY)
        tell("corrected")

    def check(self, home: Path, told: Sequence[str]) -> list[str]:
        """Every text that was ever there is there still, in its place or kept; and the same once more comes to its end."""
        corpus = home / "corpus"
        there = {path.name: path.read_text("utf-8") for path in corpus.glob("*.txt")}
        kept = [path.read_text("utf-8", "replace") for path in (corpus / ".removed").glob("*")]
        wrong = [f"torn {name}" for name, text in there.items() if text not in (OLD, NEW, OTHER, THIRD)]
        wrong += [f"lost {text[:6]}" for text in (OLD, OTHER) if text not in (*there.values(), *kept)]
        found = read_corpus(corpus, 10**6)
        wrong += [f"note {note}" for note in found.notes]
        done = {
            "placed": there.get("parking.txt") == NEW and there.get("work.txt") == THIRD,
            "removed": "renting.txt" not in there,
            "corrected": found.documents[0].region == "某市",
        }
        wrong += [f"lost {name}" for name in told if not done[name]]
        if not done["removed"]:
            again: list[str] = []
            self.work(home, again.append)
            wrong += ["cannot be done again"] * (again != ["placed", "removed", "corrected"])
        return wrong + [f"left {each.name}" for each in corpus.glob(".incoming-*") if not done["removed"]]


class IndexScene:
    """An index is brought up to date with a text that changed and one that is new; the old version is kept."""

    def prepare(self, home: Path) -> None:
        """One text is served, and the folder holds what is to be."""
        _write(home / "corpus", parking=OLD)
        self._build(home)
        _write(home / "corpus", parking=NEW, work=THIRD)

    def work(self, home: Path, tell: Tell) -> None:
        """Build."""
        self._build(home)
        tell("built")

    def check(self, home: Path, told: Sequence[str]) -> list[str]:
        """What serves is whole, the one or the other; the next build succeeds and no wording is lost."""
        texts = {each.text for each in open_snapshot(home / "index").documents.values()}
        wrong = ["neither old nor new"] * (texts not in ({OLD}, {NEW, THIRD}))
        wrong += ["lost what was built"] * (bool(told) and texts == {OLD})
        self._build(home)
        now = open_snapshot(home / "index")
        wrong += ["the next build is not whole"] * (
            {each.text for each in now.documents.values()} != {NEW, THIRD}
        )
        (document,) = (each for each in now.documents.values() if each.text == NEW)
        wrong += ["lost the old wording"] * ([one.text for one in now.versions_of(document.id)] != [OLD, NEW])
        return wrong + [f"left {each.name}" for each in (home / "index").glob(".partial-*")]

    def _build(self, home: Path) -> None:
        corpus, encoder, analyzer = home / "corpus", HashEncoder(), ANALYZER
        build_index(
            home / "index",
            lambda: read_corpus(corpus, 10**6),
            lambda: Sources(corpus_fingerprint(corpus), analyzer.fingerprint, encoder.fingerprint),
            analyzer,
            encoder,
            lambda stage, done, total: None,
            history=History(corpus, DAY),
        )


class HashEncoder:
    """Letters hashed into unit vectors, so that no model is needed."""

    name, dimension, fingerprint = "hash", 16, "hash-16"

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """float32 [n, 16]."""
        rows = [
            np.frombuffer(hashlib.sha256(text.encode()).digest()[: self.dimension], np.uint8)
            for text in texts
        ]
        vectors = np.asarray(rows, dtype=np.float32).reshape(-1, self.dimension) + 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

    encode_queries = encode_passages


ANALYZER = Analyzer()
SCENES: dict[str, Scene] = {
    "spool": SpoolScene(), "shelf": ShelfScene(), "store": StoreScene(), "index": IndexScene(),
}  # fmt: skip
EXPECTED = (OSError, ZhengwenError)


def _write(folder: Path, **texts: str) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")


def copied(template: Path, home: Path) -> Path:
    """A folder like the template, in the place of what was there."""
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(template, home)
    return home
