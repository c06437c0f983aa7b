"""Three people of the console, and a wording that can be approved."""

from datetime import UTC, date, datetime
from hashlib import sha256

from app.store import Person, Point, Role, Wording

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = date(2026, 3, 2)
CLAUSE = "第三条 新办小店可以领取开办补贴。"


def person(name: str, role: Role) -> Person:
    return Person(f"id-{name}", name, name, role, "某区商务局", False, NOW, NOW)


EDITOR = person("编辑甲", Role.EDITOR)
REVIEWER = person("审核乙", Role.REVIEWER)
ADMIN = person("管理员丙", Role.ADMIN)


def point(clause_id: str = "shops:3", words: str = CLAUSE, start: int = 40) -> Point:
    digest = sha256(words.encode()).hexdigest()
    return Point(clause_id, start, start + len(words), "d" * 64, start, digest, words)


def wording(question: str = "新开小店有补贴吗？", **more: object) -> Wording:
    facts = {
        "question": question,
        "similar": ("开个小店给不给钱",),
        "counters": ("小店停业有补贴吗",),
        "points": (point(),),
        "spoken": "新办小店可以领开办补贴，请按第三条办理。",
        "department": "某区商务局",
        "expires_on": date(2027, 3, 1),
    }
    return Wording(**(facts | more))  # type: ignore[arg-type]
