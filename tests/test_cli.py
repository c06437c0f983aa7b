"""The command line as a person meets it: real processes."""

import json
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

from app.clock import now
from app.settings import ROOT
from tests.index.tiny import GAME, LOAN, write_corpus


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200", **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("cli")
    options = [
        "--corpus",
        str(write_corpus(folder / "corpus", loan=LOAN, game=GAME)),
        "--index",
        str(folder / "index"),
    ]
    done = run("build", *options)
    assert done.returncode == 0, done.stderr
    assert "新增 2 份" in done.stdout
    return options


def test_a_question_is_answered_with_its_address(built: list[str]) -> None:
    done = run("ask", "首次贷款有贴息吗", *built)
    assert done.returncode == 0, done.stderr
    assert "对首次贷款的企业给予贴息支持" in done.stdout
    assert "首次贷款办法" in done.stdout
    assert "以原文为准" in done.stdout


def test_an_answer_as_json_has_the_fields_of_the_contract(built: list[str]) -> None:
    answer = json.loads(run("ask", "首次上线的游戏有支持吗", "--json", *built).stdout)
    assert {
        "answer_id",
        "session_id",
        "status",
        "interpreted_as",
        "intent",
        "text",
        "markdown",
        "citations",
    } <= set(answer)
    assert answer["citations"][0]["label"] == "第二条"


def test_search_lists_clauses(built: list[str]) -> None:
    assert "第一条" in run("search", "游戏电竞", *built).stdout
    assert (
        json.loads(run("search", "游戏电竞", "--json", "--limit", 1, *built).stdout)["hits"][0]["label"]
        == "第一条"
    )


def test_the_clause_tree_of_a_file_is_printed(tmp_path: Path) -> None:
    file = write_corpus(tmp_path, game=GAME) / "game.txt"
    done = run("clauses", file)
    assert "第一条" in done.stdout
    assert "第二条" in done.stdout
    tree = json.loads(run("clauses", file, "--json").stdout)
    assert "".join("".join(c["text"].split()) for c in tree) == "".join(GAME.split())


def test_check_says_what_is_good(built: list[str]) -> None:
    done = run("check", *built)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("通过") >= 4


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("ask", "🙂"), "请用汉字、字母或数字"),
        (("ask", "升" * 501), "501 个字"),
        (("ask", "贷款", "--as-of", "2026-13-01"), "2026-13-01"),
        (("build", "--corpus", "nowhere"), "nowhere"),
        (("clauses", "nothing.txt"), "nothing.txt"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_1(
    built: list[str], arguments: tuple[str, ...], says: str
) -> None:
    done = run(*arguments, *([] if "--corpus" in arguments or "clauses" in arguments else built))
    assert done.returncode == 1
    assert says in done.stderr.replace("\n", "")
    assert "Traceback" not in done.stderr


def test_a_bad_setting_is_one_sentence(built: list[str]) -> None:
    done = run("ask", "贷款", *built, ZHENGWEN_THREADS="none")
    assert done.returncode == 1
    assert "ZHENGWEN_THREADS" in done.stderr


def test_a_port_in_use_ends_the_server_with_a_sentence(built: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("serve", "--port", taken.getsockname()[1], *built)
    assert done.returncode == 1
    assert "请换一个端口" in done.stderr


@pytest.mark.parametrize("workers", [1, 2])
def test_the_server_serves_and_stops_when_told(built: list[str], workers: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "app", "serve", "--port", str(port), "--workers", str(workers), *built]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}", process)
        reply = httpx2.post(
            f"http://127.0.0.1:{port}/api/v1/ask", json={"question": "首次贷款有贴息吗"}
        ).json()
        assert reply["status"] == "answered"
        text = httpx2.get(
            f"http://127.0.0.1:{port}/api/v1/documents/{reply['citations'][0]['document_id']}/text"
        ).text
        assert (
            text[reply["citations"][0]["start"] : reply["citations"][0]["end"]]
            == reply["citations"][0]["quote"]
        )
    finally:
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=30)
    assert re.search(rf"http://127\.0\.0\.1:{port}", told)
    assert "Traceback" not in told


def _wait_until_ready(base: str, process: subprocess.Popen[str]) -> None:
    for _ in range(600):
        assert process.poll() is None, process.communicate()[1]
        try:
            if httpx2.get(f"{base}/readyz").status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("the server never became ready")


def test_a_session_is_exported_and_forgotten(tmp_path: Path) -> None:
    from app.store import Store, Turn

    url = f"sqlite:///{tmp_path}/turns.sqlite3"
    given = {"ZHENGWEN_DATABASE_URL": url, "ZHENGWEN_SPOOL": str(tmp_path / "spool")}
    with Store.open(url, spool=tmp_path / "spool") as store:
        store.record(Turn("s1", "a1", "升规", "升规", "answered", "other", (), 0.9, "v", "api", 1.0, now()))
    assert json.loads(run("sessions", "export", "s1", **given).stdout)["turns"][0]["question"] == "升规"
    assert "已删除 1 条问答" in run("sessions", "forget", "s1", **given).stdout
    assert run("sessions", "forget", "s1", **given).returncode == 1
    assert "0 次会话" in run("sessions", "purge", "--days", "30", **given).stdout


def test_another_process_with_other_hashes_gives_the_same_answer(built: list[str]) -> None:
    asked = ("ask", "首次贷款和游戏分别有什么支持", "--json", "--as-of", "2026-01-31", *built)
    replies = [json.loads(run(*asked, PYTHONHASHSEED=seed).stdout) for seed in ("1", "2")]
    for reply in replies:
        del reply["session_id"]
    assert replies[0] == replies[1]
