"""A follow-up becomes a whole question, by rule and in the words of the session and the corpus; the result is always shown.

Every rule takes the utterance and the last turn and returns whole questions. A rule never adds a word that stands neither in
the session nor in the clauses last quoted, but for 和 and 分别 between two entries of a list.
"""

import re
from collections.abc import Callable, Sequence

from app.converse.ordinal import ordinal
from app.converse.session import Past
from app.text import Analyzer, fold

_NEW_TOPIC = re.compile(
    r"^(?:(?:行|好|嗯|算了|可以)?(?:的|吧|了)?[，,。\s]*(?:先)?不(?:说|问|聊|管|提)(?:这个|那个|这些|它|这事)?了"
    r"|(?:行|好|嗯|算了)?[，,。\s]*(?:换个(?:问题|话题)|(?:我)?(?:再|另外)?问(?:一?个|一?下|点)?别的|另外(?:再)?问(?:一?个|一?下)?|下一个问题|还有个(?:问题|事儿?)))"
    r"[，,。:：、\s]*(?:问(?:一?下)?[，,]?)?"
)
# Something was wrong (said, asked, understood), and what is meant follows.
_WRONG = r"(?:不是|不对|错了|搞错|说错|问错|打错|弄错|写错|口误|说岔|听错)"
_MEANT = r"(?:(?:我(?:其实|本来)?想?要?|想要?)(?:问|说|指|查|看|了解)的?(?:其实)?是|我是(?:想)?(?:问|说|指)|应该是|其实是|改成|换成)"
_CORRECTION = re.compile(
    rf"^(?:(?:.{{0,4}}{_WRONG}[^，,。]{{0,8}}[，,。、\s]*)+(?:我?{_WRONG}了?[，,。、\s]*)?(?:{_MEANT}|是)|{_MEANT})\s*(.+?)[。！!？?]*$"
)
# What points at the thing meant without naming it: 稳运行那个, 新材料那边.
_POINTING = re.compile(r"(?:的)?(?:那|这)(?:个|边|块|方面|条|项|种|家)?(?:吧|呢|的)?$|方面的?$")
_ELLIPSIS = re.compile(
    r"^(?:那么?|还有|至于)?[，,\s]*(.{1,30}?)(?:呢|咋样|怎么样|怎样|行不行|可以吗)[？?。]*$"
)
_LEANS = re.compile(
    r"^(?:那|这(?!个(?:办法|政策|文件))|它|其|该项|上面|上述|前面|刚才|还有|另外|也|要是|如果|只有|具体)|(?:也|还)(?:算|有|行|可以|能|要|给|享受)|这个?(?:支持|补贴|奖励|条款|情况|项目)|那条|这条|它的?|哪个(?:呢)?$"
)

Rule = Callable[[str, Past, Analyzer], tuple[str, ...]]
"""The whole questions that a follow-up may stand for, likeliest first; none where the rule does not apply."""


def leaves_topic(utterance: str) -> str | None:
    """What is asked once a topic change is announced, or None where none is."""
    rest = _NEW_TOPIC.sub("", utterance, count=1)
    return rest if rest != utterance and rest.strip() else None


def corrected(utterance: str, last: Past, analyzer: Analyzer) -> tuple[str, ...]:
    """“不是，我问的是技改”: the last question, asked about that."""
    match = _CORRECTION.match(utterance)
    if match is None:
        return ()
    meant = _POINTING.sub("", match.group(1)) or match.group(1)
    asked = _asked_of(meant, last, analyzer)
    return (asked,) if len(analyzer.subject(meant)) <= 3 else (meant, asked)


def ellipsis(utterance: str, last: Past, analyzer: Analyzer) -> tuple[str, ...]:
    """“那软件企业呢”: the last question, asked about that; or about that side of its topic."""
    match = _ELLIPSIS.match(utterance)
    if match is None or not 1 <= len(analyzer.subject(match.group(1))) <= 3:
        return ()
    asked = _asked_of(match.group(1), last, analyzer)
    return (asked, *with_topic(asked, last, analyzer))


def leaning(utterance: str, last: Past, analyzer: Analyzer) -> tuple[str, ...]:
    """An utterance that names no subject or leans on what was said: the topic is put before it."""
    if not _LEANS.search(utterance) and analyzer.subject(utterance):
        return ()
    return with_topic(utterance, last, analyzer)


def with_topic(utterance: str, last: Past, analyzer: Analyzer) -> tuple[str, ...]:
    """The utterance behind the topic of the last question; none where that has no topic or it is named anyway."""
    said = fold(utterance)
    topic = [word for word in analyzer.subject(last.question) if word not in said]
    return (f"{' '.join(topic)} {utterance}",) if topic else ()


def shares(words: Sequence[str], told: str) -> bool:
    """Whether two characters in a row of any of the words stand in a text in normal form."""
    return any(word[at : at + 2] in told for word in words for at in range(len(word) - 1))


RULES: tuple[Rule, ...] = (corrected, ordinal, ellipsis, leaning)


def rewritten(utterance: str, last: Past, analyzer: Analyzer) -> tuple[str, ...]:
    """The whole questions that a follow-up may stand for, likeliest first; none where it stands on its own."""
    return next((found for rule in RULES if (found := rule(utterance, last, analyzer))), ())


def _asked_of(subject: str, last: Past, analyzer: Analyzer) -> str:
    """The last question's way of asking, which is what its own subject leaves of it, put to another subject."""
    asking = fold(last.question)
    for word in analyzer.subject(last.question):
        asking = asking.replace(word, " ")
    return " ".join([subject, *asking.rstrip("?!。 ").split()])
