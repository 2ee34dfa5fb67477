"""Time from the acknowledgement of a form to its draft, with the file hosts in every mood, against no hosts."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import discord
import structlog

from bot.demo.curator import demo_settings
from bot.demo.horde_stand_in import HordeStandIn
from bot.demo.host_models import TIDE_TABLE, digest
from bot.demo.hosts_stand_in import HostMood, HostsStandIn
from bot.demo.people import PEOPLE, RITA
from bot.demo.reference_service import ReferenceService
from tests.benchmarks.figures import HEADER, Series, row
from tests.harness.simulation import Simulation, simulated
from tests.stories.people import link, open_draft

RATIO_MAX = 1.3
SLOW_S = 1.0
"""Seconds that a slow host takes, far above the time of a draft."""
_MOODS: tuple[HostMood | None, ...] = (None, None, *HostMood, None)
"""Without hosts first, which only warms up, and again before and after all moods."""


class _Watch:
    """The time of the last acknowledgement, and the milliseconds to the first edit after it."""

    def __init__(self) -> None:
        self.acknowledged_at = 0.0
        self.shown_ms: float | None = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Note acknowledgements and edits of all interactions."""
        defer, edit = discord.InteractionResponse.defer, discord.Interaction.edit_original_response

        async def deferred(response: discord.InteractionResponse[Any], **options: Any) -> Any:
            answer = await defer(response, **options)
            self.acknowledged_at, self.shown_ms = time.perf_counter(), None
            return answer

        async def edited(interaction: discord.Interaction[Any], **message: Any) -> Any:
            if self.shown_ms is None:
                self.shown_ms = (time.perf_counter() - self.acknowledged_at) * 1000
            return await edit(interaction, **message)

        with (
            mock.patch.object(discord.InteractionResponse, "defer", deferred),
            mock.patch.object(discord.Interaction, "edit_original_response", edited),
        ):
            yield


async def measure_hosts(folder: Path, *, rounds: int) -> str:
    """Send the form of an image model in turn without hosts and with the hosts in each mood."""
    people = {person.key: person.horde_username for person in PEOPLE}
    times: dict[str, list[float]] = {}
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with (
        HordeStandIn(people) as horde,
        HostsStandIn(slow_s=SLOW_S) as hosts,
        ReferenceService(folder / "service", ai_horde_url=horde.url) as service,
    ):
        watch = _Watch()
        for number, mood in enumerate(_MOODS):
            place = folder / str(number)
            place.mkdir(mode=0o700, parents=True)
            url = None if mood is None else hosts.url
            settings = demo_settings(place, service_url=service.url, ai_horde_url=horde.url, hosts_url=url)
            hosts.play(mood or HostMood.WELL)
            async with simulated(settings) as simulation:
                name = "no hosts" if mood is None else f"hosts: {mood}"
                taken = await _drafts(simulation, watch, rounds)
            if number:
                times.setdefault(name, []).extend(taken)
    floor = Series(times.pop("no hosts"))
    lines = [row(name, Series(values), floor) for name, values in times.items()]
    worst = max(Series(values).p50 for values in times.values()) / floor.p50
    return (
        f"\nFrom the acknowledged form to the draft, in ms, {rounds} each; the floor is without hosts\n{HEADER}"
        f"{''.join(lines)}  worst median {worst:.2f}x of it, {RATIO_MAX}x at most\n"
    )


async def _drafts(simulation: Simulation, watch: _Watch, rounds: int) -> list[float]:
    """Return the milliseconds of each draft but the first, each with a file that no host was asked about before."""
    world, services = simulation.world, simulation.bot.services
    user_id, found = world.member(RITA).id, []
    await link(world, RITA)
    for number in range(rounds + 1):
        url = f"{TIDE_TABLE}/resolve/main/tide-{number}.safetensors"
        file = f"tide-{number}.safetensors | {url} | {digest(f'tide {number}')}"
        with watch.watching():
            await open_draft(world, RITA, f"Tide {number}", Files=file)
        found.append(watch.shown_ms or 0.0)
        for draft in await services.draft_service.of_user(user_id):
            await services.draft_service.discard(user_id, draft.draft_id)
    return found[1:]
