"""Front matter as other programs write it: Chinese keys, read like the information box of a page and never refused."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

# The word `Facts` has for each, and what the keys for it are called; a collection states many more, which are nobody's facts.
_NAMES: Mapping[str, str] = {
    "标题": "标题|题名|题目|名称|文件名称|文件标题|政策名称|政策标题|法规名称",
    "文号": "文号|发文字号|发文文号|文件编号|文件字号|文件号",
    "发布机构": "发布单位|发布机构|发布机关|发布部门|发文单位|发文机构|发文机关|发文部门|制发机关|制定机关|制定单位|颁布机关|颁布单位|印发单位|印发机关",
    "发布日期": "发布日期|发布时间|公布日期|公布时间|颁布日期|发文日期|发文时间|公开日期",
    "成文日期": "成文日期|签发日期|制定日期",
    "印发日期": "印发日期|印发时间",
    "实施日期": "实施日期|施行日期|生效日期|执行日期|实施时间|施行时间|生效时间",
    "失效日期": "失效日期|废止日期|截止日期|终止日期|有效期至|有效期止|失效时间|废止时间",
    "网址": "官方链接|原文链接|原文地址|来源链接|来源网址|网址|链接|网页地址|官方网址|出处链接",
    "状态": "状态|时效|时效性|效力|效力状态|有效性|时效状态|文件状态|是否有效",
    "依据文件": "依据|制定依据|政策依据|依据文件",
    "地区": "地区|区域|适用地区|适用区域|行政区划|所在地区",
}
_FACTS = {name: fact for fact, names in _NAMES.items() for name in names.split("|")}
_SILENT = re.compile(r"[-—/\\s]*|无|暂无|未知|不详|null|none", re.I)
_CHINESE_KEY = re.compile(r"^[\"']?[\u4e00-\u9fff]", re.MULTILINE)


def has_chinese_keys(block: str) -> bool:
    """Whether a front matter has keys that may state facts; cheap."""
    return bool(_CHINESE_KEY.search(block))


def facts_of_front_matter(raw: Mapping[Any, Any]) -> dict[str, str]:
    """The facts that the Chinese keys of a front matter state, by the words `Facts` has for them; of one fact the first."""
    facts: dict[str, str] = {}
    for key, value in raw.items():
        fact = _FACTS.get("".join(str(key).split()))
        words = _words(value)
        if fact and not _SILENT.fullmatch(words):
            facts.setdefault(fact, words)
    return facts


def is_fact(key: object) -> bool:
    """Whether a key is read as a fact."""
    return "".join(str(key).split()) in _FACTS


def _words(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return "、".join(str(one).strip() for one in value if one is not None)
    if isinstance(value, date):
        return value.isoformat()[:10]
    return "" if value is None else str(value).strip()
