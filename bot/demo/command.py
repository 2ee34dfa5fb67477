"""Command `demo`: starts the offline demo, prints its address, stops what it started."""

import asyncio
import contextlib
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.demo.horde_figures import SAMPLE_FIGURES
from bot.demo.horde_stand_in import HordeStandIn
from bot.demo.hosts_stand_in import HostsStandIn
from bot.demo.people import PEOPLE
from bot.demo.reference_service import ReferenceService, ServiceDiedError
from bot.demo.service_environment import Mode

if TYPE_CHECKING:
    # Read while the service starts, see _run.
    from bot.demo.stage import BotMaker, Stage

EXIT_OK: Final = 0
EXIT_UNAVAILABLE: Final = 69
"""EX_UNAVAILABLE of sysexits: the service ended, or never came up."""
EXIT_CANNOT_LISTEN: Final = 75
"""EX_TEMPFAIL: the port is taken."""
PORT_FILE = "service.port"


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """Options of the demo.

    Attributes:
        mode: The deployment of the service.
        reference_data: A folder with a reference in the legacy layout; None takes the sample.
        port: The page's loopback port; 0 takes a free one.
        keep: A folder for data that are kept after the demo; None takes a temporary one.
        is_lived_in: Whether keys are linked and the queue has decided and pending changes; mode `v2` only.
    """

    mode: Mode = Mode.V2
    reference_data: Path | None = None
    port: int = 0
    keep: Path | None = None
    is_lived_in: bool = False


async def run_demo(options: DemoOptions, *, make_bot: "BotMaker | None" = None) -> int:
    """Run the demo until Ctrl-C or SIGTERM, or until a part of it dies; return the exit code."""
    say = partial(print, flush=True)
    running = asyncio.create_task(_run(options, make_bot, say), name="demo")
    with _calling_on_signals(running.cancel):
        try:
            await running
        except asyncio.CancelledError:
            say("Stopped.")
            return EXIT_OK
        except ServiceDiedError as death:
            say(f"The reference service ended by itself (exit code {death.exit_code}). The end of its log:")
            say(death.log_tail)
            return EXIT_UNAVAILABLE
        except OSError as error:
            say(f"The page cannot be served: {error}. Try another --port.")
            return EXIT_CANNOT_LISTEN
    return EXIT_OK


async def _run(options: DemoOptions, make_bot: "BotMaker | None", say: Callable[[str], None]) -> None:
    async with AsyncExitStack() as stack:
        folder = _folder(options.keep, stack)
        is_new = not (folder / PORT_FILE).exists()
        say("Starting the reference service, the bot and a simulated Discord …")
        people = {person.key: person.horde_username for person in PEOPLE}
        horde = stack.enter_context(HordeStandIn(people, figures=SAMPLE_FIGURES))
        hosts = stack.enter_context(HostsStandIn())
        service = ReferenceService(
            folder / "service",
            ai_horde_url=horde.url,
            mode=options.mode,
            reference_data=options.reference_data,
            port=_port_of_last_time(folder / PORT_FILE),
        )
        stack.callback(service.stop)
        service.listen()
        (folder / PORT_FILE).write_text(service.origin.rpartition(":")[2])
        starting = asyncio.get_running_loop().run_in_executor(None, service.start)
        # A stop during the start makes it fail too: retrieve that error, because it is not awaited any more.
        starting.add_done_callback(lambda done: done.cancelled() or done.exception())
        # Import the larger part of the program and start the bot while the service starts.
        from bot.demo.stage import open_stage  # noqa: PLC0415

        stage = await stack.enter_async_context(
            open_stage(
                folder,
                service,
                ai_horde_url=horde.url,
                make_bot=make_bot,
                port=options.port,
                hosts_url=hosts.url,
                is_lived_in=options.is_lived_in and is_new,
                starting=starting,
            )
        )
        say(f"\n  Open  {stage.url}\n")
        say(f"  Data and logs: {folder}{'' if options.keep else ' (deleted at the end)'}")
        say("  Ctrl-C ends everything.\n")
        await _until_a_part_ends(service, stage)


async def _until_a_part_ends(service: ReferenceService, stage: "Stage") -> None:
    """Wait until the service or the pump ends, which neither does by itself.

    Raises:
        ServiceDiedError: The service's process is gone.
    """
    death = asyncio.create_task(service.died())
    try:
        await asyncio.wait({death, stage.pumping}, return_when=asyncio.FIRST_COMPLETED)
        if stage.pumping.done():
            stage.pumping.result()
        raise await death
    finally:
        death.cancel()


def _folder(keep: Path | None, stack: AsyncExitStack) -> Path:
    if keep is None:
        return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="horde-curator-")))
    keep.mkdir(mode=0o700, parents=True, exist_ok=True)
    return keep.resolve()


def _port_of_last_time(file: Path) -> int:
    """Return the port used last with a kept folder; keys are encrypted for the URL."""
    try:
        return int(file.read_text())
    except (FileNotFoundError, ValueError):
        return 0


@contextlib.contextmanager
def _calling_on_signals(stop: Callable[[], object]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)
    for each in signals:
        loop.add_signal_handler(each, stop)
    try:
        yield
    finally:
        for each in signals:
            loop.remove_signal_handler(each)
