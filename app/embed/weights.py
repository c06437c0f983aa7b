"""The two files every quick path reads: a table of named arrays and a tokenizer."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.embed.folder import damaged

WEIGHTS, TOKENIZER = "model.safetensors", "tokenizer.json"


def read_weights(path: Path) -> dict[str, NDArray[np.float32]]:
    """The arrays of `model.safetensors` by name, as float32. Raises ModelError when it is missing or damaged."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        found = {name: array.astype(np.float32) for name, array in load_file(str(path / WEIGHTS)).items()}
    except (OSError, SafetensorError, KeyError, ValueError, TypeError) as fault:
        raise damaged(path, WEIGHTS, fault) from fault
    if not found or not all(np.isfinite(array).all() for array in found.values()):
        raise damaged(path, WEIGHTS, "不是有限数值")
    return found


def read_tokenizer(path: Path) -> Any:
    """The `tokenizers.Tokenizer` of a folder, without padding or truncation. Raises ModelError."""
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path / TOKENIZER))
    except Exception as fault:  # the library raises bare Exception
        raise damaged(path, TOKENIZER, fault) from fault
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def writable(text: str) -> str:
    """`text` without lone surrogates, which JSON may carry and tokenizers refuse."""
    return text.encode("utf-8", "ignore").decode("utf-8")
