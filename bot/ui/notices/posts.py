"""Posts in channels and threads, drawn from the facts of their deliveries."""

from datetime import UTC, datetime

from bot.services.links.verification import Verification
from bot.services.notifications.deliveries import Delivery, DeliveryKind
from bot.services.notifications.digest import Digest
from bot.ui.components import Card
from bot.ui.glyphs import Theme
from bot.ui.notices.charts import statistics_picture
from bot.ui.notices.digest import digest
from bot.ui.notices.notices import (
    away_notice,
    back_notice,
    blind_notice,
    burst_notice,
    over_notice,
    quiet_notice,
    read_only_notice,
    refused_notice,
    seeing_notice,
    stub_notice,
)
from bot.ui.notices.reminder import reminder
from bot.ui.notices.thread_posts import change_post
from bot.ui.review.batches import outcome_post
from bot.ui.verification import verification_view


def picture_of(post: Delivery) -> bytes | None:
    """Return the PNG that a post shows; None for one without. Takes a while: call it in a thread."""
    return statistics_picture(Digest.of(post.facts).statistics) if post.kind is DeliveryKind.DIGEST else None


def post_view(post: Delivery, theme: Theme, picture: bytes | None = None) -> Card:
    """Draw a post, files included.

    Args:
        post: its delivery.
        theme: glyphs and commands of this application.
        picture: from :func:`picture_of`.

    Raises:
        ValueError: the kind is not a post.
    """
    match post.kind:
        case DeliveryKind.OUTAGE:
            return _outage(post)
        case DeliveryKind.STUB | DeliveryKind.BURST:
            return _burst(post, theme) if post.kind is DeliveryKind.BURST else Card(stub_notice(**post.facts))
        case DeliveryKind.OUTCOME | DeliveryKind.REFUSAL:
            is_outcome = post.kind is DeliveryKind.OUTCOME
            return Card(outcome_post(post, theme) if is_outcome else refused_notice(post.facts["channel_id"], theme))
        case DeliveryKind.REMINDER:
            return _reminder(post, theme)
        case DeliveryKind.DIGEST if picture is not None:
            return digest(Digest.of(post.facts), picture)
        case DeliveryKind.THREAD | DeliveryKind.ANNOUNCEMENT:
            return Card(change_post(post, theme))
        case _:
            raise ValueError(post.kind)


def _reminder(post: Delivery, theme: Theme) -> Card:
    """Draw a reminder of waiting changes, or of live models that their hosts refute."""
    if "refuted" in post.facts:
        return Card(verification_view(Verification.of(post.facts), theme, is_weekly=True))
    return reminder(post.facts, theme)


def _outage(post: Delivery) -> Card:
    """Draw a post about an outage.

    Facts: ``since`` and ``until`` (Unix seconds, None while it lasts), ``is_read_only``, ``came_in``; ``blind`` where
    only the bot could not read the queue; ``is_back`` for the message that follows the outage.
    """
    facts = post.facts
    since, until, blind = datetime.fromtimestamp(facts["since"], UTC), facts["until"], facts.get("blind")
    if until is None and blind is not None:
        return Card(blind_notice(since, blind))
    if until is None:
        return Card(read_only_notice(since) if facts["is_read_only"] else away_notice(since))
    ended = datetime.fromtimestamp(until, UTC)
    if not facts.get("is_back"):
        return Card(over_notice(since, ended, is_blind=blind is not None))
    return Card((back_notice if blind is None else seeing_notice)(since, ended, facts["came_in"]))


def _burst(post: Delivery, theme: Theme) -> Card:
    """Draw a post about more changes than cards.

    Facts: ``count`` changes came in at once (``has_come_in``) or were open; ``carded`` of them have a card. Or
    ``quiet`` changes came in during quiet hours; ``ping_role`` is mentioned now.
    """
    facts = post.facts
    if "quiet" in facts:
        return Card(quiet_notice(facts["quiet"], facts["ping_role"], theme))
    return Card(burst_notice(facts["count"], facts["carded"], theme, has_come_in=facts["has_come_in"]))
