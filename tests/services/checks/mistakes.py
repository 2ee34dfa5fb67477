"""Mistakes that people make in proposals, with made-up values, and the kind of check that names each."""

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
        kind: number of the kind, as its rule has it.
        label: what is wrong.
        record: the record as proposed.
        codes: kinds of checks, any one of them names it.
        before: the live record of an update.
        changes: values of the checked record.
        mended: place and value of the expected correction.
    """

    kind: str
    label: str
    record: dict[str, Any]
    codes: frozenset[CheckCode]
    verdict: Verdict | None = None
    before: dict[str, Any] | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    mended: dict[str, Any] | None = None


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
    known = {key: more.pop(key) for key in ("verdict", "before", "mended") if key in more}
    return Mistake(kind, label, record, frozenset(codes), changes=more, **known)


def _link(kind: str, label: str, url: str, *codes: CheckCode, name: str = "lumen.safetensors", **more: Any) -> Mistake:
    mended = more.pop("mended_url", None)
    record = image(**legacy_files(name, url))
    if mended:
        more["mended"] = image(**legacy_files(name, mended))
    return mistake(kind, label, record, *codes, **more)


FAIL, WARN = Verdict.FAIL, Verdict.WARN
FILE = f"{FOLDER}/lumen.safetensors"
LINKS = (
    _link("1", "misspelt scheme", FILE.replace("https", "htttps"), CheckCode.LINK, verdict=FAIL, mended_url=FILE),
    _link("1", "http", FILE.replace("https", "http"), CheckCode.LINK, verdict=FAIL, mended_url=FILE),
    _link("1", "no scheme", FILE.removeprefix("https://"), CheckCode.LINK, verdict=FAIL, mended_url=FILE),
    _link("1", "one slash", FILE.replace("https://", "https:/"), CheckCode.LINK, verdict=FAIL, mended_url=FILE),
    mistake("1", "homepage", image(homepage="htps://civitai.com/models/2020"), CheckCode.HOMEPAGE, verdict=FAIL,
            mended=image()),
    mistake("1", "showcase", image(showcases=["http://a.b.io/1.png"]), CheckCode.HOMEPAGE, verdict=FAIL,
            mended=image(showcases=["https://a.b.io/1.png"])),
    mistake("1", "link of a text model", text(url="huggingface.co/acme/Lumen-12B"), CheckCode.HOMEPAGE, category=TEXT,
            verdict=FAIL, mended=text()),
    _link("2", "blob", FILE.replace("resolve", "blob"), CheckCode.LINK_PAGE, verdict=FAIL, mended_url=FILE),
    _link("2", "GitHub blob", "https://github.com/acme/lumen/blob/main/lumen.safetensors", CheckCode.LINK_PAGE,
          verdict=FAIL, mended_url="https://github.com/acme/lumen/raw/main/lumen.safetensors"),
    mistake("2", "blob in v2", v2_image(**v2_files(file_url=FILE.replace("resolve", "blob"))), CheckCode.LINK_PAGE,
            dialect=V2, verdict=FAIL, mended=v2_image()),
    *(_link("3", view, FILE.replace("resolve", view), CheckCode.LINK_PAGE, verdict=FAIL, mended_url=FILE)
      for view in ("raw", "blame", "edit")),
    *(_link("4", url, url, CheckCode.LINK_NO_FILE, verdict=FAIL) for url in (
        "https://huggingface.co/acme/lumen",
        "https://huggingface.co/acme/lumen/tree/main",
        "https://huggingface.co/models?search=lumen",
        "https://huggingface.co/acme/lumen/resolve/main/",
        "https://civitai.com/models/222",
        "https://civitai.com/models/222/lumen",
        "https://civitai.com/search/models?query=lumen",
        "https://civitai.com/api/v1/models/222",
        "https://github.com/acme/lumen",
        "https://github.com/acme/lumen/releases/tag/v1",
    )),
    _link("4", "version of a model page", "https://civitai.com/models/222?modelVersionId=333", CheckCode.LINK_NO_FILE,
          verdict=FAIL, mended_url=f"{CIVITAI}/333"),
    _link("5", "bare download", f"{CIVITAI}/333", CheckCode.LINK_OPEN_CHOICE, verdict=WARN),
    _link("5", "half a choice", f"{CIVITAI}/333?type=Model", CheckCode.LINK_OPEN_CHOICE, verdict=WARN),
    _link("6", "pickle", f"{CIVITAI}/333?type=Model&format=PickleTensor&size=full&fp=fp16", CheckCode.LINK_QUERY,
          verdict=WARN),
    *(_link("6", part, f"{CIVITAI}/333?type={part.replace(' ', '%20')}&format=SafeTensor", CheckCode.LINK_QUERY,
            verdict=WARN) for part in ("VAE", "Config", "Training Data")),
    _link("7", "ckpt in the link", FILE.replace(".safetensors", ".ckpt"), CheckCode.LINK_EXTENSION, verdict=WARN,
          mended={**image(), **legacy_files("lumen.ckpt", FILE.replace(".safetensors", ".ckpt"))}),
    _link("7", "ckpt in the name", FILE, CheckCode.LINK_EXTENSION, name="lumen.ckpt", verdict=WARN),
    _link("8", "swapped letters", f"{FOLDER}/4x_Gilmmer.safetensors", CheckCode.LINK_ALMOST,
          name="4x_Glimmer.safetensors", verdict=WARN),
    _link("8", "missing letter", f"{FOLDER}/lumn.safetensors", CheckCode.LINK_ALMOST, name="lumen.safetensors"),
    _link("8", "file of a live model", f"{FOLDER}/amber_dusk.safetensors", CheckCode.LINK_OTHER_FILE, verdict=WARN),
    *(_link("9", url, url, CheckCode.CREDENTIAL, verdict=FAIL) for url in (
        f"{CIVITAI}/333?fileId=3&token=hush",
        f"{FILE}?api_key=hush",
        f"{FILE}?download=true&Api-Key=hush",
        "https://acme:hush@huggingface.co/acme/lumen/resolve/main/lumen.safetensors",
        "https://hush@huggingface.co/acme/lumen/resolve/main/lumen.safetensors",
        "https://s3.amazonaws.com/b/lumen.safetensors?X-Amz-Signature=hush&X-Amz-Expires=9",
        "https://b.blob.core.windows.net/c/lumen.safetensors?sv=2024&se=2027&sig=hush",
        f"{FILE}#access_token=hush",
        f"{FILE}?%74oken=hush",
    )),
    mistake("9", "homepage", image(homepage="https://civitai.com/models/2?token=hush"), CheckCode.CREDENTIAL,
            verdict=FAIL, mended=image(homepage="https://civitai.com/models/2")),
    mistake("9", "description", image(description="See https://a.io/x?token=hush for more."), CheckCode.CREDENTIAL),
    mistake("10", "homepage of a live model", image(homepage="https://civitai.com/models/1001?modelVersionId=5"),
            CheckCode.HOMEPAGE_OTHER, verdict=WARN),
    mistake("11", "url of a live model", text(url="https://huggingface.co/acme/Ember-12B"), CheckCode.URL_OTHER,
            category=TEXT, verdict=WARN, mended=text()),
    mistake("11", "url of another owner and model", text(url="https://huggingface.co/zeta/Comet-3B"),
            CheckCode.URL_OTHER, category=TEXT, verdict=WARN, mended=text()),
    *(_link("12", url, url, CheckCode.LINK_PLACEHOLDER, verdict=FAIL) for url in (
        "https://example.com/lumen.safetensors",
        "https://civitai.com/models/000",
        f"{FILE} {FOLDER}/other.safetensors",
        f"{FILE}{FILE}",
        "<link>",
        "https://huggingface.co/<owner>/lumen/resolve/main/lumen.safetensors",
        "https://huggingface.co/your-username/lumen/resolve/main/lumen.safetensors",
    )),
    _link("17", "link of a live model", "https://HuggingFace.co/acme/dusk/resolve/main/dusk.safetensors?download=true",
          CheckCode.LINK_TAKEN, verdict=WARN),
)  # fmt: skip

MISTAKES = (*LINKS,)
