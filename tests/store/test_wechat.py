import multiprocessing
from datetime import UTC, datetime, timedelta

import pytest

from app.errors import StoreUnavailable
from app.store.wechat import EVERYBODY, Check, WechatRecords

NOW = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
ANNA, BEN = "a" * 64, "b" * 64


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now

    def on(self, **span):
        self.now += timedelta(**span)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def records(url, clock):
    opened = WechatRecords.open(url, timedelta(days=180), clock)
    yield opened
    opened.close()


def test_a_mark_can_be_claimed_once_until_it_lapses(records, clock):
    assert records.claim("message", "1", 60)
    assert not records.claim("message", "1", 60)
    assert records.claim("nonce", "1", 60)
    clock.on(seconds=61)
    assert records.claim("message", "1", 60)


def test_a_claim_that_is_released_can_be_claimed_again(records):
    assert records.claim("message", "1", 60)
    records.release("message", "1")
    assert records.claim("message", "1", 60)


def claim_all(url, won):
    records = WechatRecords.open(url)
    won.put([mark for mark in map(str, range(40)) if records.claim("message", mark, 60)])
    records.close()


def test_four_processes_share_the_claims_out_between_them(url):
    spawn = multiprocessing.get_context("spawn")
    won = spawn.Queue()
    workers = [spawn.Process(target=claim_all, args=(url, won)) for _ in range(4)]
    for worker in workers:
        worker.start()
    claimed = [mark for _ in workers for mark in won.get(timeout=60)]
    for worker in workers:
        worker.join()
    assert sorted(claimed, key=int) == [str(number) for number in range(40)]


def test_uses_are_counted_by_day_and_person(records):
    assert [records.use("2025-03-01", ANNA) for _ in range(3)] == [1, 2, 3]
    assert records.use("2025-03-01", BEN) == 1
    assert records.use("2025-03-02", ANNA) == 1
    assert records.use("2025-03-01", EVERYBODY) == 1


def test_a_session_belongs_to_the_person_it_began_with(records, clock):
    records.joined("s1", ANNA)
    clock.on(minutes=1)
    records.joined("s2", ANNA)
    records.joined("s1", BEN)
    assert records.owns(ANNA, "s1")
    assert not records.owns(BEN, "s1")
    assert not records.owns(ANNA, "unknown")
    assert records.sessions_of(ANNA) == ("s2", "s1")
    clock.on(minutes=1)
    records.joined("s1", ANNA)
    assert records.sessions_of(ANNA, 1) == ("s1",)


def test_what_is_kept_of_a_person_can_be_removed(records):
    records.came(ANNA, {"referer": "match"})
    records.joined("s1", ANNA)
    records.joined("s2", BEN)
    records.record_check(Check(ANNA, "pass", 100, "trace", "answer", NOW))
    assert records.forget(ANNA) == ("s1",)
    assert records.facts(ANNA) is None
    assert records.sessions_of(ANNA) == ()
    assert records.checks() == ()
    assert records.sessions_of(BEN) == ("s2",)


def test_the_facts_of_the_last_login_are_kept(records):
    assert records.facts(ANNA) is None
    records.came(ANNA, {"referer": "absent"})
    records.came(ANNA, {"referer": "match"})
    assert records.facts(ANNA) == {"referer": "match"}


def test_checks_come_back_newest_first(records):
    first = Check(ANNA, "risky", 20001, "trace-1", "refuse", NOW)
    second = Check(ANNA, "unavailable", None, None, "record", NOW + timedelta(seconds=1))
    records.record_check(first)
    records.record_check(second)
    assert records.checks() == (second, first)


def test_one_holder_at_a_time_renews_the_token(records, clock):
    assert records.token("app").sealed == ""
    assert records.hold("app", "one", 15)
    assert not records.hold("app", "two", 15)
    records.renew("app", "two", "not mine to save", clock.now)
    records.renew("app", "one", "sealed", NOW + timedelta(hours=2))
    assert records.token("app").sealed == "sealed"
    assert records.token("app").until == NOW + timedelta(hours=2)
    assert records.hold("app", "two", 15)
    records.let_go("app", "two")
    assert records.hold("app", "one", 15)
    clock.on(seconds=16)  # one died holding it
    assert records.hold("app", "two", 15)


def test_what_has_expired_is_removed(records, clock):
    records.came(ANNA, {})
    records.joined("s1", ANNA)
    records.record_check(Check(ANNA, "pass", 100, None, "answer", NOW))
    records.use("2025-03-01", ANNA)
    clock.on(days=181)
    records._tidy_at = 0.0
    records.claim("message", "1", 60)
    assert (records.facts(ANNA), records.sessions_of(ANNA), records.checks()) == (None, (), ())
    assert records.use("2025-03-01", ANNA) == 1


def test_a_database_that_is_away_is_said_to_be_away_and_left_alone_for_a_while(tmp_path):
    (tmp_path / "file").write_text("in the way")
    records = WechatRecords.open(f"sqlite:///{tmp_path}/file/store.sqlite3")
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            records.claim("message", "1", 60)
    records.close()
