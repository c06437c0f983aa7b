"""The command that puts a document's metadata right: `correct`."""

from datetime import date
from typing import Annotated, Any

import typer

from app.console import CorpusOption, IndexOption, JsonOption, log, progress_bars, settings_of
from app.errors import DocumentNotFound, InvalidRequest
from app.settings import Settings


def register(cli: typer.Typer) -> None:
    """Add the command of this page to the command line."""
    cli.command()(correct)


def correct(
    document_id: Annotated[str, typer.Argument(help="文件编号，见 python -m app list", metavar="ID")],
    changes: Annotated[
        list[str] | None,
        typer.Argument(
            help="字段=值，字段可写中文名；值留空表示文中没有写明；不写则显示现状", metavar="FIELD=VALUE"
        ),
    ] = None,
    undo: Annotated[list[str] | None, typer.Option("--undo", help="撤回对这个字段的更正，可重复")] = None,
    editor: Annotated[str, typer.Option("--editor", help="更正人")] = "",
    corpus: CorpusOption = None,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """更正一份文件的信息：与从文中读到的分开保存，文件更新后仍然有效，可以撤回。"""
    from app.corpus import correct as keep
    from app.corpus import withdraw
    from app.main import open_parts, today

    settings = settings_of(corpus, index)
    document = _found(settings, document_id)
    if undo:
        document = withdraw(settings.corpus, document, [_key(each) for each in undo])
    if changes:
        told = dict(_split(change) for change in changes)
        document = keep(settings.corpus, document, told, editor=editor, day=today(settings))
    if as_json:
        typer.echo(_json(document))
    else:
        _show(document)
    if undo or changes:
        parts = open_parts(settings)
        with progress_bars() as show:
            log(parts.build(show).sentence())


def _found(settings: Settings, document_id: str) -> Any:
    """The document as it is read now, with the corrections it has."""
    from app.corpus import read_corpus

    for document in read_corpus(settings.corpus, settings.file_limit).documents:
        if document.id == document_id:
            return document
    raise DocumentNotFound(f"没有编号为“{document_id[:40]}”的文件，可用 python -m app list 查看全部文件。")


def _split(change: str) -> tuple[str, str]:
    name, equals, words = change.partition("=")
    if not equals:
        raise InvalidRequest(
            f"“{change[:40]}”不是“字段=值”的形式，例如 发布日期=2024-05-01（或 published_on=2024-05-01）。"
        )
    return _key(name.strip()), words


def _key(name: str) -> str:
    """The name of a field, which may be given in Chinese."""
    from app.corpus import LABELS

    return {label: key for key, label in LABELS.items()}.get(name, name)


def _show(document: Any) -> None:
    from app.corpus import FIELDS, LABELS

    corrected = {one.field: one for one in document.corrections}
    places = {one.field: one for one in document.origins}
    typer.echo(f"{document.id}  {document.file}")
    for name in FIELDS:
        note = ""
        if one := corrected.get(name):
            note = f"（{one.day} {one.editor}更正，文中读作：{_words(one.read)}）"
        elif place := places.get(name):
            span = f" {place.start}–{place.end}" if place.start is not None else ""
            note = f"（{place.place}{span}）"
        typer.echo(f"{name:<14} {LABELS[name]}：{_words(getattr(document, name))}{note}")


def _words(value: object) -> str:
    if isinstance(value, tuple):
        return "、".join(value) or "—"
    return value.isoformat() if isinstance(value, date) else str(value or "—")


def _json(document: Any) -> str:
    import json

    row = document.to_json()
    for name in ("text", "pages", "rows"):
        row.pop(name, None)
    return json.dumps(row, ensure_ascii=False, indent=1)
