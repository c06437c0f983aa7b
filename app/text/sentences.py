"""Where sentences begin and end."""

import re

# A sentence runs to its terminator and the closing marks behind it, or to the end of the line.
_SENTENCE = re.compile(r"[^。！？!?\n]*(?:[。！？!?]+[”’」』）)】》\"']*|\n|$)")


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """The sentences of `text[start:end]`, in order, as tight spans counted in `text`.

    Spans hold no white space at either end, do not overlap, and together hold every non-space character.
    """
    stop = len(text) if end is None else end
    spans = []
    position = start
    while position < stop:
        match = _SENTENCE.match(text, position, stop)
        assert match is not None  # the pattern matches the empty string
        after = max(match.end(), position + 1)
        if span := tight(text, position, after):
            spans.append(span)
        position = after
    return spans


def tight(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span without the white space at its ends, or None when nothing else is in it."""
    piece = text[start:end]
    body = piece.strip()
    if not body:
        return None
    left = start + len(piece) - len(piece.lstrip())
    return left, left + len(body)
