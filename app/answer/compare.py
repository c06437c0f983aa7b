"""Several things asked at once: “甲和乙分别补多少”, “甲跟乙比有什么不同”, “甲给什么支持？另外乙要什么条件”. Each is a question of its own."""

import re
from collections.abc import Callable

from app.answer.intent import read_intent

MOST = 3  # questions in one that are answered each
_TWO = r"这?[两俩](?:块|样|项|方面|边|者|头|件)|这[两俩](?:个|种|条|类)"
_CUE = re.compile(
    _TWO
    + r"|分别|各(?![区级类种位项地方个部省市县镇乡界])|相比|比起来|跟.{2,30}比|哪[个家].{0,4}(?:更|高|多|严|大|宽|快|少|低)|不同|不一样|区别|差别|差在哪"
)
_PAIR = re.compile(
    r"(?P<one>[^，。？?,；;、]{2,24}?)(?:和|与|跟|同|以及|还有|、)(?P<other>[^，。？?,；;、]{2,24}?)"
    r"(?=[，,]|"
    + _TWO
    + r"|分别|各(?![区级类种位项地方个部省市县镇乡界])|相比|比起来|哪个|的?(?:条件|要求|标准|金额|流程|期限)|(?:有|在)?(?:什么|啥|何|哪些?)(?:不同|不一样|区别|差别))"
)
_AGAINST = re.compile(
    r"(?P<one>.{4,60}?)[？?，,。；;]\s*跟(?P<other>[^，。？?,]{2,30}?)(?:相|来)?比[，,]?(?P<rest>.*)"
)
# One thing and another of the same caller: 既是…，又…，…; 一家做…，一家做…，…
_ONE_AND = re.compile(
    r"(?:既(?P<both>[^，,。]{2,24})[，,]?(?:又|也|还)|一(?P<kind>家|个|边|部分|块|台|头|位)(?P<each>[^，,。]{2,24})[，,、]\s*(?:另外?)?一(?P=kind))"
    r"(?P<other>[^，,。]{2,24})[，,。](?P<rest>.+)"
)
# Where one question ends and another begins.
_NEXT = re.compile(
    r"[。？?；;！!]+\s*(?:另外|顺便|还有|再就是|同时|对了|以及)?|[，,]\s*(?:另外|顺便|还有(?![什哪没])|再就是|对了|(?:再|同时|还想|也想)(?=问|知道|了解|说))[，,]?"
)
_COMMA = re.compile(r"[，,。？?；;！!]+\s*")
_LISTED = re.compile(r"[、，,：:]|以及|和|与")
_ASKS = re.compile(
    r"吗|呢|怎|什么|啥|哪|多少|几[个条项年月天部]|谁|能不能|可不可以|行不行|有没有|是不是|是否|咋"
)
WHOLE = {"notes", "basis", "objective", "structure"}
_ENDS = re.compile(r"[，,。；;！!？?：:]\s*$")
_NOISE = re.compile(
    _TWO
    + r"|[，,]?(?:哪个.{0,12}|(?:有|在)?(?:什么|啥|何|哪些?)(?:不同|不一样|区别|差别))[？?。]*$|分别|各自?(?![区级类种位项地方个部省市县镇乡界])"
)


def sides(question: str) -> tuple[str, ...]:
    """The question about each of two things, in the order named; none where only one is asked about."""
    if not _CUE.search(question):
        return ()
    if one_and := _ONE_AND.search(question):
        rest = _NOISE.sub("", one_and["rest"])
        return f"{one_and['both'] or one_and['each']}，{rest}", f"{one_and['other']}，{rest}"
    if against := _AGAINST.match(question):
        return against["one"], _NOISE.sub("", against["other"] + against["rest"])
    pair = _PAIR.search(question)
    if not pair:
        return ()
    # What is told before is not asked about.
    before, rest = _ENDS.sub("，", question[: pair.start()]), question[pair.end() :]
    before = "" if before.endswith("，") else before
    after = _NOISE.sub("", rest) or re.sub(r"哪[个家]", "", rest)
    return f"{before}{pair['one']}{after}", f"{before}{pair['other']}{after}"


def questions(text: str) -> tuple[str, ...]:
    """The questions that a text puts one after the other, at most three; none where it puts one. What is told before belongs to the first."""
    for pieces, asks in ((_NEXT.split(text), _may_ask), (_COMMA.split(text), _surely_asks)):
        if len(asked := _asked(pieces, asks)) > 1:
            return asked if len(asked) <= MOST else ()
    # 依据、目标和结构: matters of the whole policy, named side by side.
    matters = _asked(_LISTED.split(text), _may_ask)
    intents = {read_intent(matter).intent for matter in matters}
    return matters if 2 <= len(matters) <= MOST and len(intents) == len(matters) and intents <= WHOLE else ()


def _may_ask(piece: str) -> bool:
    asked = read_intent(piece)
    return asked.intent != "other" or asked.wants_list or bool(_ASKS.search(piece))


def _surely_asks(piece: str) -> bool:
    return read_intent(piece).intent != "other" and bool(_ASKS.search(piece))


def _asked(pieces: list[str], asks: Callable[[str], bool]) -> tuple[str, ...]:
    told, asked = "", []
    for piece in pieces:
        if asks(piece):
            asked.append(f"{told}{piece}".strip())
            told = ""
        elif not asked:
            told += f"{piece}，" if piece.strip() else ""
    return tuple(asked)
