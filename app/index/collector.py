"""Python's collector of cycles stands still while an index is loaded.

It starts over each time many objects have been made, and of a large corpus hundreds of thousands are made that all stay:
without it loading takes two thirds of the time.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Whatever is made inside is first looked through afterwards; also a decorator."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
