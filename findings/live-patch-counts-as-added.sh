#!/bin/sh
# In the legacy format, the diff of an update says "added": the model that it changes is not found.
#
# Seen with the service of horde-model-reference 8.6.2 (and 7.6.1). Categories without a legacy form, here `lora`, are
# written and read through v2 where the canonical format is legacy. The diff of a pending change is computed against the
# canonical format alone, which has no such category: `current_state` is null, `net_operation` is "added", and every
# field stands there as new. With the canonical format v2, the same change is "modified", with the description and the
# time of the change.
#
# For the author of a bot: take an update without `current_state` as unknown, read the live record, and compare.
#
# Output seen:
#   live: First words.
#   diff of the update: added, without the present state, 16 fields
#   live after the apply: Other words.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet horde-model-reference==8.6.2 fastapi==0.165.0 pydantic==2.14.3 httpx2==2.16.2
cd "$folder"
env -i PATH="$PATH" HOME="$folder" AIWORKER_CACHE_HOME="$folder" LOGS_FOLDER="$folder/logs" LOGURU_LEVEL=CRITICAL \
    HORDE_MODEL_REFERENCE_REPLICATE_MODE=PRIMARY HORDE_MODEL_REFERENCE_CANONICAL_FORMAT=legacy \
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


def lora(description):
    purpose = {"domain": "image", "purpose": "auxiliary_or_patch"}
    return {"name": "Amber", "record_type": "lora", "model_classification": purpose, "description": description}


model = "/v2/lora/model/Amber"
first = ask(202, "POST", "/v2/lora", lora("First words."))
approve(first["change_id"])
apply(first)
print("live:", before := ask(200, "GET", model)["description"])
update = ask(202, "PUT", model, lora("Other words."))
diff = ask(200, "GET", f"/v2/pending_queue/changes/{update['change_id']}/diff")
fields = [field["field_path"] for field in diff["field_diffs"]]
print(f"diff of the update: {diff['net_operation']}, without the present state, {len(fields)} fields")
approve(update["change_id"])
apply(update)
print("live after the apply:", after := ask(200, "GET", model)["description"])
assert (before, after) == ("First words.", "Other words.")
assert (update["operation"], diff["operation"]) == ("update", "update")
assert (diff["net_operation"], diff["current_state"]) == ("added", None)
assert {"name", "record_type", "description"} <= set(fields)
PYTHON
