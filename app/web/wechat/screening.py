"""WeChat's content check of what people write, and what follows from it."""

import logging
from collections.abc import Callable, Mapping
from typing import Literal

from app.errors import ContentRefused, StoreUnavailable
from app.settings import Policy, Settings
from app.store import Check, WechatRecords
from app.web.wechat.client import CallError, Client, Verdict, with_token
from app.web.wechat.logins import Person

log = logging.getLogger("zhengwen.wechat")

Finding = Literal["pass", "review", "risky", "unavailable"]
_SENTENCES = {
    "risky": "这句话没有通过微信的内容检查，请换一种说法再问。",
    "review": "这句话没有通过微信的内容检查，请换一种说法再问。",
    "unavailable": "内容检查暂时不能使用，请稍后再问。",
}


class Screening:
    """Has a text checked and applies the policy of the settings.

    The default answers when the check is away: answers are policy text word for word, whatever was asked.
    """

    def __init__(
        self, client: Client, token: Callable[[str | None], str], records: WechatRecords, settings: Settings
    ) -> None:
        self._client, self._token, self._records = client, token, records
        self._policies: Mapping[str, Policy] = {
            "pass": "answer",
            "review": settings.wechat_review,
            "risky": settings.wechat_risky,
            "unavailable": settings.wechat_unavailable,
        }

    def screen(self, person: Person, text: str) -> None:
        """Raise `ContentRefused` where the policy says not to answer. The check is kept, the text is not."""
        verdict = self._verdict(person, text)
        policy = self._policies[verdict.suggest]
        self._keep(Check(person.id, verdict.suggest, verdict.label, verdict.trace_id, policy))
        if policy != "answer":
            log.warning(
                "content check: %s (label %s, trace %s): %s",
                verdict.suggest,
                verdict.label,
                verdict.trace_id,
                policy,
            )
        if policy == "refuse":
            raise ContentRefused(_SENTENCES[verdict.suggest])

    def _verdict(self, person: Person, text: str) -> Verdict:
        try:
            return with_token(self._token, lambda token: self._client.check_text(token, person.openid, text))
        except CallError as failed:
            log.warning("the content check is unavailable: %s", failed)
            return Verdict("unavailable", failed.code, None)

    def _keep(self, check: Check) -> None:
        try:
            self._records.record_check(check)
        except StoreUnavailable:
            log.warning("a content check (%s, trace %s) could not be kept", check.suggest, check.trace_id)
