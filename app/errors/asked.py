"""What whoever asks can put right: the request, a name that is not there, a permission, a limit."""

from app.errors.root import ZhengwenError


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


class InvalidGap(InvalidRequest):
    """A change of a gap ticket that cannot be: an empty note, a split that leaves nothing."""

    code = "invalid_gap"


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


class PublicationNotFound(NotFound):
    """No change of what is published has that id."""

    code = "publication_not_found"


class PersonNotFound(NotFound):
    """Nobody of that id or account works at the console."""

    code = "person_not_found"


class TicketNotFound(NotFound):
    """No gap ticket of that id, or none that whoever asks may see."""

    code = "ticket_not_found"


class CallNotFound(NotFound):
    """No call of that id, or not one that whoever asks may see or change."""

    code = "call_not_found"


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


class PasswordToChange(NotAllowed):
    """The password is one that somebody else has set; nothing else can be done before it is changed."""

    code = "password_to_change"


class FormExpired(NotAllowed):
    """A form that does not carry the token of its session, or that another site sent."""

    code = "form_expired"


class FourEyes(NotAllowed):
    """Whoever wrote a reviewed answer may not approve it."""

    code = "four_eyes"


class PublicationChanged(ZhengwenError):
    """A file that was to be published is being published, or has been, or is not wanted any more."""

    code = "publication_changed"


class ReviewedChanged(ZhengwenError):
    """A reviewed answer is no longer as the person saw it; nothing was done."""

    code = "reviewed_changed"


class TooManyRequests(ZhengwenError):
    """A limit is used up; `seconds` says when it is worth trying again."""

    code = "too_many_requests"

    def __init__(self, sentence: str, seconds: int = 60) -> None:
        super().__init__(sentence)
        self.seconds = seconds


class Overloaded(ZhengwenError):
    """More is asked for than can be answered in time; nothing was begun, and `seconds` says when to try again."""

    code = "overloaded"

    def __init__(self, sentence: str, seconds: int = 5) -> None:
        super().__init__(sentence)
        self.seconds = seconds
