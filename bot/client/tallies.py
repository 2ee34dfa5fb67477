"""How often people did what since the start; counted in memory, read by the operator's measures."""

from collections import Counter
from dataclasses import dataclass, field

import discord


@dataclass(slots=True)
class Tallies:
    """Counts since the process began.

    Attributes:
        interactions: by kind, as Discord names them (``application_command``, ``component``, …).
        faults: failures that nobody foresaw, each with an incident's number in the log.
    """

    interactions: Counter[str] = field(default_factory=Counter)
    faults: int = 0

    def count(self, kind: discord.InteractionType) -> None:
        """One more of this kind."""
        self.interactions[kind.name] += 1
