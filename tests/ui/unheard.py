"""Form handler that accepts every submit and records errors only."""

from typing import Any


class Unheard:
    """Lets every submit in; keeps what failed, and does nothing with what was typed."""

    def __init__(self) -> None:
        self.failures: list[Exception] = []

    def check_access(self, interaction: Any) -> None:
        """Let it in."""

    async def __call__(self, _: Any, told: Any) -> None:
        """Hear what was typed, or what failed."""
        if isinstance(told, Exception):
            self.failures.append(told)


nothing = Unheard()
