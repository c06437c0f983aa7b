"""One contestant in a process of its own: `python child.py NAME FOLDER INDEX`. Exit status 3: it is not installed."""

import sys
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
NOT_INSTALLED = 3


def main() -> int:
    """Play, and leave what came of it in the folder."""
    sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]
    from benchmarking.contest import played, read_material
    from benchmarking.contestants import CONTESTANTS, silence

    name, folder, index = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    contestant = CONTESTANTS[name]
    if not all(_is_there(module) for module in contestant.modules):
        return NOT_INSTALLED
    silence()
    material = read_material(folder, index, _encode)
    played(material, contestant.build, contestant.most).write(folder / f"{name}.json")
    return 0


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # the package that should hold it is not there
        return False


def _encode(texts: list[str]) -> Any:
    """Questions as vectors of our encoder, which is opened for those contestants only that ask for it."""
    return _encoder().encode_queries(texts)


@lru_cache(maxsize=1)
def _encoder() -> Any:
    from app.embed import Encoder
    from app.settings import open_settings

    settings = open_settings()
    return Encoder.open(settings.model, threads=settings.threads, offline=True)


if __name__ == "__main__":
    sys.exit(main())
