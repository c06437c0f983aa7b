"""Commands that bring documents in and take them out: `add`, `remove`, `removed`, `list`, `diff`, `export`, `import`."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from app import clock
from app.console import CorpusOption, IndexOption, JsonOption, log, progress_bars, settings_of
from app.corpus import Places, What
from app.errors import FileRefused
from app.settings import Settings

_DATES = {"published_on": "发布", "effective_from": "施行", "expires_on": "有效期至"}

_WHAT: Mapping[What, str] = {"added": "增加", "removed": "删去", "changed": "修改"}
_WORDS = {"both": "{}", "old": "[-{}-]", "new": "{{+{}+}}"}


removed = typer.Typer(help="移出或替换下来的原件：列出、清理。", no_args_is_help=True)


def register(cli: typer.Typer) -> None:
    """Add the commands of this page to the command line."""
    cli.command()(add)
    cli.command()(remove)
    cli.add_typer(removed, name="removed")
    cli.command("list")(list_documents)
    cli.command()(diff)
    cli.command("export")(export)
    cli.command("import")(import_corpus)


def add(
    source: Annotated[Path, typer.Argument(help="文件、文件夹或 ZIP 压缩包", metavar="FILE|DIR|ZIP")],
    as_id: Annotated[
        str | None, typer.Option("--as", help="作为这个编号的文件的新版本，或用作它的编号", metavar="ID")
    ] = None,
    corpus: CorpusOption = None,
    index: IndexOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只读一遍，显示会加入什么")] = False,
) -> None:
    """加入政策文件：先读一遍，读得了的放进政策文件夹并更新索引；同名的成为新版本。"""
    from app.main import open_shelf

    if source == Path():  # an empty argument, of a variable that is not set, means the same
        raise FileRefused("没有写明要加入什么；要加入当前文件夹，请写它的完整路径。")
    settings = settings_of(corpus, index)
    shelf = open_shelf(settings)
    with shelf.receive(source, as_id=as_id) as delivery:
        for parcel in delivery.parcels:
            _show(parcel)
        for refusal in delivery.refused:
            log(f"没有加入：{refusal}")
        if dry_run or not delivery.parcels:
            raise typer.Exit(int(bool(delivery.refused) or not delivery.parcels))
        shelf.place(delivery)
    print(_built(settings))
    if delivery.refused:
        raise typer.Exit(1)


def remove(
    target: Annotated[str, typer.Argument(help="文件编号，或政策文件夹中的路径", metavar="ID|FILE")],
    corpus: CorpusOption = None,
    index: IndexOption = None,
) -> None:
    """移出一份文件：不再用它回答，但旧版本仍可查阅，文件留在政策文件夹的 .removed 中。"""
    from app.answer import titled
    from app.main import open_shelf

    settings = settings_of(corpus, index)
    shelf = open_shelf(settings)
    file, documents = shelf.find(target)
    kept = shelf.remove(file)
    told = "、".join(titled(document.title) for document in documents) or file
    print(f"已移出{told}，原件在 {kept.relative_to(settings.corpus).as_posix()}。{_built(settings)}")


@removed.command("list")
def list_removed(corpus: CorpusOption = None) -> None:
    """列出移出或替换下来的原件和时间；要放回，用 add 加上它的路径和 --as 编号。"""
    from app.corpus import removed_files

    settings = settings_of(corpus)
    found, zone = removed_files(settings.corpus), ZoneInfo(settings.timezone)
    for moment, path in found:
        print(f"{moment.astimezone(zone):%Y-%m-%d %H:%M}  {path}")
    if not found:
        print("没有移出的原件。")


@removed.command("purge")
def purge(
    days: Annotated[int, typer.Option(min=0, max=36500, help="删除多少天以前移出的原件")],
    corpus: CorpusOption = None,
) -> None:
    """删除早于若干天移出或替换下来的原件；旧版本仍可查阅。"""
    from app.corpus import purge_removed

    before = clock.now() - timedelta(days=days)
    print(f"已删除 {purge_removed(settings_of(corpus).corpus, before)} 个移出的原件。")


def list_documents(
    corpus: CorpusOption = None, index: IndexOption = None, as_json: JsonOption = False
) -> None:
    """列出全部文件：编号、标题、文号、是否有效、文件。"""
    from app.main import ready_documents, today

    settings = settings_of(corpus, index)
    listed, day = ready_documents(settings), today(settings)
    if as_json:
        rows = [_row(document, len(old), day) for document, old in listed]
        print(json.dumps({"documents": rows}, ensure_ascii=False, indent=1))
        return
    for document, old in listed:
        state = "" if document.in_force(day) else "（不在有效期内）"
        versions = f"，另有 {len(old)} 个旧版本" if old else ""
        print(
            f"{document.id}  {document.title} {document.number or ''}{state}\n    {document.file}{versions}"
        )


def diff(
    document: Annotated[str, typer.Argument(help="文件编号", metavar="ID")],
    old: Annotated[str | None, typer.Argument(help="旧版本：序号或 sha256 前 8 位以上")] = None,
    new: Annotated[str | None, typer.Argument(help="新版本，缺省为现行版本")] = None,
    index: IndexOption = None,
) -> None:
    """逐条比较一份文件的两个版本；不写版本时比较最近一次改动。[-删去的字-] {+增加的字+}"""
    from app.answer import titled
    from app.index import open_snapshot
    from app.web import compared, two_versions

    snapshot = open_snapshot(settings_of(None, index).index)
    before, after = two_versions(snapshot, document, old, new)
    found = compared(snapshot, before, after)
    for change in found.changes:
        if change.what != "same":
            print(
                f"{_WHAT[change.what]}  {''.join(_WORDS[mark.side].format(mark.text) for mark in change.marks)}"
            )
    counts = "，".join(f"{word} {found.count(what)} 条" for what, word in _WHAT.items())
    print(f"{titled(after.title)} {before.id} → {after.id}：{counts}，不变 {found.count('same')} 条。")


def export(
    target: Annotated[Path, typer.Argument(help="写到哪个文件", metavar="FILE.zip")],
    corpus: CorpusOption = None,
) -> None:
    """导出全部政策文本，连同旧版本、更正、相似问和关联，写成一个 ZIP。"""
    from app.corpus import pack

    if target.is_dir() or not target.parent.is_dir():
        raise typer.BadParameter("请写一个文件名，所在文件夹要已存在。")
    carried = pack(_places(settings_of(corpus)), target)
    for note in carried.notes:
        log(f"注意：{note}")
    print(f"已导出 {carried.files} 个文件到 {target}。")
    if carried.notes:
        raise typer.Exit(1)


def import_corpus(
    source: Annotated[Path, typer.Argument(help="由 export 写的文件", metavar="FILE.zip")],
    corpus: CorpusOption = None,
    index: IndexOption = None,
) -> None:
    """导入 export 写的 ZIP 到空的政策文件夹，并建立索引；文件编号与原来相同。"""
    from app.corpus import unpack_corpus

    settings = settings_of(corpus, index)
    carried = unpack_corpus(source, _places(settings))
    for note in carried.notes:
        log(f"注意：{note}")
    print(f"已导入 {carried.files} 个文件。{_built(settings)}")


def _places(settings: Settings) -> Places:
    return Places(settings.corpus, settings.questions, settings.links)


def _show(parcel: Any) -> None:
    state = (
        "与现有文件相同"
        if parcel.unchanged
        else f"{parcel.replaces} 的新版本"
        if parcel.replaces
        else "替换还没有入索引的同名文件"
        if parcel.stands
        else "新文件"
    )
    for document, clauses in zip(parcel.documents, parcel.clauses, strict=True):
        days = "，".join(
            f"{word} {getattr(document, name)}" for name, word in _DATES.items() if getattr(document, name)
        )
        facts = "，".join(filter(None, (document.number, "、".join(document.issuers), days)))
        print(
            f"{document.title}（{state}，{document.kind}，{clauses} 个条款）\n    {parcel.name}  {facts}".rstrip()
        )
    for remark in parcel.remarks:
        log(f"注意：{remark}")


def _built(settings: Settings) -> str:
    from app.main import open_parts

    parts = open_parts(settings)
    with progress_bars() as show:
        return parts.build(show).sentence()


def _row(document: Any, versions: int, as_of: date) -> dict[str, Any]:
    row: dict[str, Any] = document.to_json()
    for name in ("text", "origins", "corrections", "pages", "rows"):
        row.pop(name, None)
    return row | {"in_force": document.in_force(as_of), "versions": versions}
