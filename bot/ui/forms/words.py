"""The forms that ask for words: why a change is proposed, why one is rejected."""

from typing import override

from bot.services.changes import ChangeFacts
from bot.services.forms_input import RejectAnswers
from bot.ui.forms.base import Form, OnDone, OnFailed


class WhyForm(Form[str]):
    """*Why*: one paragraph of 500 characters."""

    def __init__(self, why: str, on_done: OnDone[str], on_failed: OnFailed) -> None:
        super().__init__("Why", on_done, on_failed)

    @override
    def values(self) -> str:
        raise NotImplementedError


class RejectForm(Form[RejectAnswers]):
    """*Reject #42*: a canned reason and words; goes through ``bot.services.forms_input.reject_reason``.

    A form must be the first answer to a press, so the change may not have been read yet: ``facts`` is ``None`` then.
    """

    def __init__(
        self,
        change_id: int,
        on_done: OnDone[RejectAnswers],
        on_failed: OnFailed,
        *,
        facts: ChangeFacts | None = None,
    ) -> None:
        super().__init__(f"Reject #{change_id}", on_done, on_failed)

    @override
    def values(self) -> RejectAnswers:
        raise NotImplementedError
