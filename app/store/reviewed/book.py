"""The book of reviewed answers: every step is one transaction, and what is served has a number that only grows."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Self
from uuid import uuid4

from sqlalchemy import Connection, and_, func, insert, select, update

from app.clock import now
from app.errors import ReviewedChanged, ReviewedInvalid
from app.store.database import Database
from app.store.person import Person
from app.store.reviewed.rows import (
    author_of,
    chosen_entries,
    done,
    entries_of,
    must_be,
    must_be_by_another,
    newest,
    newest_seen,
    not_found,
    read_entry,
    read_revision,
    read_version,
    rewrite,
    serve,
    set_served,
)
from app.store.reviewed.tables import entries, version_columns, version_of, versions
from app.store.reviewed.wording import (
    Author,
    Entry,
    Listing,
    State,
    Version,
    Wording,
    is_complete,
    must_be_complete,
    noted,
    tidied,
)

PAGE = 50  # entries
OPEN: tuple[State, ...] = ("draft", "submitted")


class Reviewed:
    """Reviewed answers in the store's database. Safe to use from many threads. All raise `StoreUnavailable`."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = now, address: str = "") -> None:
        """Over a database that others use too; `address` is where whoever acts acts from, for the audit record."""
        self._database, self._clock, self._address = database, clock, address

    @classmethod
    def open(cls, url: str = "", clock: Callable[[], datetime] = now) -> Self:
        """Does not connect yet. Raises `InvalidSetting`."""
        return cls(Database(url), clock)

    def close(self) -> None:
        """Let go of all connections."""
        self._database.close()

    def revision(self) -> int:
        """A number that grows with every change of what is served: one indexed read."""
        with self._reading() as connection:
            return read_revision(connection)

    def served(self) -> tuple[int, tuple[Version, ...]]:
        """The revision, and the versions that answer, by entry id. They may be newer than the number, never older."""
        with self._reading() as connection:
            number = read_revision(connection)
            joined = and_(entries.c.id == versions.c.entry_id, entries.c.served == versions.c.number)
            chosen = select(versions).join(entries, joined).order_by(entries.c.id)
            return number, tuple(version_of(row) for row in connection.execute(chosen).mappings())

    def entry(self, entry_id: str) -> Entry:
        """One entry. Raises `ReviewedNotFound`."""
        with self._reading() as connection:
            return read_entry(connection, entry_id)

    def versions(self, entry_id: str) -> tuple[Version, ...]:
        """All versions, the newest first. Raises `ReviewedNotFound`."""
        with self._reading() as connection:
            chosen = select(versions).where(versions.c.entry_id == entry_id[:32])
            found = connection.execute(chosen.order_by(versions.c.number.desc())).mappings().all()
        if not found:
            raise not_found(entry_id)
        return tuple(version_of(row) for row in found)

    def version(self, entry_id: str, number: int) -> Version:
        """One version. Raises `ReviewedNotFound`."""
        with self._reading() as connection:
            return read_version(connection, entry_id, number)

    def entries(
        self,
        *,
        state: State | None = None,
        served: bool | None = None,
        department: str = "",
        text: str = "",
        ids: Sequence[str] | None = None,
        page: int = 1,
        size: int = PAGE,
    ) -> Listing:
        """The entries that fit all that is given; `text` is looked for in the questions and the spoken sentence."""
        asked = chosen_entries(state, served, department, text, ids)
        with self._reading() as connection:
            found = connection.scalar(select(func.count()).select_from(asked.subquery())) or 0
            ordered = asked.order_by(entries.c.changed_at.desc(), entries.c.id)
            rows = connection.execute(ordered.limit(size).offset((page - 1) * size)).mappings().all()
            return Listing(tuple(entries_of(connection, rows)), found)

    def departments(self) -> tuple[str, ...]:
        """The departments named in newest versions, in order."""
        with self._reading() as connection:
            chosen = select(versions.c.department).join(entries, newest()).distinct()
            return tuple(sorted(name for name in connection.scalars(chosen) if name))

    def draft(self, wording: Wording, by: Person, gap_id: str | None = None) -> Version:
        """A new entry. Raises `ReviewedInvalid`."""
        with self._writing() as connection:
            return self._begun(connection, tidied(wording), by, gap_id)

    def revise(self, entry_id: str, wording: Wording, by: Person, seen: str) -> Version:
        """Change what the newest version says: in place while it is open, as a new draft otherwise.

        `seen` is the stamp of the newest version the person looked at. Raises `ReviewedChanged`, `ReviewedInvalid`.
        """
        kept = tidied(wording)
        with self._writing() as connection:
            return self._revised(connection, entry_id, kept, by, seen)

    def take_in(
        self,
        new: Sequence[Wording],
        changed: Sequence[tuple[str, str, Wording]],
        by: Person,
        hand_in: date | None = None,
    ) -> tuple[Version, ...]:
        """New entries, and other words for old ones (id, stamp, wording): all or none, as drafts.

        With `hand_in`, today's date, those that are complete are submitted; nothing is ever approved here.
        Raises as `revise` does.
        """
        begun = [tidied(wording) for wording in new]
        revised = [(entry_id, stamp, tidied(wording)) for entry_id, stamp, wording in changed]
        with self._writing() as connection:
            made = [self._begun(connection, wording, by, None) for wording in begun]
            made += [self._revised(connection, entry_id, kept, by, seen) for entry_id, seen, kept in revised]
            if hand_in is None:
                return tuple(made)
            return tuple(
                self._handed_in(connection, version, by) if is_complete(version.wording, hand_in) else version
                for version in made
            )

    def draft_from(self, entry_id: str, number: int, by: Person, seen: str) -> Version:
        """A new draft that says what an earlier version said. Raises as `revise` does."""
        return self.revise(entry_id, self.version(entry_id, number).wording, by, seen)

    def submit(self, entry_id: str, by: Person, seen: str, today: date) -> Version:
        """Hand the draft to the reviewers. Raises `ReviewedChanged`, and `ReviewedInvalid` where something is missing."""
        with self._writing() as connection:
            latest = newest_seen(connection, entry_id, seen)
            must_be(latest, ("draft",), "提交")
            must_be_complete(latest.wording, today)
            return self._handed_in(connection, latest, by)

    def approve(self, entry_id: str, by: Person, seen: str, today: date, note: str = "") -> Version:
        """From now on the version answers. A missing review date becomes today.

        Raises:
            FourEyes: the person wrote it. ReviewedChanged: it is not what they saw, or not submitted.
            ReviewedInvalid: it has expired meanwhile.
        """
        with self._writing() as connection:
            latest = newest_seen(connection, entry_id, seen)
            must_be(latest, ("submitted",), "批准")
            must_be_by_another(latest, by)
            must_be_complete(latest.wording, today)
            dated = replace(latest.wording, reviewed_on=latest.wording.reviewed_on or today)
            decided = replace(self._decided(latest, "approved", by, note), wording=dated, once_approved=True)
            return done(
                "批准口径", by, connection, serve(connection, rewrite(connection, decided)), self._address
            )

    def reject(self, entry_id: str, by: Person, seen: str, note: str) -> Version:
        """Send the submitted version back, with a reason. Raises `ReviewedChanged` and `ReviewedInvalid`."""
        if not note.strip():
            raise ReviewedInvalid("退回要写明原因，请填写说明。")
        with self._writing() as connection:
            latest = newest_seen(connection, entry_id, seen)
            must_be(latest, ("submitted",), "退回")
            rejected = rewrite(connection, self._decided(latest, "rejected", by, note))
            return done("退回口径", by, connection, rejected, self._address)

    def discard(self, entry_id: str, by: Person, seen: str) -> Version:
        """Give a draft up; what answers goes on. Raises `ReviewedChanged`."""
        with self._writing() as connection:
            latest = newest_seen(connection, entry_id, seen)
            must_be(latest, ("draft", "rejected"), "放弃")
            gone = rewrite(connection, self._decided(latest, "withdrawn", by, "放弃草稿"))
            return done("放弃口径草稿", by, connection, gone, self._address)

    def withdraw(self, entry_id: str, by: Person, note: str) -> Version:
        """From now on nothing of the entry answers. Raises `ReviewedNotFound` and `ReviewedChanged`."""
        with self._writing() as connection:
            served = read_entry(connection, entry_id, lock=True).served
            if served is None:
                raise ReviewedChanged("这条口径没有在用的版本，不需要撤回；请刷新页面查看。")
            withdrawn = rewrite(connection, self._decided(served, "withdrawn", by, note))
            set_served(connection, entry_id, None)
            return done("撤回口径", by, connection, withdrawn, self._address)

    def restore(self, entry_id: str, number: int, by: Person, seen: str, today: date) -> Version:
        """Let a version that was approved before answer again, at once, as a new version.

        Raises as `approve` does, and `ReviewedInvalid` for a version that was never approved.
        """
        with self._writing() as connection:
            latest = newest_seen(connection, entry_id, seen)
            earlier = read_version(connection, entry_id, number)
            if not earlier.once_approved:
                raise ReviewedInvalid(f"第 {number} 版从未批准过，请以此版起草，再提交审核。")
            must_be_by_another(earlier, by)
            must_be_complete(earlier.wording, today)
            made = self._next(connection, latest, earlier.wording, earlier.authors, "approved", number, by)
            decided = replace(
                made,
                decided_by=author_of(by),
                decided_at=made.created_at,
                once_approved=True,
                note=f"恢复第 {number} 版",
            )
            return done(
                "恢复口径", by, connection, serve(connection, rewrite(connection, decided)), self._address
            )

    def _revised(
        self, connection: Connection, entry_id: str, kept: Wording, by: Person, seen: str
    ) -> Version:
        latest = newest_seen(connection, entry_id, seen)
        if latest.state not in OPEN:
            return self._next(connection, latest, kept, (author_of(by),), "draft", latest.number, by)
        known = by.id in {author.id for author in latest.authors}
        authors = latest.authors if known else (*latest.authors, author_of(by))
        now, edits = self._clock(), latest.edits + 1
        changed = replace(latest, wording=kept, authors=authors, state="draft", edits=edits, changed_at=now)
        return done("修改口径", by, connection, rewrite(connection, changed), self._address)

    def _handed_in(self, connection: Connection, version: Version, by: Person) -> Version:
        handed = rewrite(connection, replace(version, state="submitted", changed_at=self._clock()))
        return done("提交口径", by, connection, handed, self._address)

    def _begun(self, connection: Connection, wording: Wording, by: Person, gap_id: str | None) -> Version:
        now = self._clock()
        made = Version(uuid4().hex, 1, "draft", wording, (author_of(by),), now, now)
        head = {"id": made.entry_id, "served": None, "latest": 1, "gap_id": gap_id}
        connection.execute(insert(entries), head | {"created_at": now, "changed_at": now})
        connection.execute(insert(versions), version_columns(made))
        return done("起草口径", by, connection, made, self._address)

    def _next(
        self,
        connection: Connection,
        latest: Version,
        wording: Wording,
        authors: tuple[Author, ...],
        state: State,
        based_on: int,
        by: Person,
    ) -> Version:
        now = self._clock()
        made = Version(
            latest.entry_id, latest.number + 1, state, wording, authors, now, now, based_on=based_on
        )
        connection.execute(insert(versions), version_columns(made))
        mine = entries.c.id == made.entry_id
        connection.execute(update(entries).where(mine).values(latest=made.number, changed_at=now))
        return done("起草新版口径", by, connection, made, self._address) if state == "draft" else made

    def _decided(self, version: Version, state: State, by: Person, note: str) -> Version:
        now = self._clock()
        return replace(
            version, state=state, decided_by=author_of(by), decided_at=now, changed_at=now, note=noted(note)
        )

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        self._database.prepare()
        with self._database.reading() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        self._database.prepare()
        with self._database.writing() as connection:
            yield connection
