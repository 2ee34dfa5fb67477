"""Answer of ``/help``: the commands that a person may use, and their next step."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from bot.identity.standing import Role
from bot.reference.models import PendingChange
from bot.ui import custom_ids
from bot.ui.account import role_words
from bot.ui.cards.states import operation_word, title_of
from bot.ui.components import Accent, Markup, Sheet, primary
from bot.ui.custom_ids import AccountVerb
from bot.ui.glyphs import Theme
from bot.ui.list_ids import OPEN_NEXT
from bot.ui.text import NAME_LIST, REQUESTOR, plain, plural, relative


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
        is_unset: this server has no review channel yet.
        drafts: number of their unsent drafts.
        oldest: pending change that they can decide and that waits longest, as last read.
        approved: number of approved changes that are not live.
    """

    horde_name: str | None
    roles: Collection[str]
    is_admin: bool
    is_unset: bool = False
    drafts: int = 0
    oldest: PendingChange | None = None
    approved: int = 0

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
        "Read and follow",
        (
            Line("queue mine", "your proposals", Needs.REQUESTOR),
            Line("queue list", "everyone's proposals; also a search"),
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
    elif viewer.may(Needs.APPROVER) and viewer.oldest is not None:
        sheet.row(primary("Oldest pending", OPEN_NEXT))
    return sheet.view()


def _who(viewer: HelpReader, theme: Theme) -> str:
    if viewer.horde_name is None:
        return f"You have not linked an AI-Horde account. {theme.command('account link')} shows you more."
    role = role_words(viewer.roles)
    more = "" if Role.APPROVER in viewer.roles else " Approvers see more." if role else " Requestors see more."
    return f"You are {plain(viewer.horde_name, REQUESTOR)}, {role or 'without a role in the queue'}.{more}"


def _next(viewer: HelpReader, theme: Theme) -> str:
    """Return the next step of this person."""
    if viewer.is_admin and viewer.is_unset:
        return f"{theme.command('setup show')} chooses the channel for review cards; until then none is posted."
    if viewer.horde_name is None:
        return "press *Link account* to propose or decide; reading needs no account."
    if Role.APPROVER in viewer.roles and (decision := _next_decision(viewer, theme)):
        return decision
    if viewer.drafts and Role.REQUESTOR.is_covered_by(viewer.roles):
        them = "it" if viewer.drafts == 1 else "one"
        drafts = plural(viewer.drafts, "unsent draft")
        return f"you have {drafts}. {theme.command('propose-model drafts')} opens {them}; *Submit* sends it."
    if Role.REQUESTOR.is_covered_by(viewer.roles):
        return f"{theme.command('propose-model create')} starts a draft; nothing is sent before you press *Submit*."
    return "ask the people who run the service for a role; it counts within a minute."


def _next_decision(viewer: HelpReader, theme: Theme) -> str:
    """Return what waits for an approver, empty if nothing does."""
    if viewer.oldest is not None:
        change = viewer.oldest
        name = plain(title_of(change), NAME_LIST)
        waits = f"was proposed {relative(change.requested_at)}"
        return f"#{change.change_id} {operation_word(change.operation)} · **{name}** {waits}: press *Oldest pending*."
    if viewer.approved:
        are = "change is" if viewer.approved == 1 else "changes are"
        return f"{viewer.approved:,} approved {are} not live yet: {theme.command('apply')}."
    return ""
