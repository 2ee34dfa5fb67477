#!/bin/sh
# Applying a batch of three changes in one request ends with three batches of one change, two without an approver.
#
# Seen with the service of horde-model-reference 8.6.2. Each change that is applied moves the rest of its batch to a
# new batch, also within one `apply_batch`. The answer names the last of these moves only. The log then has a batch
# for each change; all but the first lack the approver, although each change itself names one.
#
# For the author of a bot: a batch id that is stored at the approval finds one of its changes after the apply. Follow
# the ids of changes, never the id of a batch, and read the approver from the change.
#
# Output seen:
#   approved: batch 1 has [1, 2, 3]
#   applied: [(1, 1), (2, 2), (3, 3)]
#   log: {1: '7', 2: None, 3: None}
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


def image(name, **fields):
    return {"name": name, "baseline": "stable_diffusion_xl", "nsfw": False} | fields


ids = [ask(202, "POST", "/v2/image_generation", image(name))["change_id"] for name in ("Amber", "Blue", "Coral")]
batch = approve(*ids)
print(f"approved: batch {batch['batch_id']} has {[change['change_id'] for change in batch['approved']]}")
answer = ask(200, "POST", f"/v2/pending_queue/apply_batch/{batch['batch_id']}")
applied = [(change["change_id"], change["batch_id"]) for change in answer["applied"]]
print("applied:", applied)
log = ask(200, "GET", "/v2/pending_queue/audit/batches")["batches"]
approvers = {entry["batch_id"]: entry["approved_by"] for entry in reversed(log)}
print("log:", approvers)
assert [change["batch_id"] for change in batch["approved"]] == [1, 1, 1]
assert applied == [(1, 1), (2, 2), (3, 3)]
assert approvers == {1: "7", 2: None, 3: None}
assert {change["approved_by"] for change in answer["applied"]} == {"7"}
PYTHON
