"""Origins of web pages: `https://host[:port]`, and patterns such as `https://*.host` that name all hosts below one."""

import re
from urllib.parse import urlsplit

from app.errors import InvalidSetting

_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
_PORTS = {"http": 80, "https": 443}
# Below these anybody can register: a pattern for one of them would open the door to strangers.
_SHARED = {f"{kind}.cn" for kind in ("gov", "com", "net", "org", "edu", "ac", "mil")}


def read_pattern(text: str) -> str:
    """An origin or a pattern in normal form.

    Raises:
        InvalidSetting: it is neither; the sentence says how to write it.
    """
    scheme, _, rest = text.strip().lower().rstrip("/").partition("://")
    wild = rest.startswith("*.")
    origin = _normal(f"{scheme}://{rest.removeprefix('*.')}")
    if origin is None:
        raise InvalidSetting(
            f"来源“{text[:80]}”的写法不对，请写成 https://www.example.gov.cn（不带路径），"
            "或 https://*.example.gov.cn 表示全部下级域名。"
        )
    host = origin.split("://")[1]
    if wild and (host.partition(":")[0] in _SHARED or "." not in host):
        raise InvalidSetting(f"来源“{text[:80]}”太宽，任何人都能在它之下注册域名，请写明到单位的域名。")
    return origin.replace("://", "://*.") if wild else origin


def matches(origin: str | None, pattern: str) -> bool:
    """Whether the origin a browser sent is the pattern, or lies below it. “null” never does."""
    found = _normal(origin or "")
    if found is None:
        return False
    scheme, _, host = pattern.partition("://")
    if not host.startswith("*."):
        return found == pattern
    return found.startswith(f"{scheme}://") and found.partition("://")[2].endswith(host[1:])


def host_of(origin: str | None) -> str | None:
    """Host and port of an origin, as a Host header has them; None where it is no origin."""
    found = _normal(origin or "")
    return found.partition("://")[2] if found is not None else None


def _normal(text: str) -> str | None:
    """Scheme, host in ASCII, and the port unless it is the scheme's own; None for what is no origin."""
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").encode("idna").decode("ascii").lower(), parts.port
    except (ValueError, UnicodeError):
        return None
    host = f"[{host}]" if ":" in host else host
    bare = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    if parts.scheme not in _PORTS or not bare or not _HOST.fullmatch(host):
        return None
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != _PORTS[parts.scheme] else "")
