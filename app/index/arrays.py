"""Arrays as files. numpy writes an array past Python and passes over what does not fit when it closes the file, so that an
index on a full disk would be sealed with a file cut short: here every byte goes through Python, which says so.
"""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray


def save_array(path: Path, array: NDArray[Any]) -> None:
    """What `np.save` writes, or OSError when the disk is full or not writable."""
    with path.open("wb") as file:
        # Anything that is no file of the system is written to as a stream.
        np.lib.format.write_array(SimpleNamespace(write=file.write), array, allow_pickle=False)
