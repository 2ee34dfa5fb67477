"""Time from the acknowledgement of a form to its draft, with the file hosts in every mood, against no hosts."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
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
PAUSE = timedelta(minutes=2)
"""After which a limit or a circuit breaker keeps no request back."""
_FLOOR = "no hosts"
_MOODS: dict[str, HostMood | None] = {_FLOOR: None, **{f"hosts: {mood}": mood for mood in HostMood}}


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
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with (
        HordeStandIn(people) as horde,
        HostsStandIn(slow_s=SLOW_S) as hosts,
        ReferenceService(folder / "service", ai_horde_url=horde.url) as service,
    ):
        place = folder / "curator"
        place.mkdir(mode=0o700, parents=True)
        settings = demo_settings(place, service_url=service.url, ai_horde_url=horde.url, hosts_url=hosts.url)
        async with simulated(settings) as simulation:
            times = await _in_turn(simulation, hosts, rounds)
    floor = Series(times.pop(_FLOOR))
    lines = [row(name, Series(values), floor) for name, values in times.items()]
    worst = max(Series(values).percentile(25) for values in times.values()) / floor.percentile(25)
    return (
        f"\nFrom the acknowledged form to the draft, in ms, {rounds} each; the floor is without hosts\n{HEADER}"
        f"{''.join(lines)}  worst lower quartile {worst:.2f}x of it, {RATIO_MAX}x at most\n"
    )


async def _in_turn(simulation: Simulation, hosts: HostsStandIn, rounds: int) -> dict[str, list[float]]:
    """Return the milliseconds of each draft but those of the first round, which only warms up."""
    world, checks, watch = simulation.world, simulation.bot.services.host_checks, _Watch()
    times: dict[str, list[float]] = {name: [] for name in _MOODS}
    opened = checks.hosts
    await link(world, RITA)
    for number in range(rounds + 1):
        for name, mood in _MOODS.items():
            hosts.play(mood or HostMood.WELL)
            simulation.clock.ahead += PAUSE
            checks.hosts = None if mood is None else opened
            taken = await _draft(simulation, watch, f"{number}-{name.split()[-1]}")
            times[name] += [taken] if number else []
    return times


async def _draft(simulation: Simulation, watch: _Watch, label: str) -> float:
    """Return the milliseconds of a draft with a file that no host was asked about before."""
    world, drafts = simulation.world, simulation.bot.services.draft_service
    file = f"{label}.safetensors | {TIDE_TABLE}/resolve/main/{label}.safetensors | {digest(label)}"
    with watch.watching():
        await open_draft(world, RITA, f"Tide {label}", Files=file)
    user_id = world.member(RITA).id
    for draft in await drafts.of_user(user_id):
        await drafts.discard(user_id, draft.draft_id)
    return watch.shown_ms or 0.0
