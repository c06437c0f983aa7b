"""Who works at the console, and what each role may do."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a person may do; each may do what those before may. Compare with `covers`, never with `<`."""

    CLERK = "clerk"
    EDITOR = "editor"
    REVIEWER = "reviewer"
    ADMIN = "admin"

    def covers(self, needed: "Role") -> bool:
        """Whether a person of this role may do what that one may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)

    @property
    def label(self) -> str:
        """As it is shown: 坐席, 编辑, 审核, 管理员."""
        return _LABELS[self]


_LABELS = {Role.CLERK: "坐席", Role.EDITOR: "编辑", Role.REVIEWER: "审核", Role.ADMIN: "管理员"}


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the console. `account` is what is typed to sign in; `name` and `department` are shown.

    `must_change` is set while the password is one that somebody else has chosen.
    """

    id: str
    account: str
    name: str
    role: Role
    department: str
    must_change: bool
    created_at: datetime
    password_at: datetime
    disabled_at: datetime | None = None

    def may(self, needed: Role) -> bool:
        """Whether this person may do what is for that role."""
        return self.disabled_at is None and self.role.covers(needed)


def folded(account: str) -> str:
    """An account in the form it is compared in: NFKC, small letters, no space around it."""
    return (
        unicodedata.normalize("NFKC", account.strip())
        .casefold()
        .encode("utf-8", "replace")
        .decode()
        .replace("\0", "\ufffd")
    )
