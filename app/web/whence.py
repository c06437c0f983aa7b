"""Where a request comes from: this machine itself, or an address, seen through the proxies that are trusted.

Here alone is decided what of a proxy is believed. The server beneath hands on the peer of the connection as it is
(`proxy_headers=False`): uvicorn by itself would believe whoever speaks from 127.0.0.1.
"""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

from app.errors import InvalidSetting
from app.web.origins import host_of

FORWARDED = ("forwarded", "x-real-ip", "via")  # and whatever begins with X-Forwarded-


@dataclass(frozen=True, slots=True)
class Proxies:
    """Networks that are trusted: those whose X-Forwarded-For is believed, or those that may reach the console."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    def trusts(self, address: str) -> bool:
        """Whether the address lies in one of them; an IPv4 address may be written as an IPv6 one."""
        try:
            found = ip_address(address)
        except ValueError:
            return False
        if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        return any(found in network for network in self.networks)


def read_proxies(text: str, setting: str = "ZHENGWEN_TRUSTED_PROXIES") -> Proxies:
    """Addresses and networks, separated by commas. Raises `InvalidSetting`, naming the setting."""
    try:
        return Proxies(
            tuple(ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())
        )
    except ValueError:
        raise InvalidSetting(
            f"设置 {setting} 的值“{text[:80]}”不对，请写成 127.0.0.1 或 10.0.0.0/8 这样的地址，用逗号分开。"
        ) from None


def is_local(scope: Scope, proxies: Proxies) -> bool:
    """Whether a program or a page of this machine asks us directly.

    The peer alone does not tell: a reverse proxy on this machine is a loopback peer too, and so is the browser of
    somebody here who looks at a stranger's page. Hence no forwarding header, a Host that no stranger's name can
    point here (DNS rebinding), no foreign Origin, and no trusted proxy at this address.
    """
    peer, headers = peer_of(scope), Headers(scope=scope)
    if not is_loopback(peer) or proxies.trusts(peer) or _is_forwarded(headers):
        return False
    host = headers.get("host", "localhost")
    return _is_plain(host) and headers.get("origin", f"http://{host}") != "null" and is_own(headers)


def is_own(headers: Headers, base_url: str = "") -> bool:
    """Whether the request comes from one of our own pages, or from no page at all."""
    origin = headers.get("origin")
    if origin is None:
        return True
    asked = host_of(origin)
    return asked is not None and asked in (headers.get("host", "").lower(), host_of(base_url))


def client_of(scope: Scope, proxies: Proxies) -> str:
    """The address that asks: the last one that no trusted proxy stands at."""
    peer = peer_of(scope)
    hops = Headers(scope=scope).getlist("x-forwarded-for")
    chain = [part.strip() for hop in hops for part in hop.split(",") if part.strip()]
    while proxies.trusts(peer) and chain:
        peer = _without_port(chain.pop())
    return peer


def scheme_of(scope: Scope, proxies: Proxies) -> str:
    """What the visitor's browser speaks, `http` or `https`: a trusted proxy says it in X-Forwarded-Proto."""
    said = Headers(scope=scope).get("x-forwarded-proto", "").rpartition(",")[2].strip().lower()
    if said in ("http", "https") and proxies.trusts(peer_of(scope)):
        return said
    return str(scope.get("scheme", "http"))


def address_of(scope: Scope, proxies: Proxies) -> str:
    """The address to count by: that of the client, as `counted` gives it."""
    return counted(client_of(scope, proxies))


def counted(address: str) -> str:
    """What one visitor is counted under: an IPv4 address, or the /64 of an IPv6 one, of which a home has 2⁶⁴."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:45]
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(ip_network((found, 64), strict=False))
    return str(found)


def peer_of(scope: Scope) -> str:
    """The address at the other end of the connection; empty for a socket without one."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def _is_forwarded(headers: Headers) -> bool:
    return any(name in FORWARDED or name.startswith("x-forwarded") for name in headers)


def _without_port(hop: str) -> str:
    """The address of a hop: some proxies write the port behind it, which changes with each connection."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def is_loopback(address: str) -> bool:
    """Whether the address is one of this machine to itself."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return (mapped or found).is_loopback


def _is_plain(host: str) -> bool:
    """Whether a Host header is an address or localhost: names that nobody can point elsewhere."""
    name = host.rpartition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    if name.lower() == "localhost":
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
