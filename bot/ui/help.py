"""Answer of ``/help``: the commands that a person may use, and their next step."""

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
    """Requirement of a command."""

    NOTHING = "nothing"
    LINK = "link"
    REQUESTOR = "requestor"
    APPROVER = "approver"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Line:
    """Command by its qualified name, with its purpose in a few words and its requirement."""

    command: str
    words: str
    needs: Needs = Needs.NOTHING


@dataclass(frozen=True, slots=True)
class HelpReader:
    """Person who reads the help.

    Attributes:
        horde_name: ``alice#101``, ``None`` without a link.
        roles: in the queue, as last read.
        is_admin: may set up the bot in this server.
    """

    horde_name: str | None
    roles: Collection[str]
    is_admin: bool

    def may(self, needs: Needs) -> bool:
        """Return whether the person fulfils a requirement."""
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
            Line("propose-model create", "propose a new model", Needs.REQUESTOR),
            Line("propose-model update", "propose a change of a live model", Needs.REQUESTOR),
            Line("propose-model delete", "propose a deletion", Needs.REQUESTOR),
            Line("propose-model drafts", "your unsent drafts", Needs.REQUESTOR),
        ),
    ),
    (
        "Decide",
        (
            Line("queue next", "the oldest change that you can decide", Needs.APPROVER),
            Line("approve", "a change by its number", Needs.APPROVER),
            Line("reject", "a change, with a reason", Needs.APPROVER),
            Line("apply", "publish approved changes", Needs.APPROVER),
            Line("queue purge", "remove changes permanently", Needs.APPROVER),
            Line("model verify", "check live models with their hosts", Needs.APPROVER),
        ),
    ),
    (
        "Follow",
        (
            Line("queue mine", "your proposals", Needs.REQUESTOR),
            Line("queue list", "everyone's proposals"),
            Line("queue show", "one change"),
            Line("queue history", "past decisions"),
            Line("queue stats", "a chart of the queue"),
            Line("model show", "a live model"),
            Line("model search", "find a live model"),
            Line("subscribe add", "get a DM about changes"),
            Line("subscribe list", "what you follow"),
            Line("subscribe remove", "stop following"),
            Line("roles", "who may propose and decide"),
            Line("status", "is everything working?"),
        ),
    ),
    (
        "Your account",
        (
            Line("account link", "give the bot your AI-Horde key"),
            Line("account status", "your name and roles", Needs.LINK),
            Line("account visibility", "hide from `/roles`", Needs.LINK),
            Line("account unlink", "delete the link and the key", Needs.LINK),
            Line("account export", "download what is stored about you"),
            Line("account forget-me", "delete everything about you"),
            Line("privacy", "what is stored, and who can read it"),
        ),
    ),
    ("This server", (Line("setup show", "channels, roles, rules", Needs.ADMIN),)),
)
"""Every command, in the order of need."""


def help_view(viewer: HelpReader, theme: Theme, known: Collection[str]) -> Markup:
    """Draw the commands that this person may use, and their next step.

    Args:
        viewer: person who asks.
        theme: glyphs and commands.
        known: qualified names of the registered commands.
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
        return "press *Link account* to propose or decide; reading needs no account."
    if Role.APPROVER in viewer.roles:
        return f"{theme.command('queue next')} shows the oldest pending change."
    if Role.REQUESTOR in viewer.roles:
        return f"{theme.command('propose-model create')} starts a draft; nothing is sent before you press *Submit*."
    return "ask the people who run the service for a role; it counts within a minute."
