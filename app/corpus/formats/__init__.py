"""Formats: the bytes of a file become `Extract`s, one reader each."""
