#!/usr/bin/env python
"""How long the dashboard's counts take: fills an empty database with turns over 180 days and counts some periods.

    .venv/bin/python scripts/measure_dashboard.py --turns 1000000

PostgreSQL: `scripts/postgresql .venv/bin/python scripts/measure_dashboard.py --postgresql`.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import insert, text

from app.clock import now
from app.store import Database, Statistics
from app.store.tables import sessions, turns

DAYS, PIECE, REPEATS = 180, 5000, 3
FIRST = date(2025, 1, 1)
STATUSES, SHARES = ("answered", "not_stated", "out_of_scope", "clarify"), (75, 12, 10, 3)
CHANNELS = ("widget", "hotline", "wechat", "api")


def rows(count: int) -> Iterator[list[dict[str, Any]]]:
    """So many turns, evenly over the days, in pieces; 20,000 questions, a few of them asked most."""
    chance, begin = random.Random(1), datetime.combine(FIRST, datetime.min.time(), UTC)
    for start in range(0, count, PIECE):
        yield [_turn(number, begin + timedelta(days=DAYS) * number / count, chance) for number in range(start, min(start + PIECE, count))]  # fmt: skip


def _turn(number: int, at: datetime, chance: random.Random) -> dict[str, Any]:
    asked = f"第{int(chance.expovariate(1 / 2000)) % 20_000}个问题怎么办理"
    status = chance.choices(STATUSES, SHARES)[0]
    clause = (
        f"document-{chance.randrange(500)}-{chance.randrange(20):012x}" if status != "out_of_scope" else None
    )
    return {
        "id": f"{number:032x}", "session_id": "measured", "number": number + 1, "answer_id": f"a{number}",
        "question": asked, "interpreted_as": asked, "status": status, "intent": "process",
        "citations": [{"clause_id": clause, "start": 0, "end": 90}] if clause else [], "options": [],
        "confidence": 0.8, "index_version": "v", "channel": chance.choice(CHANNELS),
        "latency_ms": chance.lognormvariate(2.5, 0.6), "created_at": at, "first_clause": clause,
    }  # fmt: skip


def fill(database: Database, count: int) -> None:
    """Write the turns, and let the database look at them once, as it does by itself in time."""
    began = now()
    with database.writing() as connection:
        session = {"id": "measured", "channel": "api", "created_at": began, "last_at": began, "turns": count}
        connection.execute(insert(sessions), session)
        for piece in rows(count):
            connection.execute(insert(turns), piece)
    with database.writing() as connection:
        connection.execute(text("ANALYZE"))


def timed(work: Callable[[], object]) -> float:
    """The median of some runs, in seconds."""
    taken = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return sorted(taken)[REPEATS // 2]


def measure(url: str, count: int) -> None:
    """Fill the database of this URL and print how long each period takes."""
    database = Database(url)
    database.prepare()
    fill(database, count)
    counted = Statistics(database, ZoneInfo("Asia/Shanghai"))
    last = FIRST + timedelta(days=DAYS - 2)
    print(f"{count} 条问答，{DAYS} 天：")
    for days in (7, 30, 90, DAYS):
        first = last - timedelta(days=days - 1)
        parts = (counted.figures, counted.top_questions, counted.by_clause, counted.top_gaps, counted.calls)
        each = [timed(lambda part=part, first=first: part(first, last)) for part in parts]  # type: ignore[misc]
        print(
            f"  {days:>3} 天 {sum(each):6.2f} s（每日 {each[0]:.2f}，问题 {each[1]:.2f}，条款 {each[2]:.2f}）"
        )
    database.close()


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description="看板的计数要多久")
    parser.add_argument("--turns", type=int, default=1_000_000, help="问答条数")
    parser.add_argument("--postgresql", action="store_true", help="用 scripts/postgresql 启动的服务器")
    options = parser.parse_args()
    if options.postgresql:
        measure(os.environ["ZHENGWEN_TEST_POSTGRESQL"], options.turns)
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(f"sqlite:///{Path(folder)}/turns.sqlite3", options.turns)


if __name__ == "__main__":
    main()
