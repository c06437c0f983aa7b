"""Region and level, from the names of those who issued the document or the beginning of its title."""

import re
from typing import NamedTuple

from app.corpus.metadata.found import Found

_PROVINCE = (
    r"(?:[\u4e00-\u9fff]{2,3}省|内蒙古自治区|广西壮族自治区|西藏自治区|宁夏回族自治区|新疆维吾尔自治区)"
)
_CITY = r"(?!全|本|我|各|城|该|超|门|跨)[\u4e00-\u9fff]{2,6}?(?:(?<!城)(?<!门)(?<!超)市|自治州|地区|盟)"
_COUNTY = r"(?!全|本|我|各|该|示范|开发|试验|园|社|自主|保税|促进|支持|关于|实施|推进|加强)[\u4e00-\u9fff]{1,6}?(?<![洪疫灾库林矿景牧山市郊城校辖片厂])(?<!示范)(?<!试验)(?<!园)(?<!经开)(?<!高新)(?<!开发)(?<!社)(?<!地)(?<!特)(?<!自治)(?<!保税)(?:区|县|旗)"
_PLACE = re.compile(
    rf"(?:中共|国家税务总局|中国人民银行|转发)?(?P<province>{_PROVINCE})?(?P<city>{_CITY})?(?P<county>{_COUNTY})?"
)
_NATION = re.compile(
    r"国务院|中华人民共和国|全国(?:人大|人民代表|政协|总工会|老龄)|国家|最高人民|中央|中共中央|中国|税务总局|海关总署|市场监管总局|人民银行|银保监会"
    r"|证监会|(?:财政|商务|教育|科学?技术?|科技|工业和信息化|公安|民政|司法|人力资源(?:和)?社会保障|自然资源|生态环境|住房(?:和)?城乡建设"
    r"|交通运输|水利|农业农村|文化和旅游|退役军人事务|应急管理|外交|国防)部"
)
_NATION_TITLE = re.compile(r"中华人民共和国|国务院")


class Place(NamedTuple):
    """Where a document applies, as it is printed, and at which level it was made."""

    region: Found[str] | None
    level: Found[str] | None


def read_place(issuers: Found[tuple[str, ...]] | None, title: Found[str], site: str = "") -> Place:
    """The place of the first issuer that names one, else of the title. Neither: what the text does not say is None.

    `site` is the name of the website it was published on: 天河区 on a site of 广州市天河区 is 广州市天河区.
    """
    title_words = title.value.lstrip("《（(【")
    named = [(name, issuers.span) for name in issuers.value] if issuers else []
    for words, span in [*named, (title_words, title.span)]:
        place = _PLACE.match(words)
        region = "".join(part for part in place.groups() if part) if place else ""
        if place and region:
            return Place(Found(_whole(region, site), span), Found(_level(place), span))
    for words, span in named:
        if _NATION.match(words):
            return Place(None, Found("国家", span))
    return Place(None, Found("国家", title.span) if _NATION_TITLE.match(title_words) else None)


def _whole(region: str, site: str) -> str:
    place = _PLACE.match(site)
    around = "".join(part for part in place.groups() if part) if place else ""
    return around if around.endswith(region) else region


def _level(place: re.Match[str]) -> str:
    if county := place["county"]:
        return county[-1]
    return "市" if place["city"] else "省"
