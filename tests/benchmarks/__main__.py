"""Prints what the bot costs, as ratios to the floor measured in the same run; asserts nothing."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.acknowledgement import measure_acknowledgements
from tests.benchmarks.autocomplete import measure_autocomplete
from tests.benchmarks.checks import measure_checks
from tests.benchmarks.endurance import measure_endurance
from tests.benchmarks.hosts import measure_hosts
from tests.benchmarks.messages import measure_messages
from tests.benchmarks.poll import measure_polls
from tests.benchmarks.press import measure_presses
from tests.benchmarks.start import measure_start

WHAT = ["start", "acknowledgement", "press", "autocomplete", "poll", "checks", "hosts", "messages", "endurance"]
POLLS = 5
DRAFTS_MAX = 20


async def main() -> None:
    """Measure what was asked for, or everything."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=30, help="presses of each command and button")
    parser.add_argument("--starts", type=int, default=9, help="starts of the process")
    parser.add_argument("--names", type=int, default=10_000, help="models to choose the suggestions from")
    parser.add_argument("--interactions", type=int, default=10_000, help="of the endurance run")
    parser.add_argument("--changes", type=int, default=10_000, help="in the queue that is watched")
    parser.add_argument("--beside", type=Path, help="another checkout, whose bot is pressed in turn with ours")
    parser.add_argument("what", nargs="*", choices=WHAT, help=f"of {', '.join(WHAT)}; default: all")
    chosen = parser.parse_args()
    wanted = chosen.what or WHAT
    with tempfile.TemporaryDirectory(prefix="curator-bench-") as folder:
        if "start" in wanted:
            sys.stdout.write(await measure_start(Path(folder) / "start", rounds=chosen.starts))
        if "acknowledgement" in wanted:
            sys.stdout.write(await measure_acknowledgements(Path(folder) / "acknowledgement", rounds=chosen.rounds))
        if "press" in wanted:
            path, rounds, beside = Path(folder) / "press", chosen.rounds, chosen.beside
            sys.stdout.write(await measure_presses(path, rounds=rounds, beside=beside))
        if "poll" in wanted:
            sys.stdout.write(await measure_polls(Path(folder) / "poll", changes=chosen.changes, rounds=POLLS))
        if "autocomplete" in wanted:
            path, rounds = Path(folder) / "autocomplete", chosen.rounds
            sys.stdout.write(await measure_autocomplete(path, names=chosen.names, rounds=rounds))
        if "checks" in wanted:
            sys.stdout.write(measure_checks(rounds=chosen.rounds))
        if "hosts" in wanted:
            sys.stdout.write(await measure_hosts(Path(folder) / "hosts", rounds=min(chosen.rounds, DRAFTS_MAX)))
        if "messages" in wanted:
            sys.stdout.write(await measure_messages(Path(folder) / "messages"))
        if "endurance" in wanted:
            endurance = await measure_endurance(Path(folder) / "endurance", interactions=chosen.interactions)
            sys.stdout.write(endurance)


if __name__ == "__main__":
    asyncio.run(main())
