"""Screens of the linked account."""

from collections.abc import Collection

from bot.identity.standing import Role, Standing
from bot.ui import custom_ids
from bot.ui.components import Accent, Markup, Sheet, button, ending, primary, short_message
from bot.ui.custom_ids import AccountVerb
from bot.ui.glyphs import Glyph, Theme
from bot.ui.text import REQUESTOR, plain, relative

_LINK = custom_ids.account(AccountVerb.LINK)


def linked(account: Standing, theme: Theme, *, is_new_key: bool = False) -> Markup:
    """Draw *Linked as alice#101 · requestor* with the next step."""
    roles = role_words(account.roles) or "no role in the queue"
    replaced = "The key that was here before is deleted. " if is_new_key else ""
    return (
        Sheet(Accent.GREEN)
        .text(
            f"## Linked as {_name(account)} · {roles}",
            f"{theme.glyph(Glyph.PASS)} {replaced}Your key is kept encrypted and used only for what you press or type.",
        )
        .rule()
        .text(f"**Now:** {_next_step(account, theme)}")
        .view()
    )


def account_status(account: Standing | None, theme: Theme) -> Markup:
    """Draw ``/account status``; ``None`` for a person without a link."""
    if account is None:
        return short_message(
            Accent.SLATE,
            "## Not linked",
            "The bot does not have your AI-Horde key, so you can only look.",
            f"**Now:** press *Link account*, or type {theme.command('account link')}.",
            buttons=(primary("Link account", _LINK),),
        )
    role = role_words(account.roles)
    read = f"roles read {relative(account.roles_read_at)}" if account.roles_read_at else "roles not read yet"
    return (
        Sheet(Accent.SLATE)
        .text(
            f"## {_name(account)}",
            f"You are {'an' if role == Role.APPROVER else 'a'} **{role}**: you {allowed_actions(account.roles)}."
            if role
            else f"You have **no role in the queue**: you {allowed_actions(account.roles)}.",
            f"-# Linked {relative(account.linked_at)} · {read}",
        )
        .rule()
        .text(f"{theme.command('account link')} replaces the key, {theme.command('account unlink')} deletes it.")
        .view()
    )


def unlink_question(account: Standing) -> Markup:
    """Ask once before a key is deleted."""
    return short_message(
        Accent.SLATE,
        f"## Unlink {_name(account)}?",
        "The bot deletes your key. Drafts are kept; what is in the queue belongs to the service and stays.",
        buttons=(
            ending("Unlink", custom_ids.account(AccountVerb.UNLINK)),
            button("Cancel", custom_ids.account(AccountVerb.CANCEL)),
        ),
    )


def unlinked(*, was_linked: bool, theme: Theme) -> Markup:
    """Draw the result of ``/account unlink``."""
    if not was_linked:
        return short_message(Accent.SLATE, "## Not linked", "There is no key of yours here.", "**Changed:** nothing.")
    return short_message(
        Accent.GREY,
        "## Unlinked",
        "**Changed:** your key is deleted. Drafts are kept.",
        f"**Now:** nothing to do. {theme.command('account link')} links again.",
        buttons=(button("Link account", _LINK),),
    )


def visibility_set(*, is_visible: bool, theme: Theme) -> Markup:
    """Draw the result of a visibility change."""
    roles = theme.command("roles")
    if is_visible:
        heading = "## Others can look you up"
        means = (
            f"{roles} shows members of your servers your AI-Horde name and queue roles; cards name your Discord "
            "account beside it."
        )
    else:
        heading = "## Others cannot look you up"
        means = (
            f"{roles} shows you as not linked; cards show only your AI-Horde name, and you get no Discord role for "
            "your queue roles."
        )
    return short_message(Accent.SLATE, heading, means, "**Now:** nothing to do. Open cards are updated shortly.")


def role_words(roles: Collection[str]) -> str:
    """Return the name of the highest role; empty without one."""
    return next((str(role) for role in (Role.APPROVER, Role.REQUESTOR) if role in roles), "")


def allowed_actions(roles: Collection[str]) -> str:
    """Return the actions that the roles allow."""
    if Role.APPROVER in roles:
        return "may propose, approve, reject, apply and purge"
    return "may propose" if Role.REQUESTOR in roles else "may look, but not propose"


def _name(account: Standing) -> str:
    return plain(account.horde.username, REQUESTOR)


def _next_step(account: Standing, theme: Theme) -> str:
    if Role.APPROVER in account.roles:
        return f"press *Approve* or *Reject…* on a card, or propose with {theme.command('propose-model create')}."
    if Role.REQUESTOR in account.roles:
        return f"propose a model with {theme.command('propose-model create')}."
    return "roles are given by the people who run the service; a new role counts within a minute."


def role_confirmed(now: str) -> Markup:
    """Report that the person now has the role; ``now`` says how to open the form."""
    return short_message(Accent.GREEN, "## You have the role now", f"**Now:** {now}")
