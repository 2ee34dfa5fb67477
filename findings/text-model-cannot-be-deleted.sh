#!/bin/sh
# A text model can be created and updated over HTTP, and neither be read by its own address nor deleted.
#
# Seen with the service of horde-model-reference 8.6.2 in legacy mode. Names of text models have the form
# author/model. Create and update take the name in the body. Delete and "read one" take it in the path, and no route
# there accepts a slash, also not as %2F: the server decodes it first. The answer is the 404 of an unknown route, not
# of an unknown model.
#
# For the author of a bot: offer no deletion for such names, and read them out of the whole category. The two answers
# 404 differ in their `detail` only.
#
# Output seen:
#   update: 202
#   read: Ann/Lumen-12B: Not Found; Ann%2FLumen-12B: Not Found; Lumen: Model 'Lumen' not found in category (…)
#   delete: Ann/Lumen-12B: Not Found; Ann%2FLumen-12B: Not Found; Lumen: Model 'Lumen' not found in category (…)
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

csv.write_text(f"{columns}\nAnn/Lumen-12B,12,,,mistral,words,generalist,,,\n")

from horde_model_reference.service.app import app
from starlette.testclient import TestClient

service = TestClient(app, headers={"apikey": "any"})


def ask(status, method, path, body=None):
    answer = service.request(method, "/model_references" + path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


live = ask(200, "GET", "/v1/text_generation")
ask(202, "PUT", "/v1/text_generation", live["Ann/Lumen-12B"] | {"description": "new words"})
print("update: 202")
unknown_model = "Model 'Lumen' not found in category 'text_generation'"
names = {"Ann/Lumen-12B": "Not Found", "Ann%2FLumen-12B": "Not Found", "Lumen": unknown_model}
for verb, method, version in (("read", "GET", "v2"), ("delete", "DELETE", "v1")):
    seen = {name: ask(404, method, f"/{version}/text_generation/model/{name}")["detail"] for name in names}
    print(f"{verb}:", "; ".join(f"{name}: {detail}" for name, detail in seen.items()))
    assert seen == names, seen
PYTHON
