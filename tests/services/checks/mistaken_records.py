"""Proposals to make a mistake in, with made-up values, beside live models."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.reference.models import CanonicalFormat, Operation
from bot.services.checks import CheckCode, CheckedRecord, Verdict
from bot.services.checks.live_index import live_index
from bot.services.checks.run import run_checks

V2, LEGACY = CanonicalFormat.V2, CanonicalFormat.LEGACY
CREATE, UPDATE = Operation.CREATE, Operation.UPDATE
IMAGE, TEXT = "image_generation", "text_generation"
BASELINES = (
    "stable_diffusion_1",
    "stable_diffusion_2_768",
    "stable_diffusion_2_512",
    "stable_diffusion_xl",
    "stable_cascade",
    "flux_1",
    "flux_schnell",
    "flux_dev",
    "qwen_image",
    "z_image_turbo",
    "anima",
)
STYLES_OF_CONTROLNET = tuple(
    f"control_{style}"
    for style in (
        "canny",
        "depth",
        "scribble",
        "seg",
        "hed",
        "openpose",
        "fakescribbles",
        "hough",
        "mlsd",
        "normal",
        "qr",
        "qr_xl",
    )
)
SHA = "9aba26abf0d3f1e8c7b65a4d3c2b1a09f8e7d6c5b4a3928170615243f4e5d6c7"
OTHER_SHA = "1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f"
THIRD_SHA = "77aa88bb99cc00dd11ee22ff33aa44bb55cc66dd77ee88ff99aa00bb11cc22dd"
FOLDER = "https://huggingface.co/acme/lumen/resolve/main"
CIVITAI = "https://civitai.com/api/download/models"


def image(name: str = "Lumen", **changes: Any) -> dict[str, Any]:
    """Return a correct legacy image record."""
    record = {
        "name": name,
        "baseline": "stable_diffusion_xl",
        "type": "ckpt",
        "inpainting": False,
        "description": "Draws lamps in warm colours.",
        "version": "1",
        "style": "generalist",
        "nsfw": False,
        "homepage": "https://civitai.com/models/2020",
        "size_on_disk_bytes": 6_938_000_000,
        **legacy_files(),
    }
    return {key: value for key, value in {**record, **changes}.items() if value is not None}


def legacy_files(
    name: str = "lumen.safetensors",
    url: str = f"{FOLDER}/lumen.safetensors",
    sha: str | None = SHA,
    *,
    path: str | None = None,
    folder: str = "",
    **hashed: Any,
) -> dict[str, Any]:
    """Return the files of a legacy record."""
    entry = {"path": name if path is None else path, "sha256sum": sha, **hashed}
    return {
        "config": {
            "files": [{key: value for key, value in entry.items() if value is not None}],
            "download": [{"file_name": name, "file_path": folder, "file_url": url}],
        }
    }


def v2_image(**changes: Any) -> dict[str, Any]:
    """Return a correct v2 image record."""
    record = {key: value for key, value in image().items() if key not in ("type", "config")}
    return {**record, **v2_files(), **changes}


def v2_files(**changes: Any) -> dict[str, Any]:
    """Return the files of a v2 record."""
    entry = {"file_name": "lumen.safetensors", "file_url": f"{FOLDER}/lumen.safetensors", "sha256sum": SHA}
    return {"config": {"download": [{**entry, **changes}]}}


def text(name: str = "acme/Lumen-12B", **changes: Any) -> dict[str, Any]:
    """Return a correct legacy text record."""
    record = {
        "name": name,
        "parameters": 12_000_000_000,
        "url": f"https://huggingface.co/{name}",
        "description": "Tells tales of lamps.",
        "tags": ["roleplay"],
        "style": "chat",
        "instruct_format": "ChatML",
    }
    return {key: value for key, value in {**record, **changes}.items() if value is not None}


def _live() -> dict[str, dict[str, dict[str, Any]]]:
    dusk = image(
        "Amber Dusk",
        homepage="https://civitai.com/models/1001",
        **legacy_files(
            "amber_dusk.safetensors", "https://huggingface.co/acme/dusk/resolve/main/dusk.safetensors", OTHER_SHA
        ),
    )
    texts = {
        "acme/Ember-12B": text("acme/Ember-12B"),
        "acme/Glow-7B": text("acme/Glow-7B", parameters=7_000_000_000),
        "acme/Spark-7B": text("acme/Spark-7B", parameters=7_000_000_000),
        "aphrodite/acme/Ember-12B": text("aphrodite/acme/Ember-12B"),
        "koboldcpp/Ember-12B": text("koboldcpp/Ember-12B"),
    }
    canny = {
        "name": "control_canny",
        "type": "control_canny",
        **legacy_files("canny.safetensors", f"{FOLDER}/canny.safetensors", THIRD_SHA),
    }
    return {IMAGE: {"Amber Dusk": dusk}, TEXT: texts, "controlnet": {"control_canny": canny}}


LIVE = _live()


@dataclass(frozen=True, slots=True)
class Mistake:
    """One proposal with a mistake.

    Attributes:
        kind: name or number that the cases of one kind of mistake share; figures are counted by it.
        label: what is wrong.
        record: the record as proposed.
        codes: kinds of checks, any one of them names it.
        before: the live record of an update.
        changes: values of the checked record.
        corrected: place and value of the expected correction.
    """

    kind: str
    label: str
    record: dict[str, Any]
    codes: frozenset[CheckCode]
    verdict: Verdict | None = None
    before: dict[str, Any] | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    corrected: dict[str, Any] | None = None


def subject_of(
    record: dict[str, Any], category: str = IMAGE, before: dict[str, Any] | None = None, **changes: Any
) -> CheckedRecord:
    """Return a proposal of this record, beside the live records of its category."""
    records = dict(LIVE.get(category, {}))
    if before is not None:
        records[before["name"]] = before
    dialect = changes.get("dialect", LEGACY)
    values: dict[str, Any] = {
        "operation": CREATE if before is None else UPDATE,
        "category": category,
        "name": record.get("name", ""),
        "record": record,
        "dialect": dialect,
        "live_names": frozenset(records),
        "baselines": BASELINES,
        "choices": {"CONTROLNET_STYLE": STYLES_OF_CONTROLNET},
        "live_record": before,
        "live": live_index(records, LEGACY),
        "why": "A good model.",
        **changes,
    }
    return CheckedRecord(**values)


def checked(case: Mistake) -> CheckedRecord:
    """Return the proposal of a case."""
    changes = dict(case.changes)
    return subject_of(case.record, changes.pop("category", IMAGE), case.before, **changes)


def is_named(case: Mistake) -> bool:
    """Return whether one of the expected lines is there, with the expected verdict."""
    return any(
        check.code in case.codes and check.verdict is not Verdict.PASS and case.verdict in (None, check.verdict)
        for check in run_checks(checked(case))
    )


def mistake(kind: str, label: str, record: dict[str, Any], *codes: CheckCode, **more: Any) -> Mistake:
    """Return a case; unknown keywords are values of the checked record."""
    known = {key: more.pop(key) for key in ("verdict", "before", "corrected") if key in more}
    return Mistake(kind, label, record, frozenset(codes), changes=more, **known)


FAIL, WARN = Verdict.FAIL, Verdict.WARN
FILE = f"{FOLDER}/lumen.safetensors"


OLD = image(version="0")
