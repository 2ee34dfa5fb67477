"""Runs a module unchanged, discord.py pointed at a loopback Discord: ``launcher URL MODULE ARGUMENTS``."""

import runpy
import sys

import discord.gateway
import discord.http
from yarl import URL


def main() -> None:
    """Point discord.py at the address in the first argument and become the module in the second."""
    address, module, *arguments = sys.argv[1:]
    discord.http.Route.BASE = f"{address}/api/v10"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = URL(address).with_scheme("ws") / "gateway" / ""
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
