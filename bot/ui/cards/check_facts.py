"""Facts of a check, ready for its sentence."""

from collections.abc import Mapping

from bot.services.changes import MessageLink
from bot.services.checks import Check
from bot.ui.choice_names import category_words
from bot.ui.proposals.sections import page_name
from bot.ui.text import FILE_NAME, NAME_LIST, code, plain

VALUE = 120
"""Characters of an address or value in a sentence."""


class CheckFacts:
    """Facts of a check, escaped and cut for its sentence."""

    def __init__(self, check: Check, *, is_draft: bool, cards: Mapping[int, MessageLink] | None = None) -> None:
        self._facts = check.facts
        self.cards = cards or {}
        self.edit = f" Edit *{page_name(check.section, check.page)}*" if is_draft and check.section else ""
        self.is_draft = is_draft

    def code(self, key: str, cap: int = FILE_NAME) -> str:
        """Return a fact as code."""
        return code(str(self._facts.get(key, "")), cap)

    @property
    def category(self) -> str:
        """Return the name of a category."""
        return category_words(str(self._facts.get("category", "")))

    def plain(self, key: str, cap: int = NAME_LIST) -> str:
        """Return a fact as prose."""
        return plain(str(self._facts.get(key, "")), cap)

    def lines(self, key: str) -> list[str]:
        """Return the lines of a fact."""
        return str(self._facts.get(key, "")).splitlines()

    def count(self, key: str) -> int:
        """Return a number, 0 without one."""
        return int(self._facts.get(key, 0))

    def has(self, key: str) -> bool:
        """Return whether a fact is neither absent nor empty."""
        return bool(self._facts.get(key))

    @property
    def instead(self) -> str:
        """Return the sentence with the corrected value, empty without one."""
        return f" Correct: {self.code('corrected', VALUE)}." if self.has("corrected") else ""

    @property
    def end(self) -> str:
        """Return the sentence that names the form, empty on a card."""
        return f"{self.edit}." if self.edit else ""
