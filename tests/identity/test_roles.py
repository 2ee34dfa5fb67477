from collections.abc import Iterable

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.demo.horde_stand_in import ANONYMOUS_KEY, HordeStandIn, Mood
from bot.demo.people import ABE, DAVE, RITA
from bot.demo.reference_service import ReferenceService
from bot.identity.errors import (
    APIKeyInvalidException,
    HordeUnavailableError,
    IdentityError,
    InvalidKeyError,
)
from bot.identity.horde import HordeClient, HordeUserContext
from bot.identity.roles import AllowLists, QueueRoles, Role
from bot.reference.client import ReferenceClient
from bot.reference.errors import MalformedReplyError, UnavailableError
from bot.reference.generations import generation_8
from bot.reference.transport import Transport, make_http_client
from tests.identity.conftest import Answering, RolesBehind, answered, everything_said_by

UNKNOWN = SecretStr("unknown-to-ai-horde")
BOTH = {"approver", "requestor"}


def key_of(person: object) -> SecretStr:
    return SecretStr(str(getattr(person, "key", person)))


def refusing(status: int, detail: object) -> Answering:
    return lambda _: answered(status, {"detail": detail})


NO_SUCH_ROUTE = refusing(404, "Not Found")
GENERATION_2 = refusing(422, [{"loc": ["path", "model_category_name"], "msg": "not a category", "type": "enum"}])
UNAUTHORIZED = refusing(401, "Invalid API key")


# --- Allow-lists -------------------------------------------------------------------------------------------


def test_approvers_are_requestors_too_and_ids_are_stripped_and_blanks_dropped() -> None:
    lists = AllowLists([" 101 ", "", "  ", "102"], ["202\n", " "])
    assert lists.of(Role.REQUESTOR) == {"101", "102", "202"}
    assert lists.of(Role.APPROVER) == {"202"}
    assert lists.roles_of("202") == BOTH
    assert lists.roles_of("101") == {"requestor"}
    assert lists.roles_of("404") == lists.roles_of("") == set()


def test_an_empty_list_authorises_no_user_and_warns_once_a_role() -> None:
    lists = AllowLists([" "], [])
    with capture_logs() as lines:
        for _ in range(3):
            assert lists.roles_of("101") == lists.roles_of("") == set()
    warned = [(line["log_level"], line["event"], line["role"]) for line in lines]
    assert sorted(warned) == [
        ("warning", "allow_list_empty", "approver"),
        ("warning", "allow_list_empty", "requestor"),
    ]


def test_lists_with_a_user_on_them_warn_about_nothing() -> None:
    with capture_logs() as lines:
        AllowLists([], ["202"]).roles_of("101")
    assert lines == []


@given(st.lists(st.text(max_size=4)), st.lists(st.text(max_size=4)), st.text(max_size=4))
def test_no_user_off_the_lists_ever_holds_a_role(
    requestors: Iterable[str], approvers: Iterable[str], user_id: str
) -> None:
    roles = AllowLists(requestors, approvers).roles_of(user_id)
    assert (Role.APPROVER in roles) <= (user_id in {each.strip() for each in approvers} - {""})
    assert (Role.REQUESTOR in roles) <= (user_id in {each.strip() for each in [*requestors, *approvers]} - {""})
    assert Role.APPROVER not in roles or Role.REQUESTOR in roles


# --- get_user_roles on the real service --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "roles"), [(RITA, {"requestor"}), (ABE, BOTH), (DAVE, set())], ids=lambda it: getattr(it, "name", "")
)
async def test_the_service_tells_who_a_user_is_and_what_they_may(
    person: object, roles: set[str], queue_roles: QueueRoles
) -> None:
    user, found = await queue_roles.get_user_roles(key_of(person))
    assert user == HordeUserContext(getattr(person, "horde_user_id"), getattr(person, "horde_username"))  # noqa: B009 -- object
    assert found == roles


async def test_the_anonymous_key_and_a_shared_one_are_a_user_without_roles(
    queue_roles: QueueRoles, horde: HordeStandIn
) -> None:
    horde.know("a-shared-key", "alice#101 (Shared Key: test)")
    assert await queue_roles.get_user_roles(SecretStr(ANONYMOUS_KEY)) == (HordeUserContext("0", "Anonymous#0"), set())
    user, roles = await queue_roles.get_user_roles(SecretStr("a-shared-key"))
    assert user is not None
    assert (user.user_id, roles) == ("101 (Shared Key: test)", set())


async def test_a_key_that_ai_horde_does_not_know_is_no_user(queue_roles: QueueRoles) -> None:
    assert await queue_roles.get_user_roles(UNKNOWN) == (None, set())


@pytest.mark.parametrize("text", ["", "short", "with a blank-in-it", "line\nbreak-in-key"])
async def test_what_cannot_be_a_key_is_no_user_and_no_request_is_sent(
    text: str, queue_roles: QueueRoles, horde: HordeStandIn
) -> None:
    before = horde.calls
    assert await queue_roles.get_user_roles(SecretStr(text)) == (None, set())
    assert horde.calls == before


@pytest.mark.parametrize("mood", [Mood.RATE_LIMITED, Mood.FAILING])
async def test_the_services_401_during_an_outage_of_ai_horde_is_an_outage(
    mood: Mood, queue_roles: QueueRoles, horde: HordeStandIn
) -> None:
    horde.play(mood)
    for ask in (
        queue_roles.get_user_roles,
        queue_roles.authenticate_queue_requestor,
        queue_roles.authenticate_queue_approver,
    ):
        with pytest.raises(HordeUnavailableError):
            await ask(key_of(RITA))


async def test_a_page_for_people_from_ai_horde_is_the_services_failure_and_not_the_keys(
    queue_roles: QueueRoles, horde: HordeStandIn
) -> None:
    horde.play(Mood.GARBAGE)
    with pytest.raises(UnavailableError):
        await queue_roles.get_user_roles(key_of(RITA))


async def test_a_replica_tells_roles_as_well(replica_service: ReferenceService, horde_client: HordeClient) -> None:
    async with make_http_client(replica_service.url) as client:
        roles = QueueRoles(ReferenceClient(Transport(client), generation_8()), horde_client, AllowLists((), ()))
        assert (await roles.get_user_roles(key_of(ABE)))[1] == BOTH


async def test_one_question_is_enough(queue_roles: QueueRoles, horde: HordeStandIn) -> None:
    before = horde.calls
    await queue_roles.get_user_roles(key_of(ABE))
    assert horde.calls == before + 1


# --- A 401 that AI-Horde does not confirm, and services of other generations -----------------------------------------


async def test_a_401_for_a_key_that_ai_horde_knows_is_an_outage(roles_behind: RolesBehind) -> None:
    with pytest.raises(HordeUnavailableError):
        await roles_behind(UNAUTHORIZED).get_user_roles(key_of(RITA))


async def test_a_401_for_a_key_that_ai_horde_does_not_know_is_no_user(roles_behind: RolesBehind) -> None:
    assert await roles_behind(UNAUTHORIZED).get_user_roles(UNKNOWN) == (None, set())


@pytest.mark.parametrize("text", ["Auth service timed out", "Auth service unavailable"])
async def test_the_services_own_words_about_ai_horde_are_an_outage_of_ai_horde(
    text: str, roles_behind: RolesBehind
) -> None:
    with pytest.raises(HordeUnavailableError) as caught:
        await roles_behind(refusing(503, text)).get_user_roles(key_of(RITA))
    assert caught.value.detail == text


async def test_a_service_that_is_away_is_not_an_outage_of_ai_horde(roles_behind: RolesBehind) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(UnavailableError):
        await roles_behind(refuse).get_user_roles(key_of(RITA))


async def test_an_answer_that_is_not_the_services_gives_no_role(roles_behind: RolesBehind) -> None:
    with pytest.raises(MalformedReplyError):
        await roles_behind(lambda _: answered(200, {"roles": ["approver"]})).get_user_roles(key_of(DAVE))


async def test_roles_that_the_queue_does_not_know_are_left_out(roles_behind: RolesBehind) -> None:
    mine = {"user_id": "101", "username": "alice#101", "roles": ["approver", "license_editor"]}
    assert (await roles_behind(lambda _: answered(200, mine)).get_user_roles(key_of(RITA)))[1] == BOTH


@pytest.mark.parametrize("without", [NO_SUCH_ROUTE, GENERATION_2], ids=["no route", "generation 2"])
async def test_where_the_service_cannot_tell_the_allow_lists_do(
    without: Answering, roles_behind: RolesBehind, horde: HordeStandIn
) -> None:
    roles = roles_behind(without)
    assert (await roles.get_user_roles(key_of(RITA)))[1] == {"requestor"}
    assert (await roles.get_user_roles(key_of(ABE)))[1] == BOTH
    # Authenticated first, without a list: on no list is still a known user.
    assert await roles.get_user_roles(key_of(DAVE)) == (HordeUserContext("404", "dave#404"), set())
    assert await roles.get_user_roles(UNKNOWN) == (None, set())
    for mood in (Mood.RATE_LIMITED, Mood.FAILING, Mood.GARBAGE):
        horde.play(mood)
        with pytest.raises(HordeUnavailableError):
            await roles.get_user_roles(key_of(RITA))


# --- authenticate_queue_requestor and _approver ------------------------------------------------------------


async def test_a_requestor_may_propose_and_not_approve(queue_roles: QueueRoles) -> None:
    assert await queue_roles.authenticate_queue_requestor(key_of(RITA)) == HordeUserContext("101", "alice#101")
    with pytest.raises(InvalidKeyError):
        await queue_roles.authenticate_queue_approver(key_of(RITA))


async def test_an_approver_may_do_both(queue_roles: QueueRoles) -> None:
    bob = HordeUserContext("202", "bob#202")
    assert await queue_roles.authenticate_queue_requestor(key_of(ABE)) == bob
    assert await queue_roles.authenticate_queue_approver(key_of(ABE)) == bob


@pytest.mark.parametrize("key", [key_of(DAVE), UNKNOWN, SecretStr(ANONYMOUS_KEY), SecretStr("x")], ids=str)
async def test_any_other_key_is_invalid(key: SecretStr, queue_roles: QueueRoles) -> None:
    for ask in (queue_roles.authenticate_queue_requestor, queue_roles.authenticate_queue_approver):
        with pytest.raises(InvalidKeyError):
            await ask(key)


async def test_only_the_needed_role_authenticates(roles_behind: RolesBehind) -> None:
    alice, key = HordeUserContext("101", "alice#101"), key_of(RITA)
    mine = {"user_id": "101", "username": "alice#101", "roles": ["requestor"]}
    roles = roles_behind(lambda _: answered(200, mine))
    assert await roles.authenticate_queue_requestor(key) == alice
    with pytest.raises(InvalidKeyError):
        await roles.authenticate_queue_approver(key)
    mine["roles"] = ["approver"]
    assert await roles.authenticate_queue_approver(key) == alice
    with pytest.raises(InvalidKeyError):
        await roles.authenticate_queue_approver(SecretStr("x"))
    with pytest.raises(InvalidKeyError):
        await roles_behind(UNAUTHORIZED).authenticate_queue_requestor(UNKNOWN)


def test_the_invalid_key_error_is_the_services_401() -> None:
    error = APIKeyInvalidException()
    assert (error.status, error.detail, str(error)) == (401, "Invalid API key", "Invalid API key")
    assert APIKeyInvalidException is InvalidKeyError
    assert isinstance(error, IdentityError)


# --- The key stays where it is -----------------------------------------------------------------------------


@pytest.mark.parametrize("mood", sorted(set(Mood) - {Mood.SLOW, Mood.WELL}))
async def test_no_failure_and_no_line_of_log_carries_the_key(
    mood: Mood, queue_roles: QueueRoles, horde: HordeStandIn, canary: SecretStr, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    horde.play(mood)
    with capture_logs() as lines, pytest.raises((IdentityError, UnavailableError)) as caught:
        await queue_roles.authenticate_queue_approver(canary)
    assert canary.get_secret_value() not in f"{everything_said_by(caught.value)}{lines}{caplog.text}"
