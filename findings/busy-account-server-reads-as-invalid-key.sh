#!/bin/sh
# While AI-Horde limits requests or has a fault, the service tells people with a good key that their key is invalid.
#
# Seen with the service of horde-model-reference 8.6.2. It asks AI-Horde about the key of each request, and takes
# every status but 200 as "unknown key": 401 with the same words, without Retry-After. Only a connection that fails or
# lasts too long becomes 503. AI-Horde limits these questions for each address, and the service's users all share its
# address.
#
# For the author of a bot: a 401 is no reason to forget a stored key or to tell people to link again. Ask AI-Horde
# itself, whose own 404 says that the key is unknown, or try later.
#
# Output seen:
#   AI-Horde answers 200: 200
#   AI-Horde answers 404: 401 {"detail":"Invalid API key"}
#   AI-Horde answers 429: 401 {"detail":"Invalid API key"}
#   AI-Horde answers 500: 401 {"detail":"Invalid API key"}
#   AI-Horde is down: 503 {"detail":"Auth service unavailable"}
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet horde-model-reference==8.6.2 fastapi==0.165.0 pydantic==2.14.3 httpx2==2.16.2
cd "$folder"
env -i PATH="$PATH" HOME="$folder" AIWORKER_CACHE_HOME="$folder" LOGS_FOLDER="$folder/logs" LOGURU_LEVEL=CRITICAL \
    HORDE_MODEL_REFERENCE_REPLICATE_MODE=PRIMARY HORDE_MODEL_REFERENCE_CANONICAL_FORMAT=v2 \
    HORDE_MODEL_REFERENCE_ENABLE_GITHUB_FALLBACK=false HORDE_MODEL_REFERENCE_PENDING_QUEUE__APPROVER_IDS='["7"]' \
    venv/bin/python -W ignore - <<'PYTHON'
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Horde(BaseHTTPRequestHandler):
    """A stand-in for AI-Horde, to which every key is the key of Ann, an approver."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"username": "Ann#7"}')

    log_message = staticmethod(lambda *_: None)


horde = ThreadingHTTPServer(("127.0.0.1", 0), Horde)
threading.Thread(target=horde.serve_forever, daemon=True).start()
os.environ["AI_HORDE_URL"] = f"http://127.0.0.1:{horde.server_port}/"

from horde_model_reference.service.app import app
from starlette.testclient import TestClient

service = TestClient(app, headers={"apikey": "any"})


def ask(status, method, path, body=None):
    answer = service.request(method, "/model_references" + path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def roles():
    return service.get("/model_references/v2/me/roles")


def answer_with(status):
    def answer(request):
        request.send_response(status)
        request.end_headers()
        request.wfile.write(b'{"username": "Ann#7"}')

    Horde.do_GET = answer


invalid = '{"detail":"Invalid API key"}'
for status, expected in ((200, 200), (404, 401), (429, 401), (500, 401)):
    answer_with(status)
    got = roles()
    print(f"AI-Horde answers {status}: {got.status_code}", got.text if expected == 401 else "")
    assert got.status_code == expected
    assert "retry-after" not in got.headers
    assert expected == 200 or got.text == invalid
horde.shutdown()
horde.server_close()
down = roles()
print("AI-Horde is down:", down.status_code, down.text)
assert (down.status_code, down.text) == (503, '{"detail":"Auth service unavailable"}')
PYTHON
