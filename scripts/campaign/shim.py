"""The shim that fails a call: built with the C compiler, loaded before everything else, and armed from within."""

import ctypes
import os
import shutil
import subprocess
from enum import IntEnum
from pathlib import Path

HERE = Path(__file__).resolve().parent


class Mode(IntEnum):
    """What happens at the call that is chosen: it alone fails, it and all later ones do, or the process is killed in it."""

    ONCE = 0
    EVER_AFTER = 1
    KILL = 2


def build(folder: Path) -> Path | None:
    """The shim as a library in that folder; None where there is no C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    library = folder / "shim.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(HERE / "shim.c"), "-ldl"]
    subprocess.run(command, check=True, capture_output=True)
    return library


class Shim:
    """The shim in this process, which was started with `LD_PRELOAD`; it sees the calls below one folder alone."""

    def __init__(self) -> None:
        """Raises OSError where it was not loaded."""
        self._library = ctypes.CDLL(os.environ["LD_PRELOAD"])
        self._library.shim_arm.argtypes = (ctypes.c_char_p, ctypes.c_long, ctypes.c_int, ctypes.c_int)
        self._library.shim_seen.restype = ctypes.c_long
        self._library.shim_is_dirty.argtypes = (ctypes.c_ulong,)

    def arm(self, folder: Path, nth: int = 0, mode: Mode = Mode.ONCE, reason: int = 0) -> None:
        """From now on count the calls, and fail the one of that number with this `errno`; 0 fails none."""
        self._library.shim_arm(os.fsencode(folder), nth, mode, reason)

    def disarm(self) -> int:
        """Let everything through again; how many calls there were."""
        self._library.shim_disarm()
        return int(self._library.shim_seen())

    def unflushed(self, folder: Path) -> list[str]:
        """The files of a folder of which something was written and not flushed since it was armed."""
        return [
            path.name
            for path in sorted(folder.rglob("*"))
            if path.is_file() and self._library.shim_is_dirty(path.stat().st_ino)
        ]
