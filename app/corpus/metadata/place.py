"""Region and level: from who issued the document, its title, its number, and the places its text keeps naming.

A name is a place when the list of places has it; a county that the list does not have is one where a name begins with it.
"""

import re
from typing import NamedTuple

from app.corpus.metadata.found import Found
from app.corpus.metadata.gazetteer import Mention, Places, known_places

_PROVINCE = (
    r"(?:[\u4e00-\u9fff]{2,3}省|内蒙古自治区|广西壮族自治区|西藏自治区|宁夏回族自治区|新疆维吾尔自治区)"
)
_CITY = r"(?!全|本|我|各|城|该|超|门|跨|市|区|县|关于)(?:(?![局委会行部办厅院于本我各])[\u4e00-\u9fff]){2,6}?(?:(?<!城)(?<!门)(?<!超)市|自治州|地区|盟)"
_COUNTY = r"(?!全|本|我|各|该|示范|开发|试验|园|社|自主|保税|促进|支持|关于|实施|推进|加强)[\u4e00-\u9fff]{1,6}?(?<![洪疫灾库林矿景牧山市郊城校辖片厂])(?<!示范)(?<!试验)(?<!园)(?<!经开)(?<!高新)(?<!开发)(?<!社)(?<!地)(?<!特)(?<!自治)(?<!保税)(?:区|县|旗)"
_PLACE = re.compile(
    rf"(?:中共|国家税务总局|中国人民银行|转发)?(?P<province>{_PROVINCE})?(?P<city>{_CITY})?(?P<county>{_COUNTY})?"
)
_NATION = re.compile(
    r"国务院|中华人民共和国|全国(?:人大|人民代表|政协|总工会|老龄)|国家|最高人民|中央|中共中央|中国(?![（(])|税务总局|海关总署|市场监管总局|人民银行|银保监会"
    r"|证监会|(?:财政|商务|教育|科学?技术?|科技|工业和信息化|公安|民政|司法|人力资源(?:和)?社会保障|自然资源|生态环境|住房(?:和)?城乡建设"
    r"|交通运输|水利|农业农村|文化和旅游|退役军人事务|应急管理|外交|国防)部"
)
_NATION_TITLE = re.compile(r"中华人民共和国|国务院")


# How a number or an office of a province-level place begins: 沪发改〔2025〕1号.
_ABBREVIATIONS = dict(
    zip(
        "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼",
        [
            "北京市",
            "天津市",
            "上海市",
            "重庆市",
            "河北省",
            "河南省",
            "云南省",
            "辽宁省",
            "黑龙江省",
            "湖南省",
            "安徽省",
            "山东省",
            "新疆维吾尔自治区",
            "江苏省",
            "浙江省",
            "江西省",
            "湖北省",
            "广西壮族自治区",
            "甘肃省",
            "山西省",
            "内蒙古自治区",
            "陕西省",
            "吉林省",
            "福建省",
            "贵州省",
            "广东省",
            "青海省",
            "西藏自治区",
            "四川省",
            "宁夏回族自治区",
            "海南省",
        ],
        strict=True,
    )
)
_ZONE = re.compile(r"中国[（(]([\u4e00-\u9fff]{2,8})[）)]自由贸易试验区")
_BEFORE = re.compile(
    r"^(?:(?:19|20)\d{2}年?度?|关于|印发|发布|公布|转发|延长|延续|废止|修订|修改|做好|开展|实施|组织|申报|受理|完善|规范|进一步|调整|优化|促进|支持|继续|的|在|[“《（(【\s])+"
)
_TOWN = re.compile(
    r"(?:人民政府)?((?:(?![市区县局委])[\u4e00-\u9fff]){1,8}?(?:镇|乡|街道))(?=人民政府|办事处|党)"
)
_LEVELS = ("镇", "乡", "街道", "区", "县", "旗", "省", "市")
_OPENING, _CLOSING = 4000, 1500
_FEWEST = 3  # times a text must name a place to be a text of it


class Place(NamedTuple):
    """Where a document applies, as it is printed, and at which level it was made."""

    region: Found[str] | None
    level: Found[str] | None


class _Named(NamedTuple):
    """A place as printed, the level of whoever is named by it, and its names in the list, outermost first."""

    region: str
    level: str
    names: tuple[str, ...]


def read_place(
    issuers: Found[tuple[str, ...]] | None,
    title: Found[str],
    site: str = "",
    text: str = "",
    number: str = "",
    places: Places | None = None,
) -> Place:
    """The place of the first issuer that names one, or the narrower one within it that the title names; else that of the
    title, the number, the text, the site. None of them: what is not said is None.

    `site` is the name of the website it was published on: 天河区 on a site of 广州市天河区 is 广州市天河区.
    """
    places = places or known_places()
    named = [(name, issuers.span) for name in issuers.value] if issuers else []
    of_issuer = next(
        ((place, span) for name, span in named if (place := _named(name, places, anchored=True))), None
    )
    of_title = _of_title(title.value, places)
    if of_issuer:
        region, level, span = of_issuer[0].region, of_issuer[0].level, of_issuer[1]
        if of_title and _is_within(of_title, of_issuer[0], places):
            region, span = of_title.region, title.span
        return Place(Found(_whole(region, site, places), span), Found(level, span))
    for name, span in named:
        if _NATION.match(name):
            return Place(None, Found("国家", span))
    if of_title:
        region = _whole(of_title.region, site, places)
        return Place(
            Found(_told_apart(region, of_title, text, places), title.span), Found(of_title.level, title.span)
        )
    if _NATION_TITLE.match(title.value.lstrip("《（(【")):
        return Place(None, Found("国家", title.span))
    found = _of_number(number) or _of_text(text, places) or _named(site, places, anchored=True)
    return Place(Found(found.region, None), Found(found.level, None)) if found else Place(None, None)


def _named(words: str, places: Places, *, anchored: bool) -> _Named | None:
    """The place in a name: one of the list, or by its form where the name begins with it."""
    if zone := _ZONE.search(words):
        full = places.full(zone[1])
        return _Named(full, "市" if full.endswith("市") else "省", (full,))
    mentions = places.mentions(words)
    first = mentions[0] if mentions else None
    start = places.at_start(words) if first is None or first.start else None
    if start and (first is None or start.end >= first.end):
        first = start
    if first is None or (anchored and first.start > 6):
        return _by_form(words)
    return _widened(words, first)


def _widened(words: str, mention: Mention) -> _Named:
    """The mention with a county behind it that the list lacks, and the town of which the name goes on to speak."""
    end, names = mention.end, mention.names
    if names[-1][-1] in "省市州盟" and (county := re.compile(_COUNTY).match(words, end)):
        end, names = county.end(), (*names, county[0])
    region = words[mention.start : end]
    if not region.endswith(_LEVELS):
        region = "".join(names)
    if town := _TOWN.match(words, end):
        return _Named(region + town[1], _level(town[1]), names)
    return _Named(region, _level(region if region.endswith(_LEVELS) else names[-1]), names)


def _by_form(words: str) -> _Named | None:
    place = _PLACE.match(words)
    region = "".join(part for part in place.groups() if part) if place else ""
    return _Named(region, _level(region), (region,)) if region else None


def _of_title(title: str, places: Places) -> _Named | None:
    """The first place of a title that stands at its beginning, at that of a title within it, or by its full name."""
    starts = [title, *re.findall(r"《([^《》]{4,80})", title)]
    for words in starts:
        bare = _BEFORE.sub("", words)
        if places.at_start(bare) or _ZONE.match(bare):
            return _named(bare, places, anchored=True)
    if mentions := places.mentions(title):
        return _widened(title, mentions[0])
    for words in starts:
        if found := _by_form(_BEFORE.sub("", words)):
            return found
    return None


def _is_within(inner: _Named, outer: _Named, places: Places) -> bool:
    return places.lies_in(inner.names[-1], outer.names[-1])


def _of_number(number: str) -> _Named | None:
    full = _ABBREVIATIONS.get(number[:1])
    return _Named(full, "市" if full.endswith("市") else "省", (full,)) if full else None


def _of_text(text: str, places: Places) -> _Named | None:
    """The place a text keeps naming: most of the places it names lie in it, and it is the narrowest of which that holds."""
    counts = places.counted(text[:_OPENING] + "\n" + text[max(_OPENING, len(text) - _CLOSING) :])
    total = counts.total()
    held = {
        name: sum(n for other, n in counts.items() if other == name or places.lies_in(other, name))
        for name in counts
    }
    likely = [name for name, count in held.items() if count >= _FEWEST and 2 * count >= total]
    if not likely:
        return None
    inner = max(likely, key=lambda name: (sum(places.lies_in(name, other) for other in likely), held[name]))
    return _Named(inner, _level(inner), (inner,))


def _told_apart(region: str, named: _Named, text: str, places: Places) -> str:
    """鼓楼区 with the city that the text names, where several cities have a district of that name."""
    above = places.parents(named.names[-1])
    if len(named.names) > 1 or len(above) < 2:
        return region
    said = [one for one in above if one in text[:_OPENING]]
    return said[0] + region if len(said) == 1 else region


def _whole(region: str, site: str, places: Places) -> str:
    around = _named(site, places, anchored=True) if site else None
    return around.region if around and around.region.endswith(region) else region


def _level(region: str) -> str:
    return next((level for level in _LEVELS if region.endswith(level)), "省")
