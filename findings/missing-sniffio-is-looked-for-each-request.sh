#!/bin/sh
# Each request of httpx searches all folders of the path four times for a package that is not installed.
#
# Seen with httpx 0.28.1, httpcore 1.0.9 and anyio 4.16.0 on Python 3.12. httpcore imports sniffio where it makes a
# lock or an event, and falls back to asyncio if there is none. It used to come with anyio; recent releases of anyio
# do not require it. Python remembers modules that it found, but not those it did not find, so every request searches
# again.
#
# For the author of a bot: install sniffio beside httpx, although nothing requires it. With a long path the searches
# are a noticeable part of a request on a fast network.
#
# Output seen:
#   searches per request: [4, 4, 4]; with sniffio 1.3.1: [0, 0, 0]
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet httpx==0.28.1 httpcore==1.0.9 anyio==4.16.0 h11==0.16.0
cd "$folder"
env -i PATH="$PATH" HOME="$folder" venv/bin/python - <<'PYTHON'
import asyncio
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

searches = []


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Finder:
    """Notes each module that Python begins to search for."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        searches.append(name)


async def searches_per_request(url):
    counts = []
    async with httpx.AsyncClient() as client:
        await client.get(url)  # loads what else is imported late
        for _ in range(3):
            searches.clear()
            await client.get(url)
            counts.append(searches.count("sniffio"))
    return counts


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
sys.meta_path.insert(0, Finder)
without = asyncio.run(searches_per_request(url))
subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "sniffio==1.3.1"], check=True)
present = asyncio.run(searches_per_request(url))
print(f"searches per request: {without}; with sniffio 1.3.1: {present}")
assert without == [4, 4, 4]
assert present == [0, 0, 0]
PYTHON
