"""Every failure a person can meet, on one page.

    ZhengwenError
    ├── InvalidRequest            the caller sent something that cannot be answered
    │   ├── BlankQuestion         nothing to read in it
    │   ├── QuestionTooLong
    │   ├── InvalidDate
    │   ├── InvalidPerson         an account or a change of a person that cannot be
    │   ├── WeakPassword
    │   ├── ReviewedInvalid       a reviewed answer that cannot be kept or served as it is
    │   └── ImportRefused         a file of reviewed answers that cannot be read
    ├── NotFound
    │   ├── DocumentNotFound
    │   ├── ClauseNotFound
    │   ├── AnswerNotFound        no such answer was ever given, or it has been purged
    │   ├── SessionNotFound
    │   ├── SiteNotFound
    │   ├── KeyNotFound
    │   ├── PersonNotFound
    │   └── ReviewedNotFound
    ├── NotAllowed                whoever asks may not
    │   ├── KeyRequired           no key, no site: only this machine may ask without
    │   ├── TokenExpired          the widget gets itself a new one
    │   ├── OriginNotAllowed      the site has not named this origin
    │   ├── ScopeNotAllowed       the key is for something else
    │   ├── SignInRequired        the console: nobody has signed in, or the session is over
    │   ├── SignInRefused         account or password is wrong
    │   ├── RoleNotAllowed        the role of whoever signed in does not cover it
    │   ├── FormExpired           a form without the token of its session, or from another site
    │   └── FourEyes              nobody approves what they wrote
    ├── ReviewedChanged           somebody else was faster: look again
    ├── TooManyRequests           `seconds` says when to come again
    ├── WechatError               WeChat's servers, or what comes from them
    │   ├── WechatOff             the settings for it are missing
    │   ├── WechatUnavailable     WeChat does not answer, or not sensibly
    │   ├── LoginRefused          WeChat does not know the code, or has blocked the user
    │   ├── LoginExpired          our own token is too old or was not made here
    │   ├── PushRefused           signature, time or nonce of a pushed message is wrong
    │   └── ContentRefused        WeChat's content check says no
    ├── CorpusError               the folder of policy texts
    │   ├── CorpusMissing
    │   ├── CorpusEmpty
    │   └── FileRefused           one file; the others are still served
    ├── LexiconError              a line of a lexicon file
    ├── PromptError               an answer template
    ├── ModelError                the encoder's folder
    ├── IndexUnusable
    │   ├── IndexMissing
    │   ├── IndexStale            built from something else than what is here now
    │   ├── IndexDamaged          a file of it is not what the manifest says
    │   └── IndexBusy             another process has been building for too long
    ├── QuoteMismatch             promise 1: such a quote never leaves the process
    ├── AddressInUse
    ├── InvalidSetting            a ZHENGWEN_… value that cannot be used
    ├── StoreUnavailable          the database is down, locked, read-only or full
    └── NotReady                  corpus and index are still being loaded

No HTTP here: `app.web.problems` maps each class to a status. Each message is a Chinese sentence that names
the thing, its value and the remedy.
"""

import errno

_FAULTS = {
    errno.ENOENT: "文件不存在",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOSPC: "磁盘已满",
    errno.EROFS: "磁盘只读",
    errno.EISDIR: "这是一个文件夹",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EMFILE: "打开的文件太多",
    errno.EADDRINUSE: "已被占用",
    errno.EADDRNOTAVAIL: "不是本机的地址",
}


def reason_of(error: OSError) -> str:
    """Why the operating system refused, in Chinese where it is one of the usual reasons."""
    return _FAULTS.get(error.errno or 0) or error.strerror or str(error)


class ZhengwenError(Exception):
    """The root. `code` is stable and goes to clients; `str()` is a Chinese sentence for people."""

    code = "error"


class InvalidRequest(ZhengwenError):
    """The request itself cannot be answered."""

    code = "invalid_request"


class BlankQuestion(InvalidRequest):
    """No letter, digit or Chinese character is left once the question is normalised."""

    code = "blank_question"


class QuestionTooLong(InvalidRequest):
    """More code points than a question may have."""

    code = "question_too_long"


class InvalidDate(InvalidRequest):
    """Not a calendar date in the form YYYY-MM-DD."""

    code = "invalid_date"


class InvalidPerson(InvalidRequest):
    """An account that is taken or cannot be one, or a change that would leave nobody to administer."""

    code = "invalid_person"


class WeakPassword(InvalidRequest):
    """A password that is too short or easily guessed; the message says what to change."""

    code = "weak_password"


class ReviewedInvalid(InvalidRequest):
    """A reviewed answer lacks something, or holds what cannot be kept; the message names it."""

    code = "reviewed_invalid"


class ImportRefused(InvalidRequest):
    """A file that is no table of reviewed answers, or is too large."""

    code = "import_refused"


class NotFound(ZhengwenError):
    """The thing named does not exist in this corpus."""

    code = "not_found"


class DocumentNotFound(NotFound):
    """No document of that id."""

    code = "document_not_found"


class ClauseNotFound(NotFound):
    """No clause of that id."""

    code = "clause_not_found"


class AnswerNotFound(NotFound):
    """No answer of that id was given, or it has been purged since."""

    code = "answer_not_found"


class SessionNotFound(NotFound):
    """No session of that id is kept."""

    code = "session_not_found"


class SiteNotFound(NotFound):
    """No site of that id, or it has been revoked."""

    code = "site_not_found"


class KeyNotFound(NotFound):
    """No API key of that id, or it has been revoked."""

    code = "key_not_found"


class PersonNotFound(NotFound):
    """Nobody of that id or account works at the console."""

    code = "person_not_found"


class ReviewedNotFound(NotFound):
    """No reviewed answer, version or waiting import of that id."""

    code = "reviewed_not_found"


class NotAllowed(ZhengwenError):
    """Whoever asks may not."""

    code = "not_allowed"


class KeyRequired(NotAllowed):
    """Neither a key nor a session of a site came with a request from another machine, or the key is wrong."""

    code = "key_required"


class TokenExpired(NotAllowed):
    """A session token that is too old or was not signed here."""

    code = "token_expired"


class OriginNotAllowed(NotAllowed):
    """The site does not exist or has not named the origin."""

    code = "origin_not_allowed"


class ScopeNotAllowed(NotAllowed):
    """The key or the session is good, but not for this."""

    code = "scope_not_allowed"


class SignInRequired(NotAllowed):
    """The console is for people who have signed in; the session is missing, over, or was ended."""

    code = "sign_in_required"


class SignInRefused(NotAllowed):
    """Account or password is wrong, or the person is disabled: which of them is not told."""

    code = "sign_in_refused"


class RoleNotAllowed(NotAllowed):
    """Whoever signed in has another role than this needs."""

    code = "role_not_allowed"


class FormExpired(NotAllowed):
    """A form that does not carry the token of its session, or that another site sent."""

    code = "form_expired"


class FourEyes(NotAllowed):
    """Whoever wrote a reviewed answer may not approve it."""

    code = "four_eyes"


class ReviewedChanged(ZhengwenError):
    """A reviewed answer is no longer as the person saw it; nothing was done."""

    code = "reviewed_changed"


class TooManyRequests(ZhengwenError):
    """A limit is used up; `seconds` says when it is worth trying again."""

    code = "too_many_requests"

    def __init__(self, sentence: str, seconds: int = 60) -> None:
        super().__init__(sentence)
        self.seconds = seconds


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


class FileRefused(CorpusError):
    """One file cannot be read; it is named with its line where there is one, and the rest is served."""

    code = "file_refused"


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


class NotReady(ZhengwenError):
    """The corpus and the index are still being loaded; the same request will do a little later."""

    code = "not_ready"
