"""Building in a process of its own, so that the one that serves goes on serving.

The child prints a JSON line for each step, and a last one with what changed or why it failed.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from app.errors import ZhengwenError, reason_of
from app.index import Changes, Progress
from app.main import environment_of, open_parts, quiet
from app.parent import end_with_input
from app.settings import ROOT, Settings, open_settings

UNSAID = "建立索引的进程意外退出，原有索引不受影响；请查看服务日志后重试。"


def build_apart(settings: Settings, progress: Progress = quiet) -> Changes:
    """Bring the index up to date in a child process and say what changed.

    Raises:
        ZhengwenError: of the kind that the child met, with its sentence; the index is what it was before.
    """
    command = [sys.executable, "-m", "app.building"]
    environment = {**os.environ, **environment_of(settings), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as child:
        last = _followed(child.stdout or iter(()), progress)
    if "changes" in last:
        return Changes(**{name: _tuple(value) for name, value in last["changes"].items()})
    raise _kind(last.get("code", ""))(last.get("sentence", UNSAID))


def _followed(lines: Iterator[str], progress: Progress) -> dict[str, Any]:
    """Pass on the steps; the last line, or nothing where it never came."""
    for line in lines:
        try:
            told = json.loads(line)
        except ValueError:
            continue  # a library's own words
        if "stage" not in told:
            return dict(told)
        progress(told["stage"], told["done"], told["total"])
    return {}


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _kind(code: str) -> type[ZhengwenError]:
    found = [ZhengwenError]
    for kind in found:
        found += kind.__subclasses__()
    return next((kind for kind in reversed(found) if kind.code == code), ZhengwenError)


def main() -> int:
    """The child: build, and tell of it."""
    out = os.dup(1)
    os.dup2(2, 1)

    def tell(**words: object) -> None:
        with suppress(BrokenPipeError):  # whoever asked is ending, and this process with them
            os.write(out, json.dumps(words, ensure_ascii=False).encode("utf-8") + b"\n")

    end_with_input()
    try:
        os.nice(5)  # whoever asks comes first
        changes = open_parts(open_settings()).build(
            lambda stage, done, total: tell(stage=stage, done=done, total=total)
        )
        tell(changes=asdict(changes))
    except ZhengwenError as error:
        tell(code=error.code, sentence=str(error))
        return 1
    except OSError as error:
        tell(code="index_unusable", sentence=f"建立索引失败（{reason_of(error)}），请检查磁盘空间和写权限。")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
