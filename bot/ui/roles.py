"""Roles in the queue: of one member, or of all linked members."""

from collections.abc import Sequence

from bot.identity.standing import Role, Standing
from bot.ui.account import allowed_actions, role_words
from bot.ui.components import Accent, Markup, Sheet, short_message
from bot.ui.glyphs import Theme
from bot.ui.text import NAME_LIST, REQUESTOR, plain, plural, relative

LIST_BUDGET = 1700


def roles_list(members: Sequence[Standing], server_name: str, theme: Theme, *, unseen: int = 0) -> Markup:
    """Draw the linked approvers and requestors of a server, and the number of those who hide.

    ``unseen`` further people have linked, and it was not checked whether they are members.
    """
    visible = [one for one in members if one.is_visible]
    hidden = len(members) - len(visible)
    approvers = [one for one in visible if Role.APPROVER in one.roles]
    requestors = [one for one in visible if Role.REQUESTOR in one.roles and Role.APPROVER not in one.roles]
    read_at = min((one.roles_read_at for one in members if one.roles_read_at), default=None)
    read = f" · read {relative(read_at)}" if read_at else ""
    sheet = Sheet(Accent.SLATE)
    sheet.text("## Queue roles", f"-# Linked members of {plain(server_name, NAME_LIST)}{read}").rule()
    for role, people, rights in (
        ("approver", approvers, ", who may also propose"),
        ("requestor", requestors, ""),
    ):
        sheet.text(
            f"-# {plural(len(people), role)}{rights if people else ''}",
            *(f"<@{person.user_id}> {plain(person.horde.username, REQUESTOR)}" for person in people),
            budget=LIST_BUDGET,
            noun=role,
        ).gap()
    if hidden:
        verb = "hides" if hidden == 1 else "hide"
        how = f" To do so: {theme.command('account visibility')}" if theme.knows("account visibility") else ""
        sheet.rule().text(f"-# {plural(hidden, 'linked member')} {verb} from this list.{how}")
    if unseen:
        sheet.text(
            f"-# {unseen} more people have linked, here or in other servers, and were not checked. *Queue roles* in a "
            "member's menu shows one member."
        )
    return sheet.view()


def roles_of_member(member: Standing) -> Markup:
    """Draw one linked member's roles."""
    role = role_words(member.roles)
    article = "an" if role == Role.APPROVER else "a"
    sentence = (
        f"is {article} **{role}**: {allowed_actions(member.roles)}."
        if role
        else "is linked and has **no role** in the queue."
    )
    read = f" · roles read {relative(member.roles_read_at)}" if member.roles_read_at else ""
    return short_message(
        Accent.SLATE,
        f"## {plain(member.horde.username, REQUESTOR)}",
        f"<@{member.user_id}> {sentence}",
        f"-# Linked {relative(member.linked_at)}{read}",
    )


def not_linked(user_id: int) -> Markup:
    """Answer that a member has not linked or hides; one answer, so that hiding does not show."""
    return short_message(
        Accent.SLATE,
        "## Not linked",
        f"<@{user_id}> has not linked an AI-Horde account here, or hides from lookup.",
        "-# Roles in Discord are not roles in the queue.",
    )
