"""Who is asking, and whether that is allowed: this machine, a key, the widget of a site, or nobody."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from starlette.datastructures import Headers
from starlette.types import Scope

from app.errors import KeyRequired, NotAllowed, OriginNotAllowed, ScopeNotAllowed, StoreUnavailable
from app.settings import ROOT, Settings
from app.store import Access, ApiKey, Site
from app.web.origins import matches
from app.web.rates import Rates
from app.web.tokens import LIFETIME, Tokens, open_tokens
from app.web.whence import address_of, client_of, is_local, is_own, peer_of, read_proxies, scheme_of

SCOPES = ("ask", "search", "read", "metrics")
REMEMBER = 5.0  # seconds: as long as a revoked site or key may still be let in
LOOK_AGAIN = 1.0  # seconds after which an unknown one is looked up afresh: it may have been added just now
SECRET = ROOT / "data" / "secret"

# What a path needs: any one of these scopes. A path below /api/v1 that is not here is for this machine alone.
_NEEDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("/api/v1/ask", ("ask",)),
    ("/api/v1/feedback", ("ask",)),
    ("/api/v1/handoff", ("ask",)),
    ("/api/v1/search", ("search",)),
    ("/api/v1/clauses", ("read", "ask")),
    ("/api/v1/documents", ("read",)),
    ("/metrics", ("metrics",)),
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. `address` is what limits are counted by; `session` names one opening of the widget."""

    kind: Literal["local", "open", "key", "widget"]
    address: str
    key: ApiKey | None = None
    site: Site | None = None
    session: str = ""

    def channel(self, wanted: str | None) -> str:
        """The channel a question comes by, which the credential decides and the caller may only narrow.

        A session goes on within its channel alone, so no token of a site goes on with the session of a key or of the hotline.
        """
        if self.kind == "widget":
            return "widget"
        if self.kind == "key":
            return wanted if wanted and wanted != "widget" else "api"
        if self.kind == "open":
            return "widget" if wanted == "widget" else "api"
        return wanted or "api"


def caller_of(scope: Scope) -> Caller:
    """Who was admitted; whoever asks through no gate, as in a test, is this machine."""
    found = scope.get("state", {}).get("caller")
    return found if isinstance(found, Caller) else Caller("local", peer_of(scope))


def needs(path: str) -> tuple[str, ...] | None:
    """The scopes, one of which a path asks for; empty where no scope opens it, None where it is for everybody."""
    if path == "/api/v1/session":
        return None
    for prefix, scopes in _NEEDS:
        if path == prefix or path.startswith(f"{prefix}/"):
            return scopes
    return () if path.startswith("/api/") else None


class Book:
    """Sites and keys that are in force, remembered for some seconds, and for longer while the database is away."""

    def __init__(self, access: Access, clock: Callable[[], float] = time.monotonic) -> None:
        self._access, self._clock, self._lock = access, clock, threading.Lock()
        self._sites: dict[str, Site] = {}
        self._keys: dict[str, ApiKey] = {}
        self._read_at = float("-inf")
        self._never_read: str | None = ""  # or why not, when last tried

    def site(self, site_id: str) -> Site | None:
        """The site of that id. Raises `StoreUnavailable` where the database was never read."""
        self._refresh()
        if site_id not in self._sites:
            self._refresh(LOOK_AGAIN)
        return self._sites.get(site_id)

    def key(self, secret: str) -> ApiKey | None:
        """The key of this secret text. Raises as `site` does."""
        self._refresh()
        key_id = secret.split("_")[1] if secret.count("_") == 2 else ""
        if key_id not in self._keys:
            self._refresh(LOOK_AGAIN)
        key = self._keys.get(key_id)
        return key if key is not None and key.matches(secret) else None

    def allows(self, origin: str) -> bool:
        """Whether any site has named this origin. Raises as `site` does."""
        self._refresh()
        return any(allows(site, origin) for site in self._sites.values())

    def forget(self) -> None:
        """Read the database again at the next request."""
        self._read_at = float("-inf")

    def _refresh(self, age: float = REMEMBER) -> None:
        """Read what is older than so many seconds."""
        with self._lock:
            if self._clock() - self._read_at >= age:
                self._read()
                self._read_at = self._clock()
            if self._never_read is not None:
                raise StoreUnavailable(self._never_read)

    def _read(self) -> None:
        try:
            found = self._access.sites(), self._access.keys()
        except StoreUnavailable as error:
            # Tried again in some seconds: nobody else has to wait for the same timeout meanwhile.
            if self._never_read is not None:
                self._never_read = f"{error}，现在不能核对站点和密钥，请稍后再试。"
            return
        self._sites = {site.id: site for site in found[0] if site.revoked_at is None}
        self._keys = {key.id: key for key in found[1] if key.revoked_at is None}
        self._never_read = None


def allows(site: Site, origin: str | None) -> bool:
    """Whether the site has named this origin; a site that names none allows none."""
    return any(matches(origin, pattern) for pattern in site.origins)


class Admission:
    """Lets requests in or refuses them, and counts them. Made once for an app."""

    def __init__(self, settings: Settings, access: Access, secret: Path = SECRET) -> None:
        """Raises `InvalidSetting`."""
        self._settings, self._secret = settings, secret
        self.proxies = self._proxies = read_proxies(settings.trusted_proxies)
        self._offices = read_proxies(settings.console_networks, "ZHENGWEN_CONSOLE_NETWORKS")
        self._rates = Rates(settings.limits_url)
        self._tokens: Tokens | None = open_tokens(settings.secret, secret) if settings.secret else None
        self.book = Book(access)

    def is_local(self, scope: Scope) -> bool:
        """Whether this machine itself asks: it needs no key and has no limit."""
        return is_local(scope, self._proxies)

    def address(self, scope: Scope) -> str:
        """The address a request is counted by, seen through the trusted proxies."""
        return address_of(scope, self._proxies)

    def in_office(self, scope: Scope) -> bool:
        """Whether somebody asks from this machine, or from the networks that the console is for."""
        client = client_of(scope, self._proxies)
        return self.is_local(scope) or (self._offices.trusts(client) and not self._proxies.trusts(client))

    def scheme(self, scope: Scope) -> str:
        """What the visitor's browser speaks: `http` or `https`."""
        return scheme_of(scope, self._proxies)

    def check_office(self, scope: Scope) -> None:
        """Raise `NotAllowed` where the console is for certain networks and somebody else asks.

        Who asks through a proxy that names nobody is not the proxy, though its own address may lie in the office.
        """
        if self._offices.networks and not self.is_local(scope):
            client = client_of(scope, self._proxies)
            if not self._offices.trusts(client) or self._proxies.trusts(client):
                raise NotAllowed(
                    f"工作台只对单位内部的网络开放，{client[:45]} 不在其中；请在办公网络中打开。"
                )

    def admit(self, scope: Scope, scopes: tuple[str, ...]) -> Caller:
        """Who asks, counted. Blocks: the database may be read.

        Raises:
            KeyRequired, TokenExpired, OriginNotAllowed, ScopeNotAllowed, TooManyRequests, StoreUnavailable.
        """
        caller = self._caller(scope, scopes)
        if caller.kind == "key" and caller.key is not None:
            self._rates.take("这个密钥", caller.key.id, caller.key.per_minute)
            return caller
        self.count_address(scope)
        if caller.site is not None and scope["method"] == "POST":
            self._rates.take("一次会话", caller.session, self._settings.session_per_minute)
            self._rates.take("本网站", caller.site.id, caller.site.per_day, "day")
        return caller

    def count_address(self, scope: Scope) -> None:
        """Count a request by its address. Raises `TooManyRequests`."""
        self._rates.take("同一地址", address_of(scope, self._proxies), self._settings.address_per_minute)

    def welcome(self, scope: Scope, site_id: str) -> tuple[str, int]:
        """A session token for the widget of a site, and the seconds it is good for.

        Raises:
            OriginNotAllowed, KeyRequired, TooManyRequests, StoreUnavailable.
        """
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if site_id:
            self.count_address(scope)
            self._check_origin(self.book.site(site_id), site_id, origin, headers)
        elif not self.is_local(scope):
            if not self._settings.open_to_all or not is_own(headers, self._settings.base_url):
                raise KeyRequired("没有写明站点编号（data-site），请用管理员登记站点时得到的编号。")
            self.count_address(scope)
        return self._issuer().issue(site_id, origin or ""), LIFETIME

    def _check_origin(self, site: Site | None, site_id: str, origin: str | None, headers: Headers) -> None:
        if site is None:
            raise OriginNotAllowed(f"没有登记编号为“{site_id[:40]}”的站点，或它已停用。")
        # /chat is a page of ours; who may frame it is settled by its frame-ancestors.
        if not allows(site, origin) and not (origin and is_own(headers, self._settings.base_url)):
            shown = (origin or "（无）")[:80]
            raise OriginNotAllowed(f"站点“{site.id}”没有登记来源 {shown}，请管理员用 sites add 登记。")

    def _caller(self, scope: Scope, scopes: tuple[str, ...]) -> Caller:
        address = address_of(scope, self._proxies)
        kind, _, credential = Headers(scope=scope).get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and credential.startswith("zw_"):
            return self._by_key(credential.strip(), scopes, address)
        if kind.lower() == "bearer":
            try:
                return self._by_token(credential.strip(), scopes, scope, address)
            except NotAllowed:
                if not self._settings.open_to_all:
                    raise
        if self._settings.open_to_all:
            return Caller("open", address)
        raise KeyRequired(
            "不带密钥的请求只接受来自本机的；其他电脑请在 Authorization 中带上密钥（Bearer zw_…），"
            "网页请用已登记的站点。"
        )

    def _by_key(self, secret: str, scopes: tuple[str, ...], address: str) -> Caller:
        key = self.book.key(secret)
        if key is None:
            raise KeyRequired("密钥不对，或已被吊销，请向管理员重新领取。")
        if not set(scopes) & set(key.scopes):
            raise ScopeNotAllowed(f"密钥“{key.name}”只能用于 {'、'.join(key.scopes)}，不能用于这个接口。")
        return Caller("key", address, key=key)

    def _by_token(self, token: str, scopes: tuple[str, ...], scope: Scope, address: str) -> Caller:
        said = self._issuer().read(token)
        site = self.book.site(said.site_id)
        if site is None:
            raise OriginNotAllowed(f"没有登记编号为“{said.site_id[:40]}”的站点，或它已停用。")
        if Headers(scope=scope).get("origin", said.origin) != said.origin:
            raise OriginNotAllowed("会话令牌是给另一个网站的，请重新取得后再试。")
        if "ask" not in scopes:
            raise ScopeNotAllowed("网页上的会话只能提问、反馈和查看条款，不能用于这个接口。")
        return Caller("widget", address, site=site, session=said.session)

    def _issuer(self) -> Tokens:
        if self._tokens is None:
            self._tokens = open_tokens(self._settings.secret, self._secret)
        return self._tokens
