"""Title of the service's batch that names every approver of a change; pure."""

from collections.abc import Sequence

from bot.reference.models import PendingChange

TITLE_LENGTH_MAX = 120
"""Characters of a batch's title: the service's limit."""

_BEGINNING = "Approved by "
_SEPARATOR = ", "


def approval_title(names: Sequence[str]) -> str:
    """Return a title with the Horde names of all approvers, as many as fit."""
    kept = list(names)
    while len(title := f"{_BEGINNING}{_SEPARATOR.join(kept)}") > TITLE_LENGTH_MAX and len(kept) > 1:
        kept.pop()
    return title[:TITLE_LENGTH_MAX]


def approvers_in(change: PendingChange) -> tuple[str, ...]:
    """Return the Horde names that the title of a change's batch lists; empty for any other title."""
    title = change.batch_title or ""
    return tuple(title.removeprefix(_BEGINNING).split(_SEPARATOR)) if title.startswith(_BEGINNING) else ()
