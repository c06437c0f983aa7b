"""The commands `sites` and `keys`: who may ask from elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from app.errors import InvalidSetting, StoreUnavailable
from app.settings import open_settings
from app.store import Access, Site
from app.web.admission import SCOPES
from app.web.origins import read_pattern

sites_cli = typer.Typer(help="登记可以嵌入问答的网站。", no_args_is_help=True)
keys_cli = typer.Typer(help="管理其他程序调用接口的密钥。", no_args_is_help=True)


@contextmanager
def _access() -> Iterator[Access]:
    access = Access.open(open_settings().database_url)
    try:
        yield access
    except StoreUnavailable as error:
        raise StoreUnavailable(f"{error}，请检查 ZHENGWEN_DATABASE_URL 后再试。") from None
    finally:
        access.close()


@sites_cli.command("add")
def add_site(
    name: Annotated[str, typer.Argument(help="网站名称，如 某区政府网")],
    origin: Annotated[
        list[str], typer.Option("--origin", help="允许的来源，可重复；https://*.域名 表示全部下级域名")
    ] = [],  # noqa: B006
    per_day: Annotated[int, typer.Option("--per-day", min=1, help="每天最多提问多少次")] = 20_000,
) -> None:
    """登记一个网站，打印要放进网页的一行代码；不写 --origin 则任何来源都不允许。"""
    origins = tuple(dict.fromkeys(read_pattern(each) for each in origin))
    with _access() as access:
        site = access.add_site(Site(_named(name), origins, per_day))
    typer.echo(f"已登记“{site.name}”，编号 {site.id}。")
    typer.echo(f"允许的来源：{'、'.join(origins) or '无（请用 --origin 登记，否则不会显示）'}")
    base = open_settings().base_url.rstrip("/") or "https://本服务的网址"
    typer.echo(f'<script defer src="{base}/widget.js" data-site="{site.id}"></script>')


@sites_cli.command("list")
def list_sites() -> None:
    """列出登记的网站。"""
    with _access() as access:
        found = access.sites()
    for site in found:
        state = f"已于 {_day(site.revoked_at)} 停用" if site.revoked_at else f"每天 {site.per_day} 次"
        typer.echo(f"{site.id}  {site.name}  {state}  {'、'.join(site.origins) or '没有允许的来源'}")
    if not found:
        typer.echo("还没有登记网站，请用 sites add 登记。")


@sites_cli.command("revoke")
def revoke_site(site_id: Annotated[str, typer.Argument(help="站点编号")]) -> None:
    """停用一个网站；几秒内生效。"""
    with _access() as access:
        access.revoke_site(site_id)
    typer.echo(f"已停用 {site_id}。")


@keys_cli.command("add")
def add_key(
    name: Annotated[str, typer.Argument(help="用途，如 12345 热线")],
    scope: Annotated[list[str], typer.Option("--scope", help=f"权限，可重复：{'、'.join(SCOPES)}")] = ["ask"],  # noqa: B006
    per_minute: Annotated[int, typer.Option("--per-minute", min=1, help="每分钟最多请求多少次")] = 600,
) -> None:
    """新建一个密钥；它只在这时显示一次。"""
    unknown = [each for each in scope if each not in SCOPES]
    if unknown:
        raise InvalidSetting(f"没有权限“{unknown[0][:40]}”，可选的是 {'、'.join(SCOPES)}。")
    with _access() as access:
        made, secret = access.add_key(_named(name), tuple(dict.fromkeys(scope)), per_minute)
    typer.echo(
        f"已为“{made.name}”新建密钥，编号 {made.id}，权限 {'、'.join(made.scopes)}。请现在保存，以后不再显示："
    )
    typer.echo(secret)


@keys_cli.command("list")
def list_keys() -> None:
    """列出密钥（不含密钥本身）。"""
    with _access() as access:
        found = access.keys()
    for key in found:
        state = f"已于 {_day(key.revoked_at)} 吊销" if key.revoked_at else f"每分钟 {key.per_minute} 次"
        typer.echo(f"{key.id}  {key.name}  {'、'.join(key.scopes)}  {state}")
    if not found:
        typer.echo("还没有密钥，请用 keys add 新建。")


@keys_cli.command("revoke")
def revoke_key(key_id: Annotated[str, typer.Argument(help="密钥编号")]) -> None:
    """吊销一个密钥；几秒内生效。"""
    with _access() as access:
        access.revoke_key(key_id)
    typer.echo(f"已吊销 {key_id}。")


def _named(name: str) -> str:
    line = " ".join("".join(each if each.isprintable() else " " for each in name).split())[:80]
    if not line:
        raise InvalidSetting("名称是空的，请写明这是哪个网站或程序。")
    return line


def _day(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(open_settings().timezone)).strftime("%Y-%m-%d %H:%M")
