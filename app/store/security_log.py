"""The security log: who was refused, locked out, signed in, given another role, one JSON object a line, for those who watch.

The record that counts is the audit in the database; these lines are for a machine that reads a file, and tell of refusals too.
"""

import json
import logging
from logging.handlers import WatchedFileHandler
from pathlib import Path

from app.clock import now
from app.errors import InvalidSetting, reason_of

log = logging.getLogger("zhengwen.security")
LONGEST = 300  # characters of one value: what strangers send is not kept at length


def tell(event: str, **facts: object) -> None:
    """Write a line, where a log is open. Values become texts; line ends in them are escaped by JSON."""
    if log.handlers:
        told = {"time": now().isoformat(timespec="milliseconds"), "event": event}
        told |= {name: str(value)[:LONGEST] for name, value in facts.items() if value not in (None, "")}
        log.info(json.dumps(told, ensure_ascii=False))


def open_security_log(path: str) -> None:
    """Write to the file of this path from now on, with "" nowhere. It may be moved away at any time: a new one is begun.

    Raises `InvalidSetting` for a file that cannot be written.
    """
    for handler in tuple(log.handlers):
        log.removeHandler(handler)
        handler.close()
    log.propagate = False
    if not path:
        return
    file = Path(path)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = WatchedFileHandler(file, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise InvalidSetting(
            f"设置 ZHENGWEN_SECURITY_LOG 的文件“{file}”不能写入（{reason_of(error)}），请换一个位置或检查权限。"
        ) from None
    log.setLevel(logging.INFO)
    log.addHandler(handler)
