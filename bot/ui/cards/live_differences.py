"""Texts about an applied change whose live record is not as approved."""

from collections.abc import Sequence

from bot.reference.models import Operation
from bot.ui.labels import label

FIELDS_NAMED = 8


def difference_lines(operation: Operation, category: str, fields: Sequence[str]) -> tuple[str, str]:
    """Return what differs, and what to do.

    Args:
        operation: of the change.
        category: of the model.
        fields: paths that differ; empty where the whole model does.
    """
    return difference_sentence(operation, fields), f"**Now:** {_remedy(category)}"


def difference_sentence(operation: Operation, fields: Sequence[str]) -> str:
    """Return what differs between the live reference and the approved change."""
    if operation is Operation.DELETE:
        return "**Still live:** the service says that this was applied, and the record is still there."
    if not fields:
        return "**Not live:** the service says that this was applied, and no live model has this name."
    names = list(dict.fromkeys(label(path) for path in fields))
    more = f" +{len(names) - FIELDS_NAMED}" if len(names) > FIELDS_NAMED else ""
    return f"**Not live as approved:** {', '.join(names[:FIELDS_NAMED])}{more}."


def _remedy(category: str) -> str:
    if category == "text_generation":
        return (
            "tell the service's operator. A text model that stands twice in `models.csv` is changed in one row and "
            "read from the other."
        )
    return "compare the live record, and propose a correction. If it fails again, tell the service's operator."
