"""Questions that no policy text of this corpus can answer, told by what they are rather than by what was found."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.corpus import Document
from app.text import fold

# Said to a machine and never of a policy: a whole utterance of courtesy, or an attempt to change the rules.
_MACHINE = r"(?:真人|活人|人工(?:客服|智能)?|机器人?|ai|智能客服|客服|程序|电脑|人)"
_COURTESY = re.compile(
    r"(?:你好|您好|在吗|在不在|嗨|hi|hello|谢谢|多谢|感谢|再见|拜拜|早上好|下午好|晚上好|哈+|嗯+|哦+|好的?|好吧|行|知道了|明白了|收到|ok|测试|test|"
    rf"(?:你|您|对面|那边)(?:到底|究竟|现在)?是(?:不是)?个?{_MACHINE}(?:还是个?{_MACHINE})?(?:在?(?:回答|回复|回话|说话))?|"
    r"(?:你|您)(?:用的)?是?(?:什么|哪个|哪家)的?(?:大?模型|机器人|ai)|谁(?:做|开发|训练|造)(?:了|的|出)?你(?:的|来)?|"
    r"你是谁|你叫什么(?:名字)?|你几岁|你(?:会|能)(?:做)?(?:什么|啥)|你是机器人|讲个笑话|(?:今天|明天)?天气(?:怎么样|如何|预报))"
    r"(?:[啊呀吗呢吧了哦你您们!。,.~?、 ]|谢谢|再见)*"
)
_ORDERS = re.compile(
    r"(?:忽略|无视|忘记|忘掉)(?:以上|上面|之前|前面|所有|一切|你的)[^,。]{0,6}(?:规则|指令|提示|要求|设定|内容)?|系统提示|提示词|你的(?:指令|规则|设定|提示)|"
    r"system ?prompt|ignore (?:all|any|previous|the above)|越狱|jailbreak|假装你|现在你是|扮演|"
    r"(?:不用|不要|不必|别|无需|不许)(?:再)?(?:管|理会?|遵守|按照?|参考|引用|受)(?:什么|任何)?(?:政策|文件|条款|原文|规则|规定|限制|约束|以上|前面)|"
    r"没有(?:任何)?(?:限制|约束)的|从现在(?:开始|起)[,，]?(?:你|请你)|(?:你|您)(?:现在)?(?:就是|变成|充当)(?:一个|一名|个)|开发者模式|developer mode|"
    r"(?:输出|打印|告诉我|重复|复述)(?:一下)?(?:你的)?(?:系统|初始|全部|隐藏)(?:提示|指令|设定|消息)"
)


_LOOSE = "的里内在有以向同与和及对是能可给要按将为"  # what follows a place without being part of its name
TOLD, MOST_TOLD = 20_000, 50  # characters of a text, and texts, that are looked through for longer names
# What makes a place's name part of another: 上海银行, 河南人, 青岛啤酒.
_NO_PLACE = r"(?!银行|大学|学院|医院|证券|基金|啤酒|机场|火车站|话|菜|籍|牌|路\d|人(?![民才力工社口事均]))"


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
        names = "|".join(map(re.escape, longest_first)) or r"(?!)"
        return cls(parents, re.compile(f"(?:{names}){_NO_PLACE}"))

    def named(self, text: str) -> tuple[str, ...]:
        """The places a text names, in order, each once."""
        return tuple(dict.fromkeys(self.pattern.findall(fold(text))))

    @staticmethod
    def stem(place: str) -> str:
        """The name without 省, 市, 区 …, where something is left to tell it by."""
        return _SUFFIX.sub("", place) if len(place) > 2 else place


_SUFFIX = re.compile(r"(?:特别行政区|自治区|自治州|自治县|新区|省|市|区|县|州|盟|旗)$")


@dataclass(frozen=True, slots=True)
class Home:
    """The one place whose policies are here, which tells none of them from another; nothing where there are several.

    People put its name before whatever they ask (“怀柔的房价”), and it stands in every text: kept, it would make anything alike.
    """

    names: tuple[str, ...]
    told: str

    @classmethod
    def of(cls, places: Places, documents: Iterable[Document]) -> "Home":
        """The home of documents that all are of one place."""
        documents = tuple(documents)
        regions = {document.region for document in documents}
        inner = places.named(regions.pop() or "") if len(regions) == 1 else ()
        if not inner:
            return cls((), "")
        told = "\n".join(fold(f"{d.title}\n{d.text[:TOLD]}") for d in documents[:MOST_TOLD])
        return cls((inner[-1], places.stem(inner[-1])), told)

    def leave_out(self, question: str) -> str:
        """The question without the name, unless it is part of a longer name in the texts: 怀柔科学城."""
        rest = question
        for name in dict.fromkeys(self.names):
            rest = re.sub(f"({re.escape(name)})(?:的|里|境内|本地|当地|这边|这里)?", self._keep, rest)
        return rest.strip(" ，,、") or question

    def _keep(self, found: re.Match[str]) -> str:
        name, follows = fold(found.group(1)), fold(found.string[found.end(1) : found.end(1) + 1])
        longer = follows and follows not in _LOOSE and f"{name}{follows}" in self.told
        return found.group() if longer else ""


def is_chat(question: str) -> bool:
    """Whether the question talks to the machine: courtesies and attempts to change its rules.

    Abuse and requests for poems or programs are not told by words (危险废物处置 is a policy matter): nothing is found for them.
    """
    folded = fold(question).strip()
    return bool(_COURTESY.fullmatch(folded) or _ORDERS.search(folded))


def foreign_place(question: str, places: Places, documents: Sequence[Document]) -> str | None:
    """A place the question asks about whose policies are not here; None where there is none or one's own place is named too."""
    named = places.named(question)
    if not named or not all(d.region for d in documents):
        return None  # a text without a region may be anyone's
    known = [fold(f"{d.region} {d.title}") for d in documents]
    return None if any(_is_here(place, known, places) for place in named) else named[0]


def _is_here(place: str, known: list[str], places: Places) -> bool:
    # The place itself, or one inside which the corpus lies: 北京 for a text of 怀柔区.
    return any(places.stem(place) in text for text in known)
