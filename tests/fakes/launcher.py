"""Runs a module unchanged, discord.py pointed at a loopback Discord: ``launcher URL MODULE ARGUMENTS``."""

import os
import runpy
import sys
from datetime import timedelta
from functools import partialmethod

import discord.gateway
import discord.http
import discord.state
from yarl import URL

SILENCE = "LOOPBACK_SILENCE_S"
"""Environment variable: after so many seconds without a word a gateway counts as dead, instead of sixty."""

LATER = "LOOPBACK_LATER_H"
"""Environment variable: hours by which the bot's clock is ahead, as if it had been away for so long."""


def main() -> None:
    """Point discord.py at the address in the first argument and become the module in the second."""
    address, module, *arguments = sys.argv[1:]
    discord.http.Route.BASE = f"{address}/api/v10"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = URL(address).with_scheme("ws") / "gateway" / ""
    if silence := os.environ.get(SILENCE):
        state = discord.state.ConnectionState
        state.__init__ = partialmethod(state.__init__, heartbeat_timeout=float(silence))  # type: ignore[method-assign, assignment]
    if hours := os.environ.get(LATER):
        from bot import connections  # noqa: PLC0415 - loads the bot

        utc_now, ahead = connections.utc_now, timedelta(hours=float(hours))
        connections.utc_now = lambda: utc_now() + ahead
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
