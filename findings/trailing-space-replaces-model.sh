#!/bin/sh
# A new text model whose name ends in a space takes the place of the model without that space, at the next apply.
#
# Seen with the service of horde-model-reference 8.6.2 in legacy mode. The create is no conflict, because names are
# compared as they are. Its row is written with the space. The next apply of any other text model reads all rows,
# trims their names and writes them back: the name now stands twice, and readers get the last row, which is the new
# one.
#
# For the author of a bot: names copied from a page often end in a space. Trim them before they are compared and sent;
# the damage shows only after a change that has nothing to do with it.
#
# Output seen:
#   after the create: ['Ann/Lumen-12B', 'Ann/Lumen-12B ']: the model has the words of Ann
#   after another apply: ['Ann/Lumen-12B', 'Ann/Lumen-12B', 'Ann/Other-7B']: the model has the words of Bob
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
csv = Path("horde_model_reference", "legacy", "models.csv")
csv.parent.mkdir(parents=True)
columns = "name,parameters_bn,display_name,url,baseline,description,style,tags,instruct_format,settings"

csv.write_text(f"{columns}\nAnn/Lumen-12B,12,,,mistral,the words of Ann,generalist,,,\n")

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


def create(name, words):
    record = {"name": name, "parameters": 12_000_000_000, "baseline": "mistral", "description": words}
    change = ask(202, "POST", "/v1/text_generation", record)
    approve(change["change_id"])
    apply(change)
    names = [line.split(",")[0] for line in csv.read_text().splitlines()[1:]]
    return names, ask(200, "GET", "/v1/text_generation")["Ann/Lumen-12B"]["description"]


names, words = create("Ann/Lumen-12B ", "the words of Bob")
print(f"after the create: {names}: the model has {words}")
assert names == ["Ann/Lumen-12B", "Ann/Lumen-12B "]
assert words == "the words of Ann"
names, words = create("Ann/Other-7B", "others")
print(f"after another apply: {names}: the model has {words}")
assert names == ["Ann/Lumen-12B", "Ann/Lumen-12B", "Ann/Other-7B"]
assert words == "the words of Bob"
PYTHON
