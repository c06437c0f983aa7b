#!/usr/bin/env python
"""How long an approved or withdrawn answer takes to reach another process: `--database-url` names an empty database (otherwise a SQLite file for the time being).

One process changes what is served, another follows it as a server does; both read the same clock.
"""

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.converse import Watch
from app.store import Person, Point, Reviewed, ReviewedVersion, Role, Wording

MADE = datetime(2026, 1, 1, tzinfo=UTC)
TODAY = MADE.date()  # any day will do: nothing here is answered


def person(name: str, role: Role) -> Person:
    """Somebody who may do what the role may."""
    return Person(name, name, name, role, "", False, MADE, MADE)


EDITOR, REVIEWER = person("editor", Role.EDITOR), person("reviewer", Role.REVIEWER)


def follow(url: str, seconds: float) -> None:
    """Print how many versions are served, and since when this process knows, whenever that changes."""

    def made(versions: Sequence[ReviewedVersion]) -> tuple[int, float]:
        return len(versions), time.time()

    with closing(Reviewed.open(url)) as book:
        watch = Watch(book, made)
        watch.start()
        print("ready", flush=True)
        end, last = time.monotonic() + seconds, -1
        while time.monotonic() < end:
            count, since = watch.current
            if count != last:
                print(json.dumps([count, since]), flush=True)
                last = count
            time.sleep(0.002)
        watch.close()


def entry(book: Reviewed) -> str:
    """A new entry that was approved once and does not answer now; its id."""
    point = Point("c", 0, 1, "0" * 64, 0, "0" * 64, "条")
    wording = Wording(
        "测量用的问题", points=(point,), department="某局", expires_on=TODAY + timedelta(days=9)
    )
    made = book.draft(wording, EDITOR)
    handed = book.submit(made.entry_id, EDITOR, made.stamp, TODAY)
    book.approve(made.entry_id, REVIEWER, handed.stamp, TODAY)
    book.withdraw(made.entry_id, REVIEWER, "")
    return made.entry_id


def change(book: Reviewed, entry_id: str, serve: bool) -> float:
    """Let the entry answer, or not; the moment at which that was written."""
    if serve:
        book.restore(entry_id, 1, REVIEWER, book.entry(entry_id).latest.stamp, TODAY)
    else:
        book.withdraw(entry_id, REVIEWER, "")
    return time.time()


def measured(url: str, changes: int) -> list[float]:
    """Seconds from each change to its effect in the other process."""
    with closing(Reviewed.open(url)) as book:
        entry_id = entry(book)
        command = [sys.executable, __file__, "--database-url", url, "--follow", str(changes * 1.5 + 5)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as follower:
            assert follower.stdout is not None
            follower.stdout.readline()
            time.sleep(2)
            made = []
            for number in range(changes):
                made.append((number % 2 == 0, change(book, entry_id, number % 2 == 0)))
                time.sleep(random.uniform(1.0, 1.4))
            seen = [json.loads(line) for line in follower.stdout]
    found = [
        min(
            (since - at for count, since in seen if count == served and since > at - 0.05),
            default=float("inf"),
        )
        for served, at in made
    ]
    return sorted(found)


def main() -> None:
    """Measure, and print median and worst."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database-url", default="", help="an empty database, as in ZHENGWEN_DATABASE_URL")
    parser.add_argument("--changes", type=int, default=30)
    parser.add_argument("--follow", type=float, default=0.0, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.follow:
        follow(given.database_url, given.follow)
        return
    with tempfile.TemporaryDirectory() as folder:
        found = measured(given.database_url or f"sqlite:///{folder}/empty.sqlite3", given.changes)
    print(f"{len(found)} 次，中位数 {statistics.median(found):.2f} s，最长 {found[-1]:.2f} s")


if __name__ == "__main__":
    main()
