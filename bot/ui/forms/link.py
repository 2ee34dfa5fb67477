"""Form that asks for an AI-Horde key."""

from typing import override

from discord import ui
from pydantic import SecretStr

from bot.ui.forms.base import SECRET_FORM, Form, OnDone, OnFailed, short

KEY_LENGTH_MIN = 10
KEY_LENGTH_MAX = 64
EXPLANATION = (
    "Discord shows that warning on every form. This form does ask for a key: it is stored encrypted and used only for "
    "what *you* press or type. The operator of this bot could read it. `/account unlink` deletes it."
)


class LinkForm(Form):
    """*Link your AI-Horde account*: one field, never prefilled."""

    def __init__(self, on_done: OnDone[SecretStr], on_failed: OnFailed) -> None:
        super().__init__("Link your AI-Horde account", on_done, on_failed)
        self.name_as(SECRET_FORM)
        self.add_item(ui.TextDisplay(EXPLANATION))
        self._key = self.ask(
            "AI-Horde API key",
            short(placeholder="From aihorde.net/register", min_length=KEY_LENGTH_MIN, max_length=KEY_LENGTH_MAX),
            "Not the anonymous key 0000000000, not a shared key.",
        )

    @override
    def values(self) -> SecretStr:
        return SecretStr(self._key.value)
