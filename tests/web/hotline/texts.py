"""Policies of a town that does not exist, and the services that answer from them: for the console in a real browser."""

from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from app.converse import Dialogue
from app.embed import Encoder
from app.retrieve import Retriever
from app.store import Sameness
from app.web import Services
from tests.answer.desk import analyzer, composer_of, encoder, snapshot_of

PARKING = """---
id: parking
title: 南屏市机动车停放服务收费管理办法
kind: 原文
number: 南发改规〔2024〕3号
issuers: [南屏市发展和改革委员会]
region: 南屏市
level: 市
effective_from: 2024-05-01
expires_on: 2029-04-30
---
第一章 总则
第一条 为规范机动车停放服务收费行为，维护停车人和经营者的合法权益，制定本办法。
第二条 本市行政区域内提供机动车停放服务并收取费用的，适用本办法。
第二章 收费标准
第三条 占道停车位按时段计费：首小时每15分钟1元，首小时后每15分钟1.5元，夜间（19时至次日7时）每两小时1元。
第四条 下列情形免收停车费：
（一）停放不超过30分钟的；
（二）执行任务的军车、警车、消防车、救护车；
（三）残疾人驾驶或者乘坐的、持有残疾人证的机动车；
（四）法定节假日在中小学、医院周边指定路段停放的。
第五条 居住在占道停车位周边一公里内的居民，可以凭不动产权证或者租赁备案证明申请居民停车认证，每月收费150元。
第三章 监督管理
第六条 停车场经营者应当在显著位置公示收费标准、计费方式和监督电话12345。
第七条 违反本办法多收停车费的，由市场监督管理部门责令退还；无法退还的，依法没收。
"""
PARKING_EXPLAINED = """---
id: parking-explained
title: 《南屏市机动车停放服务收费管理办法》政策解读
kind: 解读
interprets: 南屏市机动车停放服务收费管理办法
region: 南屏市
level: 市
---
一、为什么制定这个办法
原收费规定已执行十年，占道停车周转率低，居民夜间停车难，有必要修订。
二、居民停车认证怎么办
符合条件的居民登录“南屏停车”小程序，上传不动产权证或者租赁备案证明，五个工作日内完成审核，审核通过次日生效。
三、停放多久免费
停放不超过30分钟的免收停车费，超过30分钟的从第1分钟起计费。
"""
CARE = """---
id: care
title: 东林区养老服务驿站运营补助办法
kind: 原文
number: 东民发〔2025〕6号
issuers: [东林区民政局]
region: 南屏市东林区
level: 区
effective_from: 2025-03-01
---
第一条 为支持养老服务驿站持续运营，结合本区实际，制定本办法。
第二条 运营补助按照服务流量核定：为老年人提供助餐、助浴、助洁等服务的，按服务收入的50%给予补助，每个驿站每年最高不超过20万元。
第三条 申请运营补助应当同时符合下列条件：
（一）在本区民政局备案并连续运营满六个月；
（二）上一年度服务质量评估为合格以上；
（三）未发生安全责任事故。
第四条 申请人应当提交下列材料：
（一）运营补助申请表；
（二）上一年度服务流水明细；
（三）服务质量评估结果。
第五条 驿站应当于每年3月31日前向所在街道提出申请，街道在10个工作日内完成初审，区民政局在20个工作日内完成复审并公示。
第六条 提供虚假材料骗取补助的，追回补助资金，三年内不再受理其申请。
"""
JOBLESS = """---
id: jobless
title: 南屏市失业保险金申领指南
kind: 指南
issuers: [南屏市人力资源和社会保障局]
region: 南屏市
level: 市
---
一、申领条件
（一）失业前用人单位和本人已经缴纳失业保险费满一年。
（二）非因本人意愿中断就业，包括劳动合同期满终止、被用人单位解除劳动合同等。
（三）已经办理失业登记，并有求职要求。
二、申领期限
缴费满一年不足五年的，领取期限最长为12个月；满五年不足十年的，最长为18个月；十年以上的，最长为24个月。
三、申领渠道
登录“南屏人社”小程序或者到就近街道便民服务中心办理，无需提交解除劳动合同证明。
四、发放时间
审核通过的次月起，每月15日前发放到本人社会保障卡。
"""
OLD = """---
id: parking-old
title: 南屏市占道停车收费暂行规定
kind: 原文
number: 南价发〔2013〕20号
region: 南屏市
level: 市
effective_from: 2013-06-01
expires_on: 2024-04-30
---
第一条 占道停车每小时收费2元。
第二条 停放不超过15分钟的免收停车费。
"""
TEXTS = {"parking": PARKING, "explained": PARKING_EXPLAINED, "care": CARE, "jobless": JOBLESS, "old": OLD}


@lru_cache(maxsize=1)
def town() -> Services:
    """The services over these texts, with the real analyzer, model, ranking and templates."""
    with TemporaryDirectory() as folder:
        for name, text in TEXTS.items():
            Path(folder, f"{name}.txt").write_text(text, "utf-8")
        snapshot = snapshot_of(Path(folder))
    composer = composer_of(snapshot)
    return Services(
        snapshot=snapshot,
        retriever=Retriever(snapshot, analyzer(), encoder()),
        dialogue=Dialogue(composer, analyzer(), snapshot),
        sameness=Sameness(analyzer(), Encoder.open("fast")),
    )
