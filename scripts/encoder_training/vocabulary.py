"""The encoder's vocabulary: words that texts use and dictionaries know, as a unigram tokenizer.

Words are counted by jieba over the training texts; its own dictionary's frequencies stand for everyday language. Taking whole
words, not pieces found by a trainer, takes a minute instead of thirteen, and lets almost every token start from a gloss.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
WORD = re.compile(r"[一-鿿]+|[a-z][a-z0-9+.-]*|[0-9]+")
ADDRESS = re.compile(r"^第[一二三四五六七八九十百千零]+[条章节款项编]?$")
ALWAYS = (
    "0123456789abcdefghijklmnopqrstuvwxyz，。、；：？！“”（）《》〈〉〔〕【】—…·.,;:?!()%‰℃+-*/=<>\"'&@#~_"
)


def count(texts: Iterable[str]) -> Counter[str]:
    """Dictionary words of normalised texts."""
    import jieba

    cutter = jieba.Tokenizer()
    found: Counter[str] = Counter()
    for text in texts:
        for run in WORD.findall(text.lower()):
            found.update(cutter.cut(run, HMM=False) if run[0] > "z" else (run,))
    return found


def everyday() -> Counter[str]:
    """jieba's dictionary: word → how often it was seen in newspapers and novels."""
    import jieba

    with jieba.get_dict_file() as stream:
        rows = (line.decode("utf-8").split() for line in stream)
        return Counter({row[0]: int(row[1]) for row in rows if WORD.fullmatch(row[0])})


def shares(counters: Iterable[tuple[Counter[str], float]]) -> dict[str, float]:
    """Word → weighted sum of its shares in each counter."""
    total: dict[str, float] = {}
    for counter, weight in counters:
        size = max(1, counter.total())
        for word, times in counter.items():
            total[word] = total.get(word, 0.0) + weight * times / size
    return total


def choose(share: Mapping[str, float], glossed: Iterable[str], size: int) -> list[str]:
    """The `size` words to keep: every character seen, then words by share, those with a gloss counted double."""
    known = set(glossed)
    single = [w for w in share if len(w) == 1]
    floor = sorted(share.values())[-min(len(share), 400_000)]
    seen = sorted((w for w in single if share[w] > floor), key=lambda w: -share[w])
    keep = dict.fromkeys(list(ALWAYS) + seen[: size // 4])
    longer = (w for w in share if 1 < len(w) <= 8 and not ADDRESS.match(w))
    for word in sorted(longer, key=lambda w: (-share[w] * (2 if w in known else 1), w)):
        if len(keep) >= size - len(SPECIAL):
            break
        keep[word] = None
    return list(keep)


def tokenizer(words: list[str], share: Mapping[str, float]) -> Tokenizer:
    """A unigram tokenizer over `words`: the likeliest cut of a text into them; anything else is `[UNK]`."""
    least = math.log(1e-9)
    pieces = [(name, least - 10) for name in SPECIAL]
    pieces += [(word, max(least, round(math.log(share.get(word, 0) + 1e-12), 4))) for word in words]
    made = Tokenizer(models.Unigram(pieces, unk_id=1))
    made.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Punctuation("isolated"),
            pre_tokenizers.Digits(False),
        ]
    )
    return made
