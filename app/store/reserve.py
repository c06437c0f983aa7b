"""Room on a disk that a file holds before it needs it: what is written into it later does not meet a full disk."""

import ctypes
import errno
import os

KEEP_SIZE = (
    1  # FALLOC_FL_KEEP_SIZE of <linux/falloc.h>: the file's length stays, so that it can be appended to
)
_CANNOT = (errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)


def reserve(descriptor: int, size: int) -> bool:
    """Have an open file hold `size` bytes of its disk, what it contains included; False where the disk has no such room.

    A file system that cannot set room aside is no reason to worry anybody: True.
    """
    if size <= 0 or os.fstat(descriptor).st_blocks * 512 >= size:
        return True
    # os.posix_fallocate would make the file longer, and readers would meet zeros.
    fallocate = getattr(ctypes.CDLL(None, use_errno=True), "fallocate", None)
    if fallocate is None:
        return True
    fallocate.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)
    return fallocate(descriptor, KEEP_SIZE, 0, size) == 0 or ctypes.get_errno() in _CANNOT
