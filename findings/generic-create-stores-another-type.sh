#!/bin/sh
# A model that is created through the route for any category is stored as a record of another category.
#
# Seen with the service of horde-model-reference 8.6.2. `POST /v2/clip` stores a clip record. The same body sent to
# `POST /v2/clip/add` is taken too, and becomes a `controlnet` record in the category clip: this route tries the
# record types of all categories, and the body fits an earlier one. A `record_type` in the body corrects this one
# field, and `model_classification` stays that of a controlnet. Each of the three is 202 and can be applied.
#
# For the author of a bot: use the route of each category, which its own schema describes.
#
# Output seen:
#   /v2/clip: clip, feature_extractor
#   /v2/clip/add: controlnet, auxiliary_or_patch
#   /v2/clip/add with record_type: clip, auxiliary_or_patch
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


def stored(path, name, **fields):
    change = ask(202, "POST", path, {"name": name, "description": "words"} | fields)
    approve(change["change_id"])
    apply(change)
    record = ask(200, "GET", "/v2/clip")[name]
    print(path, *(f"with {key}" for key in fields), end=": ")
    print(seen := f"{record['record_type']}, {record['model_classification']['purpose']}")
    return seen


assert stored("/v2/clip", "Amber") == "clip, feature_extractor"
assert stored("/v2/clip/add", "Blue") == "controlnet, auxiliary_or_patch"
assert stored("/v2/clip/add", "Coral", record_type="clip") == "clip, auxiliary_or_patch"
PYTHON
