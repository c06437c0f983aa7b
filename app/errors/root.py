"""The root of all errors, and words for what the operating system refuses."""

import errno
import unicodedata
from datetime import date

_FAULTS = {
    errno.ENOENT: "文件不存在",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOSPC: "磁盘已满",
    errno.EROFS: "磁盘只读",
    errno.EISDIR: "这是一个文件夹",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EMFILE: "打开的文件太多",
    errno.EADDRINUSE: "已被占用",
    errno.EADDRNOTAVAIL: "不是本机的地址",
}


UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # categories of characters that are not seen or reorder what is seen


def reason_of(error: OSError) -> str:
    """Why the operating system refused, in Chinese where it is one of the usual reasons."""
    return _FAULTS.get(error.errno or 0) or error.strerror or str(error)


def shown(value: object, most: int = 40) -> str:
    """A value as a sentence may repeat it: one line of at most `most` characters and an ellipsis, whatever it is.

    What is not seen or reorders what is seen stands as �; a list or mapping is only named, for it may be endless.
    """
    try:
        words = str(value) if isinstance(value, str | int | float | date | bytes) else ""
    except ValueError:  # Python writes no integer of more than some thousand digits
        return "（很长的数）"
    if not isinstance(value, str) and not words:
        return "（一组内容）"
    words = "".join("�" if unicodedata.category(c) in UNSEEN else c for c in words[: most + 1])
    return words if len(words) <= most else words[:most] + "…"


class ZhengwenError(Exception):
    """The root. `code` is stable and goes to clients; `str()` is a Chinese sentence for people."""

    code = "error"
