"""Every failure a person can meet, on one page.

    ZhengwenError
    ├── InvalidRequest            the caller sent something that cannot be answered
    │   ├── BlankQuestion         nothing to read in it
    │   ├── QuestionTooLong
    │   └── InvalidDate
    ├── NotFound
    │   ├── DocumentNotFound
    │   ├── ClauseNotFound
    │   ├── AnswerNotFound        no such answer was ever given, or it has been purged
    │   └── SessionNotFound
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
