"""What is asked of a subject: to apply, to be paid, the highest, the lowest, before, after.

Such words name no subject, and two questions that differ in one of them alone look nearly the same to any measure of
likeness: 最高补多少 and 最低补多少, 什么时候申报 and 什么时候拨付. A line holds words that ask for the same thing.
"""

import re

from app.text import fold

_GROUPS = """
支持 扶持 优惠 帮扶 好处 照顾
补贴 补助 补钱 补
奖励 奖金 奖补 奖
资助
资金 经费
减免 免 减
申报 申请 申领 报名 办理 填报 办 报
领取 领到 领 拿到 获得
拨付 拨款 到账 兑现 发放 下来
提交 递交 上报 报送 交
受理
审核 审批 评审
公示
认定 评定
变更 改变 修改 修订 调整 改 变
续 延续 延期
材料 资料 证件 表格 清单
电话 热线 联系方式 联系人 联系
部门 单位 科室 机构 窗口 谁
邮箱
网站 网址 网页 网上 平台 系统 入口
流程 步骤 手续 程序
条件 要求 资格 门槛
时间 日期 时候 几号 哪天 何时 几月
截止 截至
期限 时限 多久 多长时间 几天 几年
有效期 有效 到期
金额 额度 多少钱 几万 钱
标准
比例 百分之几 百分比 几成
上限 限额 最高 最多 封顶
下限 最低 最少 起步
名额
次数 几次
用途
依据 根据
背景
目标 任务 目的 意义
方向 方面
结构 部分 章节
解读
原文 全文 条款
发布 印发 出台 制定
施行 实施 生效 执行
注意事项 注意
含义 定义 意思 解释 诠释
之前 以前 前
之后 以后 后
以上 超过
以下 以内 不足
今年 本年
明年
去年
必须 一定 强制 应当
重复 叠加 同时
"""
# Looked at first, so that no word of a group is found inside them.
_NEUTRAL = "办法 办事 目前 以前年度 前来 报告 主办 承办 举办 办公 补充 变化 后来 前后 免费 报表 单位名称"
# What goes without saying beside something else: 申请条件 are 条件, 最高补多少钱 is 补贴上限.
_IMPLIED = {
    "申报": frozenset({"材料", "流程", "条件", "截止"}),
    "金额": frozenset({"上限", "下限", "标准", "比例", "拨付"}),
}
_HEAD = {word: line.split()[0] for line in _GROUPS.strip().splitlines() for word in line.split()}
_HEAD |= dict.fromkeys(_NEUTRAL.split(), "")
_WORDS = re.compile("|".join(sorted(map(re.escape, _HEAD), key=len, reverse=True)))


def deeds(question: str) -> frozenset[str]:
    """What a question asks of its subject, each by the first word of its line."""
    found = frozenset(_HEAD[word] for word in _WORDS.findall(fold(question))) - {""}
    return found - {deed for deed, others in _IMPLIED.items() if found & others}
