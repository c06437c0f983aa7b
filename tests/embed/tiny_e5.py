"""A weights file in the layout of `e5-small-q4.bin`, small enough to write in a test."""

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HIDDEN, WIDE, LAYERS, PLACES = 32, 64, 3, 24
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
FOREIGN = ["▁the", "ção", "ым", "▁straße"]
CHINESE = ["企", "业", "贷", "款", "政", "策", "问", "贷款", "企业"]
PIECES = [*SPECIAL, "▁", *map(chr, range(33, 127)), *CHINESE, "»", *FOREIGN]

Floats = NDArray[np.float32]


def q4(rows: NDArray[np.int64], scale: float = 0.5) -> bytes:
    """Whole numbers -8..7 [n, 32 k] times `scale`, in blocks of 32."""
    made = b""
    for block in rows.reshape(-1, 32) + 8:
        made += struct.pack("<e", scale) + bytes((block[:16] | block[16:] << 4).astype(np.uint8))
    return made


def tensors(seed: int = 0) -> dict[str, Floats]:
    """Every tensor of the model by name; matrices hold halves of whole numbers, which 4 bits keep as they are."""
    rng = np.random.default_rng(seed)
    shapes: dict[str, tuple[int, ...]] = {"emb.word": (len(PIECES), HIDDEN), "emb.pos": (PLACES, HIDDEN)}
    shapes |= {"emb.type": (2, HIDDEN), "emb.ln.w": (HIDDEN,), "emb.ln.b": (HIDDEN,)}
    for layer in range(LAYERS):
        for name in ("q", "k", "v", "ao"):
            shapes |= {f"l{layer}.{name}.w": (HIDDEN, HIDDEN), f"l{layer}.{name}.b": (HIDDEN,)}
        shapes |= {f"l{layer}.fi.w": (WIDE, HIDDEN), f"l{layer}.fi.b": (WIDE,)}
        shapes |= {f"l{layer}.fo.w": (HIDDEN, WIDE), f"l{layer}.fo.b": (HIDDEN,)}
        for name in ("aln", "oln"):
            shapes |= {f"l{layer}.{name}.w": (HIDDEN,), f"l{layer}.{name}.b": (HIDDEN,)}
    return {name: (rng.integers(-8, 8, shape) / 2).astype(np.float32) for name, shape in shapes.items()}


def is_packed(name: str) -> bool:
    """Whether a tensor is kept in 4 bits."""
    return name == "emb.word" or (name.endswith(".w") and "ln" not in name)


def write(path: Path, found: dict[str, Floats], block: int = 32) -> None:
    """The file: header, tokenizer, an empty normalisation map, the table of tensors, the tensors."""
    shape = (HIDDEN, LAYERS, 2, WIDE, len(PIECES), PLACES, 2)
    texts = [piece.encode() for piece in PIECES]
    blob = b"".join(texts)
    made = b"E5S1" + struct.pack("<I7ifi", 1, *shape, 1e-12, block)
    made += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob))
    made += np.cumsum([0, *map(len, texts)]).astype("<u4").tobytes()
    made += (-np.arange(len(PIECES), dtype="<f4")).tobytes() + blob
    made += struct.pack("<iI", 0, 3) + b"map"
    parts = {n: q4((a * 2).astype(np.int64)) if is_packed(n) else a.tobytes() for n, a in found.items()}
    table = sum(2 + len(name) + 21 for name in parts)
    offset, listed = len(made) + 4 + table, struct.pack("<i", len(parts))
    for name, raw in parts.items():
        listed += struct.pack("<H", len(name)) + name.encode()
        listed += struct.pack("<BIQQ", int(is_packed(name)), found[name].size, offset, len(raw))
        offset += len(raw)
    path.write_bytes(made + listed + b"".join(parts.values()))
