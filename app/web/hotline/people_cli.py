"""The command `people`: who works at the console. The first administrator can only be made here."""

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from app.errors import InvalidPerson, StoreUnavailable, WeakPassword
from app.settings import open_settings
from app.store import Database, People, Person, Role, check_strength, open_security_log

people_cli = typer.Typer(help="管理热线工作台的人员。", no_args_is_help=True)
_ROLES = "、".join(f"{role.value}（{role.label}）" for role in Role)
AccountArgument = Annotated[str, typer.Argument(help="账号")]


@contextmanager
def _people() -> Iterator[People]:
    settings = open_settings()
    open_security_log(settings.security_log)
    database = Database(settings.database_url)
    try:
        yield People(database)
    except StoreUnavailable as error:
        raise StoreUnavailable(f"{error}，请检查 ZHENGWEN_DATABASE_URL 后再试。") from None
    finally:
        database.close()


@people_cli.command("add")
def add_person(
    account: Annotated[str, typer.Argument(help="登录用的账号，如 wangfang")],
    role: Annotated[str, typer.Option("--role", help=f"角色：{_ROLES}")] = Role.CLERK.value,
    name: Annotated[str, typer.Option("--name", help="姓名；不写则与账号相同")] = "",
    department: Annotated[str, typer.Option("--department", help="部门")] = "",
) -> None:
    """新增一个人；密码在终端输入两次，或从标准输入读一行。"""
    wanted = _role(role)
    password = _ask_password(account)
    with _people() as people:
        made = people.add(account, password, name=name, role=wanted, department=department, must_change=False)
    typer.echo(f"已新增{_shown(made)}。请打开 /hotline/sign-in 登录。")


@people_cli.command("list")
def list_people() -> None:
    """列出全部人员。"""
    with _people() as people:
        found = people.everybody()
    zone = ZoneInfo(open_settings().timezone)
    for each in found:
        off = (
            each.disabled_at.astimezone(zone).strftime("已于 %Y-%m-%d %H:%M 停用") if each.disabled_at else ""
        )
        typer.echo("  ".join(part for part in (_shown(each), each.department, off) if part))
    if not found:
        typer.echo("还没有人员，请用 people add 新增，例如 people add wangfang --name 王芳 --role admin。")


@people_cli.command("disable")
def disable_person(account: AccountArgument) -> None:
    """停用一个人，立即退出其全部登录。"""
    with _people() as people:
        done = people.disable(people.by_account(account).id)
    typer.echo(f"已停用{_shown(done)}。")


@people_cli.command("enable")
def enable_person(account: AccountArgument) -> None:
    """重新启用一个人。"""
    with _people() as people:
        done = people.enable(people.by_account(account).id)
    typer.echo(f"已启用{_shown(done)}。")


@people_cli.command("role")
def change_role(
    account: AccountArgument, role: Annotated[str, typer.Argument(help=f"角色：{_ROLES}")]
) -> None:
    """改一个人的角色；从下一次操作起生效。"""
    wanted = _role(role)
    with _people() as people:
        done = people.change(people.by_account(account).id, role=wanted)
    typer.echo(f"已改为{_shown(done)}。")


@people_cli.command("password")
def change_password(account: AccountArgument) -> None:
    """重设一个人的密码，退出其全部登录，并解除暂停登录。"""
    with _people() as people:
        found = people.by_account(account)
        done = people.set_password(found.id, _ask_password(found.account))
    typer.echo(f"已重设{_shown(done)}的密码。")


def _role(text: str) -> Role:
    by_name = {role.value: role for role in Role} | {role.label: role for role in Role}
    if text not in by_name:
        raise InvalidPerson(f"没有角色“{text[:40]}”，可选的是 {_ROLES}。")
    return by_name[text]


def _ask_password(account: str) -> str:
    """Asked for twice at a terminal; otherwise one line of standard input. Raises `WeakPassword`."""
    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\r\n")
        check_strength(password, account)
        return password
    password = getpass.getpass("密码：")
    check_strength(password, account)
    if getpass.getpass("再输一次：") != password:
        raise WeakPassword("两次输入的密码不一样，请重新运行。")
    return password


def _shown(person: Person) -> str:
    return f"“{person.name}”（账号 {person.account}，{person.role.label}）"
