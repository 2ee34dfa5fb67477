#!/bin/sh
# An update that never mentions the licence takes back a licence that was set after the update was proposed.
#
# Seen with the service of horde-model-reference 8.6.2. A PUT replaces a record, and the service helps: where the new
# record has no `licensing`, it copies the one that is live when the change is queued. Applied later, this copy goes
# over a licence that was set meanwhile. The diff of the update, computed against the live record, shows the old
# licence as a part of it.
#
# For the author of a bot: the order of applying decides, not who meant what. Compare `licensing` of a change with the
# live record before it is applied, also where the proposal says nothing about it.
#
# Output seen:
#   queued with the description: NOASSERTION
#   licence applied: MIT
#   description applied: NOASSERTION
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


def approve(*change_ids):
    body = {"batch_title": "a batch", "approved_ids": change_ids}
    return ask(200, "POST", "/v2/pending_queue/batches", body)


def apply(change, status=200):
    return ask(status, "POST", f"/v2/pending_queue/changes/{change['change_id']}/apply", {})


def image(name, **fields):
    return {"name": name, "baseline": "stable_diffusion_xl", "nsfw": False} | fields


model = "/v2/image_generation/model/Amber"
first = ask(202, "POST", "/v2/image_generation", image("Amber"))
approve(first["change_id"])
apply(first)
mit = {"license_expression": "MIT", "license_ids": ["MIT"], "commercial_use": "allowed", "redistribution": "allowed"}
description = ask(202, "PUT", model, image("Amber", description="new words"))
licence = ask(202, "PUT", model, image("Amber", licensing=mit))
approve(description["change_id"], licence["change_id"])
print("queued with the description:", description["payload"]["licensing"]["license_expression"])
apply(licence)
print("licence applied:", between := ask(200, "GET", model)["licensing"]["license_expression"])
apply(description)
after = ask(200, "GET", model)
print("description applied:", after["licensing"]["license_expression"])
assert (between, after["licensing"]["license_expression"]) == ("MIT", "NOASSERTION")
assert after["description"] == "new words"
PYTHON
