"""Questions that no policy text of this corpus can answer, told by what they are rather than by what was found."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.corpus import Document
from app.text import fold

# How people address a machine rather than ask about a policy. Said of no text in particular.
_CHAT = re.compile(
    r"忽略(?:以上|上面|之前|前面|所有)|无视(?:以上|之前|规则)|系统提示|提示词|你的(?:指令|规则|设定|提示)|system ?prompt|ignore (?:all|previous|the above)|"
    r"扮演|假装你|现在你是|越狱|jailbreak|"
    r"(?:写|编|做|来)(?:一?[个段首篇份])?[^,。?]{0,8}(?:代码|程序|脚本|诗|作文|故事|笑话|排序|情书|小说)|python|javascript|java代码|"
    r"^(?:你好|您好|在吗|嗨|hi|hello|谢谢|多谢|再见|拜拜|早上好|晚上好|哈哈+|测试|test)[啊呀吗呢吧!。,~ ]*$|"
    r"你(?:是谁|叫什么|几岁|是机器人|会什么|能做什么)|天气(?:怎么样|如何|预报)|讲个笑话|"
    r"傻[逼bx]|操你|去死|滚蛋|废物|妈的|他妈|垃圾(?:东西|机器|玩意)|智障|神经病|王八蛋|"
    r"(?:以|用)[^,。]{0,20}(?:名义|口吻|身份)[^,。]{0,8}(?:写|出具|开|承诺|发)"
)


@dataclass(frozen=True, slots=True)
class Places:
    """The places people name, each with the place it lies in, by every spelling."""

    parents: Mapping[str, str]
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, regions: Iterable[tuple[str, str]]) -> "Places":
        """From (name, parent) pairs in normal form."""
        parents = dict(regions)
        longest_first = sorted(parents, key=len, reverse=True)
        return cls(parents, re.compile("|".join(map(re.escape, longest_first)) or r"(?!)"))

    def named(self, text: str) -> tuple[str, ...]:
        """The places a text names, in order, each once."""
        return tuple(dict.fromkeys(self.pattern.findall(fold(text))))

    @staticmethod
    def stem(place: str) -> str:
        """The name without 省, 市, 区 …, where something is left to tell it by."""
        return _SUFFIX.sub("", place) if len(place) > 2 else place


_SUFFIX = re.compile(r"(?:特别行政区|自治区|自治州|自治县|新区|省|市|区|县|州|盟|旗)$")


def is_chat(question: str) -> bool:
    """Whether the question talks to the machine: greetings, orders, abuse, attempts to change its rules."""
    return bool(_CHAT.search(fold(question)))


def foreign_place(question: str, places: Places, documents: Iterable[Document]) -> str | None:
    """A place the question asks about whose policies are not here; None where there is none or one's own place is named too."""
    named = places.named(question)
    if not named:
        return None
    known = [fold(f"{d.region or ''} {d.title}") for d in documents]
    if any(_is_here(place, known, places) for place in named):
        return None
    if not all(d.region for d in documents):
        return None  # a text without a region may be anyone's
    return named[0]


def _is_here(place: str, known: list[str], places: Places) -> bool:
    # The place itself, or one inside which the corpus lies: 北京 for a text of 怀柔区.
    return any(places.stem(place) in text for text in known)
