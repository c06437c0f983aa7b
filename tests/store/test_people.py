"""People, passwords, sessions and failures, on both databases."""

import threading
import unicodedata
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import text

from app.errors import InvalidPerson, PersonNotFound, StoreUnavailable, WeakPassword
from app.store import (
    Audit,
    Database,
    Limits,
    Passwords,
    People,
    Role,
    SignIns,
    account_key,
    check_strength,
)
from tests.store.rows import together

PASSWORD = "竹子 river 42"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch):
    monkeypatch.setattr("app.store.password.PASSES", 1)
    monkeypatch.setattr("app.store.password.MEMORY", 8)
    monkeypatch.setattr("app.store.password.LANES", 1)


@pytest.fixture
def database(url):
    with closing(Database(url)) as opened:
        yield opened


@pytest.fixture
def people(database):
    return People(database)


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now

    def forward(self, **much):
        self.now += timedelta(**much)


def test_a_person_is_found_by_account_and_password_and_by_nothing_else(people):
    made = people.add("WangFang", PASSWORD, name="王芳", role=Role.EDITOR, department="热线")
    assert people.check("wangfang", PASSWORD) == made
    assert people.check(" ＷＡＮＧＦＡＮＧ ", PASSWORD) == made
    for account, password in (
        ("wangfang", "竹子 river 43"),
        ("wangfan", PASSWORD),
        ("", ""),
        ("wangfang", ""),
    ):
        assert people.check(account, password) is None


def test_the_database_holds_no_password_and_no_token(database, people):
    made = people.add("wangfang", PASSWORD)
    token = SignIns(database).open(made)
    with database.reading() as connection:
        kept = [
            str(value)
            for table in ("people", "sign_ins", "audit", "sign_in_failures")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
            for value in row
        ]
    assert any(value.startswith("$argon2id$") for value in kept)
    assert not [value for value in kept if PASSWORD in value or token in value]


def test_a_password_kept_with_other_parameters_is_kept_anew_at_the_next_sign_in(
    people, database, monkeypatch
):
    people.add("wangfang", PASSWORD)
    monkeypatch.setattr("app.store.password.PASSES", 2)
    later = People(database)
    assert later.check("wangfang", PASSWORD)
    with database.reading() as connection:
        assert "t=2" in connection.execute(text("SELECT password FROM people")).scalar_one()
    assert later.check("wangfang", PASSWORD)


@pytest.mark.parametrize(
    "account", ["", "王", "a" * 41, "a b", "a\nb", "' OR '1'='1", "a;--", "<b>", "../x", "a\0b"]
)
def test_an_account_that_cannot_be_one_is_refused_by_name(people, account):
    with pytest.raises(InvalidPerson, match="账号"):
        people.add(account, PASSWORD)
    assert not people.anybody()


def test_an_account_exists_once_however_it_is_written(people):
    people.add("wangfang", PASSWORD)
    for account in ("WANGFANG", "ｗａｎｇｆａｎｇ", " wangfang "):
        with pytest.raises(InvalidPerson, match="已经有了"):
            people.add(account, PASSWORD)


HOSTILE = [
    "'; DROP TABLE people; --",
    '" OR 1=1',
    "\\'; --",
    "%s %(x)s {x}",
    "<script>alert(1)</script>",
    "\u202e王",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_what_looks_like_sql_is_a_name_like_any_other(people, words):
    made = people.add("wangfang", PASSWORD, name=words, department=words)
    assert people.person(made.id).department == made.department
    assert people.check(words, words) is None
    with pytest.raises(PersonNotFound):
        people.person(words)
    assert len(people.everybody()) == 1


def test_somebody_who_is_disabled_is_out_at_once_in_every_process(url, database, people):
    people.add("admin", PASSWORD, role=Role.ADMIN)
    made = people.add("wangfang", PASSWORD)
    token = SignIns(database).open(made)
    with closing(Database(url)) as other:
        assert SignIns(other).find(token)[0] == made
        people.disable(made.id)
        assert SignIns(other).find(token) is None
        assert People(other).check("wangfang", PASSWORD) is None
    assert people.enable(made.id).disabled_at is None
    assert SignIns(database).find(token) is None
    assert people.check("wangfang", PASSWORD)


def test_another_role_holds_from_the_next_look_on(database, people):
    people.add("admin", PASSWORD, role=Role.ADMIN)
    made = people.add("wangfang", PASSWORD, role=Role.REVIEWER)
    signed = SignIns(database)
    token = signed.open(made)
    people.change(made.id, role=Role.CLERK)
    assert signed.find(token)[0].role is Role.CLERK


def test_another_password_signs_out_everywhere_and_lifts_a_lock(database, people):
    made = people.add("wangfang", PASSWORD)
    signed = SignIns(database, Limits(per_account=1))
    token = signed.open(made)
    signed.take(account_key("WangFang"), 1)
    assert signed.take(account_key("wangfang"), 1) > 0
    people.set_password(made.id, "another 词语 77")
    assert signed.find(token) is None
    assert signed.take(account_key("wangfang"), 1) == 0


def test_the_last_administrator_stays(people):
    admin = people.add("admin", PASSWORD, role=Role.ADMIN)
    clerk = people.add("clerk", PASSWORD)
    for change in (lambda: people.change(admin.id, role=Role.REVIEWER), lambda: people.disable(admin.id)):
        with pytest.raises(InvalidPerson, match="最后一位管理员"):
            change()
    people.change(clerk.id, role=Role.ADMIN)
    with pytest.raises(InvalidPerson, match="自己"):
        people.disable(admin.id, by=people.person(admin.id))
    assert people.disable(admin.id, by=people.person(clerk.id)).disabled_at is not None


def test_two_administrators_who_demote_each_other_at_once_leave_one(url, people):
    pair = [people.add(name, PASSWORD, role=Role.ADMIN) for name in ("anna", "bruno")]
    refused = []

    def demote(whom, by):
        with closing(Database(url)) as database:
            try:
                People(database).change(whom.id, role=Role.CLERK, by=by)
            except (InvalidPerson, StoreUnavailable) as error:
                refused.append(error)

    together(lambda: demote(pair[0], pair[1]), lambda: demote(pair[1], pair[0]))
    assert len(refused) >= 1
    assert sum(each.may(Role.ADMIN) for each in people.everybody()) >= 1


def test_each_role_may_do_what_those_before_may():
    assert [[role.covers(needed) for needed in Role] for role in Role] == [
        [True, False, False, False],
        [True, True, False, False],
        [True, True, True, False],
        [True, True, True, True],
    ]


def test_a_session_ends_when_it_is_idle_and_after_its_longest_time(database, people):
    clock, made = Clock(), people.add("wangfang", PASSWORD)
    signed = SignIns(database, Limits(idle=timedelta(minutes=30), longest=timedelta(hours=2)), clock)
    idle, busy = signed.open(made), signed.open(made)
    for _ in range(5):
        clock.forward(minutes=20)
        assert signed.find(busy)
    assert signed.find(idle) is None
    assert len(signed.of(made.id)) == 1
    clock.forward(minutes=20)
    assert signed.find(busy) is None
    assert signed.counts() == {}
    signed.open(made)  # those that are over go
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM sign_ins")).scalar_one() == 1


def test_every_session_has_a_token_of_its_own_and_ends_by_itself_or_with_all(database, people):
    made, signed = people.add("wangfang", PASSWORD), SignIns(database)
    tokens = [signed.open(made) for _ in range(4)]
    assert len(set(tokens)) == 4
    signed.end(tokens[0])
    assert [signed.find(token) is not None for token in tokens] == [False, True, True, True]
    kept = signed.find(tokens[1])[1].id
    assert signed.end_all(made.id, but=kept) == 2
    assert signed.find(tokens[1])
    assert signed.end_all(made.id) == 1
    for nothing in ("", "x", "' OR 1=1 --", "\ud800", "x" * 5000):
        assert signed.find(nothing) is None


def test_failures_lock_for_a_time_that_more_attempts_do_not_lengthen(database):
    clock = Clock()
    signed = SignIns(database, Limits(lock=timedelta(minutes=15)), clock)
    assert [signed.take("a", 3) for _ in range(3)] == [0, 0, 0]
    assert signed.take("a", 3) == 900
    clock.forward(minutes=14)
    assert signed.take("a", 3) == 60
    assert signed.take("b", 3) == 0
    clock.forward(minutes=1)
    assert signed.take("a", 3) == 0


def test_old_failures_do_not_add_up_and_a_success_forgets_them(database):
    clock = Clock()
    signed = SignIns(database, Limits(lock=timedelta(minutes=15)), clock)
    for _ in range(10):
        assert signed.take("a", 3) == 0
        clock.forward(minutes=8)
    for _ in range(10):
        assert signed.take("b", 3) == 0
        signed.release("b", wholly=True)
        assert signed.take("c", 3) == 0
        signed.release("c", wholly=False)


def test_many_attempts_at_the_same_time_are_no_way_round_the_limit(url, database):
    database.prepare()
    passed, lock = [], threading.Lock()

    def attempt():
        with closing(Database(url)) as mine:
            seconds = SignIns(mine).take("a", 5)
        with lock:
            passed.append(seconds == 0)

    together(*[attempt] * 12)
    assert sum(passed) == 5


def test_a_change_that_fails_leaves_no_record_and_one_that_succeeds_leaves_one(database, people):
    made = people.add("admin", PASSWORD, role=Role.ADMIN)
    with pytest.raises(InvalidPerson):
        people.disable(made.id)
    people.change(made.id, name="王芳", department="热线", by=made, address="203.0.113.7")
    newest, oldest = Audit(database).records()
    assert (oldest.action, oldest.person_name, oldest.person_id) == ("新增人员", "命令行", None)
    assert (newest.action, newest.person_id, newest.address) == ("修改人员", made.id, "203.0.113.7")
    assert newest.detail == "姓名：admin → 王芳；部门：未填 → 热线"


@given(st.text(st.characters(categories=("L", "M", "N", "P")), min_size=8, max_size=30))
def test_a_password_that_is_accepted_opens_in_whatever_form_a_keyboard_sends_it(password):
    try:
        check_strength(password, "wangfang")
    except WeakPassword:
        assume(False)
    passwords = Passwords()
    kept = passwords.keep(password)
    assert passwords.matches(kept, unicodedata.normalize("NFD", password))
    assert not passwords.matches(kept, password + "x")
    assert not passwords.matches(None, password)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("短", "至少 10 个"),
        ("x" * 129, "最多 128 个"),
        ("abcdefghijk", "只有一类"),
        ("82736455192", "只有一类"),
        ("Wangfang#2026", "账号本身"),
        ("Password2026!", "太常见"),
        ("admin@123456", "太常见"),
        ("q1w2e3r4t5", "太常见"),
        ("123qweasdzxc", "太常见"),
        ("Sunshine#2026", "太常见"),
        ("a1a1a1a1a1a1", "太常见"),
        ("1234567890a", "太常见"),
        (" river 42 竹子 ", "空格"),
        ("river\t42 竹子好", "不可见"),
        ("", "0 个"),
    ],
)
def test_a_weak_password_is_refused_with_what_to_change(password, why):
    with pytest.raises(WeakPassword, match=why):
        check_strength(password, "wangfang")


@pytest.mark.parametrize(
    "password", [PASSWORD, "Tr0ub4dor&3x", "correct horse battery staple", "青山绿水蓝天白云大江南北春夏秋冬"]
)
def test_a_good_password_is_accepted(password):
    check_strength(password, "wangfang")
