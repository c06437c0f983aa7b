from hmac import compare_digest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import PushRefused
from app.web.wechat import signature
from app.web.wechat.signature import Stamp, check_encrypted, check_stamp, matches, signed

NOW = 1714036504
VECTOR = ("AAAAA", "1714036504", "1514711492")
SIGNATURE = "f464b24fc39322e44b38aa78f5edd27bd1441696"


def test_the_signature_is_that_of_the_published_vector():
    assert signed(*VECTOR) == SIGNATURE
    assert matches(SIGNATURE, *VECTOR)
    check_stamp(Stamp(SIGNATURE, VECTOR[1], VECTOR[2]), VECTOR[0], NOW)


@given(st.permutations(VECTOR))
def test_the_order_of_the_parts_does_not_matter(parts):
    assert signed(*parts) == SIGNATURE


@given(st.text(max_size=60))
def test_any_other_signature_is_refused_whatever_its_characters(given):
    if given != SIGNATURE:
        assert not matches(given, *VECTOR)
        with pytest.raises(PushRefused):
            check_stamp(Stamp(given, VECTOR[1], VECTOR[2]), VECTOR[0], NOW)


def test_signatures_are_compared_in_constant_time(monkeypatch):
    compared = []

    def compare(one, other):
        compared.append((one, other))
        return compare_digest(one, other)

    monkeypatch.setattr(signature.hmac, "compare_digest", compare)
    check_stamp(Stamp(SIGNATURE, VECTOR[1], VECTOR[2]), VECTOR[0], NOW)
    with pytest.raises(PushRefused):
        check_encrypted(Stamp(SIGNATURE, VECTOR[1], VECTOR[2], "0" * 40), VECTOR[0], "…")
    assert len(compared) == 2


@pytest.mark.parametrize("skew", [-301, 301, 10**9])
def test_a_message_too_old_or_from_the_future_is_refused(skew):
    with pytest.raises(PushRefused, match="5 分钟"):
        check_stamp(Stamp(SIGNATURE, VECTOR[1], VECTOR[2]), VECTOR[0], NOW + skew)


@pytest.mark.parametrize("skew", [-300, 0, 300])
def test_a_message_of_the_last_five_minutes_is_taken(skew):
    check_stamp(Stamp(SIGNATURE, VECTOR[1], VECTOR[2]), VECTOR[0], NOW + skew)


@pytest.mark.parametrize("timestamp", ["", "abc", "１７１４", "-1", "1e9", "1714036504 "])
def test_a_time_that_is_no_number_is_refused(timestamp):
    stamp = Stamp(signed("AAAAA", timestamp, "1"), timestamp, "1")
    with pytest.raises(PushRefused):
        check_stamp(stamp, "AAAAA", NOW)
