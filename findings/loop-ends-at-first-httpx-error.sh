#!/bin/sh
# A `tasks.loop` survives a server that is down if it asks with aiohttp, and ends for good if it asks with httpx.
#
# Seen with discord.py 2.7.1, aiohttp 3.14.5 and httpx 0.28.1, both asking a loopback port where nothing listens. The
# loop waits and repeats after an `OSError`, to which aiohttp's connection errors belong. httpx's errors derive from
# `Exception` alone: the loop stops after its first run, with one line in the log, and the bot runs on without it.
#
# For the author of a bot: moving a bot from aiohttp to httpx turns short outages into a poll that never comes back.
# Call `add_exception_type(httpx.TransportError)`, or catch inside the loop.
#
# Output seen:
#   aiohttp: 2 runs, running
#   httpx: 1 run, failed with ConnectError
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet discord.py==2.7.1 aiohttp==3.14.5 httpx==0.28.1
cd "$folder"
env -i PATH="$PATH" HOME="$folder" venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import logging
import socket

import aiohttp
import httpx
from discord.ext import tasks

logging.disable(logging.CRITICAL)
silent = socket.socket()
silent.bind(("127.0.0.1", 0))  # it never listens, so each connection is refused
url = f"http://127.0.0.1:{silent.getsockname()[1]}"
runs = {"aiohttp": 0, "httpx": 0}
repeated = asyncio.Event()


@tasks.loop(seconds=0.1)
async def with_aiohttp():
    runs["aiohttp"] += 1
    if runs["aiohttp"] == 2:
        repeated.set()
    async with aiohttp.ClientSession() as session, session.get(url):
        pass


@tasks.loop(seconds=0.1)
async def with_httpx():
    runs["httpx"] += 1
    async with httpx.AsyncClient() as client:
        await client.get(url)


async def main():
    ended, _ = await asyncio.wait([with_httpx.start()])
    error = type(ended.pop().exception()).__name__
    with_aiohttp.start()
    await asyncio.wait_for(repeated.wait(), timeout=60)
    print(f"aiohttp: {runs['aiohttp']} runs,", "running" if with_aiohttp.is_running() else "ended")
    print(f"httpx: {runs['httpx']} run,", f"failed with {error}" if with_httpx.failed() else "running")
    assert with_aiohttp.is_running() and not with_aiohttp.failed()
    assert with_httpx.failed() and not with_httpx.is_running()
    assert (runs["httpx"], error) == (1, "ConnectError")


asyncio.run(main())
PYTHON
