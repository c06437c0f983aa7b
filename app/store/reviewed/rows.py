"""The statements, each over a connection whose transaction belongs to the caller."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, select, update

from app.errors import FourEyes, ReviewedChanged, ReviewedNotFound
from app.store.audit import deed, write_audit
from app.store.person import Person
from app.store.reviewed.tables import entries, revision, version_columns, version_of, versions
from app.store.reviewed.wording import Author, Entry, State, Version


def author_of(person: Person) -> Author:
    """The person as a version names them."""
    return Author(person.id, person.name)


def done(action: str, by: Person, connection: Connection, version: Version, address: str) -> Version:
    """The change and its record stand or fall together."""
    told = f"{version.wording.question}（{version.entry_id} 第 {version.number} 版）"
    write_audit(connection, deed(action, by, told, version.note, address))
    return version


def must_be_by_another(version: Version, by: Person) -> None:
    """Raises `FourEyes` where the person is one of the authors."""
    if by.id in {author.id for author in version.authors}:
        raise FourEyes(f"“{version.wording.question[:40]}”由您起草或修改过，请由另一位审核人批准。")


def read_revision(connection: Connection) -> int:
    """The number that grows with every change of what is served."""
    return connection.scalar(select(revision.c.number).where(revision.c.id == 1)) or 0


def newest() -> Any:
    """The join of entries with their newest versions."""
    return and_(entries.c.id == versions.c.entry_id, entries.c.latest == versions.c.number)


def chosen_entries(
    state: State | None, served: bool | None, department: str, text: str, ids: Sequence[str] | None
) -> Select[Any]:
    """The entries that fit all that is given."""
    chosen = select(entries).join(versions, newest())
    if state is not None:
        chosen = chosen.where(versions.c.state == state)
    if served is not None:
        chosen = chosen.where(entries.c.served.isnot(None) if served else entries.c.served.is_(None))
    if department:
        chosen = chosen.where(versions.c.department == department)
    if ids is not None:
        chosen = chosen.where(entries.c.id.in_(list(ids)))
    for word in text.replace("\0", " ").split()[:5]:
        held = [c.contains(word, autoescape=True) for c in (versions.c.question, versions.c.similar)]
        chosen = chosen.where(held[0] | held[1] | versions.c.spoken.contains(word, autoescape=True))
    return chosen


def entries_of(connection: Connection, rows: Sequence[Any]) -> Iterator[Entry]:
    """The entries of these rows, with their newest and their served version."""
    ids = [row["id"] for row in rows]
    wanted = select(versions).join(entries, entries.c.id == versions.c.entry_id).where(entries.c.id.in_(ids))
    wanted = wanted.where((versions.c.number == entries.c.latest) | (versions.c.number == entries.c.served))
    found = {
        (row["entry_id"], row["number"]): version_of(row) for row in connection.execute(wanted).mappings()
    }
    for row in rows:
        served = found[row["id"], row["served"]] if row["served"] is not None else None
        latest = found[row["id"], row["latest"]]
        yield Entry(row["id"], latest, served, row["gap_id"], row["created_at"], row["changed_at"])


def read_entry(connection: Connection, entry_id: str, *, lock: bool = False) -> Entry:
    """One entry, its row locked on request. Raises `ReviewedNotFound`."""
    chosen = select(entries).where(entries.c.id == entry_id[:32])
    rows = connection.execute(chosen.with_for_update() if lock else chosen).mappings().all()
    for entry in entries_of(connection, rows):
        return entry
    raise not_found(entry_id)


def read_version(connection: Connection, entry_id: str, number: int) -> Version:
    """One version. Raises `ReviewedNotFound`."""
    chosen = select(versions).where(versions.c.entry_id == entry_id[:32], versions.c.number == number)
    row = connection.execute(chosen).mappings().first()
    if row is None:
        raise not_found(f"{entry_id[:32]} 第 {number} 版")
    return version_of(row)


def newest_seen(connection: Connection, entry_id: str, seen: str) -> Version:
    """The newest version, its entry locked. Raises `ReviewedChanged` where it is not as the person saw it."""
    latest = read_entry(connection, entry_id, lock=True).latest
    if latest.stamp != seen:
        raise ReviewedChanged("这条口径刚刚被别人改过，请刷新页面，看过现在的内容再操作。")
    return latest


def must_be(version: Version, states: tuple[State, ...], step: str) -> None:
    """Raises `ReviewedChanged` where the version is in none of these states."""
    if version.state not in states:
        raise ReviewedChanged(f"这条口径现在不能{step}，它的状态已经变了，请刷新页面查看。")


def rewrite(connection: Connection, version: Version) -> Version:
    """Put the version in the place of the one with its number."""
    mine = (versions.c.entry_id == version.entry_id) & (versions.c.number == version.number)
    connection.execute(update(versions).where(mine).values(**version_columns(version)))
    head = update(entries).where(entries.c.id == version.entry_id)
    connection.execute(head.values(changed_at=version.changed_at))
    return version


def serve(connection: Connection, version: Version) -> Version:
    """Let the version answer."""
    set_served(connection, version.entry_id, version.number)
    return version


def set_served(connection: Connection, entry_id: str, number: int | None) -> None:
    """Name the version that answers, or none, and count the change."""
    connection.execute(update(entries).where(entries.c.id == entry_id).values(served=number))
    connection.execute(update(revision).where(revision.c.id == 1).values(number=revision.c.number + 1))


def not_found(name: str) -> ReviewedNotFound:
    """The error for an id that is not there."""
    return ReviewedNotFound(f"没有编号为“{name[:50]}”的口径，请从口径列表中选择。")
