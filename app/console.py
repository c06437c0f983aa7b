"""What every command of the command line shares: options, settings, progress bars, sentences."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from app.settings import Settings, open_settings

errors = Console(stderr=True, highlight=False)

CorpusOption = Annotated[
    Path | None, typer.Option("--corpus", help="政策文本文件夹", show_default="corpus/policies")
]
IndexOption = Annotated[Path | None, typer.Option("--index", help="索引文件夹", show_default="index/default")]
JsonOption = Annotated[bool, typer.Option("--json", help="以 JSON 输出")]


def settings_of(corpus: Path | None = None, index: Path | None = None, **others: Any) -> Settings:
    """The settings of the environment, with the options that were given in their place. Raises InvalidSetting."""
    given = {"corpus": corpus, "index": index, **others}
    return open_settings(**{name: value for name, value in given.items() if value is not None})


@contextmanager
def progress_bars() -> Iterator[Callable[[str, int, int], None]]:
    """A progress that shows a bar for each stage."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors) as bars:
        tasks: dict[str, TaskID] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield show


def log(sentence: str) -> None:
    """Print a sentence beside the results."""
    errors.print(plain(sentence), soft_wrap=True)


def plain(text: str) -> str:
    """The text as rich shows it word for word."""
    return text.replace("[", r"\[")
