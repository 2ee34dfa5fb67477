"""The form that asks for an AI-Horde key."""

from typing import override

from pydantic import SecretStr

from bot.ui.forms.base import Form, OnDone, OnFailed


class LinkForm(Form[SecretStr]):
    """*Link your AI-Horde account*: one field, never prefilled."""

    def __init__(self, on_done: OnDone[SecretStr], on_failed: OnFailed) -> None:
        super().__init__("Link your AI-Horde account", on_done, on_failed)

    @override
    def values(self) -> SecretStr:
        raise NotImplementedError
