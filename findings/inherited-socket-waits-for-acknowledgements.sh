#!/bin/sh
# uvicorn on an inherited TCP socket (`fd=`) makes a client wait about 40 ms for each answer on a kept connection.
#
# Seen with uvicorn 0.54.0 on asyncio. It opens the descriptor as a Unix socket, also if it is a TCP one. asyncio
# turns off Nagle's algorithm (TCP_NODELAY) for each accepted TCP connection, and does not recognise these. An answer
# is two writes, head and body, and the second waits for the acknowledgement of the first, which clients delay. With
# host and port, no wait.
#
# For the operator of a bot's service: socket activation by systemd, or a supervisor that passes the socket on, has
# this delay. Set TCP_NODELAY on the listening socket, which accepted connections inherit, or let uvicorn bind the
# port.
#
# Output seen (the times are not checked):
#   host and port: AF_INET, TCP_NODELAY True, median 0.4 ms
#   descriptor: AF_UNIX, TCP_NODELAY False, median 44.0 ms
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet uvicorn==0.54.0 h11==0.16.0
cd "$folder"
env -i PATH="$PATH" HOME="$folder" venv/bin/python - <<'PYTHON'
import asyncio
import socket
import statistics
import time

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

seen = []
listening = socket.create_server(("127.0.0.1", 0))


class Protocol(H11Protocol):
    def connection_made(self, transport):
        accepted = transport.get_extra_info("socket")
        no_delay = bool(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        seen.append((accepted.family.name, no_delay))
        super().connection_made(transport)


async def answer(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})


async def times_ms(address):
    reader, writer = await asyncio.open_connection(*address)
    for _ in range(11):
        start = time.perf_counter()
        writer.write(b"GET / HTTP/1.1\r\nhost: test\r\n\r\n")
        await reader.readuntil(b"hello")
        yield (time.perf_counter() - start) * 1000
    writer.close()


async def serve(how, address, **where):
    server = uvicorn.Server(uvicorn.Config(answer, http=Protocol, lifespan="off", log_level="critical", **where))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    address = address or server.servers[0].sockets[0].getsockname()
    median = statistics.median([each async for each in times_ms(address)])
    server.should_exit = True
    await task
    print(f"{how}: {seen[-1][0]}, TCP_NODELAY {seen[-1][1]}, median {median:.1f} ms")


async def main():
    await serve("host and port", None, host="127.0.0.1", port=0)
    await serve("descriptor", listening.getsockname(), fd=listening.fileno())
    assert seen == [("AF_INET", True), ("AF_UNIX", False)], seen


asyncio.run(main())
PYTHON
