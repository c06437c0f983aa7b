"""Processes of a real server: workers that come, go and are killed."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from app.settings import ROOT
from tests.index.tiny import LOAN, write_corpus
from tests.test_cli import run


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server of two workers; its process and address."""
    folder = tmp_path_factory.mktemp("hosting")
    options = ["--corpus", str(write_corpus(folder / "corpus", loan=LOAN)), "--index", str(folder / "index")]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "app", "serve", "--port", str(port), "--workers", "2", *options]
    environment = {
        **os.environ,
        "ZHENGWEN_DATABASE_URL": f"sqlite:///{folder}/turns.sqlite3",
        "ZHENGWEN_SPOOL": str(folder / "spool"),
    }
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def until(true, seconds=240.0):
    """Wait for it."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.2)


def children(of: int) -> list[int]:
    """The workers of a supervisor."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((each / "stat").read_text().rpartition(")")[2].split()[1])
            command = (each / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == of and b"spawn_main" in command:
            found.append(int(each.name))
    return found


def is_gone(process_id: int) -> bool:
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def ready(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/readyz", timeout=5).status_code == 200
    except httpx2.TransportError:
        return False


def count(address: str, name: str) -> float:
    text = httpx2.get(f"{address}/metrics", timeout=60).text
    return sum(float(value) for value in re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", text, flags=re.M))


def test_workers_count_together_accept_when_open_and_end_with_their_parent(server):
    process, address = server
    until(lambda: ready(address))
    until(lambda: len(children(process.pid)) == 2)
    for number in range(1, 9):
        reply = httpx2.post(f"{address}/api/v1/ask", json={"question": "首次贷款有贴息吗"}, timeout=60)
        assert reply.status_code == 200
        assert count(address, "zhengwen_answers_total") == number  # whichever worker is asked

    # One is killed: what it counted stays, and its replacement refuses nobody while it loads.
    killed = children(process.pid)[0]
    os.kill(killed, signal.SIGKILL)
    until(lambda: is_gone(killed))
    seen = set()
    end = time.monotonic() + 300
    while len([one for one in children(process.pid) if one != killed]) < 2 or len(seen) < 1:
        assert time.monotonic() < end
        seen.add(httpx2.get(f"{address}/readyz", timeout=60).status_code)
    for _ in range(40):
        seen.add(httpx2.get(f"{address}/readyz", timeout=60).status_code)
        time.sleep(0.1)
    assert seen == {200}
    assert count(address, "zhengwen_answers_total") == 8

    # The supervisor is killed: no worker lives on, and the port is free.
    workers = children(process.pid)
    process.kill()
    process.wait(60)
    until(lambda: all(is_gone(each) for each in workers))
    with socket.create_server(("127.0.0.1", int(address.rpartition(":")[2]))):
        pass


READER = """
import time
from app.corpus import apart
reader = apart.Apart()
child = reader._lend("甲.docx")
child._process.stdin.write(b'{"name": "a.docx", "size": 1000000}\\n' + b"x")  # it waits for the rest, and for ever
child._process.stdin.flush()
print(child.pid, flush=True)
time.sleep(600)
"""


def test_a_file_reader_ends_with_the_process_that_started_it_also_in_the_middle_of_a_file():
    parent = subprocess.Popen([sys.executable, "-c", READER], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with parent.stdout:
        reader = int(parent.stdout.readline())
    parent.kill()
    parent.wait(60)
    until(lambda: is_gone(reader), 60)


def test_a_file_reader_that_is_busy_ends_too():
    busy = "import app.parent, time; app.parent.end_with_input(); print('ready', flush=True)\nwhile True: sum(range(1000))"
    child = subprocess.Popen(
        [sys.executable, "-c", busy], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout.readline() == "ready\n"
    child.stdin.close()
    assert child.wait(60) == 1
    child.stdout.close()


def test_a_doubtful_constellation_ends_the_server_with_a_sentence(tmp_path):
    done = run("serve", "--corpus", str(tmp_path), ZHENGWEN_TRUSTED_PROXIES="0.0.0.0/0")
    assert done.returncode == 1
    assert "ZHENGWEN_TRUSTED_PROXIES" in done.stderr
    assert "Traceback" not in done.stderr
