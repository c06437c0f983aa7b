"""Which files are read, by their suffix, and what to do about the others."""

PLAIN = (".txt", ".md")
READABLE = (*PLAIN, ".html", ".htm", ".mhtml", ".mht", ".docx", ".pdf", ".xlsx", ".csv")
_OTHERS = {
    ".doc": "是旧版 Word 文件，请用 Word 或 WPS 另存为 .docx 后重试",
    ".wps": "是 WPS 文字文件，请在 WPS 中另存为 .docx 后重试",
    ".xls": "是旧版 Excel 文件，请另存为 .xlsx 后重试",
    ".et": "是 WPS 表格文件，请在 WPS 中另存为 .xlsx 后重试",
    ".ofd": "是 OFD 版式文件，请导出为 PDF 或 .docx 后重试",
    ".rtf": "是 RTF 文件，请另存为 .docx 后重试",
    ".docm": "含有宏，请另存为不含宏的 .docx 后重试",
    ".xlsm": "含有宏，请另存为不含宏的 .xlsx 后重试",
    ".ppt": "是演示文稿，请将其中的文字另存为 .docx 后重试",
    ".pptx": "是演示文稿，请将其中的文字另存为 .docx 后重试",
    ".zip": "是压缩包，请解压后放入文件夹",
    ".rar": "是压缩包，请解压后放入文件夹",
    ".7z": "是压缩包，请解压后放入文件夹",
}


def refusal_of(suffix: str, name: str) -> str:
    """The sentence that tells what to do with a file of a kind that is not read."""
    kinds = "、".join(READABLE)
    why = _OTHERS.get(suffix, f"不是可读取的格式（{kinds}），请先转换为其中一种")
    return f"文件“{name}”{why}。"
