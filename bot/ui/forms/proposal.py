"""The forms of a proposal: to begin one, and to change its basics."""

from collections.abc import Mapping, Sequence
from typing import Any, override

from bot.services.forms_input import BasicsAnswers
from bot.ui.forms.base import Form, OnDone, OnFailed


class BasicsForm(Form[BasicsAnswers]):
    """*Propose an image model* and its kin; with ``record`` prefilled it is the *Basics* form of a draft.

    The answers go through ``bot.services.forms_input.basics_revision``.
    """

    def __init__(
        self,
        category: str,
        on_done: OnDone[BasicsAnswers],
        on_failed: OnFailed,
        *,
        baselines: Sequence[str] = (),
        record: Mapping[str, Any] | None = None,
        name: str = "",
        with_files: bool = True,
    ) -> None:
        super().__init__("Propose a model", on_done, on_failed)

    @override
    def values(self) -> BasicsAnswers:
        raise NotImplementedError
