import threading
from datetime import UTC, datetime, timedelta

import pytest

from app.store import WechatRecords
from app.web.wechat.access_token import AHEAD, AccessToken
from app.web.wechat.cipher import Seal
from app.web.wechat.client import CallError, with_token
from scripts.fake_wechat import Fault

from .office import SIGNING, login

STABLE, CHECK = "/cgi-bin/stable_token", "/wxa/msg_sec_check"


class Clock:
    def __init__(self):
        self.now = datetime(2025, 3, 1, tzinfo=UTC)

    def __call__(self):
        return self.now


class Source:
    """Gives out tokens by number, and counts."""

    def __init__(self):
        self.asked, self.failing, self.same = 0, False, False

    def __call__(self, force):
        self.asked += 1
        if self.failing:
            raise CallError("broken")
        return f"token-{1 if self.same and not force else self.asked}", 7200


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def source():
    return Source()


@pytest.fixture
def worker(tmp_path, source, clock):
    """Makes the token keeper of one more worker."""
    opened = []

    def make():
        records = WechatRecords.open(f"sqlite:///{tmp_path}/store.sqlite3", clock=clock)
        opened.append(records)
        return AccessToken(source, records, Seal(SIGNING, "access"), "account", clock)

    yield make
    for records in opened:
        records.close()


def test_all_workers_share_one_token(worker, source):
    assert {worker().current() for _ in range(4)} == {"token-1"}
    assert source.asked == 1


def test_many_threads_of_many_workers_ask_wechat_once(worker, source):
    workers, seen = [worker() for _ in range(4)], []
    threads = [
        threading.Thread(target=lambda at=at: seen.append(at.current())) for at in workers for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(seen) == {"token-1"}
    assert (len(seen), source.asked) == (20, 1)


def test_the_token_is_renewed_ahead_of_its_end(worker, source, clock):
    one, two = worker(), worker()
    one.current()
    clock.now += timedelta(seconds=7200) - AHEAD - timedelta(seconds=1)
    assert two.current() == "token-1"
    clock.now += timedelta(seconds=1)
    assert (one.current(), two.current(), source.asked) == ("token-2", "token-2", 2)


def test_the_old_token_is_used_while_wechat_gives_no_new_one(worker, source, clock):
    one = worker()
    one.current()
    clock.now += timedelta(seconds=7200) - AHEAD
    source.failing = True
    assert one.current() == "token-1"
    clock.now += AHEAD
    with pytest.raises(CallError):
        one.current()
    source.failing = False
    assert one.current() == "token-4"


def test_a_token_that_was_refused_is_replaced_for_all(worker, source):
    one, two = worker(), worker()
    one.current(), two.current()
    assert one.current("token-1") == "token-2"
    assert two.current("token-1") == "token-2"
    assert source.asked == 2


def test_a_token_that_wechat_repeats_although_it_refused_it_is_forced(worker, source):
    one = worker()
    source.same = True
    assert one.current() == "token-1"
    assert one.current("token-1") == "token-3"


def test_a_worker_that_died_while_renewing_is_not_waited_for_longer_than_its_hold(worker, source, clock):
    one, two = worker(), worker()
    assert one._records.hold("account", "a worker that died", 15)
    clock.now += timedelta(seconds=16)
    assert two.current() == "token-1"


def test_without_the_store_each_worker_asks_for_itself(tmp_path, source, clock):
    (tmp_path / "file").write_text("in the way")
    records = WechatRecords.open(f"sqlite:///{tmp_path}/file/store.sqlite3")
    keeper = AccessToken(source, records, Seal(SIGNING, "access"), "account", clock)
    assert (keeper.current(), keeper.current(), source.asked) == ("token-1", "token-1", 1)
    records.close()


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_call_is_tried_once_more_with_another_token(code):
    given, called = [], []

    def token(refused):
        given.append(refused)
        return f"token-{len(given)}"

    def call(token):
        called.append(token)
        if len(called) == 1:
            raise CallError("refused", code)
        return "done"

    assert with_token(token, call) == "done"
    assert (given, called) == ([None, "token-1"], ["token-1", "token-2"])


def test_a_call_is_not_tried_a_third_time_nor_for_other_reasons():
    def refuse(code):
        def call(token):
            called.append(token)
            raise CallError("refused", code)

        return call

    for code, times in ((40001, 2), (45009, 1)):
        called = []
        with pytest.raises(CallError):
            with_token(lambda refused: "token", refuse(code))
        assert len(called) == times


def ask(client, headers):
    return client.post("/wechat/v1/ask", json={"question": "注意事项有哪些？"}, headers=headers)


def test_a_token_that_wechat_forgot_is_renewed_within_a_question(client, fake):
    headers = login(client)
    ask(client, headers)
    fake.forget_token()
    assert ask(client, headers).status_code == 200
    assert [check.suggest for check in client.app_.state.wechat.desk().records.checks()] == ["pass", "pass"]
    assert (fake.count(STABLE), fake.count(CHECK)) == (2, 3)


@pytest.mark.parametrize(
    "fault", [Fault("errcode", -1), Fault("errcode", 40125), Fault("status", 500), Fault("malformed")]
)
def test_without_a_token_the_check_is_away_and_the_answer_comes(client, fake, fault):
    fake.fail(STABLE, fault)
    assert ask(client, login(client)).status_code == 200
    assert client.app_.state.wechat.desk().records.checks()[0].suggest == "unavailable"


@pytest.mark.parametrize("code", [40001, 42001])
def test_the_check_is_retried_once_on_a_stale_token(client, fake, code):
    fake.fail(CHECK, Fault("errcode", code))
    assert ask(client, login(client)).status_code == 200
    assert fake.count(CHECK) == 2
    assert client.app_.state.wechat.desk().records.checks()[0].suggest == "pass"
