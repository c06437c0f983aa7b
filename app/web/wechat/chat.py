"""An answer as chat messages: at most five of 2,048 bytes, cut where a clause ends, never inside a character or a URL."""

import re
import unicodedata

from app.answer import Answer

LIMIT = 2048  # bytes of UTF-8 in one message
MOST = 5  # messages for one of the person's
_URL = re.compile(r"https?://[!-~]+|/[a-z]+/[!-~]+")
_ENDS = ("\n", "。！？；!?;", "，、：,:")  # best places first


def messages(answer: Answer) -> tuple[str, ...]:
    """The whole answer where five messages hold it, otherwise the form made for chat."""
    whole = pieces(_worded(answer, answer.text))
    return whole if len(whole) <= MOST else single(answer)


def single(answer: Answer) -> tuple[str, ...]:
    """The answer in one message: whole where it fits, otherwise the form made for chat, which says what it leaves out."""
    whole = pieces(_worded(answer, answer.text))
    if len(whole) == 1:
        return whole
    return pieces(answer.text_chat or answer.text)[:1]


def pieces(text: str, limit: int = LIMIT) -> tuple[str, ...]:
    """The text in pieces of at most `limit` bytes (at least 64); joined, they are the text but for space at the cuts.

    A URL longer than a piece is the only one that is cut.
    """
    made: list[str] = []
    rest = text.strip()
    while len(rest.encode("utf-8", "replace")) > limit:
        at = _cut(rest, _fitting(rest, limit))
        made.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return (*made, rest) if rest else tuple(made)


def _worded(answer: Answer, text: str) -> str:
    """The text, with the choices of a question asked back where it does not name them."""
    left = [option for option in answer.options if option not in text]
    return "\n".join([text.rstrip(), *(f"{number}. {option}" for number, option in enumerate(left, 1))])


def _fitting(text: str, limit: int) -> int:
    """How many characters from the start fit into so many bytes."""
    used = 0
    for count, character in enumerate(text):
        used += len(character.encode("utf-8", "replace"))
        if used > limit:
            return count
    return len(text)


def _cut(text: str, most: int) -> int:
    """The best place to cut at, after 1 to `most` characters."""
    whole = [found.span() for found in _URL.finditer(text[: most + 2048])]

    def inside(at: int) -> bool:
        return any(start < at < end for start, end in whole)

    for ends in _ENDS:
        # Not in the first third: rather a worse place than a message of three words.
        for at in range(most, most // 3, -1):
            if text[at - 1] in ends and not inside(at):
                return at
    for at in range(most, 0, -1):
        if not inside(at) and not _joined(text, at):
            return at
    return most


def _joined(text: str, at: int) -> bool:
    """Whether the character at this place belongs to the one before it."""
    following = text[at : at + 1]
    return bool(following) and (
        unicodedata.combining(following) > 0 or following in "\u200d\ufe0f" or text[at - 1] == "\u200d"
    )
