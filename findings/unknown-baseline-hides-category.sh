#!/bin/sh
# One image model with a new baseline makes older releases of horde-model-reference lose every image model.
#
# Seen with horde-model-reference 8.6.2, 7.6.1 and 5.3.3, read offline from one file with three image models. 8.6.2
# knows the baseline `anima` and returns all three. 7.6.1 and 5.3.3 do not know it: they raise for the whole category
# instead of leaving out that record. Without that record they return the other two.
#
# For the author of a bot: a service may accept and apply a record that its own schema allows, and workers that pin an
# older release of the library then have no image model at all. Warn before a record is the first of its baseline.
#
# Output seen:
#   8.6.2 with anima: Amber Blue Coral; without: Amber Blue
#   7.6.1 with anima: RuntimeError; without: Amber Blue
#   5.3.3 with anima: RuntimeError; without: Amber Blue
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/read.py" <<'PYTHON'
import json
import sys
from pathlib import Path


def record(name, baseline):
    return {
        "record_type": "image_generation",
        "name": name,
        "baseline": baseline,
        "nsfw": False,
        "model_classification": {"domain": "image", "purpose": "generation"},
    }


models = [record("Amber", "stable_diffusion_xl"), record("Blue", "stable_diffusion_1")]
if sys.argv[1] == "with":
    models.append(record("Coral", "anima"))
Path("horde_model_reference").mkdir(exist_ok=True)
content = json.dumps({model["name"]: model for model in models})
Path("horde_model_reference", "stable_diffusion.json").write_text(content)

from horde_model_reference import MODEL_REFERENCE_CATEGORY
from horde_model_reference.model_reference_manager import ModelReferenceManager

try:
    print(*ModelReferenceManager(offline=True).get_model_reference(MODEL_REFERENCE_CATEGORY.image_generation))
except RuntimeError as error:
    print(type(error).__name__)
PYTHON

read_models() {
    cd "$folder"
    env -i PATH="$PATH" HOME="$folder" AIWORKER_CACHE_HOME="$folder" LOGS_FOLDER="$folder/logs" \
        LOGURU_LEVEL=CRITICAL HORDE_MODEL_REFERENCE_OFFLINE=true "$folder/$1/bin/python" read.py "$2" 2>"$folder/log"
}

for version in 8.6.2 7.6.1 5.3.3; do
    "${PYTHON:-python3}" -m venv "$folder/$version"
    "$folder/$version/bin/pip" install --quiet "horde-model-reference==$version" pydantic==2.14.3
    echo "$version with anima: $(read_models $version with); without: $(read_models $version without)"
done | tee "$folder/seen"

cat >"$folder/expected" <<'END'
8.6.2 with anima: Amber Blue Coral; without: Amber Blue
7.6.1 with anima: RuntimeError; without: Amber Blue
5.3.3 with anima: RuntimeError; without: Amber Blue
END
cmp "$folder/seen" "$folder/expected"
