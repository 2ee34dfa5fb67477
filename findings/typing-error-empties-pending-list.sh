#!/bin/sh
# A typing error in one proposal empties the list of all that is proposed in its category.
#
# Seen with the service of horde-model-reference 8.6.2 in legacy mode, for a download whose file name differs from the
# one in `config.files`. The create is taken and can be approved; each apply then answers 503. From the create on,
# `/v2/{category}/pending`, which converts all proposals at once, answers 200 and an empty object.
#
# For the author of a bot: compare both lists of files before sending, and read the queue itself, not this route.
#
# Output seen:
#   proposed: ['Amber', 'Blue'], listed: ['Amber', 'Blue']
#   proposed: ['Amber', 'Blue', 'Coral'], listed: []
#   apply: Failed to sync legacy category image_generation to v2
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet horde-model-reference==8.6.2 fastapi==0.165.0 pydantic==2.14.3 httpx2==2.16.2
cd "$folder"
env -i PATH="$PATH" HOME="$folder" AIWORKER_CACHE_HOME="$folder" LOGS_FOLDER="$folder/logs" LOGURU_LEVEL=CRITICAL \
    HORDE_MODEL_REFERENCE_REPLICATE_MODE=PRIMARY HORDE_MODEL_REFERENCE_CANONICAL_FORMAT=LEGACY \
    HORDE_MODEL_REFERENCE_ENABLE_GITHUB_FALLBACK=false HORDE_MODEL_REFERENCE_PENDING_QUEUE__APPROVER_IDS='["7"]' \
    venv/bin/python -W ignore - <<'PYTHON'
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


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
models = Path("horde_model_reference", "legacy", "stable_diffusion.json")
models.parent.mkdir(parents=True)
models.write_text("{}")

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


def propose(name, file_name):
    download = {"file_name": file_name, "file_path": "", "file_url": f"https://example.org/{name}.safetensors"}
    config = {"files": [{"path": f"{name}.safetensors", "sha256sum": "a" * 64}], "download": [download]}
    return ask(202, "POST", "/v1/image_generation", {"name": name, "baseline": "stable diffusion 1", "config": config})


def listed():
    proposed = [each["model_name"] for each in ask(200, "GET", "/v2/pending_queue/changes")["items"]]
    print(f"proposed: {proposed}, listed:", names := list(ask(200, "GET", "/v2/image_generation/pending")))
    return names


for name in ("Amber", "Blue"):
    propose(name, f"{name}.safetensors")
assert listed() == ["Amber", "Blue"]
change = propose("Coral", "Corla.safetensors")
assert listed() == []
approve(change["change_id"])
print("apply:", refusal := apply(change, status=503)["detail"])
assert refusal == "Failed to sync legacy category image_generation to v2"
PYTHON
