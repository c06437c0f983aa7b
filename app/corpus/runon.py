"""Run-on paragraphs: one paragraph in which a short lead sentence names each item.

支持企业升规。鼓励企业升规纳统，……。支持企业技改升级。鼓励企业开展技改，……。
"""

import re

from app.text import sentence_spans

_LONGEST_LEAD = 25
_FEWEST_ITEMS = 3
_MOST_BODY_SENTENCES = 8
# A lead names a measure: it begins with what government does, says “对谁给予什么”, or ends in the name of a benefit.
_VERBS = (
    "支持|鼓励|推动|推进|促进|加大|加强|加快|强化|优化|完善|提升|提高|落实|实施|开展|建立|建设|健全|引导|培育|扶持|保障|降低"
    "|减免|减轻|减征|免征|延长|延期|缓缴|发展|打造|做大|做强|壮大|吸引|激励|奖励|补贴|补助|扩大|拓展|拓宽|深化|创新|设立|帮助"
    "|推广|稳定|稳住|严格|规范|简化|缓解|放宽|切实|积极|大力|全力|全面|持续|进一步|着力|聚焦|助力|给予|实行|统筹|构建|激发|集聚"
)
_BENEFITS = "支持|扶持|奖励|补贴|补助|资助|贴息|优惠|奖补|减免"
_MEASURE = re.compile(rf"(?:{_VERBS})|[^在由经按须可已将并申请]{{2,20}}(?:{_BENEFITS})。")
_DETAIL = re.compile(r"[，,；;：:？！?!\d]")


def split_run_on(text: str, start: int, end: int) -> list[tuple[int, int, str]]:
    """(start, end, label) of the items of a run-on paragraph, after a first piece labelled "" where words precede them.

    An empty list when the paragraph is ordinary prose. The spans are tight and cover the paragraph.
    """
    sentences = sentence_spans(text, start, end)
    leads = _leads(text, sentences)
    if len(leads) < _FEWEST_ITEMS or leads[0] > 1:
        return []
    if (
        max(b - a for a, b in zip(leads, [*leads[1:], len(sentences)], strict=True))
        > _MOST_BODY_SENTENCES + 1
    ):
        return []
    firsts = leads if leads[0] == 0 else [0, *leads]
    lasts = [first - 1 for first in firsts[1:]] + [len(sentences) - 1]
    return [
        (sentences[a][0], sentences[b][1], _label(text, sentences[a]) if a in leads else "")
        for a, b in zip(firsts, lasts, strict=True)
    ]


def _leads(text: str, sentences: list[tuple[int, int]]) -> list[int]:
    """Sentences that name a measure, each with a longer one behind it before the next lead."""
    leads: list[int] = []
    for at in range(len(sentences) - 1):
        follows_a_lead = bool(leads) and leads[-1] == at - 1
        if (
            not follows_a_lead
            and _names_a_measure(text, *sentences[at])
            and _is_longer(sentences, at + 1, at)
        ):
            leads.append(at)
    return leads


def _is_longer(sentences: list[tuple[int, int]], this: int, that: int) -> bool:
    return sentences[this][1] - sentences[this][0] > sentences[that][1] - sentences[that][0]


def _names_a_measure(text: str, start: int, end: int) -> bool:
    sentence = text[start:end]
    if not 4 < len(sentence) <= _LONGEST_LEAD + 1 or not sentence.endswith("。"):
        return False
    return bool(_MEASURE.match(sentence)) and not _DETAIL.search(sentence)


def _label(text: str, sentence: tuple[int, int]) -> str:
    return text[sentence[0] : sentence[1]].rstrip("。")
