import base64
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidSetting, PushRefused
from app.web.wechat.account import aes_key
from app.web.wechat.cipher import PersonHash, PushCipher, Seal

from .office import AES_KEY, SIGNING

APPID = "wx0123456789abcdef"
CIPHER = PushCipher(AES_KEY, APPID)


@given(st.binary(max_size=300))
def test_a_message_comes_back_as_it_was(message):
    assert CIPHER.decrypt(CIPHER.encrypt(message)) == message


@given(st.text(min_size=1, max_size=40), st.data())
def test_a_changed_message_is_refused_or_another_never_a_traceback(text, data):
    # CBC alone does not notice every change: that is what the signature over it is for, checked before this.
    raw = bytearray(base64.b64decode(CIPHER.encrypt(text.encode())))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    with suppress(PushRefused):
        CIPHER.decrypt(base64.b64encode(bytes(raw)).decode())


@given(st.text(max_size=200))
def test_what_is_not_encrypted_is_refused_with_one_sentence(text):
    with pytest.raises(PushRefused, match="解不开"):
        CIPHER.decrypt(text)


def test_the_last_block_the_key_and_the_appid_count():
    encrypted = CIPHER.encrypt("注意事项".encode())
    raw = base64.b64decode(encrypted)
    with pytest.raises(PushRefused):
        CIPHER.decrypt(base64.b64encode(raw[:-16]).decode())
    with pytest.raises(PushRefused):
        PushCipher(AES_KEY.swapcase(), APPID).decrypt(encrypted)
    with pytest.raises(PushRefused):
        PushCipher(AES_KEY, "wx-other").decrypt(encrypted)


def test_the_padding_fills_blocks_of_32():
    for length in range(70):
        assert len(base64.b64decode(CIPHER.encrypt(b"x" * length))) % 32 == 0


@pytest.mark.parametrize("key", ["", "short", "*" * 43, AES_KEY + "=", "密" * 43])
def test_a_key_that_is_none_is_named_but_not_repeated(key):
    with pytest.raises(InvalidSetting, match="ZHENGWEN_WECHAT_PUSH_AES_KEY") as raised:
        aes_key(key)
    assert not key or key not in str(raised.value)


@given(st.binary(max_size=100))
def test_what_is_sealed_opens_for_the_same_purpose_only(content):
    sealed = Seal(SIGNING, "login").seal(content)
    assert Seal(SIGNING, "login").open(sealed) == content
    assert Seal(SIGNING, "refresh").open(sealed) is None
    assert Seal(SIGNING + "x", "login").open(sealed) is None


@given(st.text(max_size=100))
def test_what_was_not_sealed_does_not_open(text):
    assert Seal(SIGNING, "login").open(text) is None


def test_a_person_is_known_by_a_hash_that_needs_the_secret():
    known = PersonHash(SIGNING, APPID).of("openid-anna")
    assert known == PersonHash(SIGNING, APPID).of("openid-anna")
    assert known != PersonHash(SIGNING + "x", APPID).of("openid-anna")
    assert known != PersonHash(SIGNING, "wx-other").of("openid-anna")
    assert len(known) == 64
