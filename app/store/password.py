"""Passwords of people who work at the console. The only importer of argon2 and of zxcvbn, whose list of passwords found in breaches is used.

A password is kept as an Argon2id string that carries its own parameters (RFC 9106), so that a later, dearer setting
takes effect at each person's next sign-in.
"""

import threading
import unicodedata
from functools import cache
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import WeakPassword

# OWASP Password Storage Cheat Sheet, Argon2id: 46 MiB, one pass, one lane. MEMORY is in KiB.
PASSES, MEMORY, LANES = 1, 47104, 1
AT_ONCE = 2  # hashes computed together: a flood of sign-ins must not take the memory or both processors
SHORTEST, LONGEST = 10, 128  # characters
LONG_ENOUGH = 16  # characters from which the mixture no longer matters
_FEWEST = 5  # different characters

_WORD = 4  # characters from which a word of the list counts within a password

# What people here choose first when they must have ten characters of two kinds; compared without case.
_COMMON = (
    "password", "passw0rd", "p@ssword", "p@ssw0rd", "admin", "administrator", "qwerty", "qwertyuiop", "asdfghjkl",
    "1qaz2wsx", "1q2w3e4r", "abc123", "abcd1234", "a123456", "aa123456", "woaini", "wodemima", "mima", "iloveyou",
    "letmein", "welcome", "changeme", "zhengwen", "12345hotline", "hotline", "zhengfu", "woaizuguo",
)  # fmt: skip


class Passwords:
    """Makes and checks the strings that are kept. Safe to use from many threads."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY, parallelism=LANES)
        self._turn = threading.BoundedSemaphore(AT_ONCE)
        self._nobody: str | None = None

    def keep(self, password: str) -> str:
        """The string to keep for a password."""
        with self._turn:
            return self._hasher.hash(_normal(password))

    def matches(self, kept: str | None, password: str) -> bool:
        """Whether it is that password. With None (nobody of that name) it takes as long and is False."""
        if kept is None:
            self._nobody = self._nobody or self.keep("nobody has this password")
        with self._turn:
            try:
                found = self._hasher.verify(kept or self._nobody or "", _normal(password)[: LONGEST * 4])
            except (VerificationError, InvalidHashError):
                return False
        return found and kept is not None

    def outdated(self, kept: str) -> bool:
        """Whether the string was made with other parameters than the present ones."""
        return self._hasher.check_needs_rehash(kept)


def check_strength(password: str, account: str) -> None:
    """Raise `WeakPassword`, with what to change, for one that is easily guessed."""
    text = _normal(password)
    if len(text) < SHORTEST:
        raise WeakPassword(f"密码只有 {len(text)} 个字符，请用至少 {SHORTEST} 个。")
    if len(text) > LONGEST:
        raise WeakPassword(f"密码有 {len(text)} 个字符，最多 {LONGEST} 个，请缩短。")
    if text != text.strip() or any(not each.isprintable() for each in text):
        raise WeakPassword("密码的首尾有空格或含有不可见的字符，请去掉后再试。")
    if len(text) < LONG_ENOUGH and _kinds(text) < 2:
        raise WeakPassword(f"密码只有一类字符，请混用字母、数字或符号，或用 {LONG_ENOUGH} 个以上的字符。")
    if account and account.casefold() in text.casefold():
        raise WeakPassword("密码里有账号本身，请换一个。")
    if len(set(text)) < _FEWEST or _is_common(text.casefold()):
        raise WeakPassword("这个密码太常见，容易被猜到，请换一个，例如几个不相干的词连在一起。")


def _kinds(text: str) -> int:
    return len({"letter" if each.isalpha() else "digit" if each.isdigit() else "other" for each in text})


def _is_common(text: str) -> bool:
    """Whether little is left of it once digits and signs around a common word, or a run such as 12345, are gone."""
    word = text.strip("0123456789!@#$%^&*._-+=?~")
    known = _breached()
    return (
        word in _COMMON
        or text in known
        or (len(word) >= _WORD and word in known)
        or _longest_run(text) > len(text) // 2
    )


@cache
def _breached() -> frozenset[str]:
    """The thirty thousand passwords met most often in breaches, in lower case."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset((*FREQUENCY_LISTS["passwords"], *_COMMON))


def _longest_run(text: str) -> int:
    """The most characters in a row that each follow the one before: 12345, abcde, 54321."""
    longest = 1
    for step in (1, -1):
        length = 1
        for before, after in pairwise(text):
            length = length + 1 if ord(after) - ord(before) == step else 1
            longest = max(longest, length)
    return longest


def _normal(password: str) -> str:
    """One form for what different keyboards send, as RFC 8265 asks; half surrogates cannot be encoded."""
    return unicodedata.normalize("NFC", password.encode("utf-8", "replace").decode("utf-8"))
