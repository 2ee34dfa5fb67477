"""Members decide whether others may look them up: one press hides, another shows again."""

import simcord

from bot.demo.people import ABE, DAVE, RITA
from bot.demo.world import World
from bot.services.guilds.membership import CHECK_AFTER
from bot.services.rate_limits import ACTIONS_A_MINUTE
from tests.harness.messages import answer_of, card_of, text_of
from tests.harness.simulation import Simulation
from tests.stories.people import link, propose

CHECK_EVERY_S = 61


async def test_a_member_is_looked_up_from_the_menu_of_members(world: World) -> None:
    await link(world, ABE)
    shown = await world.member(RITA).context_menu(world.public, "Queue roles", target=world.member(ABE))
    assert "bob\\#202" in text_of(shown)
    assert "is an **approver**" in text_of(shown)
    assert answer_of(shown).ephemeral
    unlinked = await world.member(RITA).context_menu(world.public, "Queue roles", target=world.member(DAVE))
    assert "Not linked" in text_of(unlinked)


async def test_a_hidden_user_is_found_by_no_one_else_and_named_on_no_new_card(world: World, env: simcord.Env) -> None:
    for person in (RITA, ABE):
        await link(world, person)
    rita, abe = world.member(RITA), world.member(ABE)
    hidden = await rita.slash(world.public, "account visibility", visible=False)
    assert "Others cannot look you up" in text_of(hidden)
    unlinked = text_of(await abe.slash(world.public, "roles", member=world.member(DAVE)))
    asked = text_of(await abe.slash(world.public, "roles", member=rita))
    assert asked == unlinked.replace(str(world.member(DAVE).id), str(rita.id)), "told like a user who never linked"
    listed = text_of(await abe.slash(world.public, "roles"))
    assert "alice" not in listed
    assert "1 linked member hides from this list." in listed
    assert "alice\\#101" in text_of(await rita.slash(world.public, "roles", member=rita)), "one sees oneself"
    change_id = await propose(world, RITA, "Story Hidden")
    assert f"<@{rita.id}>" not in text_of(card_of(world.review, env, change_id))
    await rita.slash(world.public, "account visibility", visible=True)
    await env.settle()
    assert f"<@{rita.id}>" in text_of(card_of(world.review, env, change_id))
    await rita.slash(world.public, "account visibility", visible=False)
    await env.settle()
    assert f"<@{rita.id}>" not in text_of(card_of(world.review, env, change_id)), "open cards follow"
    shown = await rita.slash(world.public, "account visibility", visible=True)
    assert "Others can look you up" in text_of(shown)
    assert "alice\\#101" in text_of(await abe.slash(world.public, "roles", member=rita))


async def test_hiding_again_redraws_no_card_and_not_more_often_than_other_actions(
    simulation: Simulation, world: World, env: simcord.Env
) -> None:
    await link(world, RITA)
    change_id = await propose(world, RITA, "Story Hidden Again")
    rita = world.member(RITA)
    (card,) = await simulation.bot.services.card_service.cards.cards_of(change_id)
    assert card.shown_revision == card.revision
    shown = [
        text_of(await rita.slash(world.public, "account visibility", visible=True)) for _ in range(ACTIONS_A_MINUTE)
    ]
    assert "Others can look you up" in shown[0]
    assert "10 actions a minute" in shown[-1]
    (again,) = await simulation.bot.services.card_service.cards.cards_of(change_id)
    assert again.revision == card.revision


async def test_no_user_hides_who_has_not_linked(world: World) -> None:
    refused = await world.member(DAVE).slash(world.public, "account visibility", visible=False)
    assert "Link your AI-Horde account first" in text_of(refused)


async def test_a_server_that_a_person_is_not_in_sees_the_horde_name_only(
    simulation: Simulation, world: World, env: simcord.Env
) -> None:
    elsewhere = env.create_guild("Elsewhere", owner=env.create_user("stranger"))
    review = elsewhere.create_text_channel("cards")
    await simulation.bot.services.guild_setup.use_review_channel(elsewhere.id, review.id)
    await link(world, RITA)
    change_id = await propose(world, RITA, "Story Elsewhere")
    await env.advance_time(CHECK_EVERY_S)  # Discord is asked who is where
    await env.settle()
    rita = world.member(RITA)
    assert f"<@{rita.id}>" in text_of(card_of(world.review, env, change_id))
    shown = text_of(card_of(review, env, change_id))
    assert "alice\\#101" in shown
    assert "<@" not in shown


async def test_a_member_who_left_is_mentioned_no_more_after_the_next_check(
    simulation: Simulation, world: World, env: simcord.Env
) -> None:
    await link(world, RITA)
    change_id = await propose(world, RITA, "Story Leaver")
    rita = world.member(RITA)
    assert f"<@{rita.id}>" in text_of(card_of(world.review, env, change_id))
    world.guild.remove_member(rita)
    simulation.clock.ahead += CHECK_AFTER
    await env.advance_time(CHECK_EVERY_S)
    await simulation.let_pass(simulation.bot.poll_interval)
    assert f"<@{rita.id}>" not in text_of(card_of(world.review, env, change_id))
