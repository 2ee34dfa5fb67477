"""Accounts as the rest of the program uses them: linked, looked up, shown or hidden."""

import pytest

from bot.identity.errors import AccountTakenError, NotLinkedError
from bot.identity.roles import Role
from tests.services.conftest import APPROVER, OTHER, REQUESTOR, App


async def test_linking_another_account_names_both_and_the_former_one_is_free(app: App) -> None:
    accounts = app.services.accounts
    with pytest.raises(AccountTakenError):
        await accounts.link(REQUESTOR, "the-key-of-bob")
    assert await accounts.unlink(APPROVER)
    linked = await accounts.link(REQUESTOR, "the-key-of-bob")
    assert linked.former is not None
    assert (linked.former.username, linked.standing.horde.username) == ("alice#101", "bob#202")
    assert linked.standing.may(Role.APPROVER)
    assert (await accounts.link(REQUESTOR, "the-key-of-bob")).former == linked.standing.horde
    assert await accounts.owner_of("202") == REQUESTOR
    assert await accounts.owner_of("101") is None


async def test_a_person_without_a_link_is_named_as_one(app: App) -> None:
    accounts = app.services.accounts
    for ask in (accounts.actor, accounts.refresh, accounts.linked):
        with pytest.raises(NotLinkedError) as refusal:
            await ask(OTHER)
        assert refusal.value.user_id == OTHER
    assert not await accounts.unlink(OTHER)


async def test_roles_are_read_again_for_an_action_that_needs_one_and_for_no_other(app: App) -> None:
    app.clock.move(hours=1)
    asked = app.service.asked("/me/roles")
    await app.services.accounts.actor(APPROVER)
    assert app.service.asked("/me/roles") == asked
    await app.services.accounts.actor(APPROVER, needs=Role.APPROVER)
    assert app.service.asked("/me/roles") == asked + 1
    await app.services.accounts.actor(APPROVER, needs=Role.APPROVER)
    assert app.service.asked("/me/roles") == asked + 1
    await app.services.accounts.refresh(APPROVER)
    assert app.service.asked("/me/roles") == asked + 2


async def test_a_person_who_hides_is_hidden_at_once(app: App) -> None:
    accounts = app.services.accounts
    for is_visible in (False, True):
        await accounts.standing(REQUESTOR)
        await accounts.set_visible(REQUESTOR, is_visible=is_visible)
        known = accounts.peek(REQUESTOR)
        assert known is not None
        assert known.is_visible is is_visible
    with pytest.raises(NotLinkedError):
        await accounts.set_visible(OTHER, is_visible=False)
