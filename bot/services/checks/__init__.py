"""Content checks of a record: pure functions, the same on a draft and on a change's card."""

from bot.services.checks.checked_record import CheckedRecord
from bot.services.checks.results import Check, CheckCode, Verdict, has_fail, with_fix
from bot.services.forms.fields import Section

__all__ = ["Check", "CheckCode", "CheckedRecord", "Section", "Verdict", "has_fail", "with_fix"]
