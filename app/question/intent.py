"""What kind of thing a question asks for, by the words it uses. Deterministic, and each decision names its words."""

import re
from dataclasses import dataclass

from app.text import fold

Intent = str

# In order of precedence: the first that matches is the intent that is reported. A pattern says how people ask, not
# what any text says.
_PATTERNS: tuple[tuple[Intent, str], ...] = (
    (
        "basis",
        r"文号|发文字号|几号文|多少号文|哪[个份]号文|号文来着",
    ),
    (
        "amount",
        r"(?<!电话)(?<!号码)(?<!热线)(?<!座机)(?<!号)(?<!电话是)(?<!号码是)(?<!热线是)(?<!座机是)多少(?!个?(?:部分|章|条|节|号文|项|次|天|年|月|种|材料|资料|证|时间|工作日))|几[万千百十]+[个元块钱亿万]*|[几多]个亿|[几多]少个?(?:百分|点)|几个(?:百分)?点|"
        r"百分之几|多大的?(?:年?营[收业]|规模|面积|投资)|(?:面积|规模|营[收业]额?|产值|投资额?|人数|税收)[^,。?]{0,4}(?:多大|多高|多少|几)|几成|封顶|几成|几折|几个钱|[多几]大(?:金额|额度)|"
        r"(?:给|奖|补|发|贴|拿|领|免|减|返|资助|贷)(?:[^\d,。?]{0,4})(?:几[万千百]|一半|全[额部]|几个钱)|"
        r"(?:金额|比例|上限|限额|额度|标准|指标|增速|门槛|费率|利率|税率|数额)[^,。]{0,6}(?:是|为|多|几|怎|如何|什么|达)|(?:上限|限额|额度|封顶|顶格)(?:[^,。]{0,6}(?:多|几|吗|不|没)|[?？]?\s*$)|"
        r"(?:什么|哪些|哪个)(?:标准|指标|比例|数(?![字据]))|有没有(?:[^,。?]{0,6})(?:标准|上限|封顶|额度|指标)|"
        r"最[高多低少](?:补|给|奖|能|可|得|要|投|拿|几)",
    ),
    (
        "process",
        r"(?:递|交|送|报|寄)(?:到|给|去|往)哪|(?:往|朝|在|去|到|上)哪[里儿]?(?:申|报|办|递|交|领|填|投|说理|申诉|反映)|"
        r"怎么个?(?:申报|申请|申|办理|办法|办(?![?？。!呢吗啊]|$)|报名|报|领|弄|走|登记|提交|操作|填)|如何(?:申报|申请|办理|领取|登记|提交|报名)|"
        r"(?:在|去|到|上)哪(?:里|儿|个网|个平台|家|个地方|个窗口)?[^,。?]{0,6}(?:申报|申请|办|报|领|交|提交|登记)|"
        r"流程|步骤|程序是|钱(?:是|会)?(?:打|拨|发|划)(?:到|给)|(?:拨|划)到|到账|材料(?:递|交|送|报)|什么程序|手续|哪个网站|什么网站|网址|申报入口|入口|(?:网上|线上|手机上?)(?:能|可以?)?(?:申|报|办|交|填)|"
        r"谁(?:来)?(?:审|批|受理|评)|不服|申诉|复议",
    ),
    (
        "contact",
        r"(?:怎么联系|联系你们|发文机关|谁(?:出台?|发布?|制定|印发)的|电话|热线|座机|手机号|联系方式|邮箱|微信号|找谁|问谁|联系谁|联系人|负责人|经办人|咨询方式|打给谁)|"
        r"找(?:个人(?:问|聊|打听|咨询)|哪位)|(?:跟|和|向|去|到)(?:谁|哪[里儿])(?:说|问|联系|反映|打听|咨询)|归(?:谁|哪里|哪个(?:部门|单位|科|局))|谁(?:负责|主管|管)|"
        r"(?:哪个|哪些|什么|哪家)(?:部门|单位|科室|窗口|机构|局|科)(?!.{0,3}(?:有资格|能|可以?|符合|享受))|(?:什么|哪个|办公|详细)地址|地址(?:是|在)(?:哪|什么|多)|在哪(?:条路|栋楼|层|办公)",
    ),
    (
        "material",
        r"(?:哪些|什么|几样|多少)[^,。?]{0,4}(?:材料|资料|证件|表格|手续|单据|凭证|证照|本本)|"
        r"(?:材料|资料|证件)[^,。?]{0,4}(?:清单|有哪些|是什么|要哪些|要什么|都要)|材料清单|(?:材料|资料)呢|带(?:什么|哪些)|交(?:什么|哪些)|(?<!具)备(?:什么|哪些)|"
        r"(?:营业执照|审计报告|身份证|公章|复印件|财务报表)[^,。?]{0,8}(?:还是|要不要|要吗|用不用|需要吗|要(?:交|带|给|附|提交|准备))|(?:带|交|提交|提供|附上?|出具|开具)(?:个|一?份|一下|上)?[^,。?]{0,6}(?:证明|报告|执照|身份证|复印件|合同|发票|许可证|报表|户口[本簿])|申[报请]表|原件|复印件|模板|范本|盖章",
    ),
    (
        "time",
        r"什么时(?:候|间)|何时|何日|几时|几天|上半年|下半年|按(?:季|月|年)|分(?:几|[一二两三四五])年|几[号月]|哪一?[天年月]|截止|截至|期限|有效期|多久|多长时间|多少个?(?:天|工作日|月|年)|几个?(?:工作日|礼拜|星期|小时|钟头)|几个月|"
        r"[几多]少?[天年月](?:内|的|之内|有效|能|到|才)?(?:吗|呢|\?|$|到|下|拿|发|办)|"
        r"(?:时间|日期|周期)[^,。?]{0,4}(?:是|有|限|到|为|多)|[几]点(?:开|关|上|下)|几年|最[晚迟](?:哪|什么|几|到)|过期|逾期",
    ),
    ("notes", r"注意(?:事项|什么|哪些|点|的)|要注意|当心|留神|留意|小心|提防|避坑|踩坑|讲究|提醒|忌讳|须知"),
    (
        "term",
        r"什么(?:是|叫)|是指|指的?是|什么意思|含义|定义|如何界定|怎么界定|怎么算|如何认定|怎么认|算不算|怎么理解|口径|名词解释|诠释",
    ),
    (
        "basis",
        r"(?:制定|出台|发布|政策|文件)[^,。?]{0,6}(?:依据|背景)|依据(?:是|什么|哪)|根据(?:什么|哪)|凭(?:的是)?(?:什么|哪)|红头文件|背景|为什么(?:出|制定|定|搞)",
    ),
    ("objective", r"目标|目的|为了什么|宗旨|意义|图(?:个|的是)?什么"),
    (
        "structure",
        r"(?:几|哪几|多少)(?:个)?(?:部分|章|条|节)|主要内容|结构|目录|包括哪些(?:部分|内容|方面)|框架",
    ),
    (
        "condition",
        r"条件|资格|要求|门槛|符合(?:什么|哪些)|满足(?:什么|哪些)|什么样的?(?:企业|人|单位|项目|公司|厂)|哪[类种](?:企业|人|单位|项目|公司|厂)|哪些(?:企业|人|单位|项目)|谁(?:能|可以)|能不能|可不可以|行不行|[可能]以?(?:申请|享受|拿|领)[^,。?]{0,8}吗|算吗|够格|只(?:给|限|管|面向)|限制|限于|谁(?:来|去)?(?:出面|牵头)?(?:申?报|申请)|能(?:去|来)?(?:申报|申请|报)|够不够|有份",
    ),
    (
        "support",
        r"支持|扶持|补贴|补助|奖励|资助|优惠|怎么个?(?:奖|补|帮|扶)|贴息|减免|政策|帮扶|帮衬|好处|甜头|管不管|给不给|有没有钱|照顾|说法|鼓励|表示",
    ),
)
_LIST = re.compile(
    r"有哪些|[都共]?有几[个项条]|哪些事|逐项|挨个|[一二三四五六七八九十]{1,3}[个项条](?:支持|方向|措施|事项)|哪些(?:方向|方面|内容|事项|项|部分|措施|情形|规定|条件)|哪几|都有什么|一条一条|一项一项|逐[条项]|全部|列(?:出|个|一下|举)|清单|"
    r"一共|注意(?:事项|什么)(?:[都有是]|$|\?)|完整|一[项条]不漏|说全|都要注意|一样一样|挨着|分别是哪|一共是?哪"
)
_PAUSE = re.compile(r"[,，。;；?？!！:：]")
_PIECE = re.compile(r"[^,，。;；?？!！]+")
_ASKING = re.compile(
    r"吗|呢|怎|什么|哪|多少|多[大久高长]|谁|(?<![这近好前过头])几[^乎何]|([能可给有是要行该])不\1|有没有|能否|是否|可否|算不算|如何|何时|何处"
)
_SOUGHT = {"amount", "process", "material", "time"}  # of these a word that is told is no question
# How people say the question words of the patterns above.
_PLAIN = (
    ("啥子", "什么"),
    ("啥", "什么"),
    ("咋个", "怎么"),
    ("咋", "怎么"),
    ("哪儿", "哪里"),
    ("几多", "多少"),
)
# 多少 behind a telephone asks for its number.
_NUMBER_OF = re.compile(r"(?:电话|号码|热线|座机|手机号|传真|邮箱|微信号)[,，\s]*(?:是|为)?多少")
_COMPILED: tuple[tuple[Intent, re.Pattern[str]], ...] = tuple((name, re.compile(p)) for name, p in _PATTERNS)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks for: every intent that holds, most specific first, and whether it asks for a whole list."""

    intents: tuple[Intent, ...]
    wants_list: bool
    reasons: tuple[str, ...]

    def first(self) -> "Asked":
        """The same, of the intent that is reported alone."""
        return Asked(self.intents[:1], self.wants_list, self.reasons[:1])

    @property
    def intent(self) -> Intent:
        """The one that is reported."""
        return self.intents[0]


def asks(text: str) -> bool:
    """Whether a text is put as a question."""
    return bool(_ASKING.search(_plain(text)))


def listing_parts(question: str) -> tuple[str, ...]:
    """The parts of a longer question that ask for a list; none where it has one part alone."""
    parts = [part for part in _PAUSE.split(_plain(question)) if part.strip()]
    return tuple(part for part in parts if _LIST.search(part)) if len(parts) > 1 else ()


def _plain(question: str) -> str:
    folded = fold(question)
    for said, plain in _PLAIN:
        folded = folded.replace(said, plain)
    return folded


def _told(folded: str) -> int:
    """Where the asking begins: people tell first (这几年, 按月还租金) what must not be taken for what they ask."""
    pieces = [match.span() for match in _PIECE.finditer(folded)]
    asking = [start for start, end in pieces if _ASKING.search(folded, start, end)]
    return asking[0] if asking else 0


def read_intent(question: str) -> Asked:
    """Which intents the words of a question show."""
    folded = _plain(question)
    folded = _NUMBER_OF.sub(lambda found: found.group().replace("多少", "哪个"), folded)
    told = _told(folded)
    found = [
        (name, match.group())
        for name, pattern in _COMPILED
        if (match := pattern.search(folded, 0 if name not in _SOUGHT else told))
    ]
    intents = tuple(name for name, _ in found) or ("other",)
    return Asked(intents, bool(_LIST.search(folded)), tuple(words for _, words in found))
