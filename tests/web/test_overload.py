"""The queue of what computes: bounded, staff first, nothing begun in vain."""

import asyncio
import json
import threading
import time

import httpx2

from app.web.admission import Caller
from app.web.overload import MOST_WAITING, Queue

from .corpus import tiny_services
from .hotline.test_turnstile import run, settled
from .test_server import served


class Counted:
    """What was counted, and the app that the queue stands before."""

    def __init__(self):
        self.waiting = self.working = 0
        self.unanswered = []
        self.begun = []
        self.doors = {}

    def count_queue(self, waiting, working):
        self.waiting += waiting
        self.working += working

    def count_unanswered(self, reason):
        self.unanswered.append(reason)

    async def __call__(self, scope, receive, send):
        name = scope["name"]
        assert (await receive())["body"] == b"asked"
        self.begun.append(name)
        await self.doors.setdefault(name, asyncio.Event()).wait()

    def let_out(self, *names):
        for name in names:
            self.doors.setdefault(name, asyncio.Event()).set()


class Asked:
    """A request under way, whose client can leave."""

    def __init__(self, queue, name, path="/api/v1/ask", kind="open", prefer=""):
        self.sent, self.left, self._read = [], asyncio.Event(), False
        headers = [(b"prefer", prefer.encode())] if prefer else []
        scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers, "name": name,
                 "state": {"caller": Caller(kind, "203.0.113.1")}}  # fmt: skip
        self.scope = scope
        self.task = asyncio.create_task(queue(scope, self.receive, self.send))

    async def receive(self):
        if not self._read:
            self._read = True
            return {"type": "http.request", "body": b"asked", "more_body": False}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.sent.append(message)

    @property
    def status(self):
        return self.sent[0]["status"] if self.sent else None

    @property
    def retry_after(self):
        return int(dict(self.sent[0]["headers"])[b"retry-after"])


PATHS = ("/api/v1/ask", "/hotline/ask")


def test_a_few_are_in_at_once_and_staff_goes_first_then_who_is_known():
    async def scene():
        app = Counted()
        queue = Queue(app, PATHS, app, 2, 600.0)
        for name in ("a", "b", "public 1", "public 2"):
            Asked(queue, name)
        Asked(queue, "key", kind="key")
        Asked(queue, "clerk", "/hotline/ask")
        Asked(queue, "health", "/healthz")
        await settled()
        assert app.begun == ["a", "b", "health"]
        assert (app.waiting, app.working) == (4, 2)
        for name in ("a", "clerk", "key", "public 1"):
            app.let_out(name)
            await settled()
        assert app.begun[3:] == ["clerk", "key", "public 1", "public 2"]
        app.let_out("b", "public 2")
        await settled()
        assert (app.waiting, app.working, queue._free) == (0, 0, 2)

    run(scene())


def test_what_would_come_too_late_is_refused_before_anything_is_done_for_it():
    async def scene():
        app = Counted()
        queue = Queue(app, PATHS, app, 1, 5.0)
        queue._mean = 2.0
        asked = [Asked(queue, n) for n in range(5)]
        await settled()
        assert app.begun == [0]
        assert [each.status for each in asked] == [None, None, None, 503, 503]
        assert json.loads(asked[3].sent[1]["body"])["code"] == "overloaded"
        assert asked[3].retry_after == 6
        # One that will not wait as long says so; one of the staff is not behind the others.
        impatient, clerk = (
            Asked(queue, "impatient", prefer="respond-async, wait=3"),
            Asked(queue, "clerk", PATHS[1]),
        )
        await settled()
        assert (impatient.status, clerk.status) == (503, None)
        assert app.unanswered == ["full"] * 3
        assert asked[0].scope["state"]["until"] - time.monotonic() < 5.0

    run(scene())


def test_who_has_waited_too_long_is_told_and_who_leaves_is_not_answered():
    async def scene():
        app = Counted()
        queue = Queue(app, PATHS, app, 1, 0.2)
        queue._mean = 0.01
        asked = [Asked(queue, n) for n in range(3)]
        await settled()
        asked[1].left.set()
        await asyncio.wait_for(asyncio.gather(asked[1].task, asked[2].task), 20)
        assert (asked[1].status, asked[2].status) == (None, 503)
        assert app.unanswered == ["left", "late"]
        app.let_out(0, "after")
        await asked[0].task
        await settled()
        await Asked(queue, "after").task
        assert app.begun == [0, "after"]
        assert (queue._free, app.waiting, app.working) == (1, 0, 0)

    run(scene())


def test_a_turn_that_comes_to_one_who_has_just_left_goes_to_the_next():
    async def scene():
        app = Counted()
        queue = Queue(app, PATHS, app, 1, 600.0)
        asked = [Asked(queue, n) for n in range(3)]
        await settled()
        app.let_out(0)
        while not any(turn.done() for turn in queue._lines[2]) and len(queue._lines[2]) == 2:
            await asyncio.sleep(0)
        asked[1].left.set()
        await settled()
        asked[1].task.cancel()
        app.let_out(1, 2)
        await asyncio.gather(*(each.task for each in asked), return_exceptions=True)
        await settled()
        assert 2 in app.begun
        assert queue._free == 1

    run(scene())


def test_no_turn_is_lost_when_two_end_together_and_one_waits():
    async def scene():
        app = Counted()
        queue = Queue(app, PATHS, app, 2, 600.0)
        asked = [Asked(queue, n) for n in range(3)]
        await settled()
        app.let_out(0, 1, 2)
        await asyncio.gather(*(each.task for each in asked))
        await settled()
        assert queue._free == 2

    run(scene())


def test_the_queue_has_an_end():
    async def scene():
        app = Counted()
        queue = Queue(app, PATHS, app, 1, 600.0)
        queue._mean = 0.0
        asked = [Asked(queue, n) for n in range(MOST_WAITING + 3)]
        await settled()
        assert [each.status for each in asked].count(503) == 2
        for each in asked:
            each.task.cancel()
        await asyncio.gather(*(each.task for each in asked), return_exceptions=True)
        await settled()
        assert (queue._free, app.waiting) == (1, 0)

    run(scene())


def test_in_a_crowd_those_who_are_let_in_are_answered_in_time_and_health_is_not_in_the_queue():
    services = tiny_services()
    reply, inside, most = services.dialogue.reply, [0], [0]

    def slow(*given, **more):
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(0.4)
        inside[0] -= 1
        return reply(*given, **more)

    services.dialogue.reply = slow
    with served(services, at_once=2, queue_seconds=2) as address:
        seen = []

        def ask():
            seen.append(httpx2.post(f"{address}/api/v1/ask", json={"question": "注意事项"}, timeout=60))

        threads = [threading.Thread(target=ask) for _ in range(30)]
        for thread in threads:
            thread.start()
        assert httpx2.get(f"{address}/healthz", timeout=60).status_code == 200
        for thread in threads:
            thread.join(60)
        counted = httpx2.get(f"{address}/metrics", timeout=60).text
    answered = [each for each in seen if each.status_code == 200]
    refused = [each for each in seen if each.status_code == 503]
    assert (len(answered) + len(refused), most[0]) == (30, 2)
    assert answered
    assert refused
    assert all(int(each.headers["retry-after"]) >= 1 for each in refused)
    # What was refused was not begun.
    assert len(services.dialogue.asked) == len(answered)
    assert "zhengwen_unanswered_total{reason=" in counted
    assert "zhengwen_working 0.0" in counted
