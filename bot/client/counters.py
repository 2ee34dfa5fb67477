"""Counters since the start of the process, read by the metrics."""

from collections import Counter, deque
from dataclasses import dataclass, field

import discord

REMEMBERED = 1000
"""Interactions remembered to detect a second delivery, which follows the first within seconds."""


@dataclass(slots=True)
class Counters:
    """Counters in memory.

    Attributes:
        interactions: by type, as Discord names them (``application_command``, ``component``, …).
        faults: unforeseen failures; each has an incident number in the log.
    """

    interactions: Counter[str] = field(default_factory=Counter)
    faults: int = 0
    _received: deque[int] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def count(self, kind: discord.InteractionType, interaction_id: int) -> None:
        """Count an interaction."""
        self.interactions[kind.name] += 1
        self._received.append(interaction_id)

    def is_repeated(self, interaction_id: int) -> bool:
        """Return whether Discord has delivered an interaction more than once."""
        return self._received.count(interaction_id) > 1
