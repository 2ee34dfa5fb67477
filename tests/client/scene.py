"""A stage for actions whose answer Discord does not take, and the steps before them."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.message import Message
from itertools import count
from types import SimpleNamespace
from typing import Any, Final, override

import aiohttp
import discord
import httpx
import pytest
import simcord
from simcord.actors import MemberActor
from simcord.results import InteractionResult, ResponseMessage

from bot.demo.hosts_stand_in import HostsStandIn
from bot.demo.people import ABE
from bot.demo.world import World
from tests.client.forging import carrier, press
from tests.harness.messages import answer_of, buttons_of, nodes_of
from tests.harness.scripted_service import ScriptedService
from tests.stories.people import open_draft, press_behind_more


def refusal(status: int, code: int) -> discord.HTTPException:
    response: Any = SimpleNamespace(status=status, reason="")
    return discord.HTTPException(response, {"code": code, "message": "as Discord words it"})


LOST: Final = [refusal(404, 10008), refusal(404, 10062), refusal(500, 0), aiohttp.ServerDisconnectedError()]


HOSTS_URL: Final = "https://hosts.example"


class TakingService(ScriptedService):
    """Takes proposals too, all of them from the only account; the file hosts answer beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.hosts = HostsStandIn()

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if str(request.url).startswith(HOSTS_URL):
            form = request.content.decode()
            status, kind, body = self.hosts.reply(request.url.raw_path.decode(), Message(), form)
            return httpx.Response(status, headers={"Content-Type": kind}, stream=httpx.ByteStream(body))
        is_taken = "/pending_queue" not in request.url.path and request.method in {"POST", "DELETE"}
        if is_taken and "image_generation" in request.url.path and not self.refusals:
            self.requests.append(request)
            own = {"requested_by": "202", "requested_username": "bob#202"}
            if request.method == "DELETE":
                made = self.put(900, model_name="Deliberate", operation="delete", payload={}, **own)
            else:
                payload = json.loads(request.content)
                made = self.put(901, model_name=payload["name"], payload=payload, **own)
            return httpx.Response(202, stream=httpx.ByteStream(json.dumps(made).encode()))
        return await super().handle_async_request(request)


class Wire:
    """The way of answers to Discord."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.error: Exception | None = None
        self.are_followups_lost = False
        self.loses: Exception = LOST[0]
        edit, send = discord.Interaction.edit_original_response, discord.Webhook.send

        async def editing(interaction: discord.Interaction, **named: Any) -> Any:
            if self.error is not None:
                raise self.error
            return await edit(interaction, **named)

        async def sending(webhook: discord.Webhook, *positional: Any, **named: Any) -> Any:
            if self.error is not None and self.are_followups_lost:
                raise self.error
            return await send(webhook, *positional, **named)

        monkeypatch.setattr(discord.Interaction, "edit_original_response", editing)
        monkeypatch.setattr(discord.Webhook, "send", sending)


@dataclass(slots=True)
class Scene:
    """The world before an action of Abe, an approver.

    Attributes:
        before_cut: done right before the action, after its question or form was shown.
        is_cut: whether the answer to the action is lost.
    """

    world: World
    env: simcord.Env
    wire: Wire
    scripted: ScriptedService
    before_cut: Callable[["Scene"], Awaitable[None]] | None = None
    is_cut: bool = True
    change_id: int = 0
    _numbers: Any = field(default_factory=lambda: count(1000))

    @property
    def abe(self) -> MemberActor:
        """The person who acts."""
        return self.world.member(ABE)

    async def cut(self) -> None:
        """Lose all answers from now on, unless ``before_cut`` does something else."""
        if self.before_cut is not None:
            await self.before_cut(self)
        if self.is_cut:
            self.wire.error = self.wire.loses

    async def type(self, command: str, **options: Any) -> InteractionResult:
        """Type a command."""
        return await self.abe.slash(self.world.public, command, **options)

    def new_change(self, **said: Any) -> int:
        """Have one more change in the queue."""
        self.change_id = next(self._numbers)
        self.scripted.put(self.change_id, **said)
        return self.change_id

    async def shown(self, **said: Any) -> ResponseMessage:
        """Show the card of a new change to Abe."""
        return answer_of(await self.type("queue show", change=self.new_change(**said)))

    async def question(self) -> ResponseMessage:
        """Ask whether to approve a new change."""
        return answer_of(await self.type("approve", change=self.new_change()))

    async def chosen(self) -> ResponseMessage:
        """Choose two new changes in the list."""
        ids = {str(self.new_change()), str(self.new_change())}
        listed = answer_of(await self.type("queue list"))
        (menu,) = [node for node in nodes_of(listed) if "choose" in str(node.get("custom_id", ""))]
        values = [one["value"] for one in menu["options"] if ids & set(str(one["value"]).split(":"))]
        await self.abe.select(listed, values=values, custom_id=menu["custom_id"])
        return listed

    async def draft(self, **changes: object) -> ResponseMessage:
        """Save a draft and show it."""
        return answer_of(await open_draft(self.world, ABE, f"Pixel {next(self._numbers)}", **changes))

    async def press(self, custom_id: str, values: list[str] | None = None) -> InteractionResult:
        """Press an item by its id after the answers are lost."""
        shown = await carrier(self.world, ABE)
        await self.cut()
        return await press(self.env, self.world, ABE, custom_id, values, shown)

    async def click(self, message: ResponseMessage | discord.Message, label: str) -> InteractionResult:
        """Press a button after the answers are lost."""
        await self.cut()
        return await self.abe.click(message, label=label)

    async def behind_more(self, message: ResponseMessage, label: str) -> InteractionResult:
        """Press a button behind *More*."""
        return await press_behind_more(self.abe, message, label)


def ids_of(message: ResponseMessage | InteractionResult) -> dict[str, str]:
    """Return the custom ids of a message's buttons by their labels."""
    return {label: node["custom_id"] for label, node in buttons_of(message).items() if "custom_id" in node}


type Act = Callable[[Scene], Awaitable[InteractionResult]]
