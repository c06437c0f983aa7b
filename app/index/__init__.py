"""Index: chunks become a searchable folder that is built atomically, verified and read only."""

from app.index.build import Changes, Progress, build_index, current_sources, indexed_text
from app.index.dense import Dense, limit_threads
from app.index.lexical import Lexical, LexicalBuilder
from app.index.manifest import FORMAT, Manifest, Sources
from app.index.snapshot import Snapshot, current_folder, open_snapshot

__all__ = [
    "FORMAT",
    "Changes",
    "Dense",
    "Lexical",
    "LexicalBuilder",
    "Manifest",
    "Progress",
    "Snapshot",
    "Sources",
    "build_index",
    "current_folder",
    "current_sources",
    "indexed_text",
    "limit_threads",
    "open_snapshot",
]
