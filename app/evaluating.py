"""The commands that ask questions again and compare: `evaluate gaps`, `evaluate reviewed`."""

import json
from typing import Any

import typer

from app.console import CorpusOption, IndexOption, JsonOption, log, progress_bars, settings_of
from app.errors import StoreUnavailable

_KINDS = (
    ("broke", "变坏（上次能答复，这次不能）"),
    ("answered", "新能答复（请在工作台“重问与确认”中确认）"),
    ("open", "仍无答案"),
    ("still", "仍能答复"),
)
_OUTCOMES = {
    "answered": "已答复",
    "not_stated": "文件未载明",
    "out_of_scope": "不在范围",
    "clarify": "需澄清",
    "same": "仍是原来的条款",
}
SHOWN = 50  # tickets of a kind that are printed; --json has all
evaluate = typer.Typer(help="把问过的问题重新问一遍，与上次比较。", no_args_is_help=True)


def register(cli: typer.Typer) -> None:
    """Add the commands of this page to the command line."""
    cli.add_typer(evaluate, name="evaluate")


@evaluate.callback()
def _group() -> None:
    """把问过的问题重新问一遍，与上次比较。"""


@evaluate.command("gaps")
def gaps(corpus: CorpusOption = None, index: IndexOption = None, as_json: JsonOption = False) -> None:
    """重问全部缺口（不需要启动服务）：哪些已能答复，哪些仍无答案，哪些变坏；有变坏的退出码为 1。"""
    from app.main import assemble, open_parts, ready_snapshot, today
    from app.store import Database, Gaps, Reviewed
    from app.web import ask_again

    settings = settings_of(corpus, index)
    parts = open_parts(settings)
    with progress_bars() as show:
        snapshot = ready_snapshot(parts, show, log)
    database, book = Database(settings.database_url), Reviewed.open(settings.database_url)
    try:
        services = assemble(parts, snapshot, None, book)
        if services.reviewed is not None:
            services.reviewed.watch.look()
        kept = Gaps(database)
        if services.sameness is not None:
            kept.gather(services.sameness, batches=10_000)
        report = ask_again(kept, services.dialogue, today(settings))
    finally:
        book.close()
        database.close()
    typer.echo(json.dumps(_json(report), ensure_ascii=False, indent=1) if as_json else _told(report))
    if report.of("broke"):
        raise typer.Exit(1)


@evaluate.command("reviewed")
def reviewed(corpus: CorpusOption = None, index: IndexOption = None, as_json: JsonOption = False) -> None:
    """重问在用的口径：标准问、相似问须由它作答，反例问不得；有不符的退出码为 1。"""
    from app.main import assemble, open_parts, ready_snapshot, today
    from app.store import Reviewed
    from app.web import ask_reviewed

    settings = settings_of(corpus, index)
    parts = open_parts(settings)
    with progress_bars() as show:
        snapshot = ready_snapshot(parts, show, log)
    book = Reviewed.open(settings.database_url)
    try:
        versions = book.served()[1]
        services = assemble(parts, snapshot, None, book)
        if services.reviewed is None:
            raise StoreUnavailable("口径没有打开")
        services.reviewed.watch.look()
        found = ask_reviewed(versions, services.reviewed, services.dialogue, today(settings))
    except StoreUnavailable as error:
        raise StoreUnavailable(f"{error}，请检查 ZHENGWEN_DATABASE_URL 后再试。") from None
    finally:
        book.close()
    typer.echo(
        json.dumps([_regression(each) for each in found], ensure_ascii=False, indent=1)
        if as_json
        else _regressions(found)
    )
    if any(each.outcome == "broken" for each in found):
        raise typer.Exit(1)


def _regression(each: Any) -> dict[str, Any]:
    return {
        "id": each.version.entry_id,
        "question": each.version.wording.question,
        "outcome": each.outcome,
        "asked": each.asked,
        "missed": list(each.missed),
        "wrong": list(each.wrong),
        "troubles": list(each.troubles),
    }


def _regressions(found: Any) -> str:
    asked, bad = sum(each.asked for each in found), [each for each in found if each.outcome != "good"]
    lines = [f"重问了 {len(found)} 条口径的 {asked} 个问题，{len(found) - len(bad)} 条全部相符。"]
    for each in bad:
        told = [
            *each.troubles,
            *(f"没有用它回答“{question}”" for question in each.missed if not each.troubles),
        ]
        told += [f"用它回答了反例问“{question}”" for question in each.wrong]
        mark = "到期" if each.outcome == "expired" else "不符"
        lines.append(f"{mark}  {each.version.wording.question}（{'；'.join(told)}）")
    return "\n".join(lines)


def _json(report: Any) -> dict[str, Any]:
    return {
        "counts": {kind: len(report.of(kind)) for kind, _ in _KINDS},
        "gaps": [
            {
                "id": each.ticket.id,
                "question": each.ticket.question,
                "asked": each.ticket.asked,
                "state": each.ticket.state.value,
                "kind": each.kind,
                "outcome": each.outcome,
                "before": each.before,
                "missed": list(each.missed),
            }
            for each in report.results
        ],
    }


def _told(report: Any) -> str:
    lines = [f"重问了 {len(report.results)} 个缺口。"]
    for kind, words in _KINDS:
        found = report.of(kind)
        lines.append(f"{words}：{len(found)} 个")
        if kind != "still":
            lines += [_line(each) for each in found[:SHOWN]]
            lines += [f"  …… 另有 {len(found) - SHOWN} 个"] if len(found) > SHOWN else []
    return "\n".join(lines)


def _line(result: Any) -> str:
    ways = [each for each in result.missed if each != result.ticket.question]
    missed = f"；没有答上的问法：{'、'.join(ways[:3])}" if ways else ""
    return f"  {result.ticket.asked:>4} 次  {result.ticket.question}（{_OUTCOMES[result.outcome]}{missed}）"
