"""Files of every format made from lines of text, so that no sample has to be kept."""

import io
import zipfile
import zlib
from collections.abc import Sequence

LINE = 34  # characters of a printed line
SIZE = 12.0
LEFT, TOP, RIGHT = 72.0, 780.0, 72.0 + LINE * SIZE
Row = Sequence[str]


def html(title: str, blocks: Sequence[str | list[Row]]) -> bytes:
    """A page as government sites serve them: navigation, title, date line, text, sharing, footer."""
    body = "".join(
        f"<p style='text-indent:2em'>{block}</p>"
        if isinstance(block, str)
        else "<table>"
        + "".join("<tr>" + "".join(f"<td><p>{cell}</p></td>" for cell in row) + "</tr>" for row in block)
        + "</table>"
        for block in blocks
    )
    return (
        f"<html><head><meta charset='utf-8'><title>{title} - 某市人民政府门户网站</title><meta name='ArticleTitle' content='{title}'>"
        "<meta name='PubDate' content='2024-05-01 09:00'><meta name='ContentSource' content='市商务局'>"
        "<meta name='SiteName' content='某市人民政府门户网站'></head><body>"
        "<div class='nav'><ul><li><a href='/'>首页</a></li><li><a href='/zwgk'>政务公开</a></li></ul></div>"
        "<div class='crumbs'>当前位置：首页 > 政务公开 > 通知</div>"
        f"<div class='main'><h1>{title}</h1><div class='info'>发布日期：2024-05-01　来源：市商务局　字体：大 中 小</div>"
        f"<div id='zoom'>{body}</div><div class='share'>分享到：微信 微博</div></div>"
        "<div class='qr'>扫一扫在手机打开当前页</div><div class='footer'>主办单位：某市人民政府办公厅　网站标识码：1100000000</div>"
        "</body></html>"
    ).encode()


def docx(title: str, blocks: Sequence[str | list[Row]]) -> bytes:
    """A Word file with the title as a heading, and a page head."""
    import docx as word

    made = word.Document()
    made.sections[0].header.paragraphs[0].text = "某市人民政府文件"
    made.add_heading(title, 0)
    for block in blocks:
        if isinstance(block, str):
            made.add_paragraph(block)
            continue
        table = made.add_table(len(block), len(block[0]))
        for row, cells in zip(block, table.rows, strict=True):
            for words, cell in zip(row, cells.cells, strict=True):
                cell.text = words
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def txt(title: str, blocks: Sequence[str | list[Row]]) -> bytes:
    """Plain text, tables as lines with bars."""
    lines = [title]
    for block in blocks:
        lines += [block] if isinstance(block, str) else ["| " + " | ".join(row) + " |" for row in block]
    return ("\n".join(lines) + "\n").encode()


def sheet(suffix: str) -> bytes:
    """A list of policies, as .xlsx or .csv."""
    rows = [
        ["序号", "政策名称", "文号", "发文机关", "支持内容", "备注"],
        ["1", "某市技改办法", "某府〔2024〕1号", "某市经信局", "最高一百万元。", "每年四月申报"],
        ["2", "某市租金办法", "", "某市商务局", "最高十万元。", ""],
    ]
    if suffix == ".csv":
        return "\n".join(",".join(row) for row in rows).encode()
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def pdf(title: str, blocks: Sequence[str | list[Row]], per_page: int = 8) -> bytes:
    """Printed pages: lines broken at the margin, paragraphs indented, running head and page number, ruled tables."""
    pages: list[list[str]] = [[]]
    y = [TOP]

    def show(words: str, x: float) -> None:
        pages[-1].append(f"BT /F1 {SIZE} Tf {x:.1f} {y[0]:.1f} Td <{words.encode('utf-16-be').hex()}> Tj ET")

    def down(step: float = 20.0) -> None:
        y[0] -= step
        if y[0] < TOP - per_page * 20:
            pages.append([])
            y[0] = TOP

    show(title, RIGHT / 2 - len(title) * SIZE / 2 + 36)
    down()
    for block in blocks:
        if isinstance(block, str):
            for at, line in enumerate(wrapped(block)):
                show(line, LEFT + (2 * SIZE if at == 0 else 0))
                down()
        else:
            width = (RIGHT - LEFT) / len(block[0])
            for row in block:
                top, bottom = y[0] + 15, y[0] - 5
                pages[-1] += [f"{LEFT} {edge} {RIGHT - LEFT} 0.5 re f" for edge in (top, bottom)]
                pages[-1] += [f"{LEFT + at * width:.1f} {bottom} 0.5 20 re f" for at in range(len(row) + 1)]
                for at, words in enumerate(row):
                    show(words, LEFT + at * width + 6)
                down()
    for number, page in enumerate(pages, 1):
        y[0] = 40.0
        page.append(f"BT /F1 9 Tf 290 30 Td <{f'- {number} -'.encode('utf-16-be').hex()}> Tj ET")
        page.insert(0, f"BT /F1 9 Tf 250 815 Td <{'某市人民政府公报'.encode('utf-16-be').hex()}> Tj ET")
    return pdf_of(["\n".join(page) for page in pages])


def cards(pages: Sequence[Sequence[str | Row]]) -> bytes:
    """A collection of cards: strings are lines above a table, rows its cells; rows that follow each other share a table."""
    contents = []
    for number, page in enumerate(pages, 1):
        drawn, y = [f"BT /F1 9 Tf 290 30 Td <{str(number).encode('utf-16-be').hex()}> Tj ET"], TOP
        for block in page:
            cells = (
                [(block, LEFT)]
                if isinstance(block, str)
                else list(zip(block, (LEFT, LEFT + 90), strict=False))
            )
            height = 20.0 * max(len(words.split("\n")) for words, _ in cells)
            if not isinstance(block, str):
                edges = [LEFT - 4, *([LEFT + 86] if len(cells) > 1 else []), RIGHT + 10]
                drawn += [
                    f"{LEFT - 4} {edge} {RIGHT - LEFT + 14} 0.5 re f" for edge in (y + 15, y + 15 - height)
                ]
                drawn += [f"{edge} {y + 15 - height} 0.5 {height} re f" for edge in edges]
            for words, x in cells:
                for at, line in enumerate(words.split("\n")):
                    drawn.append(
                        f"BT /F1 {SIZE} Tf {x} {y - 20 * at} Td <{line.encode('utf-16-be').hex()}> Tj ET"
                    )
            y -= height
        contents.append("\n".join(drawn))
    return pdf_of(contents)


def wrapped(words: str) -> list[str]:
    """Printed lines: the first two characters shorter."""
    first, rest = words[: LINE - 2], words[LINE - 2 :]
    return [first, *(rest[at : at + LINE] for at in range(0, len(rest), LINE))]


def pdf_of(contents: Sequence[str]) -> bytes:
    """A PDF with a page for each content stream; its font is a standard Chinese one that is not embedded."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(contents)} /Kids [{' '.join(f'{6 + 2 * at} 0 R' for at in range(len(contents)))}] >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H /DescendantFonts [4 0 R] >>",
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /FontDescriptor 5 0 R"
        " /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>",
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /Ascent 880 /Descent -120 /CapHeight 880 /ItalicAngle 0"
        " /StemV 93 /FontBBox [-25 -254 1000 880] >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    places = []

    def add(number: int, body: bytes) -> None:
        places.append(len(out))
        out.extend(b"%d 0 obj\n" % number + body + b"\nendobj\n")

    for number, words in enumerate(objects, 1):
        add(number, words.encode())
    for at, content in enumerate(contents):
        page = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {7 + 2 * at} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        add(6 + 2 * at, page.encode())
        packed = zlib.compress(content.encode())
        add(
            7 + 2 * at,
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(packed) + packed + b"\nendstream",
        )
    start = len(out)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1) + table
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, start)
    return bytes(out)


_OOXML = "http://schemas.openxmlformats.org"
_SPACES = (
    f'xmlns:w="{_OOXML}/wordprocessingml/2006/main" xmlns:m="{_OOXML}/officeDocument/2006/math"'
    f' xmlns:r="{_OOXML}/officeDocument/2006/relationships" xmlns:a="{_OOXML}/drawingml/2006/main"'
    f' xmlns:dgm="{_OOXML}/drawingml/2006/diagram" xmlns:mc="{_OOXML}/markup-compatibility/2006"'
)


def word(
    body: str,
    *,
    styles: str = "",
    numbering: str = "",
    parts: dict[str, tuple[str, bytes]] | None = None,
    relations: str = "",
) -> bytes:
    """A Word file from the XML of its body; the prefixes w, m, r, a, dgm and mc are declared.

    `parts` are further parts by relation id: (kind of relation, content); `relations` is raw XML of further relations.
    """
    kinds = {"styles": "styles", "numbering": "numbering"}
    inner = {"styles": styles, "numbering": numbering}
    files = {
        f"word/{name}.xml": f'<?xml version="1.0"?><w:{name} {_SPACES}>{inner[name]}</w:{name}>'.encode()
        for name in kinds
    }
    files["word/document.xml"] = (
        f'<?xml version="1.0"?><w:document {_SPACES}><w:body>{body}<w:sectPr/></w:body></w:document>'.encode()
    )
    related = "".join(
        f'<Relationship Id="own{name}" Type="{_OOXML}/officeDocument/2006/relationships/{kind}" Target="{name}.xml"/>'
        for name, kind in kinds.items()
    )
    types = ""
    for key, (kind, content) in (parts or {}).items():
        files[f"word/{key}.part"] = content
        related += f'<Relationship Id="{key}" Type="{_OOXML}/officeDocument/2006/relationships/{kind}" Target="{key}.part"/>'
        types += f'<Override PartName="/word/{key}.part" ContentType="application/octet-stream"/>'
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    files["[Content_Types].xml"] = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}.document.main+xml"/>'
        f'<Override PartName="/word/styles.xml" ContentType="{main}.styles+xml"/>'
        f'<Override PartName="/word/numbering.xml" ContentType="{main}.numbering+xml"/>{types}</Types>'
    ).encode()
    head = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    files["_rels/.rels"] = (
        f'{head}<Relationship Id="a" Type="{_OOXML}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'.encode()
    )
    files["word/_rels/document.xml.rels"] = f"{head}{related}{relations}</Relationships>".encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def run(words: str, properties: str = "") -> str:
    """A run of Word with its properties."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


def para(*runs: str, properties: str = "") -> str:
    """A paragraph of Word; runs that are no XML are plain words."""
    inner = "".join(one if one.startswith("<") else run(one) for one in runs)
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def cell(words: str, properties: str = "") -> str:
    """A cell of a Word table."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{para(words) if words else '<w:p/>'}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    """A row of a Word table; cells that are no XML are plain words."""
    inner = "".join(one if one.startswith("<") else cell(one) for one in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inner}</w:tr>"


def wrapped_in_control(inner: str) -> str:
    """A content control around rows, cells or paragraphs."""
    return f"<w:sdt><w:sdtPr/><w:sdtContent>{inner}</w:sdtContent></w:sdt>"
