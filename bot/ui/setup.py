"""Setup screen of a server: all settings and missing permissions."""

from collections.abc import Mapping

from bot.services.guilds.guild_setup import (
    ChannelPurpose,
    GuildSetupFacts,
    RoleProblem,
    RoleTest,
    SelfApproval,
    Setting,
)
from bot.services.review.approvals import BLOCKING_NEEDS
from bot.ui.components import Accent, Markup, Sheet
from bot.ui.glyphs import Glyph, Theme
from bot.ui.notices.notices import READER_REMEDIES
from bot.ui.setup_controls import (
    NAMES,
    OWN_WORDS,
    ROLES,
    SettingChange,
    add_buttons,
    menus_of,
    quiet_words,
)
from bot.ui.text import NAME_LIST, field, plain, plural

BOT = "Horde Curator"

PERMISSIONS: Mapping[str, str] = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "read_message_history": "Read Message History",
    "attach_files": "Attach Files",
    "create_public_threads": "Create Public Threads",
    "send_messages_in_threads": "Send Messages in Threads",
}
"""Names of the required channel permissions in Discord's clients."""

_ROLE_PROBLEMS: Mapping[RoleProblem, str] = {
    RoleProblem.GONE: "this role was deleted. Choose another.",
    RoleProblem.EVERYONE: "everyone has it. Choose another.",
    RoleProblem.MANAGED: "it belongs to an integration, so it cannot be given. Choose another.",
    RoleProblem.DANGEROUS: "it has admin or moderator permissions, which a queue role must not have. Choose another.",
    RoleProblem.NO_PERMISSION: f"*Manage Roles* is missing. Give it to {BOT} in the server's settings, "
    "then press *Test again*.",
    RoleProblem.TOO_HIGH: f"it is above {BOT}'s own role. Move {BOT}'s above it in the server's settings, "
    "then press *Test again*.",
    RoleProblem.NOT_MENTIONABLE: f"{BOT} cannot ping it. Allow anyone to mention the role in its settings, "
    "then press *Test again*.",
}


def setup_view(facts: GuildSetupFacts, server_name: str, theme: Theme, changed: SettingChange | None = None) -> Markup:
    """Draw a server's settings with the test results, each above its menu.

    Args:
        facts: the settings, tested.
        server_name: as Discord has it.
        theme: glyphs and commands.
        changed: the setting changed by this press, to be marked.
    """
    reader = facts.reader_problem
    sheet = Sheet(Accent.SLATE).text(
        "## Setup",
        f"-# {plain(server_name, NAME_LIST)} · {_state(facts)}",
        f"{theme.glyph(Glyph.FAIL)} **The bot cannot read the queue:** {READER_REMEDIES[reader]}" if reader else "",
    )
    sheet.rule()
    setting = facts.setting
    lines = {
        Setting.REVIEW_CHANNEL: _review(facts, theme),
        Setting.ANNOUNCEMENT_CHANNEL: _announcements(facts, theme),
        **{which: _role(which, facts.roles.get(part), theme) for part, (which, _) in ROLES.items()},
        **_deciding(facts, theme),
        Setting.THREADS: field(NAMES[Setting.THREADS], "on" if setting.has_threads else "off"),
        Setting.QUIET_FROM: field(NAMES[Setting.QUIET_FROM], _quiet(facts)),
        Setting.DIGEST: field(NAMES[Setting.DIGEST], "Mondays" if setting.has_digest else "off"),
    }
    if changed is not None:
        lines[changed.setting] += " · **changed just now**"
    menus = menus_of(facts)
    for title, members in _GROUPS.items():
        above = [f"-# {title}"]
        for member in members:
            above.append(lines[member])
            if member in menus:  # which shows a chosen role without saying what it is for
                sheet.text(*above).menu(menus[member])
                above = []
        sheet.text(*above)
    add_buttons(sheet, facts, changed)
    return sheet.text(
        "-# Only approvers need /approve, /reject and /apply: hide them from others in the server's settings, "
        f"*Integrations*, *{BOT}*."
    ).view()


def first_steps(theme: Theme) -> Markup:
    """Say what to do after the bot was invited."""
    return (
        Sheet(Accent.SLATE)
        .text(
            f"## {BOT} is here",
            "Changes of the AI-Horde model reference are proposed, read and decided here.",
            f"**1.** An admin types {theme.command('setup show')} and chooses the channel for review cards.",
            f"**2.** Requestors and approvers type {theme.command('account link')}.",
            f"**3.** {theme.command('propose-model create')} proposes a model; its card appears in that channel.",
            f"-# {theme.command('help')} shows what you can do. {theme.command('privacy')} says what is stored.",
        )
        .view()
    )


_GROUPS = {
    "Channels": (Setting.REVIEW_CHANNEL, Setting.ANNOUNCEMENT_CHANNEL),
    "Roles in Discord": (Setting.PING_ROLE, Setting.REQUESTOR_ROLE, Setting.APPROVER_ROLE),
    "Deciding": (Setting.APPROVALS_REQUIRED, Setting.APPROVALS_MOST_USED, Setting.SELF_APPROVAL, Setting.REMINDER_DAYS),
    "Extras": (Setting.THREADS, Setting.DIGEST, Setting.QUIET_FROM),
}


def _quiet(facts: GuildSetupFacts) -> str:
    begin, end = facts.setting.quiet_from, facts.setting.quiet_until
    return "off" if begin is None or end is None else quiet_words(begin, end)


def _state(facts: GuildSetupFacts) -> str:
    missing = facts.missing
    if facts.problems > missing:
        return f"{plural(facts.problems, 'thing')} to fix"
    if missing:
        return f"{plural(missing, 'permission')} {'is' if missing == 1 else 'are'} missing"
    return "ready" if facts.review_channel_id is not None else "the review channel is not set"


def _review(facts: GuildSetupFacts, theme: Theme) -> str:
    if facts.review_channel_id is None:
        how = "choose a channel below. Until then no card is posted."
        return f"{theme.glyph(Glyph.WARN)} **{NAMES[Setting.REVIEW_CHANNEL]}** not set: {how}"
    return _channel(Setting.REVIEW_CHANNEL, facts.review_channel_id, ChannelPurpose.REVIEW, facts, theme)


def _announcements(facts: GuildSetupFacts, theme: Theme) -> str:
    channel_id = facts.setting.announcement_channel_id
    if channel_id is None:
        return field(NAMES[Setting.ANNOUNCEMENT_CHANNEL], "not set")
    return _channel(Setting.ANNOUNCEMENT_CHANNEL, channel_id, ChannelPurpose.ANNOUNCEMENTS, facts, theme)


def _channel(which: Setting, channel_id: int, purpose: ChannelPurpose, facts: GuildSetupFacts, theme: Theme) -> str:
    named = f"**{NAMES[which]}** <#{channel_id}>"
    test = facts.channels.get(purpose)
    if test is None or not (test.missing or test.is_gone):
        if waiting := facts.waiting(purpose):
            what = f"{plural(waiting, 'message')} {'waits' if waiting == 1 else 'wait'}"
            return (
                f"{theme.glyph(Glyph.FAIL)} {named}: Discord refused {BOT} three times; {what}. Press *Test again* to "
                "have them sent."
            )
        return f"{theme.glyph(Glyph.PASS)} {named}"
    if test.is_gone:
        return (
            f"{theme.glyph(Glyph.FAIL)} {named}: it is gone, or {BOT} cannot see it. Give {BOT} "
            f"*{PERMISSIONS['view_channel']}* there and press *Test again*, or choose another."
        )
    names = ", ".join(f"*{PERMISSIONS[name]}*" for name in test.missing)
    verb, it = ("is", "it") if len(test.missing) == 1 else ("are", "them")
    return (
        f"{theme.glyph(Glyph.FAIL)} {named}: {names} {verb} missing. Give {it} to {BOT} in "
        "that channel, then press *Test again*."
    )


def _role(which: Setting, test: RoleTest | None, theme: Theme) -> str:
    if test is None:
        return field(NAMES[which], "not set")
    named = field(NAMES[which], f"<@&{test.role_id}>")
    if test.problem is None:
        return named
    return f"{theme.glyph(Glyph.FAIL)} {named}: {_ROLE_PROBLEMS[test.problem]}"


def _deciding(facts: GuildSetupFacts, theme: Theme) -> dict[Setting, str]:
    setting, known = facts.setting, facts.approvers_known
    required = field(NAMES[Setting.APPROVALS_REQUIRED], str(setting.approvals_required))
    if setting.approvals_required > max(known, 1):
        have = "1 approver has" if known == 1 else f"{known} approvers have"
        required = f"{theme.glyph(Glyph.WARN)} {required}: only {have} linked, so no change can be approved."
    most = setting.approvals_most_used
    own = field(NAMES[Setting.SELF_APPROVAL], OWN_WORDS[setting.self_approval][0])
    if setting.self_approval is SelfApproval.BLOCK and known < BLOCKING_NEEDS:
        own = f"{theme.glyph(Glyph.WARN)} {own}: the bot only warns until {BLOCKING_NEEDS} approvers have linked."
    days = setting.reminder_days
    return {
        Setting.APPROVALS_REQUIRED: required,
        Setting.APPROVALS_MOST_USED: field(
            NAMES[Setting.APPROVALS_MOST_USED], "one more" if most is None else str(most)
        ),
        Setting.SELF_APPROVAL: own,
        Setting.REMINDER_DAYS: field(NAMES[Setting.REMINDER_DAYS], f"after {plural(days, 'day')}" if days else "off"),
    }
