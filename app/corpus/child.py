"""The process apart: `python -m app.corpus.child` reads files from its input until that ends."""

import json
import math
import os
import signal
import sys
from contextlib import suppress
from typing import Any, BinaryIO

from app.corpus.formats.known import PLAIN
from app.corpus.readers import documents_of
from app.errors import FileRefused
from app.parent import end_with_input

_MEMORY_LIMIT = 3 * 1024**3  # bytes of addresses: pages that are pictures take a network to read them
_TEXT_MEMORY = 1024**3  # for what is nothing but text
_LONGEST = 2000  # characters of a refusal


def main() -> None:
    """Answer each file with one line."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not stand among the replies
    _limit_memory(_MEMORY_LIMIT)
    end_with_input()
    _say(replies, b'{"ready": true}')
    while header := sys.stdin.buffer.readline():
        asked = json.loads(header)
        data = sys.stdin.buffer.read(asked["size"])
        _say(replies, _answered(asked, data, replies))


def _answered(asked: dict[str, Any], data: bytes, replies: BinaryIO) -> bytes:
    """What is in a file, or why nothing of it is given."""
    name, seconds = asked["name"], asked["seconds"]

    def alive() -> None:
        _set_alarm(seconds)
        _say(replies, b'{"alive": true}')

    _limit_memory(_TEXT_MEMORY if name.lower().endswith((*PLAIN, ".html", ".htm", ".csv")) else _MEMORY_LIMIT)
    _set_alarm(seconds)
    try:
        documents, notes = documents_of(data, name, asked["given"], alive)
        told = {"documents": [one.to_json() for one in documents], "notes": notes}
        reply = json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass")
        if len(reply) < asked["output"]:
            return reply
        raise FileRefused(f"文件“{name}”读出的内容过多，请拆分后重试。")
    except FileRefused as refusal:
        return json.dumps({"refused": str(refusal)[:_LONGEST]}).encode()
    finally:
        _set_alarm(0)


def _set_alarm(seconds: float) -> None:
    """Ends this process after the time limit and a little, even where the parent is no longer there to do it."""
    if hasattr(signal, "alarm"):
        signal.alarm(math.ceil(seconds) + 5 if seconds else 0)


def _limit_memory(size: int) -> None:
    with suppress(ImportError, OSError, ValueError):  # not every system has the limit
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, _MEMORY_LIMIT))


def _say(replies: BinaryIO, line: bytes) -> None:
    replies.write(line + b"\n")
    replies.flush()


if __name__ == "__main__":
    main()
