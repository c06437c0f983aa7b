"""Every failure a person can meet, on one page; the classes stand in `asked` and `house`.

    ZhengwenError
    ├── InvalidRequest            the caller sent something that cannot be answered
    │   ├── BlankQuestion         nothing to read in it
    │   ├── QuestionTooLong
    │   ├── InvalidDate
    │   ├── InvalidPerson         an account or a change of a person that cannot be
    │   ├── WeakPassword
    │   ├── ReviewedInvalid       a reviewed answer that cannot be kept or served as it is
    │   ├── InvalidGap            a change of a gap ticket that cannot be
    │   └── ImportRefused         a file of reviewed answers that cannot be read
    ├── NotFound
    │   ├── DocumentNotFound
    │   ├── ClauseNotFound
    │   ├── AnswerNotFound        no such answer was ever given, or it has been purged
    │   ├── SessionNotFound
    │   ├── SiteNotFound
    │   ├── KeyNotFound
    │   ├── PersonNotFound
    │   ├── PublicationNotFound
    │   ├── CallNotFound          no such call, or not for whoever asks
    │   ├── TicketNotFound        no such gap ticket, or not for whoever asks
    │   └── ReviewedNotFound
    ├── NotAllowed                whoever asks may not
    │   ├── KeyRequired           no key, no site: only this machine may ask without
    │   ├── TokenExpired          the widget gets itself a new one
    │   ├── OriginNotAllowed      the site has not named this origin
    │   ├── ScopeNotAllowed       the key is for something else
    │   ├── SignInRequired        the console: nobody has signed in, or the session is over
    │   ├── SignInRefused         account or password is wrong
    │   ├── RoleNotAllowed        the role of whoever signed in does not cover it
    │   ├── PasswordToChange      somebody else has set the password: first another one
    │   ├── FormExpired           a form without the token of its session, or from another site
    │   └── FourEyes              nobody approves what they wrote
    ├── ReviewedChanged           somebody else was faster: look again
    ├── PublicationChanged        the same, of a file that waits to be published
    ├── TooManyRequests           `seconds` says when to come again
    ├── Overloaded                too much is asked of us at once; nothing was begun
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
    │   ├── CorpusBusy            another process has been changing it for too long
    │   └── FileRefused           one file; the others are still served
    │       └── ReadersBusy       too many wait to be read
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
    │   └── NotKept               neither the database nor the spool takes what was to be kept
    └── NotReady                  corpus and index are still being loaded

No HTTP here: `app.web.problems` maps each class to a status. Each message is a Chinese sentence that names
the thing, its value and the remedy.
"""

from app.errors.asked import (
    AnswerNotFound,
    BlankQuestion,
    CallNotFound,
    ClauseNotFound,
    DocumentNotFound,
    FormExpired,
    FourEyes,
    ImportRefused,
    InvalidDate,
    InvalidGap,
    InvalidPerson,
    InvalidRequest,
    KeyNotFound,
    KeyRequired,
    NotAllowed,
    NotFound,
    OriginNotAllowed,
    Overloaded,
    PasswordToChange,
    PersonNotFound,
    PublicationChanged,
    PublicationNotFound,
    QuestionTooLong,
    ReviewedChanged,
    ReviewedInvalid,
    ReviewedNotFound,
    RoleNotAllowed,
    ScopeNotAllowed,
    SessionNotFound,
    SignInRefused,
    SignInRequired,
    SiteNotFound,
    TicketNotFound,
    TokenExpired,
    TooManyRequests,
    WeakPassword,
)
from app.errors.house import (
    AddressInUse,
    ContentRefused,
    CorpusBusy,
    CorpusEmpty,
    CorpusError,
    CorpusMissing,
    FileRefused,
    IndexBusy,
    IndexDamaged,
    IndexMissing,
    IndexStale,
    IndexUnusable,
    InvalidSetting,
    LexiconError,
    LoginExpired,
    LoginRefused,
    ModelError,
    NotKept,
    NotReady,
    PromptError,
    PushRefused,
    QuoteMismatch,
    ReadersBusy,
    StoreUnavailable,
    WechatError,
    WechatOff,
    WechatUnavailable,
)
from app.errors.root import UNSEEN, ZhengwenError, reason_of, shown

__all__ = [
    "UNSEEN",
    "AddressInUse",
    "AnswerNotFound",
    "BlankQuestion",
    "CallNotFound",
    "ClauseNotFound",
    "ContentRefused",
    "CorpusBusy",
    "CorpusEmpty",
    "CorpusError",
    "CorpusMissing",
    "DocumentNotFound",
    "FileRefused",
    "FormExpired",
    "FourEyes",
    "ImportRefused",
    "IndexBusy",
    "IndexDamaged",
    "IndexMissing",
    "IndexStale",
    "IndexUnusable",
    "InvalidDate",
    "InvalidGap",
    "InvalidPerson",
    "InvalidRequest",
    "InvalidSetting",
    "KeyNotFound",
    "KeyRequired",
    "LexiconError",
    "LoginExpired",
    "LoginRefused",
    "ModelError",
    "NotAllowed",
    "NotFound",
    "NotKept",
    "NotReady",
    "OriginNotAllowed",
    "Overloaded",
    "PasswordToChange",
    "PersonNotFound",
    "PromptError",
    "PublicationChanged",
    "PublicationNotFound",
    "PushRefused",
    "QuestionTooLong",
    "QuoteMismatch",
    "ReadersBusy",
    "ReviewedChanged",
    "ReviewedInvalid",
    "ReviewedNotFound",
    "RoleNotAllowed",
    "ScopeNotAllowed",
    "SessionNotFound",
    "SignInRefused",
    "SignInRequired",
    "SiteNotFound",
    "StoreUnavailable",
    "TicketNotFound",
    "TokenExpired",
    "TooManyRequests",
    "WeakPassword",
    "WechatError",
    "WechatOff",
    "WechatUnavailable",
    "ZhengwenError",
    "reason_of",
    "shown",
]
