"""What the bot says in channels besides cards: each kind of post, drawn from its facts."""

from datetime import UTC, datetime

from bot.services.notifications.channel_posts import DuePost, PostKind
from bot.services.notifications.digest import Digest
from bot.ui.components import Card
from bot.ui.glyphs import Theme
from bot.ui.notices.charts import statistics_picture
from bot.ui.notices.digest import digest
from bot.ui.notices.notices import away_notice, back_notice, flood_notice, read_only_notice, refused_notice
from bot.ui.notices.reminder import reminder
from bot.ui.notices.thread_posts import change_post
from bot.ui.review.batches import outcome_post


def picture_of(post: DuePost) -> bytes | None:
    """The picture that a post shows, ``None`` for one without. Call it in a thread: it takes a while."""
    return statistics_picture(Digest.of(post.facts).told) if post.kind is PostKind.DIGEST else None


def post_view(post: DuePost, theme: Theme, picture: bytes | None = None) -> Card:
    """Draw a post: what is shown, and the files sent along.

    Args:
        post: what is due.
        theme: what a drawing needs of this application.
        picture: from :func:`picture_of`.

    Raises:
        ValueError: nobody draws this kind.
    """
    match post.kind:
        case PostKind.OUTAGE:
            return _outage(post)
        case PostKind.BURST:
            return _burst(post, theme)
        case PostKind.OUTCOME | PostKind.REFUSAL:
            is_outcome = post.kind is PostKind.OUTCOME
            return Card(outcome_post(post, theme) if is_outcome else refused_notice(post.facts["channel_id"], theme))
        case PostKind.REMINDER:
            return reminder(post.facts, theme)
        case PostKind.DIGEST if picture is not None:
            return digest(Digest.of(post.facts), picture)
        case PostKind.THREAD | PostKind.ANNOUNCEMENT:
            return Card(change_post(post, theme))
        case _:
            raise ValueError(post.kind)


def _outage(post: DuePost) -> Card:
    """Facts: ``since`` and ``until`` (Unix seconds, None while it lasts), ``is_read_only``, ``came_in``."""
    since, until = datetime.fromtimestamp(post.facts["since"], UTC), post.facts["until"]
    if until is not None:
        return Card(back_notice(since, datetime.fromtimestamp(until, UTC), post.facts["came_in"]))
    return Card(read_only_notice(since) if post.facts["is_read_only"] else away_notice(since))


def _burst(post: DuePost, theme: Theme) -> Card:
    """Facts: ``count`` changes that came in at once (``has_come_in``) or were open, of which ``carded`` have a card."""
    facts = post.facts
    return Card(flood_notice(facts["count"], facts["carded"], theme, has_come_in=facts["has_come_in"]))
