"""Two things asked about at once: “甲和乙分别补多少”, “甲跟乙比有什么不同”. Each side is a question of its own."""

import re

_CUE = re.compile(
    r"分别|各(?![区级类种位项地方个部省市县镇乡界])|相比|比起来|跟.{2,30}比|哪[个家].{0,4}(?:更|高|多|严|大|宽|快|少|低)|不同|不一样|区别|差别|差在哪"
)
_PAIR = re.compile(
    r"(?P<one>[^，。？?,；;、]{2,24}?)(?:和|与|跟|同|以及|还有|、)(?P<other>[^，。？?,；;、]{2,24}?)"
    r"(?=[，,]|分别|各(?![区级类种位项地方个部省市县镇乡界])|相比|比起来|哪个|的?(?:条件|要求|标准|金额|流程|期限)|(?:有|在)?(?:什么|啥|何|哪些?)(?:不同|不一样|区别|差别))"
)
_AGAINST = re.compile(
    r"(?P<one>.{4,60}?)[？?，,。；;]\s*跟(?P<other>[^，。？?,]{2,30}?)(?:相|来)?比[，,]?(?P<rest>.*)"
)
_NOISE = re.compile(
    r"[，,]?(?:哪个.{0,12}|(?:有|在)?(?:什么|啥|何|哪些?)(?:不同|不一样|区别|差别))[？?。]*$|分别|各自?(?![区级类种位项地方个部省市县镇乡界])"
)


def sides(question: str) -> tuple[str, ...]:
    """The question about each of two things, in the order named; none where only one is asked about."""
    if not _CUE.search(question):
        return ()
    if against := _AGAINST.match(question):
        return against["one"], _NOISE.sub("", against["other"] + against["rest"])
    pair = _PAIR.search(question)
    if not pair:
        return ()
    before, rest = question[: pair.start()], question[pair.end() :]
    after = _NOISE.sub("", rest) or re.sub(r"哪[个家]", "", rest)
    return f"{before}{pair['one']}{after}", f"{before}{pair['other']}{after}"
