"""Subscriptions: answers of ``/subscribe`` and of *Mute* in a direct message."""

from collections.abc import Sequence

from bot.services.notifications.following import Followed, Follows
from bot.ui.choice_names import category_name, category_words
from bot.ui.components import Accent, Markup, Sheet, short_message
from bot.ui.glyphs import Theme
from bot.ui.text import NAME_LIST, REQUESTOR, as_label, cut, plain, relative

_OPTION_NAME = 60


def subscription_words(followed: Followed) -> str:
    """Return a followed category, model or requestor in words."""
    match followed.kind:
        case "model":
            name = plain(followed.name, NAME_LIST) or "No name"
            return f"**{name}** · {category_words(followed.category)}"
        case "requestor":
            return f"requestor **{plain(followed.name, REQUESTOR)}**"
        case _:
            return f"category **{category_words(followed.category)}**"


def subscription_option(followed: Followed) -> str:
    """Return the label of a subscription in autocompletion, without markup."""
    match followed.kind:
        case "model":
            name = cut(followed.name, _OPTION_NAME) or "No name"
            return as_label(f"{name} · {category_name(followed.category)}", name=name)
        case "requestor":
            return as_label(f"requestor {followed.name}")
        case _:
            return as_label(f"category {category_name(followed.category)}")


def subscription_added(follows: Follows, theme: Theme) -> Markup:
    """Confirm a subscription."""
    already = "" if follows.is_new else " already"
    return short_message(
        Accent.SLATE,
        f"## Followed{already}",
        f"You follow {subscription_words(follows.followed)}.",
        "You get a direct message for each such change and decision, except your own.",
        f"-# {follows.count} of {follows.limit} · {theme.command('subscribe remove')} or *Mute* ends it",
    )


def subscription_list(followed: Sequence[Followed], theme: Theme) -> Markup:
    """List the subscriptions of a person."""
    if not followed:
        return short_message(
            Accent.SLATE,
            "## You follow nothing",
            f"{theme.command('subscribe add')} follows a category, a model or a requestor. You get a direct "
            "message for each such change and decision.",
        )
    sheet = Sheet(Accent.SLATE).text("## What you follow", f"-# {len(followed)} · only you see this").rule()
    sheet.text(*(f"{subscription_words(each)} · since {relative(each.since)}" for each in followed))
    return sheet.rule().text(f"-# {theme.command('subscribe remove')} ends one").view()


def subscription_removed(followed: Followed | None, theme: Theme) -> Markup:
    """Confirm the end of a subscription; ``None`` if it had ended before."""
    if followed is None:
        return short_message(
            Accent.SLATE,
            "## Not followed",
            "You had already stopped following it.",
            f"**Now:** nothing to do. {theme.command('subscribe list')} in a server shows what you follow.",
        )
    return short_message(
        Accent.SLATE,
        "## No longer followed",
        f"You get no more direct messages about {subscription_words(followed)}.",
        f"-# {theme.command('subscribe add')} in a server follows it again",
    )
