"""A real server is killed while people ask, rate and hand on, again and again: what it answered is in its database afterwards."""

import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx2

from app.store import Store

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = 4
READY_WITHIN = 300.0  # s: models are loaded first
LONGEST = 2.0  # s of asking before a kill
TEXT = "某市停车办法\n第一条 首小时收费五元。\n第二条 夜间停车不收费。\n第三条 本办法自发布之日起施行。\n"
QUESTIONS = ("首小时收费多少", "夜间停车收费吗", "什么时候施行", "怎么申请补贴")


class Heard:
    """What clients were told was done, by the session it was done in."""

    def __init__(self) -> None:
        self.turns: Counter[str] = Counter()
        self.votes: Counter[str] = Counter()
        self.refused = 0
        self._lock = threading.Lock()

    def add(self, session: str, *, vote: bool) -> None:
        """A turn or a vote was acknowledged."""
        with self._lock:
            (self.votes if vote else self.turns)[session] += 1

    def refuse(self) -> None:
        """Something was not, in so many words."""
        with self._lock:
            self.refused += 1


def campaign(seconds: float, seed: int, rounds: int = 10**6) -> tuple[str, list[str]]:
    """Kill until the time is over, or so many times; a line of counts, and what was lost."""
    chance, heard, kills = random.Random(seed), Heard(), 0
    until = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="zhengwen-kill-") as folder:
        home = Path(folder)
        (home / "corpus").mkdir()
        (home / "corpus" / "parking.txt").write_text(TEXT, "utf-8")
        while kills < rounds and (kills == 0 or time.monotonic() < until):
            with served(home) as (base, process):
                _asked_until_killed(base, process, chance, heard)
            kills += 1
        wrong = _lost(home, heard)
    told = f"kills {kills}, turns {heard.turns.total()}, votes {heard.votes.total()}, refused {heard.refused}"
    return f"kill: {told}, wrong {len(wrong)}, seed {seed}", wrong


@contextmanager
def served(home: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A server over the folder, ready to answer; ended by its pid if it still runs at the end. Raises RuntimeError."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    environment = {
        **os.environ,
        "ZHENGWEN_DATABASE_URL": f"sqlite:///{home}/store.sqlite3",
        "ZHENGWEN_SPOOL": str(home / "spool"),
        "ZHENGWEN_SESSION_PER_MINUTE": "100000",
    }
    command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
    command += ["--corpus", str(home / "corpus"), "--index", str(home / "index")]
    with (home / "log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        base = f"http://127.0.0.1:{port}"
        _wait_until_ready(base, process, home / "log")
        yield base, process
    finally:
        process.kill()
        process.wait()


def _wait_until_ready(base: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx2.get(f"{base}/readyz", timeout=5).status_code == 200:
                return
        except httpx2.HTTPError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"the server did not become ready: {log.read_text('utf-8', 'replace')[-1000:]}")


def _asked_until_killed(
    base: str, process: subprocess.Popen[bytes], chance: random.Random, heard: Heard
) -> None:
    ended, begun = threading.Event(), threading.Event()
    threads = [
        threading.Thread(target=_client, args=(base, chance.random(), ended, begun, heard))
        for _ in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    begun.wait(60)
    time.sleep(chance.uniform(0, LONGEST))
    os.kill(process.pid, signal.SIGKILL)
    ended.set()
    for thread in threads:
        thread.join()


def _client(base: str, seed: float, ended: threading.Event, begun: threading.Event, heard: Heard) -> None:
    chance, session = random.Random(seed), ""
    with httpx2.Client(base_url=base, timeout=30) as http:
        while not ended.is_set():
            try:
                asked = {"question": chance.choice(QUESTIONS)} | ({"session_id": session} if session else {})
                reply = http.post("/api/v1/ask", json=asked)
                if reply.status_code != 200:
                    heard.refuse()
                    continue
                told = reply.json()
                session = told["session_id"]
                heard.add(session, vote=False)
                begun.set()
                if chance.random() < 0.3:
                    vote = {
                        "answer_id": told["answer_id"],
                        "helpful": chance.random() < 0.5,
                        "comment": session,
                    }
                    rated = http.post("/api/v1/feedback", json=vote)
                    if rated.status_code == 200:
                        heard.add(session, vote=True)
            except (httpx2.HTTPError, ValueError, KeyError):
                continue  # cut off: nothing was said


def _lost(home: Path, heard: Heard) -> list[str]:
    """What was acknowledged and is not there. A vote is told by its comment, which names the session it came from."""
    with Store.open(f"sqlite:///{home}/store.sqlite3", spool=home / "spool") as store:
        wrong = [] if store.flush() else [f"rows cannot be written: {store.health().sentence}"]
    with closing(sqlite3.connect(home / "store.sqlite3")) as database:
        turns = dict(database.execute("SELECT session_id, count(*) FROM turns GROUP BY session_id"))
        votes = dict(database.execute("SELECT comment, count(*) FROM feedback GROUP BY comment"))
    for what, told, kept in (("turns", heard.turns, turns), ("votes", heard.votes, votes)):
        for session, number in told.items():
            if kept.get(session, 0) < number:
                wrong.append(
                    f"session {session}: {number - kept.get(session, 0)} of {number} {what} are lost"
                )
    return wrong
