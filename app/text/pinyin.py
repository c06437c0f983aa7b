"""How characters sound, without tones. The only importer of pypinyin."""

from functools import lru_cache

_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")


@lru_cache(maxsize=65536)
def sounds(character: str) -> frozenset[str]:
    """The two usual readings of a Chinese character without tones (行: xing, hang); for anything else, itself.

    Later readings of the dictionary are those of names and old books (台 as yi and si).
    """
    from pypinyin import Style, pinyin

    readings = pinyin(character, style=Style.TONE3, heteronym=True)
    return (
        frozenset(reading.rstrip("012345") for reading in readings[0][:2])
        if readings
        else frozenset((character,))
    )


@lru_cache(maxsize=65536)
def loose_sounds(character: str) -> frozenset[str]:
    """The readings with the distinctions dropped that many speakers do not make: z/zh, c/ch, s/sh, n/ng at the end."""
    return frozenset(_loose(sound) for sound in sounds(character))


def _loose(sound: str) -> str:
    if sound[:2] in ("zh", "ch", "sh"):
        sound = sound[0] + sound[2:]
    return sound[:-1] if sound.endswith("ng") else sound


@lru_cache(maxsize=65536)
def finals(character: str) -> frozenset[str]:
    """What follows the initial consonant in each reading: 翼 and 冀 share i."""
    return frozenset(_final(sound) for sound in sounds(character))


def _final(sound: str) -> str:
    initial = next((start for start in _INITIALS if sound.startswith(start)), "")
    return sound[len(initial) :]
