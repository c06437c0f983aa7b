"""Children end with their parent: a killed server leaves no worker, reader or build behind that holds its port or memory.

The system tells it by a pipe that only the parent holds open: that works for every thread that starts a child, where
Linux's own signal (`PR_SET_PDEATHSIG`) comes when that one thread ends.
"""

import multiprocessing
import os
import select
import signal
import threading
import time

GRACE = 15.0  # seconds a worker has to finish what it is answering


def end_with_input() -> None:
    """End this process, at once, when nobody holds the other end of its standard input open any more."""
    threading.Thread(target=_watch_input, name="watch-parent", daemon=True).start()


def _watch_input() -> None:
    poll = select.poll()
    poll.register(0, 0)  # nothing but that the pipe is broken, which is always told
    poll.poll()
    os._exit(1)


def end_with_parent() -> None:
    """Stop this process, a child of `multiprocessing`, as SIGTERM does when its parent has ended; for good after `GRACE`."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_watch, args=(parent,), name="watch-parent", daemon=True).start()


def _watch(parent: "multiprocessing.process.BaseProcess") -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)
