"""Screens that answer commands: accounts, roles, status, statistics, models, help and setup."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial

from bot.identity.standing import Role
from bot.services.guilds.guild_setup import (
    ChannelPurpose,
    ChannelTest,
    GuildSetupFacts,
    RoleProblem,
    RolePurpose,
    RoleTest,
    SelfApproval,
    Setting,
)
from bot.services.reader_key import ReaderProblem
from bot.ui.account import account_status, linked, unlink_question, unlinked, visibility_set
from bot.ui.components import Card, Markup
from bot.ui.glyphs import Theme
from bot.ui.help import SECTIONS, HelpReader, ProposalToRevise, all_commands, help_view
from bot.ui.models import model_list, model_view
from bot.ui.notices.digest import statistics_answer
from bot.ui.roles import not_linked, roles_list, roles_of_member
from bot.ui.setup import setup_view
from bot.ui.setup_controls import SettingChange
from bot.ui.status import status_view
from storage.guild_settings import GuildRow
from tests.ui.model_samples import HOSTILE_MODEL, HOSTILE_MODELS, MODEL, MODELS, NO_MODELS, WAITING_MODEL
from tests.ui.samples import (
    ALICE,
    BOB,
    CAROL,
    CHANNEL,
    CREATE,
    DAVE,
    HOSTILE_NAME,
    NOW,
    ROLE,
    STANDING,
    STATUS,
    member,
    report,
)
from tests.ui.statistics_samples import STATISTICS, picture

SETTING = GuildRow(
    4001,
    CHANNEL,
    announcement_channel_id=2002,
    ping_role_id=ROLE,
    requestor_role_id=3002,
    approver_role_id=ROLE,
    approvals_required=2,
    has_digest=True,
    has_threads=True,
)


CHANNELS_GOOD = {ChannelPurpose.REVIEW: ChannelTest(CHANNEL)}


NEWS_SILENT = ChannelTest(2002, ("send_messages",))


ROLES_GOOD = {
    RolePurpose.PING: RoleTest(ROLE),
    RolePurpose.REQUESTOR: RoleTest(3002),
    RolePurpose.APPROVER: RoleTest(ROLE),
}


def _reader_status(problem: ReaderProblem, theme: Theme) -> Markup:
    return status_view(report(reader_problem=problem, last_poll_at=None, pending=None, approved=None), theme)


COMMANDS = frozenset(line.command for _, lines in SECTIONS for line in lines)


REQUESTOR_READER = HelpReader(
    "alice#101",
    frozenset({"requestor"}),
    is_admin=False,
    drafts=2,
    to_revise=3,
    newest_to_revise=ProposalToRevise(58, "a" * 10, HOSTILE_NAME, is_rejected=True),
)


APPROVER_READER = replace(
    REQUESTOR_READER,
    horde_name="carol#303",
    roles=frozenset({"requestor", "approver"}),
    is_admin=True,
    oldest=CREATE,
    approved=3,
)


COMMAND_SCREENS: Mapping[str, Callable[[Theme], Card | Markup]] = {
    "12a-roles-list": lambda theme: roles_list(
        (
            member(BOB, "bob#202", Role.APPROVER, Role.REQUESTOR),
            member(CAROL, "carol#303", Role.APPROVER),
            member(ALICE, "alice#101", Role.REQUESTOR),
            member(DAVE, "dave#404", is_visible=False),
        ),
        "AI Horde",
        theme,
    ),
    "12b-roles-member": lambda _theme: roles_of_member(member(CAROL, "carol#303", Role.APPROVER)),
    "12b2-roles-none": lambda _theme: roles_of_member(member(DAVE, "dave#404")),
    "12c-roles-not-linked": lambda _theme: not_linked(DAVE),
    "12d-linked": lambda theme: linked(STANDING, theme),
    "12e-account-status": lambda theme: account_status(STANDING, theme),
    "12e2-account-none": lambda theme: account_status(None, theme),
    "12f-unlink": lambda _theme: unlink_question(STANDING),
    "12g-unlinked": lambda theme: unlinked(was_linked=True, theme=theme),
    "12g2-not-unlinked": lambda theme: unlinked(was_linked=False, theme=theme),
    "12h-visible": lambda theme: visibility_set(is_visible=True, theme=theme),
    "12h2-hidden": lambda theme: visibility_set(is_visible=False, theme=theme),
    "13a-status-ok": lambda theme: status_view(STATUS, theme),
    "13b-status-readonly": lambda theme: status_view(report(mode="REPLICA", is_writable=False), theme),
    "13b2-status-no-queue": lambda theme: status_view(report(has_queue=False, is_writable=False), theme),
    "13b4-status-contradicted": lambda theme: status_view(report(is_contradicted=True), theme),
    "13b5-status-unreadable": lambda theme: status_view(report(unreadable=(42, 57, 0)), theme),
    **{f"13b3-status-{problem}": partial(_reader_status, problem) for problem in ReaderProblem},
    "13b6-status-unreadable-queue": lambda theme: status_view(report(poll_problem="HTTP status 500."), theme),
    "13b7-status-late": lambda theme: status_view(report(is_poll_late=True), theme),
    "13c-status-away": lambda theme: status_view(
        report(
            service_problem="The service cannot be reached.",
            away_since=NOW - timedelta(minutes=19),
            next_try_at=NOW + timedelta(seconds=40),
        ),
        theme,
    ),
    "13c2-status-horde-away": lambda theme: status_view(report(ai_horde_ms=None), theme),
    "13b5-status-left-alone": lambda theme: status_view(report(left_alone=(2001, 2002)), theme),
    "14d-stats": lambda _theme: statistics_answer(STATISTICS, picture()),
    "19a-model": lambda theme: model_view(MODEL, theme),
    "19a2-model-waits": lambda theme: model_view(WAITING_MODEL, theme),
    "19a3-model-hostile": lambda theme: model_view(HOSTILE_MODEL, theme),
    "19b-models": lambda theme: model_list(MODELS, theme),
    "19b2-models-hostile": lambda theme: model_list(HOSTILE_MODELS, theme),
    "19b3-models-none": lambda theme: model_list(NO_MODELS, theme),
    "17a-help-new": lambda theme: help_view(
        HelpReader(None, frozenset(), is_admin=True, is_unset=True), theme, COMMANDS
    ),
    "17b-help-requestor": lambda theme: help_view(REQUESTOR_READER, theme, COMMANDS),
    "17c-help-approver": lambda theme: help_view(APPROVER_READER, theme, COMMANDS),
    "17d-help-all": lambda theme: all_commands(APPROVER_READER, theme, COMMANDS),
    "16-setup": lambda theme: setup_view(
        GuildSetupFacts(
            SETTING,
            2,
            {**CHANNELS_GOOD, ChannelPurpose.ANNOUNCEMENTS: NEWS_SILENT},
            ROLES_GOOD,
        ),
        "AI Horde",
        theme,
    ),
    "16b-setup-good": lambda theme: setup_view(
        GuildSetupFacts(
            GuildRow(4001, CHANNEL),
            2,
            CHANNELS_GOOD,
        ),
        "AI Horde",
        theme,
    ),
    "16b2-setup-left-alone": lambda theme: setup_view(
        GuildSetupFacts(
            GuildRow(4001, 2001), channels={ChannelPurpose.REVIEW: ChannelTest(2001)}, left_alone={2001: 3}
        ),
        "AI Horde",
        theme,
    ),
    "16e-setup-all-at-once": lambda theme: setup_view(
        GuildSetupFacts(
            replace(SETTING, quiet_from=21, quiet_until=8),
            2,
            CHANNELS_GOOD,
            ROLES_GOOD,
            reader_problem=ReaderProblem.UNKNOWN_KEY,
        ),
        "AI Horde",
        theme,
        SettingChange(Setting.QUIET_FROM, "22to7"),
    ),
    "16c-setup-unset": lambda theme: setup_view(GuildSetupFacts(GuildRow(4001, None)), "AI Horde", theme),
    "16d-setup-all-wrong": lambda theme: setup_view(
        GuildSetupFacts(
            replace(SETTING, approvals_required=5, self_approval=SelfApproval.BLOCK),
            1,
            {
                ChannelPurpose.REVIEW: ChannelTest(CHANNEL, ("send_messages", "create_public_threads")),
                ChannelPurpose.ANNOUNCEMENTS: ChannelTest(2002, is_gone=True),
            },
            {
                RolePurpose.PING: RoleTest(ROLE, RoleProblem.NOT_MENTIONABLE),
                RolePurpose.REQUESTOR: RoleTest(3002, RoleProblem.NO_PERMISSION),
                RolePurpose.APPROVER: RoleTest(3003, RoleProblem.TOO_HIGH),
            },
        ),
        "AI Horde",
        theme,
    ),
}
