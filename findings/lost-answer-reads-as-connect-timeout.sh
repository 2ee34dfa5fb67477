#!/bin/sh
# A request that the server has read in full, and whose answer is lost, is reported as one that never got a connection.
#
# Seen with httpx-aiohttp 0.2.0, httpx 0.28.1 and aiohttp 3.14.5 on Python 3.12. The transport maps aiohttp's
# ClientConnectionError to httpx's ConnectTimeout, and a server that disconnects is one of its subclasses. httpx's own
# transport raises RemoteProtocolError for the same exchange.
#
# For the author of a client: code that sends a write again after ConnectTimeout, because nothing can have been sent
# yet, does the write twice with this transport. Do not repeat a write after it.
#
# Output seen:
#   httpx: RemoteProtocolError, the server had read {"amount": 1}
#   httpx-aiohttp: ConnectTimeout, the server had read {"amount": 1}
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet httpx-aiohttp==0.2.0 httpx==0.28.1 aiohttp==3.14.5
cd "$folder"
env -i PATH="$PATH" HOME="$folder" venv/bin/python - <<'PYTHON'
import asyncio
import json
import re

import httpx
import httpx_aiohttp

read = []


async def read_and_disconnect(reader, writer):
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.lower())[1]
    read.append(json.loads(await reader.readexactly(int(length))))
    writer.close()


async def error_of(client, url):
    async with client:
        try:
            await client.post(url, json={"amount": 1})
        except httpx.HTTPError as error:
            return type(error).__name__


async def main():
    server = await asyncio.start_server(read_and_disconnect, "127.0.0.1", 0)
    url = "http://127.0.0.1:{}/".format(server.sockets[0].getsockname()[1])
    own = await error_of(httpx.AsyncClient(trust_env=False), url)
    print(f"httpx: {own}, the server had read {json.dumps(read[-1])}")
    other = await error_of(httpx_aiohttp.HttpxAiohttpClient(trust_env=False), url)
    print(f"httpx-aiohttp: {other}, the server had read {json.dumps(read[-1])}")
    server.close()
    assert read == [{"amount": 1}, {"amount": 1}]
    assert own == "RemoteProtocolError"
    assert other == "ConnectTimeout"


asyncio.run(main())
PYTHON
