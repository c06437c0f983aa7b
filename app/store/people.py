"""The people of the console. A change and its audit record are written together, or not at all."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.clock import now
from app.errors import InvalidPerson, PersonNotFound
from app.store.audit import deed, write_audit
from app.store.database import Database
from app.store.password import Passwords, check_strength
from app.store.people_tables import people, person_of, sign_ins
from app.store.person import Person, Role, folded
from app.store.sign_ins import forget_failures

ACCOUNT = re.compile(r"[\w.@-]{2,40}")
LONGEST = 40  # characters of a name or a department


class People:
    """The people, in the store's database. Safe to use from many threads and processes.

    `by` is who makes the change, None for the command line. Every method raises `StoreUnavailable` while the
    database is away.
    """

    def __init__(
        self, database: Database, passwords: Passwords | None = None, clock: Callable[[], datetime] = now
    ) -> None:
        self._database, self._passwords, self._clock = database, passwords or Passwords(), clock

    def add(
        self,
        account: str,
        password: str,
        *,
        name: str = "",
        role: Role = Role.CLERK,
        department: str = "",
        must_change: bool = True,
        by: Person | None = None,
        address: str = "",
    ) -> Person:
        """A new person. Raises `InvalidPerson` (the account is taken or cannot be one) and `WeakPassword`."""
        account = account_of(account)
        check_strength(password, account)
        now = self._clock()
        added = Person(
            uuid4().hex,
            account,
            _line(name, "姓名") or account,
            role,
            _line(department, "部门"),
            must_change,
            now,
            now,
        )
        values = {each: getattr(added, each) for each in Person.__slots__} | {"role": role.value}
        kept = self._passwords.keep(password)
        self._database.prepare()
        try:
            with self._database.writing() as connection:
                connection.execute(insert(people), values | {"password": kept})
                detail = f"角色：{role.label}；部门：{added.department or '未填'}"
                write_audit(connection, deed("新增人员", by, _shown(added), detail, address))
        except IntegrityError:
            raise InvalidPerson(f"账号“{account}”已经有了，请换一个。") from None
        return added

    def everybody(self) -> tuple[Person, ...]:
        """All people by account, disabled ones among them."""
        return tuple(person_of(row) for row in self._rows(select(people).order_by(people.c.account)))

    def anybody(self) -> bool:
        """Whether there is a person at all: without one, nobody can sign in."""
        return bool(self._rows(select(people.c.id).limit(1)))

    def person(self, person_id: str) -> Person:
        """The person of that id. Raises `PersonNotFound`."""
        return self._one(people.c.id == person_id[:32], person_id)

    def by_account(self, account: str) -> Person:
        """The person of that account. Raises `PersonNotFound`."""
        return self._one(people.c.account == folded(account), account)

    def change(
        self,
        person_id: str,
        *,
        name: str | None = None,
        role: Role | None = None,
        department: str | None = None,
        by: Person | None = None,
        address: str = "",
    ) -> Person:
        """Give a person another name, role or department; it holds from the next request on.

        Raises:
            PersonNotFound, InvalidPerson: also when the last administrator would be gone.
        """
        wanted: dict[str, Any] = {}
        if name is not None:
            wanted["name"] = _line(name, "姓名")
        if department is not None:
            wanted["department"] = _line(department, "部门")
        if role is not None:
            wanted["role"] = role.value
        return self._update(person_id, wanted, "修改人员", by, address)

    def disable(self, person_id: str, *, by: Person | None = None, address: str = "") -> Person:
        """The person is out at once: no request of theirs is answered any more. Raises as `change` does."""
        return self._update(person_id, {"disabled_at": self._clock()}, "停用人员", by, address)

    def enable(self, person_id: str, *, by: Person | None = None, address: str = "") -> Person:
        """The person may sign in again. Raises `PersonNotFound`."""
        return self._update(person_id, {"disabled_at": None}, "启用人员", by, address)

    def set_password(
        self,
        person_id: str,
        password: str,
        *,
        must_change: bool = False,
        by: Person | None = None,
        address: str = "",
    ) -> Person:
        """Another password: the person is signed out everywhere, and a lock after failures is lifted.

        Raises:
            PersonNotFound, WeakPassword.
        """
        found = self.person(person_id)
        check_strength(password, found.account)
        values = {
            "password": self._passwords.keep(password),
            "must_change": must_change,
            "password_at": self._clock(),
        }
        action = "修改密码" if by is not None and by.id == found.id else "重设密码"
        return self._update(person_id, values, action, by, address)

    def check(self, account: str, password: str) -> Person | None:
        """The person of this account and password; None where one of them is wrong, or the person is disabled.

        It takes as long for an account that does not exist.
        """
        rows = self._rows(select(people).where(people.c.account == folded(account)[:40]))
        kept = rows[0]["password"] if rows else None
        if not self._passwords.matches(kept, password) or rows[0]["disabled_at"] is not None:
            return None
        if self._passwords.outdated(kept or ""):
            renewed = update(people).where(people.c.id == rows[0]["id"], people.c.password == kept)
            with self._database.writing() as connection:
                connection.execute(renewed.values(password=self._passwords.keep(password)))
        return person_of(rows[0])

    def _one(self, condition: Any, asked: str) -> Person:
        rows = self._rows(select(people).where(condition))
        if not rows:
            raise _nobody(asked)
        return person_of(rows[0])

    def _update(
        self, person_id: str, values: dict[str, Any], action: str, by: Person | None, address: str
    ) -> Person:
        self._database.prepare()
        with self._database.writing() as connection:
            # Locked in one order, so that two administrators who demote each other wait for one another.
            admins = set(connection.scalars(_ADMINS))
            row = connection.execute(select(people).where(people.c.id == person_id[:32])).mappings().first()
            if row is None:
                raise _nobody(person_id)
            before = person_of(dict(row))
            after = person_of({**row, **values})
            _keep_an_admin(before, after, admins, by)
            connection.execute(update(people).where(people.c.id == before.id).values(values))
            if after.disabled_at is not None or "password" in values:
                connection.execute(delete(sign_ins).where(sign_ins.c.person_id == before.id))
                forget_failures(connection, before.account)
            write_audit(connection, deed(action, by, _shown(after), _difference(before, after), address))
        return after

    def _rows(self, chosen: Any) -> list[dict[str, Any]]:
        self._database.prepare()
        with self._database.reading() as connection:
            return [dict(row) for row in connection.execute(chosen).mappings()]


_ADMINS = (
    select(people.c.id)
    .where(people.c.role == Role.ADMIN.value, people.c.disabled_at.is_(None))
    .order_by(people.c.id)
    .with_for_update()
)


def account_of(text: str) -> str:
    """An account in its one form: NFKC, small letters. Raises `InvalidPerson`."""
    account = folded(text)
    if not ACCOUNT.fullmatch(account):
        raise InvalidPerson(
            f"账号“{text[:40]}”不能用，请用 2 到 40 个汉字、字母、数字或 . _ - @，中间没有空格。"
        )
    return account


def _line(text: str, what: str) -> str:
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    if len(line) > LONGEST:
        raise InvalidPerson(f"{what}有 {len(line)} 个字，最多 {LONGEST} 个，请缩短。")
    return line


def _keep_an_admin(before: Person, after: Person, admins: set[str], by: Person | None) -> None:
    loses = before.may(Role.ADMIN) and not after.may(Role.ADMIN)
    if loses and by is not None and by.id == before.id:
        raise InvalidPerson("不能停用自己或取消自己的管理员角色，请由另一位管理员来做。")
    if loses and admins <= {before.id}:
        raise InvalidPerson(f"{before.name}是最后一位管理员，请先增加另一位管理员。")


def _difference(before: Person, after: Person) -> str:
    changed = [
        f"{what}：{old or '未填'} → {new or '未填'}"
        for what, old, new in (
            ("姓名", before.name, after.name),
            ("角色", before.role.label, after.role.label),
            ("部门", before.department, after.department),
        )
        if old != new
    ]
    return "；".join(changed)


def _shown(person: Person) -> str:
    return f"{person.name}（{person.account}）"


def _nobody(asked: str) -> PersonNotFound:
    return PersonNotFound(f"没有“{asked[:40]}”这个人，请用 python -m app people list 查看。")
