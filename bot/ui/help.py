"""What somebody can do here, and what to do next: the commands that they may use, and no others."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from bot.identity.standing import Role
from bot.ui import custom_ids
from bot.ui.account import role_words
from bot.ui.components import Accent, Markup, Sheet, primary
from bot.ui.custom_ids import AccountVerb
from bot.ui.glyphs import Theme
from bot.ui.text import REQUESTOR, plain


class Needs(StrEnum):
    """What a command asks of who types it."""

    NOTHING = "nothing"
    LINK = "link"
    REQUESTOR = "requestor"
    APPROVER = "approver"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Line:
    """A command by its qualified name, what it does in a few words, and what it asks."""

    command: str
    words: str
    needs: Needs = Needs.NOTHING


@dataclass(frozen=True, slots=True)
class HelpReader:
    """Who asks.

    Attributes:
        horde_name: ``alice#101``, ``None`` unless linked.
        roles: in the queue, as last read.
        is_admin: whether they may set the bot up in this server.
    """

    horde_name: str | None
    roles: Collection[str]
    is_admin: bool

    def may(self, needs: Needs) -> bool:
        """Whether a command that asks this would serve them."""
        match needs:
            case Needs.NOTHING:
                return True
            case Needs.LINK:
                return self.horde_name is not None
            case Needs.REQUESTOR:
                return Role.REQUESTOR.is_covered_by(self.roles)
            case Needs.APPROVER:
                return Role.APPROVER in self.roles
            case Needs.ADMIN:
                return self.is_admin


SECTIONS: tuple[tuple[str, tuple[Line, ...]], ...] = (
    (
        "Propose",
        (
            Line("propose-model create", "a new model", Needs.REQUESTOR),
            Line("propose-model update", "one we have", Needs.REQUESTOR),
            Line("propose-model delete", "one to go", Needs.REQUESTOR),
            Line("propose-model drafts", "not sent yet", Needs.REQUESTOR),
        ),
    ),
    (
        "Decide",
        (
            Line("queue next", "the oldest that waits for you", Needs.APPROVER),
            Line("approve", "a change by its number", Needs.APPROVER),
            Line("reject", "with a reason", Needs.APPROVER),
            Line("apply", "makes approved changes live", Needs.APPROVER),
            Line("queue purge", "takes changes out for good", Needs.APPROVER),
        ),
    ),
    (
        "Follow",
        (
            Line("queue mine", "your proposals", Needs.REQUESTOR),
            Line("queue list", "everybody's"),
            Line("queue show", "one change"),
            Line("queue history", "what was decided"),
            Line("queue stats", "the queue in a picture"),
            Line("model show", "a live model"),
            Line("model search", "find one"),
            Line("subscribe add", "a DM when something moves"),
            Line("subscribe list", "what you are told of"),
            Line("subscribe remove", "no more of it"),
            Line("roles", "who may decide"),
            Line("status", "does everything work"),
        ),
    ),
    (
        "Your account",
        (
            Line("account link", "give the bot your AI-Horde key"),
            Line("account status", "your name and roles", Needs.LINK),
            Line("account visibility", "hide from `/roles`", Needs.LINK),
            Line("account unlink", "take the key back", Needs.LINK),
            Line("account export", "what is stored about you"),
            Line("account forget-me", "delete all of it"),
            Line("privacy", "what is stored, and who can read it"),
        ),
    ),
    ("This server", (Line("setup show", "channels, roles, rules", Needs.ADMIN),)),
)
"""Every command, in the order in which people need them."""


def help_view(viewer: HelpReader, theme: Theme, known: Collection[str]) -> Markup:
    """Draw the commands that serve this person, and their next step.

    Args:
        viewer: who asks.
        theme: glyphs and commands.
        known: the commands that are there, by qualified name.
    """
    sheet = Sheet(Accent.SLATE).text("## What you can do", f"-# {_who(viewer, theme)}").rule()
    for title, lines in SECTIONS:
        kept = [line for line in lines if line.command in known and viewer.may(line.needs)]
        if kept:
            sheet.text(f"-# {title}", *(f"{theme.command(line.command)} {line.words}" for line in kept)).gap()
    sheet.rule().text(
        f"**Now:** {_next(viewer, theme)}",
        "-# A change is pending, then approved, then applied. Only applied is live.",
    )
    if viewer.horde_name is None:
        sheet.row(primary("Link account", custom_ids.account(AccountVerb.LINK)))
    return sheet.view()


def _who(viewer: HelpReader, theme: Theme) -> str:
    if viewer.horde_name is None:
        return f"You have not linked an AI-Horde account. {theme.command('account link')} shows you more."
    role = role_words(viewer.roles)
    more = "" if Role.APPROVER in viewer.roles else " Approvers see more." if role else " Requestors see more."
    return f"You are {plain(viewer.horde_name, REQUESTOR)}, {role or 'without a role in the queue'}.{more}"


def _next(viewer: HelpReader, theme: Theme) -> str:
    if viewer.horde_name is None:
        return "press *Link account* to propose or decide; looking needs no account."
    if Role.APPROVER in viewer.roles:
        return f"{theme.command('queue next')} opens what has waited longest."
    if Role.REQUESTOR in viewer.roles:
        return f"{theme.command('propose-model create')} begins a draft; nothing is sent before you press *Submit*."
    return "roles are given by the people who run the service; a new one counts within a minute."
