"""Where words stand in the file they come from, as every reply that quotes documents it."""

from pydantic import BaseModel, Field


class LocatorOut(BaseModel):
    """A place in a file; null for what the file does not have. Rows and columns count from 1, the header row included."""

    text: str = Field(description="说给人听的位置，例如：第91页、第2个表第3行、工作表“政策清单”B5单元格")
    page: int | None = Field(description="PDF 的页")
    sheet: str | None = Field(description="工作表的名称；CSV 没有")
    table: int | None = Field(description="第几个表：PDF 按页数，DOCX 与网页按全文数；工作表和 CSV 为 null")
    row: int | None = Field(description="引文起始的行；不在表格里为 null")
    last_row: int | None = Field(description="引文在同一个表中到达的最后一行")
    column: int | None = Field(description="引文只在一列之内时是哪一列")


class Placed(BaseModel):
    """Words with their place: `page` is the page of a PDF, null for other files."""

    page: int | None
    locator: LocatorOut | None = Field(description="在文件中的位置；没有页码、也不在表格里时为 null")
