#!/bin/sh
# An update of a text model is approved, applied and answered with success, and the model stays as it was.
#
# Seen with the service of horde-model-reference 8.6.2 in legacy mode, where a name stands in two rows of
# `models.csv`. Applying writes the first row; reading returns the last. No step refuses, and the change ends as
# `applied`. The public reference has such names, because nothing keeps a name unique in this file.
#
# For the author of a bot: an answer 200 with status `applied` does not prove that the record changed. Read the live
# record after each apply and compare it with the change.
#
# Output seen:
#   apply: applied; before: the last row; after: the last row
#   rows: ['new words', 'the last row']
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

rows = [f"Ann/Lumen-12B,12,,,mistral,{words},generalist,,," for words in ("the first row", "the last row")]
csv.write_text("\n".join([columns, *rows, ""]))

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


def live():
    return ask(200, "GET", "/v1/text_generation")["Ann/Lumen-12B"]


before = live()
change = ask(202, "PUT", "/v1/text_generation", before | {"description": "new words"})
approve(change["change_id"])
status = apply(change)["record"]["status"]
after = live()
rows = [line.split(",")[5] for line in csv.read_text().splitlines()[1:]]
print(f"apply: {status}; before: {before['description']}; after: {after['description']}")
print("rows:", rows)
assert status == "applied"
assert after == before
assert rows == ["new words", "the last row"]
PYTHON
