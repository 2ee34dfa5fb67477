"""Posts in channels and threads, drawn from the facts of their deliveries."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.services.models.verification import Verification
from bot.services.notifications.deliveries import Delivery, DeliveryKind
from bot.services.notifications.digest import Digest
from bot.ui.components import Card, Markup
from bot.ui.glyphs import Theme
from bot.ui.notices.charts import statistics_picture
from bot.ui.notices.digest import digest
from bot.ui.notices.notices import (
    burst_notice,
    outage_end_notice,
    outage_notice,
    past_outage_notice,
    quiet_hours_notice,
    read_only_notice,
    readable_queue_notice,
    refused_channel_notice,
    reminder,
    stub_notice,
    unreadable_queue_notice,
)
from bot.ui.notices.thread_posts import announcement, thread_post
from bot.ui.review.batches import outcome_post
from bot.ui.verification import verification_view


def picture_of(post: Delivery) -> bytes | None:
    """Return a post's PNG, or None. Slow: call it in a thread."""
    return statistics_picture(Digest.of(post.facts).statistics) if post.kind is DeliveryKind.DIGEST else None


def post_view(post: Delivery, theme: Theme, picture: bytes | None = None) -> Card:  # noqa: C901 - a table of kinds
    """Draw a post with the picture from :func:`picture_of`; raises ``ValueError`` for others."""
    facts = post.facts
    match post.kind:
        case DeliveryKind.DIGEST if picture is not None:
            return digest(Digest.of(facts), picture)
        case DeliveryKind.OUTAGE:
            view = _outage(facts)
        case DeliveryKind.STUB:
            view = stub_notice(**facts)
        case DeliveryKind.BURST:
            view = _burst(facts, theme)
        case DeliveryKind.OUTCOME:
            view = outcome_post(post, theme)
        case DeliveryKind.REFUSAL:
            view = refused_channel_notice(facts["channel_id"], theme)
        case DeliveryKind.REMINDER if "refuted" in facts:
            view = verification_view(Verification.of(facts), theme, is_weekly=True)
        case DeliveryKind.REMINDER:
            view = reminder(facts, theme)
        case DeliveryKind.THREAD:
            view = thread_post(facts, theme)
        case DeliveryKind.ANNOUNCEMENT:
            view = announcement(facts, post.guild_id or 0, theme)
        case _:
            raise ValueError(post.kind)
    return Card(view)


def _outage(facts: Mapping[str, Any]) -> Markup:
    """Draw a post about an outage.

    Facts: ``since`` and ``until`` (Unix seconds, None while it lasts), ``is_read_only``, ``came_in``; ``blind`` where
    only the bot could not read the queue; ``is_back`` for the message that follows the outage.
    """
    since, until, blind = datetime.fromtimestamp(facts["since"], UTC), facts["until"], facts.get("blind")
    if until is None and blind is not None:
        return unreadable_queue_notice(since, blind)
    if until is None:
        return read_only_notice(since) if facts["is_read_only"] else outage_notice(since)
    ended = datetime.fromtimestamp(until, UTC)
    if not facts.get("is_back"):
        return past_outage_notice(since, ended, is_blind=blind is not None)
    return (outage_end_notice if blind is None else readable_queue_notice)(since, ended, facts["came_in"])


def _burst(facts: Mapping[str, Any], theme: Theme) -> Markup:
    """Draw a post about more changes than cards.

    Facts: ``count`` changes came in at once (``has_come_in``) or were open; ``carded`` of them have a card. Or
    ``quiet`` changes came in during quiet hours; ``ping_role`` is mentioned now.
    """
    if "quiet" in facts:
        return quiet_hours_notice(facts["quiet"], facts["ping_role"], theme)
    return burst_notice(facts["count"], facts["carded"], theme, has_come_in=facts["has_come_in"])
