"""The process apart: `python -m app.corpus.child` reads files from its input until that ends."""

import json
import os
import sys
from contextlib import suppress
from typing import BinaryIO

from app.corpus.formats.reading import extract
from app.errors import FileRefused
from app.parent import end_with_input

_MEMORY_LIMIT = 3 * 1024**3


def main() -> None:
    """Answer each file with one line."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not stand among the replies
    _limit_memory()
    end_with_input()
    _say(replies, {"ready": True})
    while header := sys.stdin.buffer.readline():
        asked = json.loads(header)
        data = sys.stdin.buffer.read(asked["size"])
        try:
            found = extract(data, asked["name"], lambda: _say(replies, {"alive": True}))
            _say(replies, {"extracts": [one.to_json() for one in found]})
        except FileRefused as refusal:
            _say(replies, {"refused": str(refusal)})


def _limit_memory() -> None:
    with suppress(ImportError, OSError, ValueError):  # not every system has the limit
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_LIMIT, _MEMORY_LIMIT))


def _say(replies: BinaryIO, words: dict[str, object]) -> None:
    replies.write(json.dumps(words).encode() + b"\n")
    replies.flush()


if __name__ == "__main__":
    main()
