"""Latest drawing of each draft and message, which a late answer must not overwrite."""

from typing import Final

DRAWINGS_MAX: Final = 2000
"""Drawings remembered; the oldest are forgotten first."""


class Drawings:
    """Latest drawings by the id of a draft or message, in memory."""

    def __init__(self) -> None:
        self._latest: dict[int, object] = {}

    def note_drawn(self, drawn_id: int) -> object:
        """Return a token of a draft's card or a message just drawn; its earlier tokens are outdated."""
        self._latest.pop(drawn_id, None)
        while len(self._latest) >= DRAWINGS_MAX:
            del self._latest[next(iter(self._latest))]
        token = self._latest[drawn_id] = object()
        return token

    def is_latest(self, drawn_id: int, token: object) -> bool:
        """Return whether nothing was drawn for this draft or message since the token was returned."""
        return self._latest.get(drawn_id) is token

    def note_replaced(self, drawn_id: int) -> None:
        """Outdate the tokens of a draft or message: something else is shown in its place."""
        self._latest.pop(drawn_id, None)
