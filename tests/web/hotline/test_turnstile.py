"""Look-ups take turns, the newest first."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

from app.web.hotline.turnstile import AT_ONCE, MOST_WAITING, Turnstile


class App:
    """Notes who comes in, and lets each out when told."""

    def __init__(self):
        self.inside = []
        self.doors = {}

    async def __call__(self, scope, receive, send):
        name = scope["name"]
        self.inside.append(name)
        await self.doors.setdefault(name, asyncio.Event()).wait()

    def let_out(self, name):
        self.doors.setdefault(name, asyncio.Event()).set()


async def settled():
    for _ in range(6):
        await asyncio.sleep(0)


def request(turnstile, name, sent=None, path="/search"):
    async def send(message):
        if sent is not None:
            sent.append(message)

    return asyncio.create_task(turnstile({"type": "http", "path": path, "name": name}, None, send))


def run(coroutine):
    """In a thread of its own: where a browser was driven before, this one has a loop already."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(asyncio.wait_for(coroutine, 20))).result()


def test_a_few_are_in_at_once_and_of_those_who_wait_the_newest_is_next():
    async def scene():
        app = App()
        turnstile = Turnstile(app, "/search")
        tasks = [request(turnstile, n) for n in range(AT_ONCE + 3)]
        await settled()
        assert app.inside == list(range(AT_ONCE))
        app.let_out(0)
        await settled()
        assert app.inside[AT_ONCE:] == [AT_ONCE + 2]
        for n in range(AT_ONCE + 3):
            app.let_out(n)
        await asyncio.gather(*tasks)
        assert sorted(app.inside) == list(range(AT_ONCE + 3))

    run(scene())


def test_other_paths_never_wait():
    async def scene():
        app = App()
        turnstile = Turnstile(app, "/search")
        tasks = [request(turnstile, n, path="/ask") for n in range(AT_ONCE * 3)]
        await settled()
        assert len(app.inside) == AT_ONCE * 3
        for n in range(AT_ONCE * 3):
            app.let_out(n)
        await asyncio.gather(*tasks)

    run(scene())


def test_whoever_has_gone_is_passed_over_and_no_turn_is_lost():
    async def scene():
        app = App()
        turnstile = Turnstile(app, "/search")
        tasks = [request(turnstile, n) for n in range(AT_ONCE + 2)]
        await settled()
        tasks[AT_ONCE + 1].cancel()
        await settled()
        for n in range(AT_ONCE):
            app.let_out(n)
        await settled()
        assert app.inside[AT_ONCE:] == [AT_ONCE]
        app.let_out(AT_ONCE)
        await settled()
        later = [request(turnstile, f"later {n}") for n in range(AT_ONCE)]
        await settled()
        assert len(app.inside) == AT_ONCE + 1 + AT_ONCE
        for n in range(AT_ONCE):
            app.let_out(f"later {n}")
        await asyncio.gather(*tasks, *later, return_exceptions=True)

    run(scene())


def test_a_turn_that_comes_to_one_who_is_leaving_goes_to_the_next():
    async def scene():
        app = App()
        turnstile = Turnstile(app, "/search")
        tasks = [request(turnstile, n) for n in range(AT_ONCE + 2)]
        await settled()
        app.let_out(0)
        while len(turnstile._waiting) == 2:
            await asyncio.sleep(0)
        tasks[AT_ONCE + 1].cancel()  # it has been told, and does not know yet
        await settled()
        assert AT_ONCE in app.inside
        for n in range(AT_ONCE + 2):
            app.let_out(n)
        await asyncio.gather(*tasks, return_exceptions=True)

    run(scene())


def test_where_too_many_wait_the_oldest_is_sent_away_with_a_sentence():
    async def scene():
        app, sent = App(), []
        turnstile = Turnstile(app, "/search")
        first = [request(turnstile, n) for n in range(AT_ONCE)]
        oldest = request(turnstile, "oldest", sent)
        rest = [request(turnstile, f"rest {n}") for n in range(MOST_WAITING)]
        await asyncio.wait_for(oldest, 5)
        assert sent[0]["status"] == 429
        assert json.loads(sent[1]["body"])["code"] == "too_many_requests"
        assert "oldest" not in app.inside
        for task in (*first, *rest):
            task.cancel()
        await asyncio.gather(*first, *rest, return_exceptions=True)

    run(scene())
