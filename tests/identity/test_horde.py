import dataclasses
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.demo.horde_stand_in import ANONYMOUS_KEY, HordeStandIn, Mood
from bot.demo.people import RITA
from bot.identity import horde as horde_module
from bot.identity.errors import HordeUnavailableError, KeyShapeError, UnknownKeyError
from bot.identity.horde import (
    DEFAULT_AUTH_TIMEOUT_SECONDS,
    KEY_HEADER,
    HordeClient,
    HordeUserContext,
    auth_against_horde,
    checked_key,
    find_user,
    make_horde_client,
)
from tests.identity.conftest import Answering, answered, everything_said_by

KEY = SecretStr(RITA.key)
UNKNOWN = SecretStr("unknown-to-ai-horde")
ALICE = HordeUserContext(user_id="101", username="alice#101")

type ClientBehind = Callable[[Answering], HordeClient]


@pytest.fixture
async def client_behind() -> AsyncIterator[ClientBehind]:
    """A client whose answers the test makes up, for those that no stand-in gives."""
    clients: list[HordeClient] = []

    def build(answer: Answering) -> HordeClient:
        clients.append(make_horde_client("http://127.0.0.1:9/api/", transport=httpx.MockTransport(answer)))
        return clients[-1]

    yield build
    for client in clients:
        await client.aclose()


def answering(status: int, body: object) -> Answering:
    return lambda _: answered(status, body)


def failing(error: type[httpx.TransportError]) -> Answering:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error(f"about {request.headers['apikey']}", request=request)

    return fail


# --- The rows of the service's shared module --------------------------------------------------------------


async def test_the_key_travels_in_the_apikey_header_and_nowhere_else(horde_client: HordeClient) -> None:
    sent: list[httpx.Request] = []

    async def record(request: httpx.Request) -> None:
        sent.append(request)

    horde_client.event_hooks["request"].append(record)
    await auth_against_horde(KEY, horde_client)
    assert KEY_HEADER == "apikey"
    assert [name for name, text in sent[0].headers.items() if RITA.key in text] == ["apikey"]
    assert RITA.key not in str(sent[0].url)
    assert (sent[0].method, sent[0].content) == ("GET", b"")
    assert sent[0].headers["accept-encoding"] == "identity", "a small answer cannot expand into a large one"


async def test_ai_horde_is_asked_at_v2_find_user_below_the_base_address(client_behind: ClientBehind) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return answered(200, {"username": "alice#101"})

    await auth_against_horde(KEY, client_behind(answer))
    assert asked == ["http://127.0.0.1:9/api/v2/find_user"]


async def test_ai_horde_has_ten_seconds(client_behind: ClientBehind) -> None:
    granted: list[dict[str, float]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        granted.append(request.extensions["timeout"])
        return answered(200, {"username": "alice#101"})

    await auth_against_horde(KEY, client_behind(answer))
    assert DEFAULT_AUTH_TIMEOUT_SECONDS == 10.0
    assert granted[0] == {"connect": 2.0, "read": 10.0, "write": 10.0, "pool": 10.0}


async def test_the_limit_is_on_the_whole_call_and_not_on_each_byte(
    horde: HordeStandIn, horde_client: HordeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The client has no limit of its own here: what ends this is the limit on the whole.
    horde_client.timeout = httpx.Timeout(None)
    monkeypatch.setattr(horde_module, "DEFAULT_AUTH_TIMEOUT_SECONDS", 0.05)
    horde.play(Mood.SLOW)
    for ask in (auth_against_horde, find_user):
        with pytest.raises(HordeUnavailableError, match=r"^Auth service timed out$"):
            await ask(KEY, horde_client)


def test_a_user_context_is_a_frozen_pair_of_texts() -> None:
    fields = {field.name: field.type for field in dataclasses.fields(HordeUserContext)}
    assert fields == {"user_id": str, "username": str}
    with pytest.raises(dataclasses.FrozenInstanceError):
        ALICE.user_id = "0"  # type: ignore[misc]  # the point of the test


async def test_a_known_key_is_its_owners(horde_client: HordeClient) -> None:
    assert await auth_against_horde(KEY, horde_client) == ALICE
    assert await find_user(KEY, horde_client) == ALICE


@pytest.mark.parametrize("error", [httpx.ReadTimeout, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.WriteTimeout])
async def test_lateness_is_auth_service_timed_out(
    error: type[httpx.TransportError], client_behind: ClientBehind
) -> None:
    for ask in (auth_against_horde, find_user):
        with pytest.raises(HordeUnavailableError) as caught:
            await ask(KEY, client_behind(failing(error)))
        assert caught.value.detail == str(caught.value) == "Auth service timed out"


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError])
async def test_a_broken_connection_is_auth_service_unavailable(
    error: type[httpx.TransportError], client_behind: ClientBehind
) -> None:
    for ask in (auth_against_horde, find_user):
        with pytest.raises(HordeUnavailableError) as caught:
            await ask(KEY, client_behind(failing(error)))
        assert caught.value.detail == str(caught.value) == "Auth service unavailable"


async def test_a_refused_connection_is_auth_service_unavailable(horde: HordeStandIn) -> None:
    with HordeStandIn({}) as gone:
        url = gone.url
    async with make_horde_client(url) as client:
        with pytest.raises(HordeUnavailableError, match="Auth service unavailable"):
            await auth_against_horde(KEY, client)


@pytest.mark.parametrize("status", [201, 204, 301, 307, 400, 401, 403, 404, 429, 500, 502, 503])
async def test_any_status_but_200_authenticates_no_user(status: int, client_behind: ClientBehind) -> None:
    client = client_behind(answering(status, {"username": "alice#101"}))
    assert await auth_against_horde(KEY, client) is None


async def test_a_name_without_a_number_sign_authenticates_no_user(client_behind: ClientBehind) -> None:
    assert await auth_against_horde(KEY, client_behind(answering(200, {"username": "alice"}))) is None


@given(st.text(), st.text(alphabet=st.characters(exclude_characters="#")))
def test_the_id_is_what_follows_the_last_number_sign(name: str, user_id: str) -> None:
    username = f"{name}#{user_id}"
    assert horde_module._context(username) == HordeUserContext(user_id=user_id, username=username)


async def test_a_number_sign_in_the_name_is_no_way_to_another_id(
    horde: HordeStandIn, horde_client: HordeClient
) -> None:
    horde.know("key-of-a-trickster", "bob#202#999")
    assert (await find_user(SecretStr("key-of-a-trickster"), horde_client)).user_id == "999"
    user = await auth_against_horde(SecretStr("key-of-a-trickster"), horde_client, allowed_user_ids=["202"])
    assert user is None


async def test_an_allow_list_lets_only_its_own_pass_and_an_empty_one_no_user(
    horde_client: HordeClient,
) -> None:
    assert await auth_against_horde(KEY, horde_client, allowed_user_ids={"101", "202"}) == ALICE
    assert await auth_against_horde(KEY, horde_client, allowed_user_ids={"202", "10", "1011"}) is None
    assert await auth_against_horde(KEY, horde_client, allowed_user_ids=[]) is None


# --- Telling an unknown key from an outage ----------------------------------------------------------------


async def test_only_ai_hordes_own_no_makes_a_key_unknown(horde: HordeStandIn, horde_client: HordeClient) -> None:
    with pytest.raises(UnknownKeyError):
        await find_user(UNKNOWN, horde_client)
    assert horde.calls == 1


async def test_the_older_wording_without_a_code_is_understood(client_behind: ClientBehind) -> None:
    client = client_behind(answering(404, {"message": "User with api_key 'x' not found."}))
    with pytest.raises(UnknownKeyError):
        await find_user(KEY, client)


@pytest.mark.parametrize("mood", [Mood.RATE_LIMITED, Mood.FAILING, Mood.GARBAGE])
async def test_an_outage_never_blames_the_key(mood: Mood, horde: HordeStandIn, horde_client: HordeClient) -> None:
    horde.play(mood)
    for key in (KEY, UNKNOWN):
        with pytest.raises(HordeUnavailableError, match=r"^Auth service unavailable$"):
            await find_user(key, horde_client)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, b"<h1>Not Found</h1>"),
        (404, {"message": "The requested URL was not found on the server."}),
        (404, {"message": ["User with api_key"]}),
        (404, []),
        (401, {"rc": "UserNotFound"}),
        (403, b"blocked"),
        (200, b""),
        pytest.param(200, b"\xff\xfe", id="no text"),
        (200, []),
        (200, {"username": None}),
        (200, {"username": 7}),
        (200, {"name": "alice#101"}),
        (200, {"username": "alice"}),
        pytest.param(200, b'{"username": "alice#101", "x": "' + b"x" * 1024 * 1024 + b'"}', id="a megabyte"),
    ],
    ids=repr,
)
async def test_an_answer_that_is_not_ai_hordes_never_blames_the_key(
    status: int, body: object, client_behind: ClientBehind
) -> None:
    with pytest.raises(HordeUnavailableError):
        await find_user(KEY, client_behind(answering(status, body)))


async def test_a_wrong_base_address_never_blames_the_key(horde: HordeStandIn) -> None:
    async with make_horde_client(horde.url.removesuffix("api/")) as client:
        with pytest.raises(HordeUnavailableError):
            await find_user(KEY, client)


async def test_a_base_address_without_its_slash_is_mended(horde: HordeStandIn) -> None:
    async with make_horde_client(horde.url.rstrip("/")) as client:
        assert await find_user(KEY, client) == ALICE


# --- The key stays where it is ----------------------------------------------------------------------------


async def test_a_redirect_is_not_followed(client_behind: ClientBehind) -> None:
    asked: list[str] = []

    def redirect(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(307, headers={"location": "https://elsewhere.example/v2/find_user"})

    with pytest.raises(HordeUnavailableError):
        await find_user(KEY, client_behind(redirect))
    assert asked == ["127.0.0.1"]


async def test_a_proxy_in_the_environment_sees_nothing(horde: HordeStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    with HordeStandIn({}) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        async with make_horde_client(horde.url) as client:
            await find_user(KEY, client)
        assert (proxy.calls, horde.calls) == (0, 1)


NO_KEYS = {
    "empty": "",
    "blank": " ",
    "too short": "k" * 9,
    "too long": "k" * 65,
    "blank inside": "blank within-key",
    "line break": "line\nbreak-in-key",
    "nul": "nul\0byte-in-key",
    "zero width": "zero\u200bwidth-key",
    "umlaut": "uml\u00e4ut-key-1",
    "full-width digits": "\uff11" * 10,
}


@pytest.mark.parametrize("text", NO_KEYS.values(), ids=NO_KEYS)
async def test_what_cannot_be_a_key_is_sent_nowhere_and_repeated_nowhere(
    text: str, horde: HordeStandIn, horde_client: HordeClient
) -> None:
    with pytest.raises(KeyShapeError) as caught:
        checked_key(text)
    said = everything_said_by(caught.value)
    assert not text.strip() or (text not in said and repr(text)[1:-1] not in said)
    assert await auth_against_horde(SecretStr(text), horde_client) is None
    with pytest.raises(KeyShapeError):
        await find_user(SecretStr(text), horde_client)
    assert horde.calls == 0


@given(st.from_regex(r"[A-Za-z0-9_-]{10,64}", fullmatch=True), st.sampled_from(["", " ", "\n", "\t\r\n "]))
def test_blanks_around_a_pasted_key_do_no_harm(key: str, blank: str) -> None:
    checked = checked_key(f"{blank}{key}{blank}")
    assert checked.get_secret_value() == key
    assert key not in f"{checked!r} {checked}"


async def test_a_key_is_trimmed_wherever_it_comes_from(horde_client: HordeClient) -> None:
    assert await auth_against_horde(SecretStr(f" {RITA.key}\n"), horde_client) == ALICE


@pytest.mark.parametrize("mood", sorted(set(Mood) - {Mood.SLOW}))
async def test_no_error_carries_the_key_or_ai_hordes_words(
    mood: Mood, horde: HordeStandIn, horde_client: HordeClient, canary: SecretStr
) -> None:
    horde.play(mood)
    try:
        await find_user(canary, horde_client)
    except (UnknownKeyError, HordeUnavailableError) as error:
        said = everything_said_by(error)
        assert canary.get_secret_value() not in said
        assert "api_key" not in said
    else:
        assert mood is Mood.WELL


@pytest.mark.parametrize("error", [httpx.ReadTimeout, httpx.ConnectError])
async def test_the_librarys_errors_are_not_behind_ours(
    error: type[httpx.TransportError], client_behind: ClientBehind, canary: SecretStr
) -> None:
    with pytest.raises(HordeUnavailableError) as caught:
        await find_user(canary, client_behind(failing(error)))
    assert caught.value.__context__ is None
    assert canary.get_secret_value() not in everything_said_by(caught.value)


async def test_the_anonymous_key_is_a_key_like_any_other_here(horde_client: HordeClient) -> None:
    assert await find_user(SecretStr(ANONYMOUS_KEY), horde_client) == HordeUserContext("0", "Anonymous#0")


async def test_a_megabyte_of_answer_is_an_outage_and_names_no_user(client_behind: ClientBehind) -> None:
    body = b'{"username": "alice#101", "x": "' + b"x" * 1024 * 1024 + b'"}'
    with pytest.raises(HordeUnavailableError):
        await auth_against_horde(KEY, client_behind(answering(200, body)))
