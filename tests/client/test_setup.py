"""A server is set up: one screen tells all, every change counts at once, and what is missing is named on the spot."""

from typing import Any, Final

import discord
import pytest
import simcord
from pydantic import SecretStr
from simcord.results import InteractionResult

from bot.demo.people import ABE, CORA, Person
from bot.demo.world import World
from bot.services.guilds.guild_setup import Setting
from cogs.setup.cog import SetupCog
from tests.harness.messages import answer_of, answers_of, buttons_of, card_of, posted_in, text_of
from tests.harness.scripted_service import ScriptedService
from tests.harness.simulation import Simulation
from tests.stories.people import link
from tests.ui.cases import named_cases

DELETED_ROLE = 123_456_789_012_345_678


def line_of(result: InteractionResult, label: str) -> str:
    """The line of the screen that begins with this label, its glyph left out."""
    lines = text_of(answer_of(result)).replace("\u00a0", " ").splitlines()
    (line,) = [each for each in lines if f"**{label}**" in each]
    return line[line.index("**") :].removesuffix(" · **changed just now**")


async def test_a_new_server_is_told_what_to_do_first(world: World, simulation: Simulation) -> None:
    await simulation.bot.services.guild_setup.guild_settings.set_review_channel(world.guild.id, None)
    shown = await world.member(ABE).slash(world.public, "setup show")
    assert "the review channel is not set" in text_of(shown)
    assert "choose a channel below" in line_of(shown, "Review cards")
    assert line_of(shown, "Announcements") == "**Announcements** not set"
    assert "Test again" not in str(answer_of(shown).components)
    assert answer_of(shown).ephemeral


SETTINGS: Final[list[tuple[str, dict[str, object], str, str]]] = [
    ("approvals", {"count": 3}, "Approvals required", "3: only 0 approvers have linked"),
    ("own-changes", {"mode": "allow"}, "Own proposals", "may be approved"),
    ("reminder", {"days": 14}, "Reminder", "after 14 days"),
    ("reminder", {"days": 1}, "Reminder", "after 1 day"),
    ("reminder", {"days": 0}, "Reminder", "off"),
    ("quiet-hours", {"begin": 22, "end": 7}, "Quiet hours", "22:00 to 7:00 UTC"),
    ("quiet-hours", {}, "Quiet hours", "off"),
    ("digest", {"on": True}, "Weekly digest", "Mondays"),
    ("threads", {"on": True}, "Threads", "on"),
]


async def test_a_setting_is_changed_and_the_screen_shows_it(world: World, env: simcord.Env) -> None:
    with named_cases() as case:
        for command, options, label, value in SETTINGS:
            with case((command, options)):
                changed = await world.member(ABE).slash(world.public, f"setup {command}", **options)
                assert line_of(changed, label).startswith(f"**{label}** {value}")
                shown = await world.member(ABE).slash(world.public, "setup show")
                assert text_of(shown) == text_of(changed).replace(" · **changed just now**", "")
                await env.advance_time(61)  # past the limit of actions a minute


async def test_channels_and_roles_are_set_and_forgotten(world: World) -> None:
    abe = world.member(ABE)
    news = world.guild.create_text_channel("model-news")
    role = world.guild.create_role("Reviewers", mentionable=True)
    set_up = await abe.slash(world.public, "setup announcements", channel=news)
    assert line_of(set_up, "Announcements").startswith(f"**Announcements** <#{news.id}>")
    set_up = await abe.slash(world.public, "setup ping-role", role=role)
    assert line_of(set_up, "Role to ping").startswith(f"**Role to ping** <@&{role.id}>")
    assert "ready" in text_of(set_up)
    forgotten = await abe.slash(world.public, "setup announcements")
    assert "** not set" in line_of(forgotten, "Announcements")
    forgotten = await abe.slash(world.public, "setup ping-role")
    assert "** not set" in line_of(forgotten, "Role to ping")


async def test_each_missing_permission_is_named_with_the_way_to_give_it(world: World, env: simcord.Env) -> None:
    abe = world.member(ABE)
    me = env.bot.user
    assert me is not None
    mute = world.guild.create_text_channel("mute", overwrites={me: discord.PermissionOverwrite(send_messages=False)})
    hidden = world.guild.create_text_channel("hidden", overwrites={me: discord.PermissionOverwrite(view_channel=False)})
    shown = await abe.slash(world.public, "setup announcements", channel=mute)
    assert "1 permission is missing" in text_of(shown)
    assert line_of(shown, "Announcements").endswith(
        "*Send Messages* is missing. Give it to Horde Curator in that channel, then press *Test again*."
    )
    shown = await abe.slash(world.public, "setup review-channel", channel=hidden)
    assert "*View Channel* is missing" in line_of(shown, "Review cards")
    assert "2 permissions are missing" in text_of(shown)


async def test_a_channel_whose_history_is_hidden_is_named_since_messages_could_be_posted_twice(
    world: World, env: simcord.Env
) -> None:
    abe = world.member(ABE)
    me = env.bot.user
    assert me is not None
    denied = discord.PermissionOverwrite(read_message_history=False)
    channel = world.guild.create_text_channel("no-history", overwrites={me: denied})
    for command, name in (("review-channel", "Review cards"), ("announcements", "Announcements")):
        shown = await abe.slash(world.public, f"setup {command}", channel=channel)
        assert "*Read Message History* is missing" in line_of(shown, name)


async def test_threads_need_two_permissions_more(world: World, env: simcord.Env) -> None:
    abe = world.member(ABE)
    me = env.bot.user
    assert me is not None
    denied = discord.PermissionOverwrite(create_public_threads=False, send_messages_in_threads=False)
    channel = world.guild.create_text_channel("no-threads", overwrites={me: denied})
    shown = await abe.slash(world.public, "setup review-channel", channel=channel)
    assert line_of(shown, "Review cards") == f"**Review cards** <#{channel.id}>"
    shown = await abe.slash(world.public, "setup threads", on=True)
    assert "*Create Public Threads*, *Send Messages in Threads* are missing" in line_of(shown, "Review cards")


async def test_what_is_mended_is_seen_by_test_again(world: World, env: simcord.Env) -> None:
    abe = world.member(ABE)
    me = env.bot.user
    assert me is not None
    quiet = discord.PermissionOverwrite(mention_everyone=False)
    channel = world.guild.create_text_channel("quiet", overwrites={me: quiet})
    await abe.slash(world.public, "setup review-channel", channel=channel)
    role = world.guild.create_role("Reviewers")
    shown = await abe.slash(world.public, "setup ping-role", role=role)
    assert "Horde Curator cannot ping it" in line_of(shown, "Role to ping")
    assert "1 thing to fix" in text_of(shown)
    env.backend.edit_role(world.guild.id, role.id, {"mentionable": True})
    await abe.click(answer_of(shown), label="Test again")
    assert "ready" in text_of(answer_of(shown))


async def test_a_role_above_the_bots_own_is_said_at_once(world: World, env: simcord.Env) -> None:
    above = world.guild.create_role("Above", position=90)
    shown = await world.owner.slash(world.public, "setup approver-role", role=above)
    assert "it is above Horde Curator's own role" in line_of(shown, "Role for approvers")
    below = world.guild.create_role("Below")
    shown = await world.owner.slash(world.public, "setup approver-role", role=below)
    assert line_of(shown, "Role for approvers") == f"**Role for approvers** <@&{below.id}>"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"managed": True}, "it belongs to an integration, so it cannot be given. Choose another."),
        (
            {"permissions": discord.Permissions(kick_members=True).value},
            "it has admin or moderator permissions, which a queue role must not have. Choose another.",
        ),
    ],
)
async def test_a_role_that_can_no_longer_be_given_is_named_with_the_reason(
    world: World, env: simcord.Env, changes: dict[str, Any], said: str
) -> None:
    role = world.guild.create_role("Reviewers")
    shown = await world.owner.slash(world.public, "setup approver-role", role=role)
    assert line_of(shown, "Role for approvers").endswith(f"<@&{role.id}>")
    env.backend.edit_role(world.guild.id, role.id, changes)
    await world.owner.click(answer_of(shown), label="Test again")
    assert line_of(shown, "Role for approvers").endswith(said)


async def test_a_bot_without_manage_roles_asks_for_it(world: World, env: simcord.Env) -> None:
    role = world.guild.create_role("Reviewers")
    shown = await world.owner.slash(world.public, "setup approver-role", role=role)
    guild, me = env.backend.get_guild(world.guild.id), env.backend.bot_user.id
    own = env.backend.get_member(guild.id, me).role_ids
    for role_id in (guild.id, *own):
        env.backend.edit_role(guild.id, role_id, {"permissions": discord.Permissions(view_channel=True).value})
    await world.owner.click(answer_of(shown), label="Test again")
    assert "*Manage Roles* is missing" in line_of(shown, "Role for approvers")


async def test_the_role_of_everyone_is_no_role_for_approvers(
    world: World, simulation: Simulation, env: simcord.Env
) -> None:
    with env._bot_scope():
        await simulation.bot.services.guild_setup.change(world.guild.id, Setting.APPROVER_ROLE, world.guild.id)
    shown = await world.owner.slash(world.public, "setup show")
    assert line_of(shown, "Role for approvers").endswith("everyone has it. Choose another.")


async def test_an_admin_cannot_have_the_bot_give_a_role_that_they_could_not_give_themselves(world: World) -> None:
    admin = world.guild.create_role("Admin", permissions=discord.Permissions(administrator=True))
    refused = await world.member(ABE).slash(world.public, "setup approver-role", role=admin)
    assert "Not set: you could not give this role yourself" in text_of(refused)
    assert "**Changed:** nothing." in text_of(refused)
    shown = await world.member(ABE).slash(world.public, "setup show")
    assert line_of(shown, "Role for approvers").endswith("not set")


async def test_a_refused_choice_does_not_stay_in_its_menu(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = world.guild.create_role("Admin", permissions=discord.Permissions(administrator=True))
    abe = world.member(ABE)
    shown = answer_of(await abe.slash(world.public, "setup show"))
    edit, edits = discord.Interaction.edit_original_response, []

    async def edited(interaction: discord.Interaction, **message: Any) -> discord.InteractionMessage:
        edits.append(interaction.message and interaction.message.id)
        return await edit(interaction, **message)

    monkeypatch.setattr(discord.Interaction, "edit_original_response", edited)
    refused = await abe.select(shown, [admin], custom_id="setup:choose:approver_role_id")
    assert "you could not give this role yourself" in text_of(answers_of(refused)[-1])
    assert edits == [shown.id]


async def test_block_is_neither_offered_nor_taken_where_one_approver_is_known(
    simulation: Simulation, world: World
) -> None:
    await link(world, ABE)
    abe = world.member(ABE)
    offered = await abe.autocomplete(world.public, "setup own-changes", "mode", "")
    assert [choice["value"] for choice in offered] == ["allow", "warn"]
    refused = await abe.slash(world.public, "setup own-changes", mode="block")
    assert "too few approvers have linked" in text_of(refused)
    await link_another(simulation, CORA)
    offered = await abe.autocomplete(world.public, "setup own-changes", "mode", "")
    assert [choice["value"] for choice in offered] == ["allow", "warn", "block"]
    assert line_of(await abe.slash(world.public, "setup own-changes", mode="Block"), "Own proposals").endswith(
        "need another approver"
    )


async def test_quiet_hours_with_one_hour_alone_are_refused_and_stay(world: World) -> None:
    abe = world.member(ABE)
    await abe.slash(world.public, "setup quiet-hours", begin=22, end=7)
    refused = await abe.slash(world.public, "setup quiet-hours", begin=20)
    assert "You gave only 20:00 UTC." in text_of(refused)
    assert "with `begin` and `end`, or with neither" in text_of(refused)
    assert line_of(await abe.slash(world.public, "setup show"), "Quiet hours") == "**Quiet hours** 22:00 to 7:00 UTC"


async def test_quiet_hours_are_chosen_on_the_screen_and_undone_with_one_press(world: World) -> None:
    shown = await world.owner.slash(world.public, "setup quiet-hours", begin=20, end=6)
    assert "20:00 to 6:00 UTC · **changed just now**" in text_of(shown)
    await world.owner.select(answer_of(shown), ["22to7"], custom_id="setup:choose:quiet_from")
    assert "22:00 to 7:00 UTC · **changed just now**" in text_of(answer_of(shown))
    await world.owner.click(answer_of(shown), label="Undo")
    assert line_of(shown, "Quiet hours") == "**Quiet hours** 20:00 to 6:00 UTC"
    await world.owner.select(answer_of(shown), ["none"], custom_id="setup:choose:quiet_from")
    assert line_of(shown, "Quiet hours") == "**Quiet hours** off"
    await world.owner.click(answer_of(shown), label="Undo")
    assert line_of(shown, "Quiet hours") == "**Quiet hours** 20:00 to 6:00 UTC"


async def test_a_mode_that_there_is_not_is_refused_with_those_there_are(world: World) -> None:
    refused = await world.member(ABE).slash(world.public, "setup own-changes", mode="@everyone")
    assert "this is not one of the choices" in text_of(refused)
    assert "*allow*, *warn*, *block*" in text_of(refused)


async def test_open_cards_show_a_new_number_of_approvals_at_once(world: World, env: simcord.Env) -> None:
    assert "approvals" not in text_of(card_of(world.review, env, 42))
    await world.member(ABE).slash(world.public, "setup approvals", count=2)
    await env.settle()
    assert "0 of 2 approvals" in text_of(card_of(world.review, env, 42))


async def test_setup_is_there_for_those_who_manage_the_server(simulation: Simulation) -> None:
    commands = {
        command.name: dict(command.to_dict(simulation.bot.tree)) for command in simulation.bot.tree.get_commands()
    }
    assert commands["setup"]["default_member_permissions"] == discord.Permissions(manage_guild=True).value
    others = {name: one["default_member_permissions"] for name, one in commands.items() if name != "setup"}
    assert set(others.values()) == {None}, others


async def link_another(simulation: Simulation, person: Person) -> None:
    """Link a second approver beside the forms: every key of this service is bob's."""
    accounts = simulation.bot.services.accounts
    await accounts._links.put(
        4242,
        horde_user_id=person.horde_user_id,
        horde_username=person.horde_username,
        key=SecretStr(person.key),
        roles=frozenset({"requestor", "approver"}),
        now=simulation.clock(),
    )


async def test_the_last_change_is_marked_and_undone_with_one_press(world: World) -> None:
    shown = await world.owner.slash(world.public, "setup reminder", days=3)
    assert "after 3 days · **changed just now**" in text_of(shown)
    await world.owner.click(answer_of(shown), label="Undo")
    assert line_of(shown, "Reminder") == "**Reminder** after 7 days"
    assert "Undo" not in buttons_of(answer_of(shown))
    menu = "setup:choose:announcement_channel_id"
    await world.owner.select(answer_of(shown), [world.review], custom_id=menu)
    assert line_of(shown, "Announcements").startswith(f"**Announcements** <#{world.review.id}>")
    await world.owner.select(answer_of(shown), [], custom_id=menu)
    assert line_of(shown, "Announcements").startswith("**Announcements** not set")


async def test_the_approvals_for_the_most_used_models_are_set_on_the_screen(world: World) -> None:
    shown = await world.owner.slash(world.public, "setup show")
    name = "For the most used models"
    assert line_of(shown, name) == f"**{name}** one more"
    await world.owner.select(answer_of(shown), ["3"], custom_id="setup:choose:approvals_most_used")
    assert line_of(shown, name) == f"**{name}** 3"
    await world.owner.click(answer_of(shown), label="Undo")
    assert line_of(shown, name) == f"**{name}** one more"
    await world.owner.slash(world.public, "setup approvals", count=2, most_used=4)
    await world.owner.slash(world.public, "setup approvals", count=2, most_used=0)
    again = await world.owner.slash(world.public, "setup show")
    assert line_of(again, name) == f"**{name}** one more"


async def test_the_first_steps_are_posted_where_the_bot_was_invited(
    world: World, env: simcord.Env, simulation: Simulation
) -> None:
    bot = simulation.bot
    cog, guild = bot.get_cog("SetupCog"), bot.get_guild(world.guild.id)
    assert isinstance(cog, SetupCog)
    assert guild is not None
    await cog.on_guild_join(guild)
    await env.settle()
    (posted,) = [each for each in posted_in(world.public, env) if "Horde Curator is here" in text_of(each)]
    assert "/setup show" in text_of(posted).replace("</", "/")


async def test_a_deleted_ping_role_is_shown_and_not_mentioned(
    world: World, env: simcord.Env, simulation: Simulation, scripted: ScriptedService
) -> None:
    with env._bot_scope():
        await simulation.bot.services.guild_setup.change(world.guild.id, Setting.PING_ROLE, DELETED_ROLE)
    shown = await world.member(ABE).slash(world.public, "setup show")
    assert "this role was deleted" in line_of(shown, "Role to ping")
    scripted.put(77)
    await simulation.let_pass(simulation.bot.poll_interval)
    assert str(DELETED_ROLE) not in text_of(card_of(world.review, env, 77))


async def test_a_member_who_may_not_manage_the_server_changes_no_setting(
    world: World, simulation: Simulation, env: simcord.Env, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = simulation.bot.services.guild_setup.guild_settings
    before = await settings.get(world.guild.id)
    emit = env.backend.emit

    def as_a_member(event: str, payload: Any) -> None:
        if event == "INTERACTION_CREATE":
            payload = {**payload, "member": {**payload["member"], "permissions": "0"}}
        emit(event, payload)

    monkeypatch.setattr(env.backend, "emit", as_a_member)
    for command, options in (("reminder", {"days": 3}), ("review-channel", {"channel": world.public}), ("show", {})):
        refused = await world.member(ABE).slash(world.public, f"setup {command}", **options)
        assert "you need *Manage Server*" in text_of(refused)
    assert await settings.get(world.guild.id) == before
