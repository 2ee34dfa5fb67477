"""Selections of several changes, each bound to the content that was shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.services.errors import SelectionGoneError
from bot.services.review.outcomes import BATCH_MAX, ButtonPress
from storage.selections import Selection, Selections, SelectionVerb, Target

LIFETIME = timedelta(days=7)


@dataclass(slots=True)
class SelectionService:
    """Stores what a person chose, under an id for buttons."""

    selections: Selections
    clock: Callable[[], datetime]
    _recent: dict[int, Selection] = field(default_factory=dict)

    async def add(self, user_id: int, verb: SelectionVerb, targets: Sequence[Target]) -> int:
        """Store a selection and return its id; each change once, at most as many as one batch takes."""
        chosen = list(dict.fromkeys(targets))[:BATCH_MAX]
        selection = await self.selections.add(user_id, verb, chosen, self.clock())
        self._recent[selection.selection_id] = selection
        return selection.selection_id

    async def get(self, user_id: int, selection_id: int) -> tuple[Target, ...]:
        """Return the chosen changes in order.

        Raises:
            SelectionGoneError: it has expired, or another person chose it.
        """
        known = self._recent.get(selection_id) or await self.selections.get(selection_id, user_id)
        if known is None or known.user_id != user_id:
            raise SelectionGoneError
        return known.chosen

    async def targets_of(self, press: ButtonPress) -> tuple[Target, ...]:
        """Return the changes that a press is about; raises as :meth:`get`."""
        if press.selection_id is None:
            return tuple(dict.fromkeys(press.targets))[:BATCH_MAX]
        return await self.get(press.user_id, press.selection_id)

    async def expire(self) -> None:
        """Delete selections that are too old to be used."""
        limit = self.clock() - LIFETIME
        self._recent = {number: one for number, one in self._recent.items() if one.created_at >= limit}
        await self.selections.drop_before(limit)
