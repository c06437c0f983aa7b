"""A server does not start where its settings cannot mean what they say."""

import pytest

from app.errors import InvalidSetting
from app.settings import Settings
from app.web import check_deployment

OFFICE = {"console_networks": "10.1.0.0/16"}


@pytest.mark.parametrize(
    ("settings", "environment", "says"),
    [
        ({"trusted_proxies": "0.0.0.0/0"}, {}, "ZHENGWEN_TRUSTED_PROXIES.*0.0.0.0/0.*太宽"),
        ({"trusted_proxies": "127.0.0.1, ::/1"}, {}, "ZHENGWEN_TRUSTED_PROXIES.*::/1.*太宽"),
        ({"trusted_proxies": "10.0.0.0/8"} | OFFICE, {}, "10.0.0.0/8.*包含.*10.1.0.0/16"),
        ({"trusted_proxies": "nginx"}, {}, "nginx"),
        (OFFICE, {}, "ZHENGWEN_CONSOLE_NETWORKS.*ZHENGWEN_TRUSTED_PROXIES"),
        ({"open_to_all": True}, {}, "ZHENGWEN_OPEN_TO_ALL.*ZHENGWEN_TRUSTED_PROXIES"),
        (
            {"host": "0.0.0.0", "base_url": "https://ask.example.gov.cn"},
            {},
            "HTTPS.*ZHENGWEN_TRUSTED_PROXIES",
        ),
        ({"host": "0.0.0.0"}, {"FORWARDED_ALLOW_IPS": "*"}, "FORWARDED_ALLOW_IPS.*ZHENGWEN_TRUSTED_PROXIES"),
    ],
)
def test_a_doubtful_constellation_is_refused_with_what_to_set(settings, environment, says):
    with pytest.raises(InvalidSetting, match=says):
        check_deployment(Settings(**settings), environment)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"host": "0.0.0.0", "open_to_all": True} | OFFICE,
        {"trusted_proxies": "10.1.0.5", "base_url": "https://ask.example.gov.cn"} | OFFICE,
        {"trusted_proxies": "127.0.0.1, ::1, 10.0.0.0/8", "open_to_all": True},
    ],
)
def test_what_is_clear_is_not(settings):
    check_deployment(Settings(**settings), {})
