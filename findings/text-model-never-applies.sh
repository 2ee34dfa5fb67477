#!/bin/sh
# A text model that is proposed as the schema demands is taken and approved, and can be neither applied nor rejected.
#
# Seen with the service of horde-model-reference 8.6.2 in its default format, v2. The schema requires `parameters`.
# The queue stores the record under the library's own name for this field, `parameters_count`; the apply looks for
# `parameters`, does not find it, and answers 503. The change stays approved, and only a pending one can be rejected.
#
# For the author of a bot: refuse text models on a service of this format before anything is queued. Afterwards only a
# purge, which selects by status, category and name, removes the change.
#
# Output seen:
#   queued: parameters_count=12000000000
#   apply: Ann/Lumen-12B: 'parameters' field is required
#   reject: Change 1 is not pending (status=approved).
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


change = ask(202, "POST", "/v2/text_generation", {"name": "Ann/Lumen-12B", "parameters": 12_000_000_000})
print("queued:", *(f"{key}={value}" for key, value in change["payload"].items() if key.startswith("parameters")))
approve(change["change_id"])
refusal = apply(change, status=503)["detail"]
print("apply:", refusal)
rejection = {"batch_title": "a batch", "rejected_ids": [change["change_id"]], "reject_reason": "not applicable"}
stays = ask(400, "POST", "/v2/pending_queue/batches", rejection)["detail"]
print("reject:", stays)
assert "parameters" not in change["payload"]
assert change["payload"]["parameters_count"] == 12_000_000_000
assert refusal == "Ann/Lumen-12B: 'parameters' field is required"
assert stays == "Change 1 is not pending (status=approved)."
PYTHON
