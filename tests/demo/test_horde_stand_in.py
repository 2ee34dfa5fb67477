import socket
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.demo.horde_figures import SAMPLE_FIGURES
from bot.demo.horde_stand_in import ANONYMOUS_KEY, HordeStandIn, Mood
from bot.tls import tls_context

KEY = "demo-key-of-a-user"
FIND_USER = "v2/find_user"


@pytest.fixture
async def stand_in() -> AsyncIterator[HordeStandIn]:
    figures = [figure for figure in SAMPLE_FIGURES if figure.name in ("Lantern Dusk", "Velvet Night")]
    users = {KEY: "alice#101", "a-shared-key": "alice#101 (Shared Key: test)"}
    with HordeStandIn(users, figures=figures) as stand_in:
        yield stand_in


@pytest.fixture
async def http(stand_in: HordeStandIn) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=stand_in.url, trust_env=False, verify=tls_context()) as client:
        yield client


async def ask(http: httpx.AsyncClient, key: str = KEY) -> httpx.Response:
    return await http.get(FIND_USER, headers={"apikey": key})


async def test_it_listens_on_loopback_with_ai_hordes_path(stand_in: HordeStandIn) -> None:
    assert stand_in.url.startswith("http://127.0.0.1:")
    assert stand_in.url.endswith("/api/")


@pytest.mark.parametrize(
    ("key", "username", "number"),
    [
        (KEY, "alice#101", 101),
        (ANONYMOUS_KEY, "Anonymous#0", 0),
        ("a-shared-key", "alice#101 (Shared Key: test)", 101),
    ],
)
async def test_a_known_key_has_a_name(http: httpx.AsyncClient, key: str, username: str, number: int) -> None:
    answer = await ask(http, key)
    assert answer.status_code == 200
    assert answer.json() == {"username": username, "id": number, "kudos": 0, "trusted": True}


async def test_an_unknown_key_is_echoed_as_the_real_one_does(http: httpx.AsyncClient) -> None:
    answer = await ask(http, "unknown-key")
    assert answer.status_code == 404
    assert answer.json() == {
        "message": "User with api_key 'unknown-key' not found.",
        "rc": "UserNotFound",
    }


async def test_a_key_in_the_address_or_missing_is_no_key(http: httpx.AsyncClient) -> None:
    assert (await http.get(FIND_USER, params={"apikey": KEY})).status_code == 400


async def test_other_paths_are_unknown_and_not_counted(http: httpx.AsyncClient, stand_in: HordeStandIn) -> None:
    answer = await http.get("v2/status/performance", headers={"apikey": KEY})
    assert (answer.status_code, stand_in.calls) == (404, 0)


async def test_any_caller_may_ask_how_much_models_are_used(http: httpx.AsyncClient, stand_in: HordeStandIn) -> None:
    served = (await http.get("v2/status/models", params={"type": "image"})).json()
    assert [(model["name"], model["count"]) for model in served] == [("Lantern Dusk", 14)]
    assert (await http.get("v2/stats/img/models")).json()["month"] == {"Lantern Dusk": 18_402, "Velvet Night": 37}
    assert (await http.get("v2/stats/text/models")).json() == {"day": {}, "month": {}, "total": {}}
    stand_in.play(Mood.FAILING)
    assert (await http.get("v2/stats/img/models")).status_code == 500
    assert stand_in.calls == 0


@pytest.mark.parametrize(
    ("mood", "status"),
    [
        (Mood.WELL, 200),
        (Mood.UNKNOWN, 404),
        (Mood.RATE_LIMITED, 429),
        (Mood.FAILING, 500),
        (Mood.GARBAGE, 200),
    ],
)
async def test_it_plays_what_it_is_told_and_counts(
    http: httpx.AsyncClient, stand_in: HordeStandIn, mood: Mood, status: int
) -> None:
    stand_in.play(mood)
    answer = await ask(http)
    assert (answer.status_code, stand_in.calls) == (status, 1)
    assert (answer.headers["content-type"] == "text/html") is (mood is Mood.GARBAGE)


async def test_slow_is_later_than_any_caller_waits_and_over_when_told(
    http: httpx.AsyncClient, stand_in: HordeStandIn
) -> None:
    stand_in.play(Mood.SLOW)
    with pytest.raises(httpx.ReadTimeout):
        await http.get(FIND_USER, headers={"apikey": KEY}, timeout=0.05)
    stand_in.play(Mood.WELL)
    assert (await ask(http)).status_code == 200


async def test_slow_answers_rightly_in_the_end() -> None:
    with HordeStandIn({KEY: "alice#101"}, slow_s=0.01) as stand_in:
        stand_in.play(Mood.SLOW)
        async with httpx.AsyncClient(base_url=stand_in.url, trust_env=False, verify=tls_context()) as http:
            assert (await ask(http)).json()["username"] == "alice#101"


async def test_keys_come_and_go_and_a_reset_brings_the_first_ones_back(
    http: httpx.AsyncClient, stand_in: HordeStandIn
) -> None:
    stand_in.know("a-new-key-1", "eve#505")
    stand_in.drop(KEY)
    assert [(await ask(http, key)).status_code for key in ("a-new-key-1", KEY)] == [200, 404]
    stand_in.play(Mood.FAILING)
    stand_in.reset()
    assert stand_in.calls == 0
    assert [(await ask(http, key)).status_code for key in ("a-new-key-1", KEY)] == [404, 200]


async def test_stopping_lets_go_of_the_port_and_of_those_who_wait() -> None:
    stand_in = HordeStandIn({})
    stand_in.start()
    port = int(stand_in.url.split(":")[2].split("/")[0])
    stand_in.stop()
    stand_in.stop()
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_it_has_no_address_before_it_listens() -> None:
    with pytest.raises(RuntimeError, match="not been started"):
        _ = HordeStandIn({}).url
