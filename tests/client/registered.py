"""Classes that the bot registered for presses, and the forms that it opens."""

from collections.abc import Iterator
from typing import Any

from discord import ui

from tests.harness.simulation import Simulation


def served(simulation: Simulation) -> dict[str, type[ui.DynamicItem[ui.Item[ui.LayoutView]]]]:
    """Return the registered classes by the template that they serve."""
    items = simulation.bot._connection._view_store._dynamic_items
    return {pattern.pattern: kind for pattern, kind in items.items()}


def forms(kind: type[Any]) -> Iterator[str]:
    """Return the names of the classes of forms that are opened."""
    for child in kind.__subclasses__():
        yield from forms(child) if child.__subclasses__() else (child.__name__,)
