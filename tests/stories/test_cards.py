"""Cards: other open changes of the model, and an apply that never ended."""

import json
from typing import Any, override

import httpx
import pytest
import simcord

from bot.demo.people import ABE, CORA, RITA
from bot.demo.world import World
from bot.tls import tls_context
from tests.harness.messages import answer_of, buttons_of, card_of, text_of
from tests.stories.people import change_id_in, fill, link
from tests.stories.prefilled import edit

MODEL = {"category": "image_generation", "model": "Granite Photo"}
LONG_AGO = 1_000_000_000


class KilledInApply(httpx.AsyncBaseTransport):
    """Real sockets, but the queue says of some approved changes that they have been applying for years."""

    def __init__(self) -> None:
        self.applying: set[int] = set()
        self._inner = httpx.AsyncHTTPTransport(verify=tls_context(), trust_env=False)

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if "/pending_queue/changes" not in request.url.path or response.status_code != httpx.codes.OK:
            return response
        told = json.loads(await response.aread())
        await response.aclose()
        return httpx.Response(200, json=self._turned(told), request=request)

    def _turned(self, told: dict[str, Any]) -> dict[str, Any]:
        if "items" in told:
            return {**told, "items": [self._turned(change) for change in told["items"]]}
        if told.get("change_id") in self.applying and told.get("status") == "approved":
            return {**told, "status": "applying", "updated_at": LONG_AGO}
        return told

    @override
    async def aclose(self) -> None:
        await self._inner.aclose()


@pytest.fixture
def network() -> KilledInApply:
    return KilledInApply()


async def propose_update(world: World, description: str) -> int:
    """Rita changes the description of a live model; returns the change's id."""
    rita = world.member(RITA)
    opened = await rita.slash(world.public, "propose-model update", **MODEL)
    drafted = await edit(rita, opened, {"Description": description})
    await rita.click(answer_of(drafted), label="Submit")
    return change_id_in(text_of(answer_of(drafted)))


async def test_two_changes_of_one_model_name_each_other_and_link_their_cards(world: World, env: simcord.Env) -> None:
    for person in (RITA, ABE):
        await link(world, person)
    first = await propose_update(world, "Plain photographs.")
    rita = world.member(RITA)
    drafted = await rita.slash(world.public, "propose-model delete", **MODEL, why="No worker hosts it.")
    await fill(rita, await rita.click(answer_of(drafted), label="Delete…"), {"Name": "Granite Photo"})
    second = change_id_in(text_of(answer_of(drafted)))
    url = card_of(world.review, env, first).jump_url
    card = card_of(world.review, env, second)
    assert f"**#{first} by alice\\#101 also changes Granite Photo.**" in text_of(card)
    assert f"[Open #{first}]({url})" in text_of(card)
    await env.settle()
    former = text_of(card_of(world.review, env, first))
    assert f"[Open #{second}]({card.jump_url})" in former, "the card that stood before says so too"
    asked = await world.member(ABE).click(card, label="Approve")
    await world.member(ABE).click(answer_of(asked), label=f"Approve #{second}")
    approved = text_of(card_of(world.review, env, second))
    assert "Not live yet" in approved
    assert f"[Open #{first}]({url})" in approved, "whichever is applied last still wins"


async def test_of_a_stuck_apply_the_card_says_what_is_live_and_looks_again_when_asked(
    world: World, env: simcord.Env, network: KilledInApply
) -> None:
    for person in (RITA, ABE):  # of this much used model a second approver would count as well
        await link(world, person)
    change_id = await propose_update(world, "Photographs of stone.")
    abe = world.member(ABE)
    asked = await abe.click(card_of(world.review, env, change_id), label="Approve")
    await abe.click(answer_of(asked), label=f"Approve #{change_id}")
    await link(world, CORA)
    network.applying.add(change_id)
    await env.advance_time(21)
    card = card_of(world.review, env, change_id)
    assert "The service began to apply this and never finished." in text_of(card)
    assert "**Changed:** probably not. The live record still has the old Description (read <t:" in text_of(card)
    assert "then alice\\#101 sends the kept draft again." in text_of(card)
    assert list(buttons_of(card)) == ["Check again", "Full diff"]
    await world.member(CORA).click(card, label="Check again")
    assert "never finished" in text_of(card_of(world.review, env, change_id))
    network.applying.clear()
    await world.member(CORA).click(card, label="Check again")
    assert "Not live yet: an approver applies it." in text_of(card_of(world.review, env, change_id))
