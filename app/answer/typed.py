"""Whether evidence is of the kind that was asked for: an amount needs a figure, a contact somebody to call."""

import re
from collections.abc import Mapping

from app.answer.answer import Intent
from app.text import fold

_CN = "一二三四五六七八九十百千万亿两半"
_UNIT = r"(?:元|万元|亿元|万|亿|%|‰|倍|个百分点|折|分|人|名|户|家|吨|公里|平方米|亩|次|台|套|个月的)"
_COUNTED = (
    r"(?:个(?!百分点|点|月|工作日)|家|项|条|座|处|所|场|名|人|件|辆|台|套|户|次|批|种|类|亩|公里|平方米|吨)"
)
_MINISTRY = "财政|商务|教育|科技|工业和信息化|信息化|社会保障|建设|运输|农村|应急管理|卫生健康|生态环境|自然资源|住房|公安|司法|民政"
_NUMBER = r"(?<!\d)\d{3,4}-?\d{7,8}(?!\d)|(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)12\d{3}(?!\d)|(?<!\d)9\d{4}(?!\d)|(?<!\d)\d{8}(?!\d)|@"
_OFFICE = (
    rf"[一-鿿]{{2,12}}(?:局|委员会|管委会|厅|办公室|指挥部|银行|政府|办事处|服务中心|服务站)|[一-鿿]{{2,8}}委(?=[,，。;；、:：)）]|$)|"
    rf"(?:{_MINISTRY})部|(?:政务)?服务窗口|主管部门"
)
_TYPED: Mapping[Intent, re.Pattern[str]] = {
    "amount": re.compile(
        rf"\d[\d,.]*\s*{_UNIT}|百分之[{_CN}]+|[{_CN}]+(?:元|倍|成|个百分点|万元|亿元)|全额|一半|免费|免收|零(?:元|费用|利率)"
    ),
    "time": re.compile(
        rf"\d+\s*(?:年|月|日|天|小时|个月|个工作日|周|时|点|分钟)|[{_CN}]+(?:年|个月|日|天|周|小时|个工作日)|当年|次年|每年|"
        r"长期|之日起|截至|截止|届满|为止|\d{4}[-./]\d{1,2}"
    ),
    "contact": re.compile(rf"{_NUMBER}|{_OFFICE}"),
    "process": re.compile(
        r"登录|网站|网址|窗口|小程序|公众号|app|(?:申报|办理|服务|管理|查询|登记|预约|申请|审批)(?:系统|平台)|提交|报送|递交|填报|填写|受理|"
        r"审核|公示|拨付|向[一-鿿]{2,14}(?:申请|申报|提出|报告|登记)|办理|通过[一-鿿]{2,12}方式|邮寄|预约|流程|步骤"
    ),
    "material": re.compile(
        r"复印件|原件|申请表|申请书|身份证|户口[本簿]|营业执照|证书|证明(?:材料|文件)?|合同|发票|承诺书|登记表|许可证|批文|批件|票据|凭证|"
        r"(?:审计|检测|评估|验资|可研|财务|年度|完税)报告|报告书|财务报表|照片"
    ),
}
# A question for a day wants a day and not a period, one for a telephone a number and not a department.
_NARROWER: Mapping[tuple[Intent, re.Pattern[str]], re.Pattern[str]] = {
    ("time", re.compile(r"有效期|施行|到哪一?年|管到")): re.compile(
        r"有效(?:期|至|到)|有效(?=[,，。;；)）]|$)|施行|\d{4}\s*年|长期|废止"
    ),
    ("time", re.compile(r"截止|截至|几[号月日]|哪天|何时|什么时(?:候|间)|啥时候|几点")): re.compile(
        r"\d+\s*月|\d+\s*日|\d{4}\s*年|\d{4}[-./]\d{1,2}|\d+[:点时]|之日起|截至|截止|即日|次[日月年]|每[年月季周]|届满|为止|[上下]半年"
    ),
    ("contact", re.compile(r"(?:部门|单位|机关|谁)(?:出|发|制定|印发)|发文机关")): re.compile(
        r"由[一-鿿、]{3,30}(?:发布|印发|制定|出台)|^[一-鿿、]{2,60}(?:局|委|委员会|厅|办|办公室|政府|部|署|中心|院|会)$"
    ),
    ("contact", re.compile(r"电话|热线|座机|号码|邮箱|联系方式|微信号|打给")): re.compile(_NUMBER),
    ("amount", re.compile(rf"(?:多少|几)\s*{_COUNTED}")): re.compile(
        rf"\d[\d,.]*\s*[余多]?\s*{_COUNTED}|[{_CN}]+{_COUNTED}"
    ),
    ("amount", re.compile(r"钱|补[贴助]|奖|经费|资助|扶持|贴息|封顶|几成|几个点")): re.compile(
        rf"\d[\d,.]*\s*(?:元|万|亿|%|‰|倍|个百分点|折)|百分之[{_CN}]+|[{_CN}]+(?:元|倍|成|个百分点|万元|亿元)|全额|一半|免费|免收|零(?:元|费用|利率)"
    ),
    ("process", re.compile(r"网站|网址|平台|链接|入口")): re.compile(
        r"网站|网址|(?:申报|办理|服务|管理|查询|登记|预约|申请|审批|政务|办事)[一-鿿]{0,6}(?:系统|平台)|小程序|公众号|app|www|http|登录|网上"
    ),
}
# Papers that a question may name: whether these are needed is asked, not which are.
_PAPERS = re.compile(
    r"营业执照|身份证|户口[本簿]|发票|合同|公章|许可证|复印件|原件|(?:审计|检测|评估|验资|可研|财务|年度|完税|纳税|信用)(?:报告|证明)|社保|承诺书|授权书"
)
# Words that only name the thing asked for, without giving it.
_GENERIC: Mapping[Intent, re.Pattern[str]] = {
    "process": re.compile(r"申报(?:材料|条件|要求)|支持方式|办理条件"),
    "material": re.compile(r"申报材料|申请材料"),
}


def holds_type(intent: Intent, question: str, text: str) -> bool:
    """Whether a text holds something of the asked kind: a figure, a date, steps, papers, someone to call.

    True for the intents whose evidence has no typical form.
    """
    pattern = next(
        (p for (i, cue), p in _NARROWER.items() if i == intent and cue.search(fold(question))),
        _TYPED.get(intent),
    )
    if pattern is None:
        return True
    folded = fold(text)
    if intent == "material" and (papers := _PAPERS.findall(fold(question))):
        return any(paper in folded for paper in papers)
    if generic := _GENERIC.get(intent):
        folded = generic.sub("", folded)
    return bool(pattern.search(folded))


def is_typed(intent: Intent) -> bool:
    """Whether evidence for this intent must be of a kind that can be told from its form."""
    return intent in _TYPED
