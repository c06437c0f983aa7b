from collections import Counter

from app.corpus import outline

from .texts import NOTICE, REGULATION, document, words


def tree(text, title="某政策"):
    return [(clause.kind, clause.label) for clause in outline(document(text, title))]


def test_an_article_is_one_clause_with_its_paragraphs_and_items():
    clauses = {clause.label: clause for clause in outline(document(REGULATION, "某市促进条例"))}
    second = clauses["第二条"]
    assert second.kind == "article"
    assert REGULATION[second.start : second.end].endswith("具体办法另行制定。")
    assert [(item.label, REGULATION[item.start : item.end]) for item in second.items] == [
        ("（一）", "（一）依法登记；"),
        ("（二）", "（二）信用良好。"),
    ]
    assert second.heading_path == ("第一章 总则",)
    assert second.address == ("第一章", "第二条")


def test_items_that_run_on_inside_an_article_are_found():
    clauses = {clause.label: clause for clause in outline(document(REGULATION))}
    items = clauses["第二条之一"].items
    assert [REGULATION[item.start : item.end] for item in items] == ["（一）虚假申报；", "（二）重复申报。"]


def test_an_article_that_is_only_mentioned_is_no_heading():
    labels = [clause.label for clause in outline(document(REGULATION))]
    assert "第八条" not in labels
    assert tree("按照第八条规定办理。\n第八条规定的情形除外。\n第九条、第十条同。") == [("paragraph", "")] * 3


def test_a_comment_is_a_paragraph_of_its_own_outside_the_tree():
    comment = next(
        clause
        for clause in outline(document(REGULATION))
        if REGULATION[clause.start : clause.end] == "<!-- INFO END -->"
    )
    assert (comment.kind, comment.parent, comment.heading_path) == ("paragraph", None, ())


def test_the_title_line_heads_nothing():
    first, *others = outline(document(NOTICE, "关于支持企业复工的通知"))
    assert first.kind == "heading"
    assert all(clause.parent != first.id for clause in others)


def test_headings_head_their_items_and_a_short_list_stays_with_its_lead():
    clauses = outline(document(NOTICE, "关于支持企业复工的通知"))
    assert [(clause.kind, clause.label) for clause in clauses] == [
        ("heading", ""),
        ("paragraph", ""),
        ("paragraph", ""),
        ("heading", "一、"),
        ("item", "（一）"),
        ("item", "（二）"),
        ("item", "二、"),
        ("paragraph", ""),
        ("paragraph", ""),
    ]
    assert clauses[4].heading_path == ("一、加强帮扶",)
    assert [item.label for item in clauses[6].items] == ["1.", "2.", "3."]
    assert clauses[7].parent is None


def test_a_long_list_becomes_a_clause_per_item_with_the_lead_above():
    long = "符合条件的企业可以申请补助" * 15
    text = f"申请人应当提交下列材料：\n1.营业执照，{long}。\n2.申请表，{long}。\n3.流水，{long}。\n本通知自印发之日起施行。"
    clauses = outline(document(text))
    assert [clause.kind for clause in clauses] == ["paragraph", "item", "item", "item", "paragraph"]
    assert {clause.heading_path for clause in clauses[1:4]} == {("申请人应当提交下列材料：",)}
    assert {clause.parent for clause in clauses[1:4]} == {clauses[0].id}
    assert clauses[4].parent is None


def test_numbers_that_are_amounts_dates_or_out_of_sequence_are_no_markers():
    text = "2020年起施行。\n1.5万元以内。\n3.8亿元。\n2020.1.15发布\n7.单独出现。\n八、九月份申报。"
    assert {kind for kind, _ in tree(text)} == {"paragraph"}


def test_marker_variants_are_read_alike():
    text = "\u3000\u3000一、总体要求\n(一)甲的要求，按规定办理。\n（二）乙的要求。\n１．内容。\n⒉内容。\n（1）细节。\n(2)细节。\n①再细。\n②再细。"
    assert [label for _, label in tree(text)] == [
        "一、", "(一)", "（二）", "１．", "⒉", "（1）", "(2)", "①", "②",
    ]  # fmt: skip


def test_a_marker_alone_on_its_line_takes_the_next_line():
    assert tree("一、\n办理时间\n周一至周五。")[0] == ("heading", "一、")
    assert len(tree("一、\n办理时间\n周一至周五。")) == 2


def test_markers_inside_one_line_are_split_when_they_count_up():
    long = "各单位要高度重视" * 30
    text = f"具体安排如下：一、{long}。二、{long}。三、{long}。"
    assert tree(text) == [("paragraph", ""), ("item", "一、"), ("item", "二、"), ("item", "三、")]
    assert tree("参见附录：3.甲。5.乙。") == [("paragraph", "")]


def test_a_marker_whose_line_goes_on_is_an_item():
    text = "一、帮助企业复工。积极帮助企业。\n二、减轻企业负担。减免租金。"
    assert tree(text) == [("item", "一、"), ("item", "二、")]


def test_questions_head_their_answers():
    text = (
        "问：怎样申请？\n答：网上申请。\nQ2：何时截止？\n答：年底截止。\n什么是首次贷款？\n是指第一次贷款。"
    )
    clauses = outline(document(text))
    assert [clause.kind for clause in clauses] == ["heading", "paragraph"] * 3
    assert [clause.heading_path for clause in clauses[1::2]] == [
        ("问：怎样申请？",), ("Q2：何时截止？",), ("什么是首次贷款？",),
    ]  # fmt: skip


def test_markdown_headings_nest_by_level():
    text = "# 指南\n## 申请\n到窗口申请。\n### 材料\n身份证。\n## 咨询\n拨打12345。"
    paths = {clause.heading_path for clause in outline(document(text, "指南")) if clause.kind == "paragraph"}
    assert paths == {("申请",), ("申请", "材料"), ("咨询",)}


def test_a_table_is_one_clause():
    text = "标准见下表。\n| 类别 | 金额 |\n|---|---|\n| 甲 | 1万元 |\n\n以上。"
    clauses = outline(document(text))
    assert [clause.kind for clause in clauses] == ["paragraph", "table", "paragraph"]
    assert words(text, clauses)[1].count("\n") == 2


def test_chapters_may_be_headed_by_dun_markers():
    text = "一、总则\n第一条 甲。\n第二条 乙。\n二、附则\n第三条 丙。"
    articles = [clause for clause in outline(document(text)) if clause.kind == "article"]
    assert [clause.heading_path for clause in articles] == [("一、总则",), ("一、总则",), ("二、附则",)]


def test_a_quoted_article_belongs_to_the_item_that_quotes_it():
    text = "一、增加一条，作为第五条：\n\n“第五条 甲应当登记。”\n\n二、删去第九条。"
    assert tree(text) == [("item", "一、"), ("item", "二、")]
    listed = "1.将第一条修改为：\n“受理下列案件：\n1.甲案；\n2.乙案。”\n2.删去第二条。"
    assert tree(listed) == [("item", "1."), ("item", "2.")]
    long = text.replace("甲应当登记", "甲应当登记" * 120)
    assert [kind for kind, _ in tree(long)] == ["heading", "paragraph", "item"]


def test_hard_wrapped_lines_are_one_paragraph():
    line = "为了促进经济发展和社会进步根据有关法律法规并且结合本市实际情况制定本办法以便各方依照"
    text = "\n".join([line] * 6) + "\n第八条 规定的内容执行。\n第一条 总则。"
    assert [kind for kind, _ in tree(text)] == ["paragraph", "article"]


def test_run_on_leads_name_the_items_of_a_paragraph():
    text = (
        "支持企业上市。对在境内外证券交易所首发上市的企业，分阶段给予最高500万元奖励。"
        "鼓励技术改造。对设备投资超过1000万元的技改项目，按投资额的10%给予补助。"
        "加强人才引育。对引进的高层次人才，在落户、子女入学和住房方面给予保障。"
    )
    clauses = outline(document(text))
    assert [clause.label for clause in clauses] == ["支持企业上市", "鼓励技术改造", "加强人才引育"]
    assert {clause.kind for clause in clauses} == {"item"}


def test_ordinary_prose_is_not_shredded():
    text = (
        "会议强调，要加强领导。各地要落实责任。有关部门开展了检查，发现问题12个，已经全部整改完毕。下一步将继续推进。"
        * 3
    )
    assert tree(text) == [("paragraph", "")]


def test_kinds_are_counted_once_each():
    assert Counter(kind for kind, _ in tree(REGULATION, "某市促进条例")) == {
        "heading": 3, "paragraph": 2, "article": 4,
    }  # fmt: skip


def test_parenthesised_lists_may_stand_below_arabic_headings():
    text = "1、怎样隔离？\n应当采取下列措施：\n（一）甲；\n（二）乙。\n2、怎样上报？\n应当采取下列措施：\n（一）丙；\n（二）丁。"
    clauses = outline(document(text))
    assert [(clause.kind, clause.label) for clause in clauses] == [
        ("heading", "1、"),
        ("paragraph", ""),
        ("heading", "2、"),
        ("paragraph", ""),
    ]
    assert [len(clause.items) for clause in clauses] == [0, 2, 0, 2]


def test_a_line_break_inside_a_sentence_does_not_end_a_paragraph():
    text = "据报道（记者\n张三），企业可以申请《扶持\n办法》的补贴，\n也可以不申请。\n·\n另一条。"
    assert words(text, outline(document(text))) == [text[: text.index("·") - 1], "·\n另一条。"]


def test_a_marked_markdown_heading_heads_the_level_below_it():
    text = "## 一、申请\n### 材料\n身份证。\n## 二、咨询\n拨打12345。"
    paths = [clause.heading_path for clause in outline(document(text)) if clause.kind == "paragraph"]
    assert paths == [("一、申请", "材料"), ("二、咨询",)]


def test_run_on_leads_may_name_a_benefit():
    text = (
        "政策内容如下。小微企业升规奖励。对首次升规的企业给予一次性奖励20万元。研发投入补助。对研发费用增长的企业，按增量的5%给予补助。"
        "贷款贴息。对符合条件的企业贷款利息给予50%补贴，最高100万元。"
    )
    labels = [clause.label for clause in outline(document(text))]
    assert labels == ["", "小微企业升规奖励", "研发投入补助", "贷款贴息"]


def test_a_title_below_a_number_is_a_heading_of_its_own():
    text = "某府〔2024〕1号\n关于某事的通知\n各区：\n一、甲。\n二、乙。\n"
    clauses = outline(document(text, "关于某事的通知"))
    assert [clause.kind for clause in clauses] == ["paragraph", "heading", "paragraph"]
    assert clauses[2].heading_path == ()


def test_an_article_without_a_space_is_told_from_a_mention_by_its_number():
    text = "第一条以下情形不予支持：\n第五条以上人员除外。\n第二条已取得资格的，应当配合。\n第三条所称企业，指中小企业。"
    labels = [clause.label for clause in outline(document(text)) if clause.kind == "article"]
    assert labels == ["第一条", "第二条", "第三条"]
