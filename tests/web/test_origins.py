import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidSetting
from app.web.origins import host_of, matches, read_pattern

LABEL = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://www.example.gov.cn", "https://www.example.gov.cn"),
        (" HTTPS://WWW.Example.gov.cn:443/ ", "https://www.example.gov.cn"),
        ("http://intranet:8080", "http://intranet:8080"),
        ("https://*.example.gov.cn", "https://*.example.gov.cn"),
        ("https://政务.cn", "https://xn--zfr164b.cn"),
        ("http://[::1]:9000", "http://[::1]:9000"),
    ],
)
def test_an_origin_is_read_into_its_normal_form(written, read):
    assert read_pattern(written) == read


@pytest.mark.parametrize(
    "written",
    ["", "*", "null", "www.example.cn", "https://", "https://*", "https://*.cn", "https://*.gov.cn", "ftp://a.cn",
     "https://a.cn/path", "https://u@a.cn", "https://a.*.cn", "https://a.cn; script-src *", "https://a.cn:99999",
     "javascript:alert(1)", "https://a b.cn"],
)  # fmt: skip
def test_what_is_no_origin_or_too_wide_is_refused_with_the_right_form(written):
    with pytest.raises(InvalidSetting, match=r"请写成 https://|太宽"):
        read_pattern(written)


@given(st.lists(LABEL, min_size=2, max_size=4), st.lists(LABEL, min_size=1, max_size=3))
def test_a_wildcard_holds_what_lies_below_and_nothing_else(host, below):
    domain = ".".join([*host, "example"])
    pattern = read_pattern(f"https://*.{domain}")
    assert matches(f"https://{'.'.join(below)}.{domain}", pattern)
    for stranger in (f"https://{domain}", f"https://evil{domain}", f"http://a.{domain}", f"https://a.{domain}:8443",
                     f"https://a.{domain}.evil.cn", "null", None, ""):  # fmt: skip
        assert not matches(stranger, pattern)


@given(st.text(max_size=60))
def test_no_text_breaks_the_matching(text):
    assert matches(text, "https://www.example.gov.cn") == (
        host_of(text) == "www.example.gov.cn" and "https" in text.lower()
    )
