"""The command `people`."""

import pytest
from typer.testing import CliRunner

from app.__main__ import cli
from app.errors import InvalidPerson, PersonNotFound, StoreUnavailable, WeakPassword
from app.store import Database, People, Role
from tests.web.hotline.conftest import PASSWORD


@pytest.fixture
def people(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path}/people.sqlite3"
    monkeypatch.setenv("ZHENGWEN_DATABASE_URL", url)
    database = Database(url)
    yield People(database)
    database.close()


def run(*words, typed=""):
    done = CliRunner().invoke(cli, ["people", *words], input=typed)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def test_the_first_administrator_is_made_with_a_password_from_standard_input(people):
    said = run(
        "add", "wangfang", "--name", "王芳", "--role", "admin", "--department", "热线", typed=PASSWORD + "\n"
    )
    assert PASSWORD not in said
    made = people.check("wangfang", PASSWORD)
    assert (made.name, made.role, made.department, made.must_change) == ("王芳", Role.ADMIN, "热线", False)
    assert "“王芳”（账号 wangfang，管理员）  热线" in run("list")


def test_there_is_no_default_password(people):
    with pytest.raises(WeakPassword):
        run("add", "wangfang")
    assert "还没有人员" in run("list")


def test_at_a_terminal_the_password_is_asked_for_twice(people, monkeypatch):
    from app.web.hotline import people_cli

    typed = iter([PASSWORD, PASSWORD, PASSWORD, "something else 9"])
    monkeypatch.setattr(people_cli.sys, "stdin", type("Terminal", (), {"isatty": lambda self: True})())
    monkeypatch.setattr(people_cli.getpass, "getpass", lambda prompt: next(typed))
    people_cli.add_person("wangfang", "clerk")
    assert people.check("wangfang", PASSWORD)
    with pytest.raises(WeakPassword, match="不一样"):
        people_cli.change_password("wangfang")


def test_role_password_disable_and_enable(people):
    run("add", "admin", "--role", "管理员", typed=PASSWORD + "\n")
    run("add", "wangfang", typed=PASSWORD + "\n")
    assert "编辑" in run("role", "wangfang", "editor")
    run("password", "wangfang", typed="另一个 river 7\n")
    assert people.check("wangfang", "另一个 river 7")
    assert "已停用" in run("disable", "wangfang")
    assert "停用" in run("list")
    assert people.check("wangfang", "另一个 river 7") is None
    run("enable", "WangFang")
    assert people.check("wangfang", "另一个 river 7").role is Role.EDITOR


def test_what_cannot_be_done_is_said(people):
    run("add", "admin", "--role", "admin", typed=PASSWORD + "\n")
    with pytest.raises(InvalidPerson, match="没有角色“king”"):
        run("add", "wangfang", "--role", "king")
    with pytest.raises(PersonNotFound, match="wangfang"):
        run("disable", "wangfang")
    with pytest.raises(InvalidPerson, match="最后一位管理员"):
        run("disable", "admin")


def test_a_database_that_is_away_is_named_with_its_setting(monkeypatch):
    monkeypatch.setenv("ZHENGWEN_DATABASE_URL", "sqlite:////proc/none/x.sqlite3")
    with pytest.raises(StoreUnavailable, match="ZHENGWEN_DATABASE_URL"):
        run("list")
