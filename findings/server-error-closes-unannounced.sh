#!/bin/sh
# After an answer 500 uvicorn closes the connection, and the answer does not say so.
#
# Seen with uvicorn 0.54.0 and starlette 1.10.0 (so with FastAPI too), for an exception in a route. Starlette answers
# 500 with a complete body, then raises the exception again for the server to log; uvicorn takes that as a broken
# answer and closes. The head was already sent without `connection: close`. An answer 500 that is not an exception
# keeps it open.
#
# For the author of a bot: an HTTP client returns this connection to its pool. A request that is sent on it at that
# moment fails although the service is up, and a POST cannot be repeated blindly. Drop the connection after each 5xx.
#
# Output seen:
#   raises: 500, connection header None, closed by the server
#   returns 500: 500, connection header None, kept open
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet uvicorn==0.54.0 starlette==1.10.0 h11==0.16.0
cd "$folder"
env -i PATH="$PATH" HOME="$folder" venv/bin/python - <<'PYTHON'
import asyncio

import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route


async def raises(request):
    raise RuntimeError("a fault of the service")


async def returns(request):
    return PlainTextResponse("Internal Server Error", 500)


async def ask(port, path):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nhost: test\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
    headers = dict(line.split(": ", 1) for line in head[1:] if line)
    await reader.readexactly(int(headers["content-length"]))
    try:
        closed = await asyncio.wait_for(reader.read(), timeout=2) == b""
    except TimeoutError:
        closed = False
    writer.close()
    return head[0].split()[1], headers.get("connection"), closed


async def main():
    app = Starlette(routes=[Route("/raises", raises), Route("/returns", returns)])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, lifespan="off", log_level="critical"))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    raised, returned = await ask(port, "/raises"), await ask(port, "/returns")
    server.should_exit = True
    await task
    for name, (status, header, closed) in (("raises", raised), ("returns 500", returned)):
        print(f"{name}: {status}, connection header {header}, {'closed by the server' if closed else 'kept open'}")
    assert raised == ("500", None, True)
    assert returned == ("500", None, False)


asyncio.run(main())
PYTHON
