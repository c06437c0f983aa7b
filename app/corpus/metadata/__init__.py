"""Metadata: what a text says about itself, each value with the place it was read from."""

from app.corpus.metadata.found import Facts, Found, Metadata
from app.corpus.metadata.reading import read_metadata

__all__ = ["Facts", "Found", "Metadata", "read_metadata"]
