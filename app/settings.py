"""Every setting is an environment variable `ZHENGWEN_…`; `app/README.md` lists them and a test keeps that list true."""

from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.errors import InvalidSetting

ROOT = Path(__file__).resolve().parent.parent
Policy = Literal["answer", "refuse", "record"]


class Settings(BaseSettings):
    """The settings of one process. Names in the environment carry the prefix `ZHENGWEN_`."""

    model_config = SettingsConfigDict(env_prefix="ZHENGWEN_", frozen=True, extra="ignore")

    corpus: Path = Field(ROOT / "corpus" / "policies", description="政策文本所在文件夹（含子文件夹）")
    index: Path = Field(ROOT / "index" / "default", description="索引所在文件夹")
    lexicon: Path = Field(ROOT / "corpus" / "lexicon", description="词表所在文件夹")
    questions: Path = Field(ROOT / "corpus" / "questions", description="相似问所在文件夹")
    links: Path = Field(ROOT / "corpus" / "links", description="随答复一并引用的条款所在文件夹")
    prompts: Path = Field(ROOT / "prompts", description="答复模板所在文件夹")
    model: str = Field(
        "default",
        description="编码模型：default 为随附模型，fast 为随附的静态词向量表，也可填模型文件夹或 sentence-transformers 模型名",
    )
    reader: str = Field(
        "default",
        description="判断条款是否回答了问题的阅读模型：default 为随附模型，也可填 train_reader.py 做成的文件夹",
    )
    calibration: Path = Field(
        ROOT / "app" / "read" / "calibration.json",
        description="把阅读结果变成把握度的校准文件，可由 train_reader.py adapt 用贵单位的问题重新拟合",
    )
    exact_limit: int = Field(
        200_000, ge=0, description="检索单元不超过此数时向量逐一比较；超过后分组查找，更快而略有遗漏"
    )
    offline: bool = Field(True, description="是否禁止访问模型仓库（联网下载其他模型时设为 false）")
    host: str = Field("127.0.0.1", description="监听地址")
    port: int = Field(8000, ge=0, le=65535, description="监听端口")
    workers: int = Field(1, ge=1, le=64, description="进程数")
    threads: int = Field(2, ge=1, le=64, description="每个进程用于计算的线程数")
    connections: int = Field(1000, ge=16, description="每个进程最多同时保持多少个连接，多出时先关闭空闲的")
    address_connections: int = Field(
        100, ge=4, description="同一地址最多同时保持多少个连接（本机和反向代理不计）"
    )
    at_once: int = Field(4, ge=1, le=64, description="每个进程同时处理多少个提问和检索，其余的排队")
    queue_seconds: float = Field(
        5.0, gt=0, le=600, description="提问和检索最多排队多少秒；估计等不到的当即答 503"
    )
    body_limit: int = Field(65536, ge=1024, description="请求体上限（字节）")
    watch: bool = Field(False, description="是否在政策文件夹有变化时自动更新索引")
    file_limit: int = Field(20 * 1024 * 1024, ge=1024, description="单个政策文本上限（字节）")
    removed_days: int = Field(
        365,
        ge=0,
        le=36500,
        description="移出或替换下来的原件在 .removed 中保留的天数，此后在下次加入或移出文件时删去；0 为一直保留",
    )
    base_url: str = Field("", description="对外网址前缀，用于答复中的原文链接；留空则为相对路径")
    timezone: str = Field("Asia/Shanghai", description="判断政策是否有效时“今天”所在的时区")
    database_url: str = Field(
        "",
        description="保存会话和反馈的数据库：留空为本机 SQLite 文件 data/zhengwen.sqlite3，"
        "也可填 sqlite:////路径/文件名.sqlite3 或 postgresql://用户:密码@主机:5432/库名",
    )
    durable: bool = Field(
        True,
        description="是否在问答和反馈写到磁盘之后才答复；设为 false 则存不下也照样答复，断电时可能丢失最后几条",
    )
    spool: Path = Field(ROOT / "data" / "spool", description="数据库不可用时暂存会话记录的文件夹")
    spool_limit: int = Field(16 * 1024 * 1024, ge=0, description="暂存记录的上限（字节）")
    session_minutes: int = Field(120, ge=1, description="多少分钟没有提问后会话结束")
    retention_days: int = Field(180, ge=0, description="会话和反馈保存的天数，过期自动清理；0 为一直保存")
    open_to_all: bool = Field(False, description="是否让其他电脑不带密钥、不登记站点也能调用接口")
    trusted_proxies: str = Field(
        "", description="反向代理的地址或网段，用逗号分开；只相信它们给出的 X-Forwarded-For"
    )
    secret: str = Field(
        "",
        repr=False,
        description="签发网页会话令牌的密钥，至少 16 个字符；留空则自动生成并保存在 data/secret",
    )
    limits_url: str = Field(
        "memory://",
        description="限流计数保存在哪里：memory:// 为各进程内存，多进程共用时填 redis://主机:6379/0",
    )
    address_per_minute: int = Field(60, ge=1, description="同一地址每分钟最多请求多少次（本机和密钥不计）")
    session_per_minute: int = Field(20, ge=1, description="网页上一次会话每分钟最多提问多少次")
    handoff_phone: str = Field("", description="转人工时显示的电话")
    handoff_hours: str = Field("", description="转人工时显示的服务时间")
    console_networks: str = Field(
        "", description="可以打开工作台的地址或网段，用逗号分开；留空则不限，本机总可以"
    )
    console_idle_minutes: int = Field(60, ge=1, description="工作台多少分钟没有操作后须重新登录")
    console_hours: int = Field(12, ge=1, description="工作台登录后最长多少小时须重新登录")
    console_account_failures: int = Field(5, ge=1, description="同一账号连续多少次密码不对后暂停登录")
    console_address_failures: int = Field(100, ge=1, description="同一地址多少次登录失败后暂停登录")
    console_lock_minutes: int = Field(15, ge=1, description="暂停登录的分钟数")
    security_log: str = Field(
        "",
        description="安全日志文件：拒绝、暂停登录、登录、角色变更等每条一行 JSON，可随时移走轮换；留空则不写",
    )
    wechat_appid: str = Field("", description="小程序（或公众号）的 AppID；留空则不开通微信渠道")
    wechat_secret: str = Field("", repr=False, description="小程序（或公众号）的 AppSecret")
    wechat_signing_secret: str = Field(
        "", repr=False, description="登录凭证的密钥，至少 32 个字符，自行随机生成，各进程相同"
    )
    wechat_push_token: str = Field("", repr=False, description="消息推送的 Token；留空则不接收消息推送")
    wechat_push_aes_key: str = Field(
        "", repr=False, description="消息推送的 EncodingAESKey（安全模式）；留空为明文模式"
    )
    wechat_mode: Literal["miniprogram", "official"] = Field(
        "miniprogram", description="消息推送的来源：miniprogram 小程序客服消息，official 公众号"
    )
    wechat_api: str = Field("https://api.weixin.qq.com", description="微信接口的网址")
    wechat_risky: Policy = Field(
        "refuse",
        description="提问被内容检查判为违规时：answer 照常答复，refuse 不答复，record 答复并记下待查",
    )
    wechat_review: Policy = Field("record", description="提问被内容检查判为疑似时，取值同上")
    wechat_unavailable: Policy = Field("record", description="内容检查不可用时，取值同上")
    wechat_person_per_day: int = Field(200, ge=0, description="每个微信用户每天可提问的次数；0 为不限")
    wechat_per_day: int = Field(50000, ge=0, description="全部微信用户每天可提问的次数；0 为不限")


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
    return f"设置 ZHENGWEN_{name}（{described}）的值“{str(problem['input'])[:40]}”不合要求，请按 app/README.md“设置”一节改正"
