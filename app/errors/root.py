"""The root of all errors, and words for what the operating system refuses."""

import errno

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


def reason_of(error: OSError) -> str:
    """Why the operating system refused, in Chinese where it is one of the usual reasons."""
    return _FAULTS.get(error.errno or 0) or error.strerror or str(error)


class ZhengwenError(Exception):
    """The root. `code` is stable and goes to clients; `str()` is a Chinese sentence for people."""

    code = "error"
