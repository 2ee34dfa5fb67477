"""A bot that sends the same requests as four presses of ours, by the same libraries, and does nothing else."""

import asyncio
import os
from typing import Any

import discord
import httpx
from discord import ui
from pydantic import SecretStr

from bot.demo.people import ABE
from bot.reference.generations import NEWEST
from bot.reference.models import CanonicalFormat, Operation
from bot.reference.requests import Request, RequestBuilder, TimeLimits
from bot.reference.routes import RouteNames
from tests.benchmarks.records import CATEGORY, record_of
from tests.fakes.minimal_bot import run_until_terminated

SERVICE, REVIEW_CHANNEL = "BARE_SERVICE_URL", "BARE_REVIEW_CHANNEL_ID"
"""Environment variables."""
IN_PLACE = ("approve", "apply")
"""Presses whose message is edited."""


class BareBot(discord.Client):
    """Answers presses of ``bare:KIND:NUMBER``: the number of the round for *submit*, otherwise that of the change."""

    def __init__(self) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
        )
        self._build, self._key = RequestBuilder(NEWEST(), TimeLimits()), SecretStr(ABE.key)
        headers = {"apikey": ABE.key}
        self._service = httpx.AsyncClient(base_url=os.environ[SERVICE], headers=headers, trust_env=False)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Acknowledge, send the requests of the press one after the other, and answer."""
        data: Any = interaction.data
        _, kind, number = data["custom_id"].split(":")
        if kind in IN_PLACE:
            await interaction.response.defer()
        else:
            await interaction.response.defer(ephemeral=True, thinking=True)
        change_id = await self._submit(int(number)) if kind == "submit" else int(number)
        change = await self._send(self._build.change(RouteNames.get_change, self._key, change_id))
        if kind == "submit":
            await self.get_partial_messageable(int(os.environ[REVIEW_CHANNEL])).send(view=_view(change["model_name"]))
        elif kind == "approve":
            decision = {
                "batch_title": "Discord",
                "approved_ids": [change_id],
                "rejected_ids": [],
                "reject_reason": None,
            }
            await self._send(self._build.decision(self._key, decision))
        elif kind == "apply":
            apply = {"change_ids": [change_id], "job_id": f"bare:{change_id}", "allow_mixed_batch": True}
            await self._send(self._build.apply(self._key, apply))
            await self._send(self._build.model(CATEGORY, change["model_name"]))
        await interaction.edit_original_response(view=_view(f"{change_id}"), attachments=[])

    async def _submit(self, number: int) -> int:
        name = f"Bare {number}"
        proposal = self._build.proposal(
            self._key,
            operation=Operation.CREATE,
            category=CATEGORY,
            name=name,
            record=record_of(name, number),
            dialect=CanonicalFormat.V2,
        )
        change_id: int = (await self._send(proposal))["change_id"]
        return change_id

    async def _send(self, request: Request) -> Any:
        answer = await self._service.request(request.method, request.path, params=request.params, json=request.content)
        return answer.raise_for_status().json()


def _view(text: str) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay(text))
    return view


async def main() -> None:
    """Run until SIGTERM; the client of the service belongs to the running loop."""
    await run_until_terminated(BareBot())


if __name__ == "__main__":
    asyncio.run(main())
