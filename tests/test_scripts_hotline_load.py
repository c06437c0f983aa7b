"""The load script: what it types, what it sends, how it counts, and that it finds the rate."""

import argparse
import asyncio
import importlib.util
import json
import random
import sys
from contextlib import suppress
from itertools import pairwise

import pytest

from app.settings import ROOT


@pytest.fixture(scope="module")
def load():
    spec = importlib.util.spec_from_file_location("hotline_load", ROOT / "scripts" / "hotline_load.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["hotline_load"] = module
    path = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = path
    yield module
    del sys.modules["hotline_load"]


def clerk(load, port=1):
    return load.Clerk(port, "token", "csrf", random.Random(1), ["停车多久免费收费标准"], False)


def test_a_question_is_typed_a_character_or_two_at_a_time(load):
    stages = list(clerk(load).prefixes())
    assert stages[-1] == "停车多久免费收费标准"
    assert all(
        longer.startswith(shorter) and len(longer) - len(shorter) in (1, 2)
        for shorter, longer in pairwise(stages)
    )


def test_a_request_is_the_one_the_page_sends(load):
    head, body = clerk(load, 8000).request("/hotline/search", {"query": "停车"}).split(b"\r\n\r\n")
    assert json.loads(body) == {"query": "停车"}
    assert f"Content-Length: {len(body)}".encode() in head
    assert b"Cookie: zhengwen_console=token" in head


def test_percentiles_are_nearest_rank_in_milliseconds(load):
    tally = load.Tally(waits=[n / 1000 for n in range(1, 101)])
    assert (tally.quantile(0.5), tally.quantile(0.95)) == (51.0, 96.0)
    assert load.Tally().quantile(0.95) == float("inf")


def test_sentences_are_runs_of_chinese_characters(load, tmp_path):
    (tmp_path / "a.txt").write_text("第一条 机动车停放服务收费办法。ABC 短句\n", "utf-8")
    (tmp_path / "b.csv").write_text("不读这一种文件里的句子", "utf-8")
    assert load.sentences_of(tmp_path, 1) == ["机动车停放服务收费办法"]


@pytest.mark.parametrize(("most", "found"), [(3.0, 3.0), (50.0, 50.0), (0.0, 0.0)])
def test_the_greatest_rate_that_holds_is_found(load, monkeypatch, most, found):
    async def measure(clerks, rate, seconds):
        return load.Tally(waits=[0.01 if rate <= most else 0.5])

    monkeypatch.setattr(load, "measure", measure)
    arguments = argparse.Namespace(seconds=1, per_second=4.0, max_p95_ms=100.0)
    rate = load.find_rate([None], arguments, -1)
    assert rate <= most
    assert found - rate <= max(0.3, found * 0.1)


def test_a_server_that_is_slow_is_hung_up_on_and_one_that_answers_is_not(load):
    async def scene():
        handlers = []

        async def serve(reader, writer):
            handlers.append(asyncio.current_task())
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                while True:
                    asked = (await reader.readuntil(b"\r\n\r\n")).decode()
                    await reader.readexactly(2)
                    if "/slow" not in asked:
                        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        one, tally = clerk(load, server.sockets[0].getsockname()[1]), load.Tally()
        await one.answered("/quick", {}, 5.0, tally)
        await one.answered("/slow", {}, 0.2, tally)
        await one.answered("/quick", {}, 5.0, tally)
        assert (tally.cancelled, tally.errors) == (1, [])
        one.hang_up()
        await asyncio.gather(*handlers)
        server.close()
        await server.wait_closed()

    asyncio.run(scene())
