import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.demo.horde_stand_in import ANONYMOUS_KEY, HordeStandIn, Mood
from bot.demo.people import ABE, CORA, DAVE, RITA
from bot.identity.accounts import Accounts, Actor, LinkOutcome
from bot.identity.errors import (
    AccountTakenError,
    AnonymousKeyError,
    HordeUnavailableError,
    IdentityError,
    KeyShapeError,
    MissingRoleError,
    NotLinkedError,
    SharedKeyError,
    TooManyAttemptsError,
    UnknownKeyError,
    UnreadableKeyError,
)
from bot.identity.horde import HordeUserContext
from bot.identity.roles import QueueRoles, Role
from bot.reference.errors import ApiError, UnavailableError
from storage.database import Database
from storage.errors import DiskError
from storage.links import Link, Links
from tests.identity.conftest import (
    TTL,
    Clock,
    RolesBehind,
    answered,
    everything_said_by,
)

R, A, C, D = 11, 22, 33, 44
"""Discord ids of the four people."""

BOTH = frozenset({Role.REQUESTOR, Role.APPROVER})
ALICE = HordeUserContext("101", "alice#101")


def accounts_behind(roles: QueueRoles, links: Links, clock: Clock) -> Accounts:
    return Accounts(links, roles, clock=clock, ttl=TTL, monotonic=clock.monotonic)


class Service:
    """A service that tells Rita's roles as they are set, and counts how often it is asked."""

    def __init__(self, *roles: str) -> None:
        self.roles = roles
        self.asked = 0
        self.is_away = False

    def __call__(self, _: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.is_away:
            return answered(503, {"detail": "Service Unavailable"})
        return answered(200, {"user_id": "101", "username": "alice#101", "roles": list(self.roles)})


# --- Linking -----------------------------------------------------------------------------------------------


async def test_a_key_is_linked_with_its_name_and_roles(accounts: Accounts, clock: Clock) -> None:
    outcome = await accounts.link(R, f"  {RITA.key}\n")
    assert outcome == LinkOutcome(outcome.standing, None)
    standing = outcome.standing
    assert (standing.user_id, standing.horde) == (R, ALICE)
    assert standing.roles == {Role.REQUESTOR}
    assert standing.linked_at == standing.roles_read_at == clock()
    assert (standing.may(Role.REQUESTOR), standing.may(Role.APPROVER)) == (True, False)
    assert accounts.peek(R) == await accounts.standing(R) == standing


async def test_an_account_without_roles_may_be_linked(accounts: Accounts) -> None:
    assert (await accounts.link(D, DAVE.key)).standing.roles == frozenset()


async def test_linking_again_replaces_the_key_and_says_who_it_was(
    accounts: Accounts, horde: HordeStandIn, links: Links
) -> None:
    horde.know("ritas-second-key", "alice#101")
    await accounts.link(R, RITA.key)
    again = await accounts.link(R, "ritas-second-key")
    assert (again.former, again.standing.generation) == (ALICE, 2)
    assert await links.key(R) == SecretStr("ritas-second-key")
    other = await accounts.link(R, CORA.key)
    assert (other.former, other.standing.horde.username) == (ALICE, "carol#303")
    assert (await accounts.actor(R)).horde.user_id == "303"


@pytest.mark.parametrize("text", ["", "short", "k" * 65, "line\nbreak-in-key", "zero\u200bwidth-key", "blank within-1"])
async def test_what_cannot_be_a_key_is_refused_before_any_request(
    text: str, accounts: Accounts, horde: HordeStandIn
) -> None:
    before = horde.calls
    with pytest.raises(KeyShapeError) as caught:
        await accounts.link(R, text)
    assert not text or text not in str(vars(caught.value)) + str(caught.value)
    assert (horde.calls, await accounts.standing(R)) == (before, None)


async def test_the_anonymous_key_is_refused_before_any_request(accounts: Accounts, horde: HordeStandIn) -> None:
    before = horde.calls
    with pytest.raises(AnonymousKeyError):
        await accounts.link(R, ANONYMOUS_KEY)
    assert horde.calls == before


async def test_another_key_of_the_anonymous_account_is_refused_too(accounts: Accounts, horde: HordeStandIn) -> None:
    horde.know("another-anonymous", "Anonymous#0")
    with pytest.raises(AnonymousKeyError):
        await accounts.link(R, "another-anonymous")


@pytest.mark.parametrize(
    "name", ["alice#101 (Shared Key: test)", "alice#101 (Shared Key: #202)", "alice#", "alice#\u0661"]
)
async def test_a_shared_key_is_refused(name: str, accounts: Accounts, horde: HordeStandIn) -> None:
    horde.know("a-shared-key", name)
    with pytest.raises(SharedKeyError) as caught:
        await accounts.link(R, "a-shared-key")
    assert caught.value.username == name
    assert await accounts.standing(R) is None


async def test_a_key_that_ai_horde_does_not_know_is_refused(accounts: Accounts) -> None:
    with pytest.raises(UnknownKeyError):
        await accounts.link(R, "unknown-to-ai-horde")


@pytest.mark.parametrize("mood", [Mood.RATE_LIMITED, Mood.FAILING, Mood.GARBAGE])
async def test_an_outage_refuses_without_blame_and_keeps_the_former_link(
    mood: Mood, accounts: Accounts, horde: HordeStandIn, links: Links
) -> None:
    await accounts.link(R, RITA.key)
    former = await links.get(R)
    horde.play(mood)
    with pytest.raises(HordeUnavailableError):
        await accounts.link(R, CORA.key)
    assert await links.get(R) == former
    assert await links.key(R) == SecretStr(RITA.key)


async def test_a_service_that_is_away_refuses_and_changes_nothing(
    roles_behind: RolesBehind, links: Links, clock: Clock
) -> None:
    roles = roles_behind(lambda _: answered(503, {"detail": "Service Unavailable"}))
    with pytest.raises(UnavailableError):
        await accounts_behind(roles, links, clock).link(R, RITA.key)
    assert await links.count() == 0


async def test_one_account_is_one_persons_and_the_first_keeps_it(accounts: Accounts, links: Links) -> None:
    await accounts.link(R, RITA.key)
    with pytest.raises(AccountTakenError) as caught:
        await accounts.link(D, RITA.key)
    assert caught.value.username == "alice#101"
    assert await accounts.standing(D) is None
    assert (await accounts.actor(R)).horde == ALICE
    assert await links.count() == 1


async def test_two_people_with_one_account_at_once_end_as_one_link(accounts: Accounts, links: Links) -> None:
    ends = await asyncio.gather(accounts.link(R, RITA.key), accounts.link(D, RITA.key), return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["AccountTakenError", "LinkOutcome"]
    assert await links.count() == 1


# --- Trying keys -------------------------------------------------------------------------------------------


async def test_guessing_keys_ends_after_the_third(accounts: Accounts, horde: HordeStandIn, clock: Clock) -> None:
    for number in range(3):
        with pytest.raises(UnknownKeyError):
            await accounts.link(D, f"a-guessed-key-{number}")
    before = horde.calls
    with pytest.raises(TooManyAttemptsError) as caught:
        await accounts.link(D, DAVE.key)
    assert horde.calls == before
    assert timedelta() < caught.value.retry_after <= timedelta(minutes=10)
    await accounts.link(R, RITA.key)  # others are not concerned
    clock.move(caught.value.retry_after)
    await accounts.link(D, DAVE.key)


async def test_what_is_refused_before_ai_horde_is_asked_is_no_attempt(accounts: Accounts) -> None:
    for _ in range(9):
        with pytest.raises(KeyShapeError):
            await accounts.link(R, "oops")
    await accounts.link(R, RITA.key)


async def test_an_outage_is_no_attempt(accounts: Accounts, horde: HordeStandIn) -> None:
    horde.play(Mood.RATE_LIMITED)
    for _ in range(9):
        with pytest.raises(HordeUnavailableError):
            await accounts.link(R, RITA.key)
    horde.play(Mood.WELL)
    await accounts.link(R, RITA.key)


# --- Acting ------------------------------------------------------------------------------------------------


async def test_an_actor_has_the_persons_own_key(accounts: Accounts) -> None:
    await accounts.link(A, ABE.key)
    actor = await accounts.actor(A, needs=Role.APPROVER)
    assert actor == Actor(A, HordeUserContext("202", "bob#202"), BOTH, SecretStr(ABE.key))
    assert ABE.key not in f"{actor!r} {actor}"
    assert "key" not in repr(actor)


async def test_a_user_who_has_not_linked_cannot_act_and_no_request_is_sent(
    accounts: Accounts, horde: HordeStandIn
) -> None:
    before = horde.calls
    with pytest.raises(NotLinkedError) as caught:
        await accounts.actor(R, needs=Role.REQUESTOR)
    assert (caught.value.user_id, horde.calls) == (R, before)


@pytest.mark.parametrize(("person", "needs"), [(RITA, Role.APPROVER), (DAVE, Role.REQUESTOR), (DAVE, Role.APPROVER)])
async def test_a_missing_role_is_named_with_what_is_there_instead(
    person: object, needs: Role, accounts: Accounts
) -> None:
    standing = (await accounts.link(R, str(getattr(person, "key", "")))).standing
    with pytest.raises(MissingRoleError) as caught:
        await accounts.actor(R, needs=needs)
    assert (caught.value.role, caught.value.standing) == (needs, standing)
    assert (await accounts.actor(R)).roles == standing.roles


@pytest.mark.parametrize("needs", [Role.REQUESTOR, Role.APPROVER])
async def test_an_approver_may_propose_as_well(needs: Role, accounts: Accounts) -> None:
    await accounts.link(A, ABE.key)
    assert (await accounts.actor(A, needs=needs)).roles == BOTH


async def test_roles_are_asked_for_again_only_when_they_are_old(
    roles_behind: RolesBehind, links: Links, clock: Clock
) -> None:
    service = Service("requestor")
    accounts = accounts_behind(roles_behind(service), links, clock)
    await accounts.link(R, RITA.key)
    for _ in range(3):
        await accounts.actor(R, needs=Role.REQUESTOR)
    assert service.asked == 1
    clock.move(TTL - timedelta(seconds=1))
    await accounts.actor(R, needs=Role.REQUESTOR)
    assert service.asked == 1
    clock.move(timedelta(seconds=1))
    await accounts.actor(R)
    assert service.asked == 1
    await accounts.actor(R, needs=Role.REQUESTOR)
    assert service.asked == 2


async def test_a_role_given_or_taken_away_counts_within_a_minute(
    roles_behind: RolesBehind, links: Links, clock: Clock
) -> None:
    service = Service("requestor")
    accounts = accounts_behind(roles_behind(service), links, clock)
    await accounts.link(R, RITA.key)
    service.roles = ("requestor", "approver")
    with pytest.raises(MissingRoleError):
        await accounts.actor(R, needs=Role.APPROVER)
    clock.move(TTL)
    assert (await accounts.actor(R, needs=Role.APPROVER)).roles == BOTH
    service.roles = ()
    clock.move(TTL)
    with pytest.raises(MissingRoleError) as caught:
        await accounts.actor(R, needs=Role.REQUESTOR)
    assert caught.value.standing.roles == frozenset()
    link = await links.get(R)
    assert link is not None
    assert (link.roles, link.roles_read_at) == (frozenset(), clock())


async def test_after_a_refusal_the_remembered_roles_are_not_believed(
    roles_behind: RolesBehind, links: Links, clock: Clock
) -> None:
    service = Service("requestor", "approver")
    accounts = accounts_behind(roles_behind(service), links, clock)
    await accounts.link(R, RITA.key)
    service.roles = ()
    accounts.mark_stale(R)
    with pytest.raises(MissingRoleError):
        await accounts.actor(R, needs=Role.APPROVER)
    with pytest.raises(MissingRoleError):
        await accounts.actor(R, needs=Role.APPROVER)
    assert service.asked == 2


async def test_a_clock_set_back_does_not_keep_roles(roles_behind: RolesBehind, links: Links, clock: Clock) -> None:
    service = Service("requestor")
    accounts = accounts_behind(roles_behind(service), links, clock)
    await accounts.link(R, RITA.key)
    clock.move(-timedelta(hours=1))
    await accounts.actor(R, needs=Role.REQUESTOR)
    assert service.asked == 2


async def test_many_presses_at_once_ask_once(roles_behind: RolesBehind, links: Links, clock: Clock) -> None:
    service = Service("requestor")
    accounts = accounts_behind(roles_behind(service), links, clock)
    await accounts.link(R, RITA.key)
    clock.move(TTL)
    actors = await asyncio.gather(*(accounts.actor(R, needs=Role.REQUESTOR) for _ in range(20)))
    assert (len(actors), service.asked) == (20, 2)


async def test_refreshing_asks_at_once(roles_behind: RolesBehind, links: Links, clock: Clock) -> None:
    service = Service()
    accounts = accounts_behind(roles_behind(service), links, clock)
    await accounts.link(R, RITA.key)
    service.roles = ("approver",)
    clock.move(timedelta(seconds=1))
    standing = await accounts.refresh(R)
    assert (standing.roles, standing.roles_read_at) == (BOTH, clock())
    assert accounts.peek(R) == standing


# --- Outages never unlink and never blame the key ----------------------------------------------------------


@pytest.mark.parametrize("mood", [Mood.RATE_LIMITED, Mood.FAILING])
async def test_an_outage_of_ai_horde_is_named_as_one_and_passes(
    mood: Mood, accounts: Accounts, horde: HordeStandIn, clock: Clock, links: Links
) -> None:
    before = (await accounts.link(A, ABE.key)).standing
    horde.play(mood)
    clock.move(timedelta(days=1))
    for _ in range(5):
        with pytest.raises(HordeUnavailableError):
            await accounts.actor(A, needs=Role.APPROVER)
    assert accounts.peek(A) == before
    assert await links.key(A) == SecretStr(ABE.key)
    horde.play(Mood.WELL)
    assert (await accounts.actor(A, needs=Role.APPROVER)).roles == BOTH


async def test_an_outage_of_the_service_is_named_as_one_and_passes(
    roles_behind: RolesBehind, links: Links, clock: Clock
) -> None:
    service = Service("requestor")
    accounts = accounts_behind(roles_behind(service), links, clock)
    await accounts.link(R, RITA.key)
    service.is_away = True
    clock.move(TTL)
    with pytest.raises(UnavailableError):
        await accounts.actor(R, needs=Role.REQUESTOR)
    service.is_away = False
    assert (await accounts.actor(R, needs=Role.REQUESTOR)).roles == {Role.REQUESTOR}


async def test_a_revoked_key_is_told_and_its_link_stays(
    accounts: Accounts, horde: HordeStandIn, clock: Clock, links: Links
) -> None:
    await accounts.link(A, ABE.key)
    horde.drop(ABE.key)
    clock.move(TTL)
    with pytest.raises(UnknownKeyError):
        await accounts.actor(A, needs=Role.APPROVER)
    assert await links.get(A) is not None


async def deny(accounts: Accounts, clock: Clock, *after: timedelta) -> None:
    """Press while AI-Horde does not know the key, each time after a while."""
    for span in after:
        clock.move(span)
        with pytest.raises(UnknownKeyError):
            await accounts.actor(A, needs=Role.APPROVER)


async def is_disabled(links: Links) -> bool:
    link = await links.get(A)
    assert link is not None
    assert await links.key(A) == SecretStr(ABE.key), "it is kept in every case"
    return link.is_disabled


async def test_a_key_denied_three_times_in_ten_minutes_is_kept_but_not_used_any_more(
    accounts: Accounts, horde: HordeStandIn, clock: Clock, links: Links
) -> None:
    await accounts.link(A, ABE.key)
    horde.drop(ABE.key)
    await deny(accounts, clock, TTL, TTL, TTL, TTL)
    assert not await is_disabled(links), "four times, but within three minutes"
    await deny(accounts, clock, timedelta(minutes=7))
    assert await is_disabled(links)
    assert await links.with_roles() == []
    horde.know(ABE.key, ABE.horde_username)
    asked = horde.calls
    with pytest.raises(UnknownKeyError):
        await accounts.actor(A)
    assert horde.calls == asked, "no request is sent any more"
    assert (await accounts.link(A, ABE.key)).standing.roles == BOTH
    assert (await accounts.actor(A, needs=Role.APPROVER)).roles == BOTH


async def test_a_key_that_is_confirmed_in_between_begins_again(
    accounts: Accounts, horde: HordeStandIn, clock: Clock, links: Links
) -> None:
    await accounts.link(A, ABE.key)
    for _ in range(3):
        horde.drop(ABE.key)
        await deny(accounts, clock, timedelta(minutes=20), timedelta(minutes=20))
        horde.know(ABE.key, ABE.horde_username)
        clock.move(TTL)
        assert (await accounts.actor(A, needs=Role.APPROVER)).roles == BOTH
    assert not await is_disabled(links)


@pytest.mark.parametrize("mood", [Mood.RATE_LIMITED, Mood.FAILING, Mood.GARBAGE])
async def test_an_outage_does_not_count_against_a_key(
    mood: Mood, accounts: Accounts, horde: HordeStandIn, clock: Clock, links: Links
) -> None:
    await accounts.link(A, ABE.key)
    horde.play(mood)
    for _ in range(6):
        clock.move(timedelta(minutes=10))
        with pytest.raises((HordeUnavailableError, ApiError)):
            await accounts.actor(A, needs=Role.APPROVER)
    assert not await is_disabled(links)


async def test_fresh_roles_need_no_ai_horde(accounts: Accounts, horde: HordeStandIn) -> None:
    await accounts.link(A, ABE.key)
    horde.play(Mood.FAILING)
    assert (await accounts.actor(A, needs=Role.APPROVER)).roles == BOTH


async def test_a_key_that_does_not_open_concerns_its_owner_alone(
    accounts: Accounts, database: Database, horde: HordeStandIn
) -> None:
    await accounts.link(R, RITA.key)
    await accounts.link(A, ABE.key)
    await database.transaction(
        lambda rows: rows.execute("UPDATE link SET sealed_key = zeroblob(length(sealed_key)) WHERE user_id = ?", (R,))
    )
    with pytest.raises(UnreadableKeyError) as caught:
        await accounts.actor(R)
    assert caught.value.user_id == R
    assert (await accounts.actor(A)).key == SecretStr(ABE.key)
    await accounts.link(R, RITA.key)
    assert (await accounts.actor(R)).key == SecretStr(RITA.key)


# --- Remembering and forgetting ----------------------------------------------------------------------------


async def test_after_a_restart_those_with_roles_are_known_at_once(
    accounts: Accounts, links: Links, queue_roles: QueueRoles, clock: Clock, horde: HordeStandIn
) -> None:
    abe = (await accounts.link(A, ABE.key)).standing
    dave = (await accounts.link(D, DAVE.key)).standing
    before = horde.calls
    restarted = accounts_behind(queue_roles, links, clock)
    assert restarted.peek(A) is None
    assert await restarted.warm() == 1
    assert restarted.peek(A) == abe
    assert restarted.peek(D) is None
    assert await restarted.standing(D) == restarted.peek(D) == dave
    assert await restarted.standing(C) is None
    assert (await restarted.actor(A, needs=Role.APPROVER)).roles == BOTH
    assert horde.calls == before


async def test_unlinking_deletes_the_key_and_what_was_remembered(accounts: Accounts, links: Links) -> None:
    await accounts.link(R, RITA.key)
    assert await accounts.unlink(R) is True
    assert await accounts.unlink(R) is False
    assert accounts.peek(R) is None
    assert await links.key(R) is None
    with pytest.raises(NotLinkedError):
        await accounts.actor(R)
    assert (await accounts.link(D, RITA.key)).standing.horde == ALICE


async def test_a_link_deleted_behind_our_back_is_gone_at_the_next_press(accounts: Accounts, links: Links) -> None:
    await accounts.link(R, RITA.key)
    await links.delete(R)
    with pytest.raises(NotLinkedError):
        await accounts.actor(R, needs=Role.REQUESTOR)
    assert accounts.peek(R) is None


async def test_a_link_deleted_while_its_roles_are_asked_for_stays_gone(
    accounts: Accounts, links: Links, queue_roles: QueueRoles, monkeypatch: pytest.MonkeyPatch
) -> None:
    await accounts.link(R, RITA.key)
    ask = queue_roles.get_user_roles

    async def ask_meanwhile(apikey: SecretStr) -> tuple[HordeUserContext | None, set[Role]]:
        await links.delete(R)
        return await ask(apikey)

    monkeypatch.setattr(queue_roles, "get_user_roles", ask_meanwhile)
    with pytest.raises(NotLinkedError):
        await accounts.refresh(R)
    assert accounts.peek(R) is None


async def test_unlinking_while_roles_are_asked_for_ends_unlinked(accounts: Accounts, clock: Clock) -> None:
    await accounts.link(R, RITA.key)
    clock.move(TTL)
    await asyncio.gather(accounts.refresh(R), accounts.unlink(R), return_exceptions=True)
    assert accounts.peek(R) is await accounts.standing(R) is None


async def test_a_link_given_up_half_way_never_pairs_one_account_with_anothers_key(
    accounts: Accounts, links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    await accounts.link(R, RITA.key)
    put, is_put = links.put, asyncio.Event()

    async def put_and_never_return(*args: Any, **kwargs: Any) -> Link:
        await put(*args, **kwargs)
        is_put.set()
        return await asyncio.Future()

    monkeypatch.setattr(links, "put", put_and_never_return)
    task = asyncio.create_task(accounts.link(R, CORA.key))
    await is_put.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    actor = await accounts.actor(R)
    assert (actor.horde.user_id, actor.key) == ("303", SecretStr(CORA.key))


async def test_a_disk_that_fails_after_the_link_was_kept_pairs_no_account_with_anothers_key(
    accounts: Accounts, links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    await accounts.link(R, RITA.key)
    put = links.put

    async def put_and_fail(*args: Any, **kwargs: Any) -> Link:
        await put(*args, **kwargs)
        raise DiskError(Path("curator.db"), is_full=True)

    monkeypatch.setattr(links, "put", put_and_fail)
    with pytest.raises(DiskError):
        await accounts.link(R, CORA.key)
    actor = await accounts.actor(R)
    assert (actor.horde.user_id, actor.key) == ("303", SecretStr(CORA.key))


async def test_a_press_during_a_change_of_account_acts_wholly_as_one_of_the_two(
    accounts: Accounts, links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    await accounts.link(R, RITA.key)
    read = links.key

    async def read_late(user_id: int, *account: str) -> SecretStr | None:
        monkeypatch.setattr(links, "key", read)
        await accounts.link(R, CORA.key)
        return await read(user_id, *account)

    monkeypatch.setattr(links, "key", read_late)
    actor = await accounts.actor(R, needs=Role.APPROVER)
    assert (actor.horde.user_id, actor.key) == ("303", SecretStr(CORA.key))


# --- The key stays where it is -----------------------------------------------------------------------------


async def test_a_key_is_in_no_log_and_no_error_and_not_remembered(
    accounts: Accounts, horde: HordeStandIn, canary: SecretStr, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    key = canary.get_secret_value()
    said: list[str] = []
    with capture_logs() as lines:
        outcome = await accounts.link(R, key)
        said += [repr(outcome), repr(await accounts.actor(R)), repr(vars(accounts))]
        clock.move(TTL)
        for mood in (Mood.RATE_LIMITED, Mood.FAILING, Mood.UNKNOWN):
            horde.play(mood)
            for act in (accounts.actor(R, needs=Role.REQUESTOR), accounts.refresh(R), accounts.link(D, key)):
                with pytest.raises(IdentityError) as caught:
                    await act
                said.append(everything_said_by(caught.value))
        horde.play(Mood.WELL)
        with pytest.raises(AccountTakenError) as taken:
            await accounts.link(A, key)
        said.append(everything_said_by(taken.value))
        await accounts.unlink(R)
    assert key not in f"{said}{lines}"
    # The two that repeat what passes through them at DEBUG are held at INFO by bot.logs.
    kept = [line.getMessage() for line in caplog.records if not line.name.startswith(("httpcore", "aiosqlite"))]
    assert key not in str(kept)


async def test_a_key_is_in_no_file(accounts: Accounts, canary: SecretStr, tmp_path: Path) -> None:
    await accounts.link(R, canary.get_secret_value())
    await accounts.link(R, canary.get_secret_value())
    files = list((tmp_path / "data").iterdir())
    assert any(path.suffix == ".db" for path in files)
    assert not [path for path in files if canary.get_secret_value().encode() in path.read_bytes()]


async def test_standing_is_a_value_that_two_readers_share_safely(
    accounts: Accounts,
) -> None:
    standing = (await accounts.link(R, RITA.key)).standing
    assert replace(standing) == standing
    with pytest.raises(AttributeError):
        standing.roles = frozenset(Role)  # type: ignore[misc]  # the point of the test
