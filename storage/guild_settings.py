"""Repository of a server's settings."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from storage.card_channels import move_cards
from storage.cards import touch_open_cards
from storage.columns import value_of
from storage.database import Database, Row, Transaction


class SelfApproval(StrEnum):
    """Policy for an approver's own changes; the service itself allows approving them."""

    ALLOW = "allow"
    WARN = "warn"
    BLOCK = "block"


class Setting(StrEnum):
    """One setting of a server; the value is the column's name."""

    REVIEW_CHANNEL = "review_channel_id"
    ANNOUNCEMENT_CHANNEL = "announcement_channel_id"
    PING_ROLE = "ping_role_id"
    REQUESTOR_ROLE = "requestor_role_id"
    APPROVER_ROLE = "approver_role_id"
    SELF_APPROVAL = "self_approval"
    APPROVALS_REQUIRED = "approvals_required"
    APPROVALS_MOST_USED = "approvals_most_used"
    REMINDER_DAYS = "reminder_days"
    DIGEST = "has_digest"
    THREADS = "has_threads"
    QUIET_FROM = "quiet_from"
    QUIET_UNTIL = "quiet_until"


_ON_CARDS = frozenset({Setting.APPROVALS_REQUIRED, Setting.APPROVALS_MOST_USED, Setting.SELF_APPROVAL})
"""Settings that open cards show: a change redraws them."""


@dataclass(frozen=True, slots=True)
class GuildRow:
    """Row of a server: its settings; an unset id is None.

    Attributes:
        approvals_required: approvals by different accounts before the service is asked, 1 to 5.
        approvals_most_used: the same for changes and deletions of the most used models; None for one more.
        reminder_days: age in days at which a pending change causes a reminder, 0 for never.
        has_digest: a weekly summary chart is posted.
        has_threads: rejections and the like open a thread under the card.
        quiet_from: hour (UTC) from which no role is pinged, None for never; ``quiet_until`` is the hour of its end.
    """

    guild_id: int
    review_channel_id: int | None
    announcement_channel_id: int | None = None
    ping_role_id: int | None = None
    requestor_role_id: int | None = None
    approver_role_id: int | None = None
    self_approval: SelfApproval = SelfApproval.WARN
    approvals_required: int = 1
    reminder_days: int = 7
    has_digest: bool = False
    has_threads: bool = False
    approvals_most_used: int | None = None
    quiet_from: int | None = None
    quiet_until: int | None = None

    @property
    def quiet_length(self) -> timedelta:
        """Length of the quiet hours; zero without them."""
        return timedelta(hours=((self.quiet_until or 0) - (self.quiet_from or 0)) % 24)

    def quiet_since(self, now: datetime) -> datetime | None:
        """Return when the quiet hours that last now began; None outside of them."""
        if self.quiet_from is None or self.quiet_until is None:
            return None
        begins = now.astimezone(UTC).replace(hour=self.quiet_from, minute=0, second=0, microsecond=0)
        begins = begins if begins <= now else begins - timedelta(days=1)
        return begins if now < begins + self.quiet_length else None


@dataclass(frozen=True, slots=True)
class ReviewingGuild(GuildRow):
    """Settings of a server that has a review channel."""

    review_channel_id: int


class GuildSettings:
    """Repository of server settings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, guild_id: int) -> GuildRow:
        """Return the server's settings, with defaults for unset ones."""
        row = await self._database.read_one("SELECT * FROM guild WHERE guild_id = ?", (guild_id,))
        return GuildRow(guild_id, None) if row is None else _setting(GuildRow, row)

    async def all_with_review_channel(self) -> list[ReviewingGuild]:
        """Return the settings of servers with a review channel."""
        rows = await self._database.read("SELECT * FROM guild WHERE review_channel_id IS NOT NULL ORDER BY guild_id")
        return [_setting(ReviewingGuild, row) for row in rows]

    async def all_with_synced_roles(self) -> list[GuildRow]:
        """Return the settings of servers that give Discord roles for queue roles."""
        rows = await self._database.read(
            "SELECT * FROM guild WHERE requestor_role_id IS NOT NULL OR approver_role_id IS NOT NULL ORDER BY guild_id"
        )
        return [_setting(GuildRow, row) for row in rows]

    async def set_review_channel(self, guild_id: int, channel_id: int | None) -> None:
        """Set the review channel, or unset it with None, and move the cards of open changes there.

        Cards in a former channel become stubs that link the new ones; with None they stay as they are.
        """

        def write(transaction: Transaction) -> None:
            transaction.execute(
                "INSERT INTO guild (guild_id, review_channel_id) VALUES (?, ?) "
                "ON CONFLICT (guild_id) DO UPDATE SET review_channel_id = excluded.review_channel_id",
                (guild_id, channel_id),
            )
            move_cards(transaction, guild_id, channel_id)

        await self._database.transaction(write)

    async def set_quiet_hours(self, guild_id: int, begin: int | None, end: int | None) -> None:
        """Set both hours (UTC) of the quiet hours at once; None and None for no quiet hours."""
        await self._database.execute(
            "INSERT INTO guild (guild_id, quiet_from, quiet_until) VALUES (?, ?, ?) ON CONFLICT (guild_id) "
            "DO UPDATE SET quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until",
            (guild_id, begin, end),
        )

    async def set(self, guild_id: int, setting: Setting, value: int | str | None) -> None:
        """Change one setting; None unsets it. Cards that show it are marked for redrawing."""
        column = setting.value
        put = (
            f"INSERT INTO guild (guild_id, {column}) VALUES (?, ?) "  # noqa: S608 - a name from the enum above
            f"ON CONFLICT (guild_id) DO UPDATE SET {column} = excluded.{column}"
        )

        def write(transaction: Transaction) -> None:
            transaction.execute(put, (guild_id, value))
            if setting in _ON_CARDS:
                touch_open_cards(transaction, guild_id)

        await self._database.transaction(write)


def _setting[T: GuildRow](shape: type[T], row: Row) -> T:
    return value_of(
        shape,
        row,
        self_approval=SelfApproval(row["self_approval"]),
        has_digest=bool(row["has_digest"]),
        has_threads=bool(row["has_threads"]),
    )
