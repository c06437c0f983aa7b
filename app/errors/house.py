"""What the house itself lacks: WeChat, corpus, lexicon, model, index, database, port, settings."""

from app.errors.root import ZhengwenError


class WechatError(ZhengwenError):
    """Something between WeChat's servers and us."""

    code = "wechat_error"


class WechatOff(WechatError):
    """The settings for WeChat are missing; the message names them."""

    code = "wechat_off"


class WechatUnavailable(WechatError):
    """WeChat's server is away, slow, busy, or answers what nobody understands."""

    code = "wechat_unavailable"


class LoginRefused(WechatError):
    """WeChat does not accept the login code, or has blocked the user."""

    code = "login_refused"


class LoginExpired(WechatError):
    """No token, one that is too old, or one that was not made here: log in again."""

    code = "login_expired"


class PushRefused(WechatError):
    """A pushed message whose signature, time, nonce or encryption is not WeChat's."""

    code = "push_refused"


class ContentRefused(WechatError):
    """WeChat's content check objects to what was written, and the settings say not to answer then."""

    code = "content_refused"


class CorpusError(ZhengwenError):
    """The corpus folder cannot be used."""

    code = "corpus_error"


class CorpusMissing(CorpusError):
    """The corpus folder does not exist."""

    code = "corpus_missing"


class CorpusEmpty(CorpusError):
    """The folder holds no text that can be served."""

    code = "corpus_empty"


class CorpusBusy(CorpusError):
    """Another process has been changing the folder for longer than is reasonable."""

    code = "corpus_busy"


class FileRefused(CorpusError):
    """One file cannot be read; it is named with its line where there is one, and the rest is served."""

    code = "file_refused"


class ReadersBusy(FileRefused):
    """Too many files wait to be read; the same file will do a little later."""

    code = "readers_busy"


class LexiconError(ZhengwenError):
    """A lexicon file has a line that cannot be understood."""

    code = "lexicon_error"


class PromptError(ZhengwenError):
    """A template in `prompts/` is missing, broken or uses an unknown name."""

    code = "prompt_error"


class ModelError(ZhengwenError):
    """The encoder's model folder is missing, damaged or of another kind."""

    code = "model_error"


class IndexUnusable(ZhengwenError):
    """The index folder cannot be used as it is."""

    code = "index_unusable"


class IndexMissing(IndexUnusable):
    """There is no index yet."""

    code = "index_missing"


class IndexStale(IndexUnusable):
    """The index was built from another corpus, lexicon, model or format than the present one."""

    code = "index_stale"


class IndexDamaged(IndexUnusable):
    """A file of the index is missing or is not what the manifest says."""

    code = "index_damaged"


class IndexBusy(IndexUnusable):
    """Another process holds the build lock for longer than is reasonable."""

    code = "index_busy"


class QuoteMismatch(ZhengwenError):
    """A quote differs from the document text between its offsets."""

    code = "quote_mismatch"


class AddressInUse(ZhengwenError):
    """The port cannot be listened on."""

    code = "address_in_use"


class InvalidSetting(ZhengwenError):
    """A setting holds a value that cannot be used; the message names the environment variable."""

    code = "invalid_setting"


class StoreUnavailable(ZhengwenError):
    """The database cannot be used at the moment: it is down, locked, read-only, full or damaged."""

    code = "store_unavailable"


class NotKept(StoreUnavailable):
    """What was to be kept found room neither in the database nor in the spool: whoever sent it is not told that it was."""

    code = "not_kept"


class NotReady(ZhengwenError):
    """The corpus and the index are still being loaded; the same request will do a little later."""

    code = "not_ready"
