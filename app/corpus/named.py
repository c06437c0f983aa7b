"""Ids that were given to files from outside, for files that cannot state one themselves: `<corpus>/.ids.json`."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from app.corpus.frontmatter import is_id
from app.corpus.versions import put, sync

IDS = ".ids.json"


def named_ids(folder: Path) -> dict[str, str]:
    """Ids by the file's path inside the corpus folder; none where the list is absent or damaged."""
    try:
        told = json.loads((folder / IDS).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(told, dict):
        return {}
    return {name: own for name, own in told.items() if isinstance(own, str) and is_id(own)}


def named_fingerprint(folder: Path) -> bytes:
    """Bytes that change when an id is given or taken away; empty where there is none."""
    found = named_ids(folder)
    return json.dumps(found, sort_keys=True).encode() if found else b""


def write_ids(folder: Path, ids: Mapping[str, str]) -> None:
    """Replace the list in one step."""
    if not ids and not (folder / IDS).exists():
        return
    partial = folder / f"{IDS}.{os.getpid()}"
    put(partial, json.dumps(dict(sorted(ids.items())), ensure_ascii=False, indent=1).encode("utf-8"))
    partial.replace(folder / IDS)
    sync(folder)
