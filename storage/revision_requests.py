"""Repository of requests for changes, from approvers to a pending change's requestor."""

from dataclasses import asdict, dataclass
from datetime import datetime

from storage.columns import from_stamp, to_stamp, value_of
from storage.database import Database, Row, Transaction
from storage.notices import About, NoticeKey, add_notices
from storage.thread_posts import ThreadPost, add_thread_posts

ASKED = "asked"
"""Status of the direct message that tells a requestor."""

_ADD = """
INSERT INTO revision_request (change_id, digest, user_id, horde_user_id, horde_username, words, asked_at)
VALUES (:change_id, :digest, :user_id, :horde_user_id, :horde_username, :words, :asked_at) RETURNING request_id
"""

_END = """
DELETE FROM revision_request WHERE NOT EXISTS (
    SELECT 1 FROM tracked_change WHERE tracked_change.change_id = revision_request.change_id
    AND status = 'pending' AND tracked_change.digest = revision_request.digest)
"""


@dataclass(frozen=True, slots=True)
class RevisionRequest:
    """One approver's request.

    Attributes:
        digest: digest of the content that was read; other content is not meant.
        words: as typed, without credentials.
        request_id: 0 for one that is not stored yet.
    """

    change_id: int
    digest: str
    user_id: int
    horde_user_id: str
    horde_username: str
    words: str
    asked_at: datetime
    request_id: int = 0


class RevisionRequests:
    """Repository of requests; each approver has one for each change."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, request: RevisionRequest, post: ThreadPost, recipient: int | None) -> None:
        """Store a request in place of the approver's earlier one, with its messages.

        The change must be tracked. ``recipient`` is the requestor to tell directly (Discord id), None for no one.
        """
        values = {**asdict(request), "asked_at": to_stamp(request.asked_at)}

        def write(transaction: Transaction) -> None:
            transaction.execute(
                "DELETE FROM revision_request WHERE change_id = ? AND horde_user_id = ?",
                (request.change_id, request.horde_user_id),
            )
            request_id = transaction.execute(_ADD, values).fetchone()["request_id"]
            if recipient is not None:
                add_notices(transaction, [NoticeKey(recipient, request_id, ASKED, About.REQUEST)], request.asked_at)
            add_thread_posts(transaction, [post], request.asked_at)

        await self._database.transaction(write)

    async def get(self, request_id: int) -> RevisionRequest | None:
        """Return a request, or None if it was replaced or has ended."""
        row = await self._database.read_one("SELECT * FROM revision_request WHERE request_id = ?", (request_id,))
        return None if row is None else _request(row)

    async def of(self, change_id: int, digest: str) -> list[RevisionRequest]:
        """Return the requests about a change with this content, newest first."""
        rows = await self._database.read(
            "SELECT * FROM revision_request WHERE change_id = ? AND digest = ? ORDER BY request_id DESC",
            (change_id, digest),
        )
        return [_request(row) for row in rows]

    async def drop_ended(self) -> None:
        """Delete requests whose change was decided or has another content."""
        await self._database.execute(_END)


def _request(row: Row) -> RevisionRequest:
    return value_of(RevisionRequest, row, asked_at=from_stamp(row["asked_at"]))
