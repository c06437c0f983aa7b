"""Answering pushed messages in the background, and handing the answer to whoever still waits for it."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from app.errors import TooManyRequests
from app.web.wechat.client import BUSY, CallError, Client, with_token

log = logging.getLogger("zhengwen.wechat")

WORKERS = 4  # threads
WAITING = 64  # messages being answered or about to be, in one process
PAUSES = (0.5, 1.0, 2.0)  # s before a message is sent again


class Handover:
    """One answer, two who may take it: the request while it waits, the sender once it has gone."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._answer: Sequence[str] | None = None
        self._gone = False

    def give(self, answer: Sequence[str]) -> bool:
        """Whether the one who waits takes the answer; otherwise it is to be sent."""
        with self._changed:
            if self._gone:
                return False
            self._answer = answer
            self._changed.notify_all()
            return True

    def wait(self, seconds: float) -> Sequence[str] | None:
        """The answer, or None when it did not come in time: then nobody waits any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._answer is not None, seconds)
            self._gone = self._answer is None
            return self._answer


class Pool:
    """A few threads and a bounded number of messages. What was taken on is finished before the process ends."""

    def __init__(self, workers: int = WORKERS, waiting: int = WAITING) -> None:
        self._room = threading.BoundedSemaphore(waiting)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="wechat-answer")

    def take_on(self, work: Callable[[], None]) -> None:
        """Have the work done. Raises `TooManyRequests` where there is no room: WeChat asks again by itself."""
        if not self._room.acquire(blocking=False):
            raise TooManyRequests("正在回复的消息太多，请稍后再推送。", 5)
        self._threads.submit(self._done, work)

    def close(self) -> None:
        """Finish what was taken on."""
        self._threads.shutdown(wait=True)

    def _done(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            # The kind alone: what an unforeseen error says may hold what a person wrote.
            log.error("a pushed message was not answered: %s", type(error).__name__)
        finally:
            self._room.release()


class Sender:
    """Sends chat messages one after another."""

    def __init__(
        self,
        client: Client,
        token: Callable[[str | None], str],
        pauses: Sequence[float] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client, self._token, self._sleep = client, token, sleep
        self._pauses = PAUSES if pauses is None else pauses

    def send(self, openid: str, texts: Sequence[str]) -> bool:
        """Whether all went out. The first that does not is the last that is tried: half a sentence helps nobody."""
        for number, text in enumerate(texts, 1):
            failure = self._sent(openid, text)
            if failure is not None:
                log.warning("message %d of %d was not sent: %s", number, len(texts), failure)
                return False
        return True

    def _sent(self, openid: str, text: str) -> CallError | None:
        for pause in (*self._pauses, None):
            try:
                with_token(self._token, lambda token: self._client.send_text(token, openid, text))
                return None
            except CallError as failed:
                # A slow call may have arrived: sent again, the person would read it twice.
                if pause is None or not (failed.kind == "broken" or failed.code == BUSY):
                    return failed
            self._sleep(pause)
        return None
