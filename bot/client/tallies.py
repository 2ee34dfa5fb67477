"""How often people did what since the start; counted in memory, read by the operator's measures."""

from collections import Counter, deque
from dataclasses import dataclass, field

import discord

REMEMBERED = 1000
"""Interactions of which it is known whether they arrived twice; a second delivery follows the first within seconds."""


@dataclass(slots=True)
class Tallies:
    """Counts since the process began.

    Attributes:
        interactions: by kind, as Discord names them (``application_command``, ``component``, …).
        faults: failures that nobody foresaw, each with an incident's number in the log.
    """

    interactions: Counter[str] = field(default_factory=Counter)
    faults: int = 0
    _arrived: deque[int] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def count(self, kind: discord.InteractionType, interaction_id: int) -> None:
        """One more of this kind."""
        self.interactions[kind.name] += 1
        self._arrived.append(interaction_id)

    def is_repeated(self, interaction_id: int) -> bool:
        """Whether Discord has delivered an interaction more than once."""
        return self._arrived.count(interaction_id) > 1
