"""Web archives (MHTML, RFC 2557): one MIME message with the page and its pictures, whatever the file is called."""

import re

from app.corpus.decoding import decode_mended
from app.errors import FileRefused

_OPENING = re.compile(
    rb"\s*(?:[A-Za-z-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){1,20}?MIME-Version:|\s*MIME-Version:", re.I
)


def is_archive(data: bytes) -> bool:
    """Whether the bytes begin like a web archive."""
    return bool(_OPENING.match(data[:8192])) and b"text/html" in data[:200_000].lower()


def page_of_archive(data: bytes, name: str) -> str:
    """The characters of the page in a web archive; "" when it is none. Raises FileRefused for one without a page."""
    if not is_archive(data):
        return ""
    from email import message_from_bytes

    for part in message_from_bytes(data).walk():
        body = part.get_payload(decode=True)
        if part.get_content_type() != "text/html" or not isinstance(body, bytes):
            continue
        try:
            return body.decode(part.get_content_charset() or "utf-8")
        except (LookupError, UnicodeDecodeError):
            return decode_mended(body, name)[0]
    raise FileRefused(f"网页存档“{name}”中没有网页，请在浏览器中另存为 .html 后重试。")
