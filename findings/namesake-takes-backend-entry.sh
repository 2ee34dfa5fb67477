#!/bin/sh
# A new text model of another author takes over the `koboldcpp/` entry of a live model; nothing reports a conflict.
#
# Seen with the service of horde-model-reference 8.6.2 in legacy mode. For each text model it generates an entry for
# each backend. The one for aphrodite keeps the author (`aphrodite/Ann/Lumen-12B`), the one for koboldcpp does not
# (`koboldcpp/Lumen-12B`), so two authors' models of one name share it. The row that stands last in the file wins.
#
# For the author of a bot: workers with koboldcpp that ask for the old model get the record of the new one. Before a
# create, compare the last part of the name with the last part of each live name.
#
# Output seen:
#   before: koboldcpp/Lumen-12B has the words of Ann
#   after: koboldcpp/Lumen-12B has the words of Bob
#   after: Ann/Lumen-12B has the words of Ann
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


def words_of(name):
    return ask(200, "GET", "/v1/text_generation")[name]["description"]


before = words_of("koboldcpp/Lumen-12B")
record = {"name": "Bob/Lumen-12B", "parameters": 12_000_000_000, "baseline": "mistral"}
change = ask(202, "POST", "/v1/text_generation", record | {"description": "the words of Bob"})
approve(change["change_id"])
apply(change)
print("before: koboldcpp/Lumen-12B has", before)
print("after: koboldcpp/Lumen-12B has", words_of("koboldcpp/Lumen-12B"))
print("after: Ann/Lumen-12B has", words_of("Ann/Lumen-12B"))
assert before == words_of("Ann/Lumen-12B") == words_of("aphrodite/Ann/Lumen-12B") == "the words of Ann"
assert words_of("koboldcpp/Lumen-12B") == "the words of Bob"
PYTHON
