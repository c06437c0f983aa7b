"""The command line: `python -m app serve | build | ask | search | clauses | check | sites | keys | people`."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from app import clock, correcting, evaluating
from app.commands import register
from app.console import CorpusOption, IndexOption, JsonOption, errors
from app.console import log as _log
from app.console import plain as _plain
from app.console import progress_bars as _progress
from app.console import settings_of as _settings
from app.errors import ZhengwenError, reason_of
from app.settings import Settings
from app.web import check_deployment, keys_cli, people_cli, sites_cli

cli = typer.Typer(
    help="政问：用大白话问政策，得到逐字引用、带出处的回答。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog="全部设置见 app/README.md 的“设置”一节，均为 ZHENGWEN_ 开头的环境变量。",
)
cli.add_typer(sites_cli, name="sites")
cli.add_typer(keys_cli, name="keys")
cli.add_typer(people_cli, name="people")
register(cli)
correcting.register(cli)
evaluating.register(cli)
DateOption = Annotated[str | None, typer.Option("--as-of", help="按哪一天的有效文件回答，如 2026-01-31")]


def main() -> None:
    """Run the command line; a failure a person can mend is one Chinese sentence and exit code 1."""
    try:
        cli()
    except ZhengwenError as error:
        errors.print(f"[red]错误：[/red]{_plain(str(error))}", soft_wrap=True)
        sys.exit(1)
    except OSError as error:
        errors.print(f"[red]错误：[/red]{_plain(_told(error))}", soft_wrap=True)
        sys.exit(1)


def _told(error: OSError) -> str:
    what = f"读写“{error.filename}”" if error.filename else "读写磁盘"
    return f"{what}失败（{reason_of(error)}），请检查路径、磁盘空间和权限。"


@cli.command()
def serve(
    corpus: CorpusOption = None,
    index: IndexOption = None,
    host: Annotated[str | None, typer.Option(help="监听地址", show_default="127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option(help="监听端口", show_default="8000")] = None,
    workers: Annotated[int | None, typer.Option(help="进程数", show_default="1")] = None,
    watch: Annotated[bool | None, typer.Option("--watch", help="政策文件夹有变化时自动更新索引")] = None,
) -> None:
    """启动服务；索引缺失或过期时先建立索引。"""
    from app.hosting import listen
    from app.hosting import serve as run
    from app.main import prepare

    settings = _settings(corpus, index, host=host, port=port, workers=workers, watch=watch)
    check_deployment(settings, os.environ)
    with listen(settings.host, settings.port) as listener:
        with _progress() as show:
            parts = prepare(settings, show, _log)
        run(parts, listener, _log)


@cli.command()
def build(
    corpus: CorpusOption = None,
    index: IndexOption = None,
    force: Annotated[bool, typer.Option("--force", help="没有变化也重建")] = False,
) -> None:
    """建立或更新索引，并说明有哪些变化。"""
    from app.index import open_snapshot
    from app.main import open_parts

    settings = _settings(corpus, index)
    parts = open_parts(settings)
    with _progress() as show:
        changes = parts.build(show, force=force)
    snapshot = open_snapshot(settings.index)
    for note in snapshot.notes:
        _log(f"注意：{note}")
    counts = snapshot.manifest
    print(
        f"{changes.sentence()}共 {counts.documents} 份文件、{counts.clauses} 个条款、{counts.chunks} 个检索单元。"
    )


def _today(settings: Settings, as_of: str | None) -> date:
    from app.errors import InvalidDate
    from app.main import today

    if as_of is None:
        return today(settings)
    try:
        return date.fromisoformat(as_of)
    except ValueError:
        raise InvalidDate(f"日期“{as_of[:20]}”无法识别，请写成 2026-01-31 这样的格式。") from None


def _services(settings: Settings) -> Any:
    from app.main import assemble, open_parts, ready_snapshot

    parts = open_parts(settings)
    with _progress() as show:
        snapshot = ready_snapshot(parts, show, _log)
    return assemble(parts, snapshot)


@cli.command()
def ask(
    question: Annotated[str, typer.Argument(help="要问的问题")],
    corpus: CorpusOption = None,
    index: IndexOption = None,
    as_of: DateOption = None,
    as_json: JsonOption = False,
) -> None:
    """问一个问题。"""
    from app.web import reply_json

    settings = _settings(corpus, index)
    today = _today(settings, as_of)
    reply = _services(settings).dialogue.reply(question, as_of=today, channel="api")
    if as_json:
        _print_json(reply_json(reply))
        return
    answer = reply.answer
    print(answer.text)
    for citation in answer.citations:
        where = " › ".join(filter(None, [*citation.heading_path, citation.label, str(citation.locator)]))
        print(f"\n[{citation.mark}] {citation.document_title} {citation.document_number or ''}\n    {where}")
    print(f"\n{answer.disclaimer}")


@cli.command()
def search(
    query: Annotated[str, typer.Argument(help="要找的词句")],
    limit: Annotated[int, typer.Option(min=1, max=50, help="条数")] = 10,
    corpus: CorpusOption = None,
    index: IndexOption = None,
    as_of: DateOption = None,
    as_json: JsonOption = False,
) -> None:
    """检索条款，不作回答。"""
    from app.web import hit_json

    settings = _settings(corpus, index)
    hits = _services(settings).retriever.search(query, limit=limit, as_of=_today(settings, as_of))
    if as_json:
        _print_json({"hits": [hit_json(hit) for hit in hits]})
        return
    for place, hit in enumerate(hits, 1):
        where = " › ".join([hit.document.title, *hit.clause.heading_path, hit.clause.label]).strip(" ›")
        print(f"{place}. [{hit.score:.3f}] {where}\n   {' '.join(hit.text.split())[:200]}")
    if not hits:
        print("没有找到相关条款，可以换一种说法。")


@cli.command()
def clauses(
    file: Annotated[Path, typer.Argument(help="政策文本文件")],
    as_json: JsonOption = False,
) -> None:
    """显示一份文件的条款树，与入库时所见一致。"""
    from app.corpus import outline, read_document

    settings = _settings()
    document = read_document(file, file.parent, settings.file_limit)
    tree = outline(document)
    if as_json:
        _print_json([{**_clause_fields(c), "text": document.text[c.start : c.end]} for c in tree])
        return
    print(f"{document.title}（{len(tree)} 个条款）")
    for clause in tree:
        words = " ".join(document.text[clause.start : clause.end].split())
        inner = f"（含 {len(clause.items)} 项）" if clause.items else ""
        print(f"{'  ' * len(clause.heading_path)}{clause.kind:<9} {clause.label or '—'}{inner}  {words[:60]}")


def _clause_fields(clause: Any) -> dict[str, Any]:
    return asdict(clause)


@cli.command()
def check(corpus: CorpusOption = None, index: IndexOption = None) -> None:
    """核对政策文本、索引和模型，逐项说明；有问题时退出码为 1。"""
    from app.main import inspect

    failures = 0
    for good, sentence in inspect(_settings(corpus, index)):
        print(f"{'通过' if good else '问题'}  {sentence}")
        failures += not good
    if failures:
        raise typer.Exit(1)


sessions = typer.Typer(help="保存的会话：导出、删除、清理。", no_args_is_help=True)
cli.add_typer(sessions, name="sessions")
SessionArgument = Annotated[str, typer.Argument(help="会话编号（答复中的 session_id）")]


@contextmanager
def _store() -> Iterator[Any]:
    from app.main import open_store

    with open_store(_settings()) as store:
        yield store


@sessions.command("export")
def export_session(session: SessionArgument) -> None:
    """以 JSON 导出一次会话的全部记录。"""
    with _store() as store:
        _print_json(asdict(store.export(session)))


@sessions.command("forget")
def forget_session(session: SessionArgument) -> None:
    """删除一次会话的全部记录。"""
    with _store() as store:
        print(f"已删除 {store.forget(session).turns} 条问答。")


@sessions.command("purge")
def purge_sessions(
    days: Annotated[int, typer.Option(min=0, help="删除多少天以前的记录")],
) -> None:
    """删除早于若干天的全部记录。"""
    with _store() as store:
        removed = store.purge(clock.now() - timedelta(days=days))
    print(
        f"已删除 {removed.sessions} 次会话、{removed.turns} 条问答、{removed.feedback} 条反馈、"
        f"{removed.gaps} 条缺口、{removed.calls} 次通话。"
    )


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1, default=str))


if __name__ == "__main__":
    main()
