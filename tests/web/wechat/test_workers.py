"""Four processes behind one address, as `--workers 4` makes them, and WeChat asking again and again."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx2
import pytest

from scripts.fake_wechat import as_xml, stamped, text_message

from .office import PUSH_TOKEN, SECRETS
from .running import Worker

WORKERS, MESSAGES, COPIES = 4, 24, 3


@pytest.fixture
def workers(tmp_path, fake):
    with ExitStack() as running:
        started = [running.enter_context(Worker(tmp_path, fake, number)) for number in range(WORKERS)]
        yield [worker.ready() for worker in started]


def push(given):
    url, fields = given
    response = httpx2.post(
        f"{url}/wechat/v1/push", params=stamped(PUSH_TOKEN), content=as_xml(fields), timeout=30
    )
    return response.status_code, response.text


def test_messages_that_come_again_to_four_workers_are_answered_once_with_one_token(workers, fake):
    messages = [
        text_message("注意事项有哪些？", f"openid-{number}", number=f"1000{number}")
        for number in range(MESSAGES)
    ]
    jobs = [
        (worker.url, fields) for fields in messages for worker in random.Random(7).choices(workers, k=COPIES)
    ]
    jobs += [(workers[number % WORKERS].url, fields) for number, fields in enumerate(messages)]
    random.Random(7).shuffle(jobs)
    with ThreadPoolExecutor(8) as senders:
        assert set(senders.map(push, jobs)) == {(200, "success")}
    fake.wait_for_sent(MESSAGES)
    # Whoever answered twice would do so by now: each worker finishes what it has taken on before it ends.
    for worker in workers:
        worker.process.stdin.close()
        worker.process.wait(30)
    assert Counter(openid for openid, _ in fake.sent) == {f"openid-{number}": 1 for number in range(MESSAGES)}
    assert fake.count("/cgi-bin/stable_token") == 1
    logs = [worker.log() for worker in workers]
    assert [secret for log in logs for secret in SECRETS if secret in log] == []
    assert all('"POST /wechat/v1/push?… HTTP/1.1" 200' in log for log in logs)
    assert not any("Traceback" in log for log in logs)
