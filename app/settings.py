"""Every setting is an environment variable `ZHENGWEN_…`; README lists them and a test keeps that list true."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.errors import InvalidSetting

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """The settings of one process. Names in the environment carry the prefix `ZHENGWEN_`."""

    model_config = SettingsConfigDict(env_prefix="ZHENGWEN_", frozen=True, extra="ignore")

    corpus: Path = Field(ROOT / "corpus" / "policies", description="政策文本所在文件夹（含子文件夹）")
    index: Path = Field(ROOT / "index" / "default", description="索引所在文件夹")
    lexicon: Path = Field(ROOT / "corpus" / "lexicon", description="词表所在文件夹")
    questions: Path = Field(ROOT / "corpus" / "questions", description="相似问所在文件夹")
    prompts: Path = Field(ROOT / "prompts", description="答复模板所在文件夹")
    model: str = Field(
        "default", description="编码模型：default 为随附模型，也可填模型文件夹或 sentence-transformers 模型名"
    )
    offline: bool = Field(True, description="是否禁止访问模型仓库（联网下载其他模型时设为 false）")
    host: str = Field("127.0.0.1", description="监听地址")
    port: int = Field(8000, ge=0, le=65535, description="监听端口")
    workers: int = Field(1, ge=1, le=64, description="进程数")
    threads: int = Field(2, ge=1, le=64, description="每个进程用于计算的线程数")
    body_limit: int = Field(65536, ge=1024, description="请求体上限（字节）")
    file_limit: int = Field(20 * 1024 * 1024, ge=1024, description="单个政策文本上限（字节）")
    base_url: str = Field("", description="对外网址前缀，用于答复中的原文链接；留空则为相对路径")
    timezone: str = Field("Asia/Shanghai", description="判断政策是否有效时“今天”所在的时区")
    database_url: str = Field(
        "",
        description="保存会话和反馈的数据库：留空为本机 SQLite 文件 data/zhengwen.sqlite3，"
        "也可填 sqlite:////路径/文件名.sqlite3 或 postgresql://用户:密码@主机:5432/库名",
    )
    spool: Path = Field(ROOT / "data" / "spool", description="数据库不可用时暂存会话记录的文件夹")
    spool_limit: int = Field(16 * 1024 * 1024, ge=0, description="暂存记录的上限（字节）")
    session_minutes: int = Field(120, ge=1, description="多少分钟没有提问后会话结束")
    retention_days: int = Field(180, ge=0, description="会话和反馈保存的天数，过期自动清理；0 为一直保存")


def open_settings(**given: Any) -> Settings:
    """The settings of the environment, with those given in their place.

    Raises:
        InvalidSetting: a value cannot be used; the sentence names the variable, its value and what it must be.
    """
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise InvalidSetting("；".join(_told(problem) for problem in error.errors())) from None
    try:
        ZoneInfo(settings.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise InvalidSetting(
            f"设置 ZHENGWEN_TIMEZONE 的值“{settings.timezone[:40]}”不是时区名，请改成 Asia/Shanghai 这样的名称。"
        ) from None
    return settings


def _told(problem: ErrorDetails) -> str:
    name = "_".join(str(part) for part in problem["loc"]).upper()
    described = Settings.model_fields[str(problem["loc"][0])].description
    return f"设置 ZHENGWEN_{name}（{described}）的值“{str(problem['input'])[:40]}”不合要求，请按 README“设置”一节改正"
