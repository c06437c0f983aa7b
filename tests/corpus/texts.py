"""Tiny texts and checks that the corpus tests share."""

from collections.abc import Sequence
from hashlib import sha256

from app.corpus import Clause, Document

NOTICE = """关于支持企业复工的通知
各区人民政府：
现就有关事项通知如下：
一、加强帮扶
（一）减免租金。对承租国有房产的企业，免收2个月租金。
（二）延长期限。1.5万元以下的贷款可以延期。
二、申报材料：
1.营业执照；
2.申请表；
3.银行流水。
市商务局
2020年2月10日
"""

REGULATION = """# 某市促进条例

2020年12月7日 市人大常委会通过

<!-- INFO END -->

## 第一章 总则

第一条 为了促进发展，按照
第八条规定的原则，制定本条例。

第二条 申请人应当符合下列条件：

（一）依法登记；

（二）信用良好。

具体办法另行制定。

## 第二章 附则

第二条之一 有下列情形之一的，不予支持：（一）虚假申报；（二）重复申报。

第三条 本条例自2021年1月1日起施行。
"""


def document(text: str, title: str = "某政策", name: str = "doc") -> Document:
    return Document(
        id=name, file=f"{name}.txt", title=title, text=text, sha256=sha256(text.encode()).hexdigest()
    )


def words(text: str, clauses: Sequence[Clause]) -> list[str]:
    return [text[clause.start : clause.end] for clause in clauses]


def without_space(text: str) -> str:
    return "".join(text.split())
