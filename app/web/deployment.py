"""Whether the settings can mean what they say where the server stands: asked once, before it listens."""

from collections.abc import Mapping

from app.errors import InvalidSetting
from app.settings import Settings
from app.web.whence import Proxies, is_loopback, read_proxies

WIDEST = {4: 8, 6: 32}  # shortest prefix of a network of proxies: nobody runs more of them than lie in one
_NAME_THEM = "请设 ZHENGWEN_TRUSTED_PROXIES 为反向代理的地址，代理在本机时是 127.0.0.1"


def check_deployment(settings: Settings, environment: Mapping[str, str]) -> None:
    """Refuse settings under which an invented address would be believed, or every visitor taken for this machine.

    Raises:
        InvalidSetting: the sentence says what to set.
    """
    proxies = read_proxies(settings.trusted_proxies)
    offices = read_proxies(settings.console_networks, "ZHENGWEN_CONSOLE_NETWORKS")
    for network in proxies.networks:
        if network.prefixlen < WIDEST[network.version]:
            raise InvalidSetting(
                f"设置 ZHENGWEN_TRUSTED_PROXIES 的“{network}”太宽，几乎任何电脑自报的地址都会被相信；"
                "请只写反向代理本身的地址，例如 127.0.0.1。"
            )
    _check_apart(proxies, offices)
    if not proxies.networks:
        _check_direct(settings, offices, environment)


def _check_apart(proxies: Proxies, offices: Proxies) -> None:
    for proxy in proxies.networks:
        for office in offices.networks:
            if proxy.version == office.version and office.subnet_of(proxy):  # type: ignore[arg-type]
                raise InvalidSetting(
                    f"设置 ZHENGWEN_TRUSTED_PROXIES 的“{proxy}”包含 ZHENGWEN_CONSOLE_NETWORKS 的“{office}”："
                    "办公网络中的电脑都成了代理，可以自报任何地址。请只写反向代理本身的地址。"
                )


def _check_direct(settings: Settings, offices: Proxies, environment: Mapping[str, str]) -> None:
    """What shows that a proxy stands before the server though none is named."""
    if environment.get("FORWARDED_ALLOW_IPS", "").strip():
        raise InvalidSetting(f"环境变量 FORWARDED_ALLOW_IPS 在这里不起作用，{_NAME_THEM}，并去掉这个变量。")
    if settings.base_url.lower().startswith("https:"):
        raise InvalidSetting(
            f"设置 ZHENGWEN_BASE_URL 的值“{settings.base_url[:80]}”是 HTTPS 网址，服务前面应有反向代理，但没有写明是哪一个："
            f"全部访客会被算作同一个地址。{_NAME_THEM}。"
        )
    if not (settings.host == "localhost" or is_loopback(settings.host)):
        return
    for name, given in (
        ("ZHENGWEN_CONSOLE_NETWORKS", bool(offices.networks)),
        ("ZHENGWEN_OPEN_TO_ALL", settings.open_to_all),
    ):
        if given:
            raise InvalidSetting(
                f"设置了 {name}，而服务只在本机（{settings.host}）监听：其他电脑只能经反向代理来访，它们的地址却认不出来。"
                f"{_NAME_THEM}；没有代理时请设 ZHENGWEN_HOST=0.0.0.0，或去掉 {name}。"
            )
