"""What was served when: the record that goes with each index version, and the old versions that a change leaves behind."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from app.corpus.document import Document
from app.corpus.library import Corpus, file_digest
from app.corpus.lock import corpus_lock
from app.corpus.readers_mark import readers_mark
from app.corpus.versions import keep_version, same_version


@dataclass(frozen=True, slots=True)
class Served:
    """One document as it was served: the digest of its file's bytes in hex, and since when it has been these words."""

    sha256: str
    digest: str
    since: date


@dataclass(frozen=True, slots=True)
class Record:
    """Which documents an index version serves, of which folder, read by which readers."""

    corpus: str
    readers: str
    served: Mapping[str, Served]

    def to_json(self) -> dict[str, Any]:
        """A form that survives JSON."""
        rows = {key: [one.sha256, one.digest, one.since.isoformat()] for key, one in self.served.items()}
        return {"corpus": self.corpus, "readers": self.readers, "served": rows}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Record":
        """What `to_json` gave. Raises ValueError, KeyError or TypeError for anything else."""
        rows = {
            key: Served(sha, digest, date.fromisoformat(since))
            for key, (sha, digest, since) in row["served"].items()
        }
        return cls(row["corpus"], row["readers"], rows)


@dataclass(frozen=True, slots=True)
class History:
    """Keeps old versions in the corpus `folder`; `today` is the day on which whatever is found changed was changed."""

    folder: Path
    today: date

    def record(self, corpus: Corpus, before: Record | None) -> Record:
        """The record of a corpus that is served from now on."""
        known = before.served if before and before.corpus == self._name else {}
        served = {}
        for document in corpus.documents:
            was = known.get(document.id)
            since = was.since if was and was.sha256 == document.sha256 else self.today
            served[document.id] = Served(document.sha256, self._digest(document), since)
        return Record(self._name, readers_mark(), served)

    def keep(self, before: Iterable[Document], record: Record | None, corpus: Corpus) -> int:
        """Keep what was served and is no more, or is otherwise now; how many versions were kept.

        What another folder served is no version of anything here. Where the readers read the same bytes otherwise than
        before, nothing has changed but our reading. A folder that cannot be written keeps no versions.
        """
        if record is None or record.corpus != self._name or not os.access(self.folder, os.W_OK):
            return 0
        now = {document.id: document for document in corpus.documents}
        gone = [
            old for old in before if old.version_of is None and self._changed(old, now.get(old.id), record)
        ]
        if not gone:
            return 0
        with corpus_lock(self.folder):
            return sum(
                keep_version(
                    self.folder,
                    old,
                    served_from=record.served[old.id].since if old.id in record.served else None,
                    replaced_on=self.today,
                    removed=old.id not in now,
                )
                for old in gone
            )

    def _changed(self, old: Document, now: Document | None, record: Record) -> bool:
        if now is None:
            return True
        if same_version(old, now):
            return False
        was = record.served.get(old.id)
        return record.readers == readers_mark() or was is None or was.digest != self._digest(now)

    @property
    def _name(self) -> str:
        return os.path.realpath(self.folder)

    def _digest(self, document: Document) -> str:
        return file_digest(self.folder / document.file).hex()
