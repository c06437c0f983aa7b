"""What kind of thing a question asks for, by the words it uses. Deterministic, and each decision names its words."""

import re
from dataclasses import dataclass

from app.answer.answer import Intent
from app.text import fold

# In order of precedence: the first that matches is the intent that is reported. A pattern says how people ask, not
# what any text says.
_PATTERNS: tuple[tuple[Intent, str], ...] = (
    (
        "basis",
        r"文号|发文字号|几号文|多少号文|哪[个份]号文|号文来着",
    ),
    (
        "amount",
        r"多少[钱万元亿块]|几[万千百]+[元块钱亿万]?|[几多]个亿|[几多]少个?(?:百分|点)|百分之几|[多几]大(?:金额|额度)|"
        r"(?:给|奖|补|发|贴|拿|领|免|减|返|资助|贷)(?:[^\d,。?]{0,4})(?:多少|几[万千百])|"
        r"(?:金额|比例|上限|限额|额度|标准|指标|增速|门槛|费率|利率|税率|数额)[^,。]{0,6}(?:是|为|多|几|怎|如何|什么|达)|"
        r"(?:达到|增长|不低于|超过|满)多少|最[高多低少](?:补|给|奖|能|可|多少|几)|奖多少|补多少|给多少|多少分",
    ),
    (
        "process",
        r"(?:递|交|送|报)(?:到|给|去|往)哪|怎么(?:申报|申请|办(?![?？。!呢吗啊]|$)|报名|报|领|弄|走流程|登记|提交|操作)|如何(?:申报|申请|办理|领取|登记|提交|报名)|"
        r"(?:在|去|到|上)哪(?:里|儿|个网|个平台|家|个地方|个窗口)?[^,。?]{0,6}(?:申报|申请|办|报|领|交|提交|登记)|"
        r"流程|步骤|程序是|手续|哪个网站|什么网站|网址|申报入口|入口",
    ),
    (
        "contact",
        r"(?:怎么联系|联系你们|发文机关|谁(?:出台?|发布?|制定|印发)的|电话|热线|座机|联系方式|邮箱|微信号|找谁|问谁|联系谁|联系人|咨询方式|打给谁)|"
        r"(?:哪个|哪些|什么|哪家)(?:部门|单位|科室|窗口|机构|局)(?!.{0,3}(?:有资格|能|可以?|符合|享受))",
    ),
    (
        "material",
        r"(?:哪些|什么|啥|几样|多少)[^,。?]{0,4}(?:材料|资料|证件|表格|手续)|"
        r"(?:材料|资料|证件)[^,。?]{0,4}(?:清单|有哪些|是什么|要哪些|要什么|都要)|材料清单|(?:材料|资料)呢|带(?:什么|啥|哪些)|交(?:什么|啥|哪些)",
    ),
    (
        "time",
        r"什么时(?:候|间)|啥时候|何时|几[号月]|哪[天年月]|截止|截至|期限|有效期|多久|多长时间|[几多]少?[天年月](?:内|的|之内|有效)?(?:吗|呢|\?|$)|"
        r"(?:时间|日期|周期)[^,。?]{0,4}(?:是|有|限|到|为|多)|[几]点(?:开|关|上|下)|几年",
    ),
    ("notes", r"注意(?:事项|什么|啥|哪些|点|的)|要注意|当心|留神|提醒|忌讳"),
    (
        "term",
        r"什么(?:是|叫)|啥(?:是|叫)|是指|指的?是|什么意思|含义|定义|如何界定|怎么界定|怎么算|如何认定|算不算|怎么理解|口径|名词解释|诠释",
    ),
    (
        "basis",
        r"(?:制定|出台|发布|政策|文件)[^,。?]{0,6}(?:依据|背景)|依据(?:是|什么|哪)|根据(?:什么|哪)|背景",
    ),
    ("objective", r"目标|目的|为了什么|为啥(?:出|制定)|宗旨|意义"),
    ("structure", r"(?:几|哪几|多少)(?:个)?(?:部分|章|条|节)|主要内容|结构|目录|包括哪些(?:部分|内容|方面)"),
    (
        "condition",
        r"条件|资格|要求|门槛|符合(?:什么|哪些)|满足(?:什么|哪些)|哪些(?:企业|人|单位|项目)|谁(?:能|可以)|能不能|可不可以|行不行|[可能]以?(?:申请|享受|拿|领)[^,。?]{0,8}吗|算吗|够格",
    ),
    (
        "support",
        r"支持|扶持|补贴|补助|奖励|资助|优惠|贴息|减免|政策|帮扶|好处|管不管|给不给|有没有钱|照顾|说法",
    ),
)
_LIST = re.compile(
    r"有哪些|有几[个项条]|[一二三四五六七八九十]{1,3}[个项条](?:支持|方向|措施|事项)|哪些(?:方向|方面|内容|事项|项|部分|措施|情形|规定|条件)|哪几|都有(?:什么|啥)|一条一条|一项一项|逐[条项]|全部|列(?:出|个|一下|举)|清单|"
    r"一共|注意(?:事项|什么|啥)(?:[都有是]|$|\?)|完整|一[项条]不漏|说全|都要注意"
)
_COMPILED: tuple[tuple[Intent, re.Pattern[str]], ...] = tuple((name, re.compile(p)) for name, p in _PATTERNS)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks for: every intent that holds, most specific first, and whether it asks for a whole list."""

    intents: tuple[Intent, ...]
    wants_list: bool
    reasons: tuple[str, ...]

    @property
    def intent(self) -> Intent:
        """The one that is reported."""
        return self.intents[0]


def read_intent(question: str) -> Asked:
    """Which intents the words of a question show."""
    folded = fold(question)
    found = [(name, match.group()) for name, pattern in _COMPILED if (match := pattern.search(folded))]
    intents = tuple(name for name, _ in found) or ("other",)
    return Asked(intents, bool(_LIST.search(folded)), tuple(words for _, words in found))
