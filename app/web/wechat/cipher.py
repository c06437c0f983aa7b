"""Encryption. The only importer of cryptography: tokens are sealed with AES-256-GCM, pushed messages with WeChat's own form.

WeChat's form (消息加解密说明): AES-256-CBC, IV = the key's first 16 bytes, PKCS#7 to 32 bytes; the plain text is 16
random bytes, the message's length in 4 bytes, the message, the appid.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import PushRefused
from app.web.wechat.account import aes_key

BLOCK = 32  # bytes; PKCS#7 is told so, although AES itself works in 16
_NONCE = 12


class Seal:
    """Seals and opens small texts with a key made for one purpose: what is sealed for one does not open for another."""

    def __init__(self, secret: str, purpose: str) -> None:
        self._aead = AESGCM(_derived(secret, purpose))

    def seal(self, content: bytes) -> str:
        """The content, encrypted and authenticated, as URL-safe base64."""
        nonce = secrets.token_bytes(_NONCE)
        return base64.urlsafe_b64encode(nonce + self._aead.encrypt(nonce, content, None)).decode().rstrip("=")

    def open(self, sealed: str) -> bytes | None:
        """The content; None where it was not sealed with this key, or was changed."""
        try:
            data = base64.b64decode(sealed + "=" * (-len(sealed) % 4), altchars=b"-_", validate=True)
            return self._aead.decrypt(data[:_NONCE], data[_NONCE:], None)
        except (InvalidTag, ValueError, binascii.Error):
            return None


class PersonHash:
    """Turns an openid into the id under which a person is kept: without the secret nobody can go back or guess."""

    def __init__(self, secret: str, appid: str) -> None:
        self._key = _derived(secret, f"person {appid}")

    def of(self, openid: str) -> str:
        """64 hex digits."""
        return hmac.new(self._key, openid.encode(), hashlib.sha256).hexdigest()


class PushCipher:
    """Encrypts and decrypts pushed messages (安全模式)."""

    def __init__(self, encoding_aes_key: str, appid: str) -> None:
        """Raises `InvalidSetting` for a key that is none."""
        self._key, self._appid = aes_key(encoding_aes_key), appid.encode()

    def encrypt(self, message: bytes) -> str:
        """The message as WeChat would send it, in base64."""
        plain = secrets.token_bytes(16) + struct.pack(">I", len(message)) + message + self._appid
        fill = BLOCK - len(plain) % BLOCK
        encryptor = self._cipher().encryptor()
        data = encryptor.update(plain + bytes([fill]) * fill) + encryptor.finalize()
        return base64.b64encode(data).decode()

    def decrypt(self, encrypted: str) -> bytes:
        """The message. Raises `PushRefused`, with one sentence whatever is wrong."""
        try:
            data = base64.b64decode(encrypted, validate=True)
            decryptor = self._cipher().decryptor()
            plain = decryptor.update(data) + decryptor.finalize()
            return self._message(plain)
        except (ValueError, binascii.Error, struct.error, IndexError):
            raise PushRefused(
                "消息解不开，请核对 EncodingAESKey 与 AppID 是否和微信公众平台上的一致。"
            ) from None

    def _message(self, plain: bytes) -> bytes:
        fill = plain[-1]
        if not 1 <= fill <= BLOCK or plain[-fill:] != bytes([fill]) * fill:
            raise ValueError("padding")
        content = plain[16:-fill]
        (length,) = struct.unpack(">I", content[:4])
        message, appid = content[4 : 4 + length], content[4 + length :]
        if len(message) != length or not hmac.compare_digest(appid, self._appid):
            raise ValueError("length or appid")
        return message

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))


def _derived(secret: str, purpose: str) -> bytes:
    """A key of 32 bytes (HKDF, RFC 5869)."""
    return HKDF(SHA256(), length=32, salt=None, info=f"zhengwen wechat {purpose}".encode()).derive(
        secret.encode()
    )
