"""Answer of ``/help``: next steps and main commands; behind a press, all commands."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.identity.standing import Role
from bot.reference.models import PendingChange
from bot.ui import custom_ids
from bot.ui.account import role_words
from bot.ui.cards.states import operation_word, title_of
from bot.ui.components import Accent, Button, Markup, Sheet, button, primary
from bot.ui.custom_ids import AccountVerb, ChangeVerb
from bot.ui.glyphs import Theme
from bot.ui.list_ids import OPEN_NEXT
from bot.ui.text import NAME_LIST, REQUESTOR, plain, plural, relative

OTHER_STEPS: Final = 2


class Requirement(StrEnum):
    """Requirement of a command."""

    NOTHING = "nothing"
    LINK = "link"
    REQUESTOR = "requestor"
    APPROVER = "approver"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class HelpLine:
    """Command by its qualified name, with its purpose in a few words and its requirement.

    Attributes:
        is_main: whether the short help shows it.
    """

    command: str
    words: str
    needs: Requirement = Requirement.NOTHING
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class ProposalToRevise:
    """Own proposal that waits for its requestor; ``digest`` is of its content."""

    change_id: int
    digest: str
    name: str
    is_rejected: bool


@dataclass(frozen=True, slots=True)
class HelpReader:
    """Person who reads the help.

    Attributes:
        horde_name: ``alice#101``, ``None`` without a link.
        roles: in the queue, as last read.
        is_admin: may set up the bot in this server.
        is_unset: this server has no review channel yet.
        drafts: number of their unsent drafts.
        to_revise: number of their proposals that were rejected lately, or that need changes.
        newest_to_revise: the newest of these.
        oldest: pending change that they can decide and that waits longest, as last read.
        approved: number of approved changes that are not live.
        is_read_only: whether the service takes no proposals now.
    """

    horde_name: str | None
    roles: Collection[str]
    is_admin: bool
    is_unset: bool = False
    drafts: int = 0
    to_revise: int = 0
    newest_to_revise: ProposalToRevise | None = None
    oldest: PendingChange | None = None
    approved: int = 0
    is_read_only: bool = False

    def may(self, needs: Requirement) -> bool:
        """Return whether the person fulfils a requirement."""
        match needs:
            case Requirement.NOTHING:
                return True
            case Requirement.LINK:
                return self.horde_name is not None
            case Requirement.REQUESTOR:
                return Role.REQUESTOR.is_covered_by(self.roles)
            case Requirement.APPROVER:
                return Role.APPROVER in self.roles
            case Requirement.ADMIN:
                return self.is_admin


SECTIONS: tuple[tuple[str, tuple[HelpLine, ...]], ...] = (
    (
        "Propose",
        (
            HelpLine("propose-model create", "propose a new model", Requirement.REQUESTOR, is_main=True),
            HelpLine("propose-model update", "propose a change of a live model", Requirement.REQUESTOR, is_main=True),
            HelpLine("propose-model delete", "propose a deletion", Requirement.REQUESTOR),
            HelpLine("propose-model drafts", "your unsent drafts", Requirement.REQUESTOR),
        ),
    ),
    (
        "Decide",
        (
            HelpLine("queue next", "the oldest change that you can decide", Requirement.APPROVER, is_main=True),
            HelpLine("approve", "a change by its number", Requirement.APPROVER),
            HelpLine("reject", "a change, with a reason", Requirement.APPROVER),
            HelpLine("apply", "publish approved changes", Requirement.APPROVER, is_main=True),
            HelpLine("queue purge", "remove changes permanently", Requirement.APPROVER),
            HelpLine("model verify", "check live models with their hosts", Requirement.APPROVER),
        ),
    ),
    (
        "Read and follow",
        (
            HelpLine("queue mine", "your proposals", Requirement.REQUESTOR, is_main=True),
            HelpLine("queue list", "everyone's proposals; also a search", is_main=True),
            HelpLine("queue show", "one change"),
            HelpLine("queue history", "past decisions"),
            HelpLine("queue stats", "a chart of the queue"),
            HelpLine("model show", "a live model"),
            HelpLine("model search", "find a live model", is_main=True),
            HelpLine("subscribe add", "get direct messages about changes", is_main=True),
            HelpLine("subscribe list", "what you follow"),
            HelpLine("subscribe remove", "stop following"),
            HelpLine("roles", "who may propose and decide"),
            HelpLine("status", "is everything working?"),
        ),
    ),
    (
        "Your account",
        (
            HelpLine("account link", "give the bot your AI-Horde key"),
            HelpLine("account status", "your name and roles", Requirement.LINK),
            HelpLine("account visibility", "hide from `/roles`", Requirement.LINK),
            HelpLine("account unlink", "delete the link and the key", Requirement.LINK),
            HelpLine("account export", "download what is stored about you"),
            HelpLine("account forget-me", "delete everything about you"),
            HelpLine("privacy", "what is stored, and who can read it"),
        ),
    ),
    ("This server", (HelpLine("setup show", "channels, roles, rules", Requirement.ADMIN, is_main=True),)),
)
"""Every command, in the order of need."""


def help_view(viewer: HelpReader, theme: Theme, known: Collection[str]) -> Markup:
    """Draw the next steps of this person, and their main commands.

    Args:
        viewer: person who asks.
        theme: glyphs and commands.
        known: qualified names of the registered commands.
    """
    now, *others = _steps(viewer, theme)
    sheet = Sheet(Accent.SLATE).text("## What you can do", f"-# {_who(viewer, theme)}")
    sheet.text(f"**Now:** {now.words}", *(f"**Also:** {step.words}" for step in others[:OTHER_STEPS]))
    sheet.row(*(step.button for step in (now, *others[:OTHER_STEPS]))).rule()
    main = [line for _, lines in SECTIONS for line in lines if line.is_main and line.command in known]
    main.sort(key=lambda line: line.needs is not Requirement.APPROVER)  # deciding comes first for those who may
    sheet.text(*(f"{theme.command(line.command)} {line.words}" for line in main if viewer.may(line.needs)))
    sheet.rule().text("-# A change is pending, then approved, then applied. Only applied is live.")
    return sheet.row(button("All commands", custom_ids.help_part(is_all=True))).view()


def all_commands(viewer: HelpReader, theme: Theme, known: Collection[str]) -> Markup:
    """Draw all commands that this person may use; arguments as for ``help_view``."""
    sheet = Sheet(Accent.SLATE).text("## All commands", f"-# {_who(viewer, theme)}").rule()
    for title, lines in SECTIONS:
        kept = [line for line in lines if line.command in known and viewer.may(line.needs)]
        if kept:
            sheet.text(f"-# {title}", *(f"{theme.command(line.command)} {line.words}" for line in kept)).gap()
    return sheet.rule().row(button("Back", custom_ids.help_part(is_all=False))).view()


def _who(viewer: HelpReader, theme: Theme) -> str:
    if viewer.horde_name is None:
        return f"You have not linked an AI-Horde account. {theme.command('account link')} does that."
    role = role_words(viewer.roles)
    more = "" if Role.APPROVER in viewer.roles else " Approvers see more." if role else " Requestors see more."
    return f"You are {plain(viewer.horde_name, REQUESTOR)}, {role or 'without a role in the queue'}.{more}"


@dataclass(frozen=True, slots=True)
class _Step:
    """Thing to do, with a button where one press does it."""

    words: str
    button: Button | None = None


def _steps(viewer: HelpReader, theme: Theme) -> list[_Step]:
    """Return the next steps of this person, the most urgent first; at least one."""
    steps = []
    if viewer.is_admin and viewer.is_unset:
        command = theme.command("setup show")
        steps.append(_Step(f"{command} chooses the channel for review cards; until then none is posted."))
    if viewer.horde_name is None:
        link_button = primary("Link account", custom_ids.account(AccountVerb.LINK))
        steps.append(_Step("press *Link account* to propose or decide; reading needs no account.", link_button))
        return steps
    is_requestor = Role.REQUESTOR.is_covered_by(viewer.roles)
    if Role.APPROVER in viewer.roles:
        steps += _decisions(viewer, theme)
    if is_requestor:
        steps += _own(viewer, theme)
    if not steps and is_requestor:
        command = theme.command("propose-model create")
        sent = "Nothing is sent before you press *Submit*."
        kept = "The service is read-only now; the draft is kept until it takes proposals again."
        steps.append(_Step(f"{command} starts a draft. {kept if viewer.is_read_only else sent}"))
    return steps or [_Step("ask the people who run the service for a role; it counts within a minute.")]


def _decisions(viewer: HelpReader, theme: Theme) -> Iterator[_Step]:
    """Yield what waits for an approver."""
    if (change := viewer.oldest) is not None:
        named = f"#{change.change_id} {operation_word(change.operation)} · **{plain(title_of(change), NAME_LIST)}**"
        words = f"{named} was proposed {relative(change.requested_at)}: press *Oldest pending*."
        yield _Step(words, primary("Oldest pending", OPEN_NEXT))
    if viewer.approved:
        are = "change is" if viewer.approved == 1 else "changes are"
        yield _Step(f"{viewer.approved:,} approved {are} not live yet: {theme.command('apply')}.")


def _own(viewer: HelpReader, theme: Theme) -> Iterator[_Step]:
    """Yield what a requestor's own proposals and drafts wait for."""
    if (own := viewer.newest_to_revise) is not None:
        state = "was rejected" if own.is_rejected else "needs changes"
        others = viewer.to_revise - 1
        more = f" {theme.command('queue mine')} has {others} more." if others else ""
        revise = button(f"Revise #{own.change_id}", custom_ids.change(ChangeVerb.REVISE, own.change_id, own.digest))
        name = plain(own.name, NAME_LIST)
        yield _Step(f"your #{own.change_id} **{name}** {state}: press *Revise #{own.change_id}*.{more}", revise)
    if viewer.drafts:
        them = "it" if viewer.drafts == 1 else "one"
        command = theme.command("propose-model drafts")
        sent = "the service is read-only, so it is sent later" if viewer.is_read_only else "*Submit* sends it"
        yield _Step(f"you have {plural(viewer.drafts, 'unsent draft')}. {command} opens {them}; {sent}.")
