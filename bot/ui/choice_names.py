"""Names of the service's values in people's words; a value without one is shown as it is."""

from collections.abc import Mapping
from typing import Final

from bot.services.forms.value_names import CATEGORIES as CATEGORIES  # noqa: PLC0414 - the choices of commands
from bot.services.forms.value_names import VALUES
from bot.ui.text import NAME_TITLE, code, plain

_STATUSES: Final[Mapping[str, str]] = {
    "pending": "waits for an approver",
    "approved": "not live yet",
    "applying": "on its way to live",
    "applied": "live",
}


def status_choice(status: str) -> str:
    """Return a status with its meaning: ``Approved (not live yet)``."""
    meaning = _STATUSES.get(status)
    return f"{status.capitalize()} ({meaning})" if meaning else status.capitalize()


def category_name(category: str) -> str:
    """Return the name of a category; an unknown one as it is."""
    return CATEGORIES.get(category, category)


def category_words(category: str) -> str:
    """Return the name of a category for a message; an unknown one escaped and cut."""
    return CATEGORIES.get(category) or plain(category, NAME_TITLE)


def value_words(value: str, cap: int) -> str:
    """Return a value of a menu for a message; as code where it has no other name than itself."""
    label, _ = option_words(value)
    return code(value, cap) if label == value else plain(label, cap)


def option_words(value: str) -> tuple[str, str | None]:
    """Return label and description of an option; the service's value stands in the description."""
    if value in VALUES:
        label, hint = VALUES[value]
        return label, f"{value} · {hint}" if hint else value
    if value.islower() and value.replace("_", "").isalnum():
        words = value.replace("_", " ")
        is_word = words.split(" ")[0].isalpha()  # fp16 stays as it is
        label = words[:1].upper() + words[1:] if is_word else words
        return label, value if "_" in value else None
    return value, None
