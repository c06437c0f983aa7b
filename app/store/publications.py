"""Changes of what is published: files that wait for a review, how far the index is, and what came of each.

All processes share them: a file is uploaded through one, published through another, and watched through a third.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import Column, Index, Integer, String, Table, Text, insert, select, update

from app.clock import now
from app.errors import PublicationChanged, PublicationNotFound
from app.store.audit import deed, write_audit
from app.store.database import Database
from app.store.person import Person
from app.store.tables import Moment, metadata

Kind = Literal["加入", "移出", "更正"]
State = Literal["waiting", "working", "done", "failed", "withdrawn"]

publications = Table(
    "publications",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("subject", Text, nullable=False),
    Column("as_id", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("sentence", Text, nullable=False),
    Column("stage", String(40), nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("asked_by", String, nullable=False),
    Column("done_by", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("touched_at", Moment, nullable=False),
    Index("publications_created_at", "created_at"),
    Index("publications_state", "state"),
)


@dataclass(frozen=True, slots=True)
class Publication:
    """One change. `subject` is the file or the document; `size` is in bytes, `digest` the file's SHA-256 in hex.

    `as_id` is the document whose new version the file is to be. `stage`, `done` and `total` tell how far it is while it
    is `working`, `sentence` what came of it. `asked_by` and `done_by` are names as they were shown then.
    """

    kind: Kind
    subject: str
    asked_by: str
    as_id: str = ""
    size: int = 0
    digest: str = ""
    state: State = "waiting"
    sentence: str = ""
    stage: str = ""
    done: int = 0
    total: int = 0
    done_by: str = ""
    created_at: datetime = field(default_factory=now)
    touched_at: datetime = field(default_factory=now)
    id: str = field(default_factory=lambda: uuid4().hex)


class Publications:
    """The changes, in the store's database. Every method raises `StoreUnavailable` while it is away."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = now) -> None:
        self._database, self._clock = database, clock

    def add(self, publication: Publication, by: Person, *, address: str = "") -> Publication:
        """Keep a change that waits."""
        self._database.prepare()
        with self._database.writing() as connection:
            connection.execute(insert(publications), asdict(publication))
            words = f"{publication.size} 字节" if publication.size else ""
            action = "上传文件" if publication.kind == "加入" else f"{publication.kind}文件"
            write_audit(connection, deed(action, by, publication.subject, words, address))
        return publication

    def publication(self, publication_id: str) -> Publication:
        """The change of that id. Raises `PublicationNotFound`."""
        rows = self._rows(select(publications).where(publications.c.id == publication_id[:32]))
        if not rows:
            raise PublicationNotFound(f"没有编号为“{publication_id[:40]}”的发布，请从文件页中选择。")
        return rows[0]

    def waiting(self) -> tuple[Publication, ...]:
        """What waits for a review or is under way, the oldest first."""
        chosen = select(publications).where(publications.c.state.in_(("waiting", "working", "failed")))
        return self._rows(chosen.order_by(publications.c.created_at, publications.c.id))

    def recent(self, limit: int = 30) -> tuple[Publication, ...]:
        """What has ended, the newest first."""
        chosen = select(publications).where(publications.c.state.in_(("done", "withdrawn")))
        return self._rows(chosen.order_by(publications.c.touched_at.desc(), publications.c.id).limit(limit))

    def start(
        self, publication_id: str, by: Person, *, address: str = "", abandoned: bool = False
    ) -> Publication:
        """Take a change up: one process does, and only once. Where the caller knows that nobody works at it, one that
        is under way counts as `abandoned` and is taken up too.

        Raises:
            PublicationNotFound. PublicationChanged: it is under way, done or withdrawn.
        """
        return self._move(publication_id, "working", "发布文件", by, address, abandoned)

    def withdraw(
        self, publication_id: str, by: Person, *, address: str = "", abandoned: bool = False
    ) -> Publication:
        """A change that waits, failed or was abandoned is not wanted. Raises as `start` does."""
        return self._move(publication_id, "withdrawn", "撤回上传", by, address, abandoned)

    def progress(self, publication_id: str, stage: str, done: int, total: int) -> None:
        """How far it is."""
        self._set(publication_id, stage=stage[:40], done=done, total=total)

    def finish(self, publication_id: str, sentence: str, *, failed: bool = False) -> None:
        """What came of it. A change that failed may be taken up again."""
        self._set(publication_id, state="failed" if failed else "done", sentence=sentence[:2000], stage="")

    def _move(
        self, publication_id: str, state: State, action: str, by: Person, address: str, abandoned: bool
    ) -> Publication:
        found = self.publication(publication_id)
        ready = publications.c.state.in_(("waiting", "failed", *(["working"] if abandoned else [])))
        values = {
            "state": state,
            "touched_at": self._clock(),
            "done_by": by.name,
            "stage": "",
            "sentence": "",
        }
        with self._database.writing() as connection:
            chosen = update(publications).where(publications.c.id == found.id, ready)
            if connection.execute(chosen.values(values)).rowcount == 0:
                raise PublicationChanged(f"“{found.subject}”已经{_WORDS[found.state]}，请刷新页面查看。")
            write_audit(connection, deed(action, by, found.subject, found.kind, address))
        return self.publication(publication_id)

    def _set(self, publication_id: str, **values: Any) -> None:
        with self._database.writing() as connection:
            chosen = update(publications).where(publications.c.id == publication_id)
            connection.execute(chosen.values(values | {"touched_at": self._clock()}))

    def _rows(self, chosen: Any) -> tuple[Publication, ...]:
        self._database.prepare()
        with self._database.reading() as connection:
            return tuple(Publication(**row) for row in connection.execute(chosen).mappings())


_WORDS: dict[str, str] = {
    "waiting": "由他人处理", "working": "在发布中", "done": "发布", "failed": "由他人处理", "withdrawn": "撤回",
}  # fmt: skip
