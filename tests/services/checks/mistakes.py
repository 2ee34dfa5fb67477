"""Mistakes that people make in proposals, with made-up values, and the kind of check that names each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.reference.models import CanonicalFormat, ChangeStatus, Operation, PendingChange
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


def _link(kind: str, label: str, url: str, *codes: CheckCode, name: str = "lumen.safetensors", **more: Any) -> Mistake:
    corrected = more.pop("corrected_url", None)
    record = image(**legacy_files(name, url))
    if corrected:
        more["corrected"] = image(**legacy_files(name, corrected))
    return mistake(kind, label, record, *codes, **more)


FAIL, WARN = Verdict.FAIL, Verdict.WARN
FILE = f"{FOLDER}/lumen.safetensors"
LINKS = (
    _link("1", "misspelt scheme", FILE.replace("https", "htttps"), CheckCode.LINK, verdict=FAIL, corrected_url=FILE),
    _link("1", "http", FILE.replace("https", "http"), CheckCode.LINK, verdict=FAIL, corrected_url=FILE),
    _link("1", "no scheme", FILE.removeprefix("https://"), CheckCode.LINK, verdict=FAIL, corrected_url=FILE),
    _link("1", "one slash", FILE.replace("https://", "https:/"), CheckCode.LINK, verdict=FAIL, corrected_url=FILE),
    mistake("1", "homepage", image(homepage="htps://civitai.com/models/2020"), CheckCode.HOMEPAGE, verdict=FAIL,
            corrected=image()),
    mistake("1", "showcase", image(showcases=["http://a.b.io/1.png"]), CheckCode.HOMEPAGE, verdict=FAIL,
            corrected=image(showcases=["https://a.b.io/1.png"])),
    mistake("1", "link of a text model", text(url="huggingface.co/acme/Lumen-12B"), CheckCode.HOMEPAGE, category=TEXT,
            verdict=FAIL, corrected=text()),
    _link("2", "blob", FILE.replace("resolve", "blob"), CheckCode.LINK_PAGE, verdict=FAIL, corrected_url=FILE),
    _link("2", "GitHub blob", "https://github.com/acme/lumen/blob/main/lumen.safetensors", CheckCode.LINK_PAGE,
          verdict=FAIL, corrected_url="https://github.com/acme/lumen/raw/main/lumen.safetensors"),
    mistake("2", "blob in v2", v2_image(**v2_files(file_url=FILE.replace("resolve", "blob"))), CheckCode.LINK_PAGE,
            dialect=V2, verdict=FAIL, corrected=v2_image()),
    *(_link("3", view, FILE.replace("resolve", view), CheckCode.LINK_PAGE, verdict=FAIL, corrected_url=FILE)
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
          verdict=FAIL, corrected_url=f"{CIVITAI}/333"),
    _link("5", "bare download", f"{CIVITAI}/333", CheckCode.LINK_OPEN_CHOICE, verdict=WARN),
    _link("5", "half a choice", f"{CIVITAI}/333?type=Model", CheckCode.LINK_OPEN_CHOICE, verdict=WARN),
    _link("6", "pickle", f"{CIVITAI}/333?type=Model&format=PickleTensor&size=full&fp=fp16", CheckCode.LINK_QUERY,
          verdict=WARN),
    *(_link("6", part, f"{CIVITAI}/333?type={part.replace(' ', '%20')}&format=SafeTensor", CheckCode.LINK_QUERY,
            verdict=WARN) for part in ("VAE", "Config", "Training Data")),
    _link("7", "ckpt in the link", FILE.replace(".safetensors", ".ckpt"), CheckCode.LINK_EXTENSION, verdict=WARN,
          corrected={**image(), **legacy_files("lumen.ckpt", FILE.replace(".safetensors", ".ckpt"))}),
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
            verdict=FAIL, corrected=image(homepage="https://civitai.com/models/2")),
    mistake("9", "description", image(description="See https://a.io/x?token=hush for more."), CheckCode.CREDENTIAL),
    mistake("10", "homepage of a live model", image(homepage="https://civitai.com/models/1001?modelVersionId=5"),
            CheckCode.HOMEPAGE_OTHER, verdict=WARN),
    mistake("10", "page of another version", image(homepage="https://civitai.com/models/2020?modelVersionId=332",
                                                   **legacy_files(url=f"{CIVITAI}/333?fileId=4")),
            CheckCode.HOMEPAGE_VERSION, verdict=WARN,
            corrected=image(homepage="https://civitai.com/models/2020?modelVersionId=333",
                         **legacy_files(url=f"{CIVITAI}/333?fileId=4"))),
    mistake("11", "url of a live model", text(url="https://huggingface.co/acme/Ember-12B"), CheckCode.URL_OTHER,
            category=TEXT, verdict=WARN, corrected=text()),
    mistake("11", "url of another owner and model", text(url="https://huggingface.co/zeta/Comet-3B"),
            CheckCode.URL_OTHER, category=TEXT, verdict=WARN, corrected=text()),
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


def _file(kind: str, label: str, *codes: CheckCode, files: dict[str, Any], **more: Any) -> Mistake:
    return mistake(kind, label, image(**files), *codes, **more)


def _pair(*second: dict[str, str]) -> dict[str, Any]:
    """Return two files, the second with these members in its download and hash."""
    files = legacy_files()["config"]
    download, hashed = second
    return {"config": {"files": [*files["files"], hashed], "download": [*files["download"], download]}}


OLD = image(version="0")
HASHES = (
    *(_file("13", label, CheckCode.SHA256_MISSING, files=legacy_files(sha=sha), verdict=FAIL)
      for label, sha in (("empty", ""), ("none", None), ("placeholder word", "FIXME"))),
    *(_file("13", label, CheckCode.SHA256_MALFORMED, files=legacy_files(sha=sha), verdict=FAIL)
      for label, sha in (("md5", SHA[:32]), ("AutoV2", SHA[:10]), ("SHA-1", SHA[:40]), ("one digit less", SHA[:-1]),
                         ("stray character", "x" + SHA[1:]))),
    _file("13", "prefix", CheckCode.SHA256_MALFORMED, files=legacy_files(sha=f"sha256:{SHA}"), verdict=FAIL,
          corrected=image()),
    *(_file("13", label, CheckCode.SHA256_PLACEHOLDER, files=legacy_files(sha=sha), verdict=FAIL)
      for label, sha in (("zeros", "0" * 64), ("one character", "a" * 64))),
    mistake("13", "FIXME in v2", v2_image(**v2_files(sha256sum="FIXME")), CheckCode.SHA256_MISSING, dialect=V2),
    _file("15", "stray character in md5", CheckCode.MD5_MALFORMED, files=legacy_files(md5sum="x" + SHA[:32])),
    _file("15", "sha256 as md5", CheckCode.MD5_MALFORMED, files=legacy_files(md5sum=OTHER_SHA)),
    _file("16", "hash of a live model", CheckCode.HASH_TAKEN, files=legacy_files(sha=OTHER_SHA.upper()), verdict=WARN),
    mistake("18", "other link", image(**legacy_files(url=f"{FOLDER}/lumen_v2.safetensors")), CheckCode.HASH_KEPT,
            before=OLD, verdict=WARN),
    mistake("18", "other name", image(**legacy_files("lumen_v2.safetensors")), CheckCode.HASH_KEPT, before=OLD),
    mistake("18", "other version at Civitai", image(**legacy_files(url=f"{CIVITAI}/334?fileId=5")), CheckCode.HASH_KEPT,
            before=image(**legacy_files(url=f"{CIVITAI}/333?fileId=4")), verdict=WARN),
    mistake("18", "in v2", v2_image(**v2_files(file_url=f"{FOLDER}/lumen_v2.safetensors")), CheckCode.HASH_KEPT,
            before=v2_image(), dialect=V2),
    mistake("19", "other hash", image(**legacy_files(sha=THIRD_SHA)), CheckCode.SIZE_KEPT, before=OLD, verdict=WARN),
    *(mistake("19", str(size), image(size_on_disk_bytes=size), CheckCode.SIZE_BAD, verdict=FAIL) for size in (0, -5)),
    *(mistake("19", str(size), image(size_on_disk_bytes=size), CheckCode.SIZE_ODD, verdict=WARN)
      for size in (7, 6938, 6_938_000, 9 * 10**11)),
)  # fmt: skip
FILES = (
    _file("20", "names differ", CheckCode.FILE_NAMES_DIFFER, verdict=FAIL, corrected=image(),
          files=legacy_files(path="lumen_v2.safetensors")),
    _file("20", "link has the hashed name", CheckCode.FILE_NAMES_DIFFER, verdict=FAIL,
          corrected=image(), files=legacy_files("lumen_v2.safetensors", FILE, path="lumen.safetensors")),
    _file("21", "folder", CheckCode.FILE_NAME_BAD, files=legacy_files(folder="models/old"), verdict=FAIL,
          corrected=image()),
    *(_file("21", name, CheckCode.FILE_NAME_BAD, files=legacy_files(name, FILE), verdict=FAIL, corrected=image())
      for name in ("models/lumen.safetensors", "/models/lumen.safetensors", "../lumen.safetensors",
                   "C:\\models\\lumen.safetensors", "lumen.safetensors?download=true")),
    _file("21", "address as the path of a hash", CheckCode.FILE_NAME_BAD, verdict=FAIL,
          files=legacy_files(path=f"{CIVITAI}/333?type=Model")),
    mistake("21", "in v2", v2_image(**v2_files(file_name="models/lumen.safetensors")), CheckCode.FILE_NAME_BAD,
            dialect=V2, verdict=FAIL, corrected=v2_image()),
    _file("23", "one hash", CheckCode.FILE_TWICE, verdict=WARN, files=_pair(
        {"file_name": "b.safetensors", "file_path": "", "file_url": f"{FOLDER}/b.safetensors"},
        {"path": "b.safetensors", "sha256sum": SHA})),
    _file("23", "one address", CheckCode.FILE_TWICE, verdict=WARN, files=_pair(
        {"file_name": "b.safetensors", "file_path": "", "file_url": f"{FILE}?download=true"},
        {"path": "b.safetensors", "sha256sum": THIRD_SHA})),
    _file("23", "one name with two hashes", CheckCode.FILE_TWICE, verdict=FAIL, files=_pair(
        {"file_name": "lumen.safetensors", "file_path": "", "file_url": f"{FOLDER}/b.safetensors"},
        {"path": "lumen.safetensors", "sha256sum": THIRD_SHA})),
    *(_file("24", name, CheckCode.FILE_TYPE, files=legacy_files(name, f"{FOLDER}/{name}"), verdict=WARN)
      for name in ("lumen.ckpt", "lumen.html", "lumen.yaml", "lumen.zip", "lumen.SAFETENSORS")),
    _file("W5", "long name", CheckCode.FILE_NAME_BAD, files=legacy_files(f"{'x' * 200}.safetensors", FILE)),
    _file("W6", "file name of a live model", CheckCode.FILE_NAME_TAKEN, verdict=FAIL,
          files=legacy_files("Amber_Dusk.safetensors", f"{FOLDER}/night.safetensors")),
    _file("W6", "one stem", CheckCode.FILE_STEMS, verdict=WARN, files=_pair(
        {"file_name": "lumen.ckpt", "file_path": "", "file_url": f"{FOLDER}/lumen.ckpt"},
        {"path": "lumen.ckpt", "sha256sum": THIRD_SHA})),
    _file("W7", "hash without a download", CheckCode.FILE_NO_DOWNLOAD, verdict=FAIL, files={"config": {
        **legacy_files()["config"],
        "files": [*legacy_files()["config"]["files"], {"path": "b.safetensors", "sha256sum": THIRD_SHA}]}}),
    _file("W7", "download without a link", CheckCode.LINK, verdict=FAIL, files=legacy_files(url="")),
    _file("W7", "download without a name", CheckCode.FILE_NAME_BAD, verdict=FAIL, files=legacy_files("")),
    _file("W7", "download without a hash", CheckCode.SHA256_MISSING, verdict=FAIL, files=_pair(
        {"file_name": "b.safetensors", "file_path": "", "file_url": f"{FOLDER}/b.safetensors"}, {"path": "v1.yaml"})),
)  # fmt: skip


def _named(kind: str, name: str, *codes: CheckCode, category: str = IMAGE, **more: Any) -> Mistake:
    right = more.pop("right", None)
    if category == TEXT:
        url = more.pop("url", "https://huggingface.co/acme/Lumen-12B")
        if right is not None:
            more["corrected"] = text(right, url=url)
        return mistake(kind, name, text(name, url=url), *codes, category=TEXT, **more)
    if right is not None:
        more["corrected"] = image(right)
    return mistake(kind, name, image(name), *codes, **more)


NAMES = (
    _named("25", "Amber Dusk", CheckCode.NAME_TAKEN, verdict=FAIL),
    *(_named("25", name, CheckCode.NAME_ALIKE, verdict=WARN)
      for name in ("amber dusk", "Amber_Dusk", "AmberDusk", "amber-dusk", "\uff21mber  Dusk")),
    _named("25", "acme/ember_12b", CheckCode.NAME_ALIKE, category=TEXT, verdict=WARN),
    _named("26", "mirror/Ember-12B", CheckCode.NAME_TAKES_BACKEND, category=TEXT, verdict=WARN),
    _named("26", "Ember-12b", CheckCode.NAME_TAKES_BACKEND, category=TEXT, verdict=WARN),
    _named("27", "https://huggingface.co/acme/Lumen-12B", CheckCode.NAME_ADDRESS, category=TEXT, verdict=FAIL,
           right="acme/Lumen-12B"),
    _named("27", "huggingface.co/acme/Lumen-12B", CheckCode.NAME_ADDRESS, category=TEXT, verdict=FAIL,
           right="acme/Lumen-12B"),
    _named("27", "https://civitai.com/models/222/lumen", CheckCode.NAME_ADDRESS, verdict=FAIL),
    _named("27", "aphrodite/acme/Lumen-12B", CheckCode.NAME_BACKEND, category=TEXT, verdict=FAIL,
           right="acme/Lumen-12B"),
    _named("27", "KoboldCpp/Lumen-12B", CheckCode.NAME_BACKEND, category=TEXT, verdict=FAIL, right="Lumen-12B"),
    _named("27", "acme\\Lumen-12B", CheckCode.NAME_PATH, category=TEXT, verdict=FAIL, right="acme/Lumen-12B"),
    *(_named("27", name, CheckCode.NAME_PATH, verdict=FAIL, right="Lumen")
      for name in ("/models/Lumen", "./Lumen", "C:\\models\\Lumen", "models/Lumen.safetensors")),
    _named("27", "Lumen.safetensors", CheckCode.NAME_FILE, verdict=WARN, right="Lumen"),
    _named("28", "acme/Lumen-12Bacme/Lumen-12B", CheckCode.NAME_TWICE, category=TEXT, verdict=FAIL,
           right="acme/Lumen-12B"),
    _named("28", "acme/acme/Lumen-12B", CheckCode.NAME_TWICE, category=TEXT, verdict=FAIL, right="acme/Lumen-12B"),
    _named("28", "acme/Lumen-12B/Lumen-12B", CheckCode.NAME_TWICE, category=TEXT, verdict=FAIL,
           right="acme/Lumen-12B"),
    _named("28", "acme/labs/Lumen-12B", CheckCode.NAME_PARTS, category=TEXT, verdict=FAIL),
    _named("28", "Lumen XLLumen XL", CheckCode.NAME_TWICE, verdict=WARN, right="Lumen XL"),
    _named("28", "Lumen XL Lumen XL", CheckCode.NAME_TWICE, verdict=WARN, right="Lumen XL"),
    *(_named("29", f"acme/Lumen-12B{packaging}", CheckCode.NAME_PACKAGING, category=TEXT, verdict=WARN,
             right="acme/Lumen-12B")
      for packaging in ("-GGUF", "-i1-GGUF", "-GPTQ", "-AWQ", "-exl2", "-4bit", "-GPTQ-4bit-128g", "-Q4_K_M",
                        "-4.0bpw-exl2")),
    *(_named("29", f"acme/Lumen-{task}-12B", CheckCode.NAME_OTHER_TASK, category=TEXT, verdict=WARN)
      for task in ("Embedding", "Reranker", "TTS")),
    _named("30", "Lumen-12B", CheckCode.NAME_NO_OWNER, category=TEXT, verdict=WARN, right="acme/Lumen-12B"),
    *(_named("W3", name, CheckCode.NAME_SPACES, category=TEXT, verdict=FAIL, right="acme/Ember-12B",
             url="https://huggingface.co/acme/Ember-12B")
      for name in ("acme/Ember-12B ", "\u00a0acme/Ember-12B")),
)  # fmt: skip


def _value(kind: str, label: str, *codes: CheckCode, **values: Any) -> Mistake:
    known = {key: values.pop(key) for key in ("verdict", "corrected") if key in values}
    if "corrected" in known:
        known["corrected"] = image(**known["corrected"])
    return mistake(kind, label, image(**values), *codes, **known)


def _words(kind: str, label: str, *codes: CheckCode, name: str = "acme/Lumen-12B", **values: Any) -> Mistake:
    known = {key: values.pop(key) for key in ("verdict", "corrected") if key in values}
    if "corrected" in known:
        known["corrected"] = text(name, **known["corrected"])
    return mistake(kind, label, text(name, **values), *codes, category=TEXT, **known)


VALUES = (
    mistake("31", "name says inpainting", image("Lumen Inpainting"), CheckCode.INPAINTING, verdict=WARN,
            corrected=image("Lumen Inpainting", inpainting=True)),
    mistake("31", "no flag", image("Lumen inpainting", inpainting=None), CheckCode.INPAINTING, verdict=WARN),
    _value("31", "flag says inpainting", CheckCode.INPAINTING, inpainting=True, verdict=WARN),
    mistake("31", "file says inpainting", image(**legacy_files("lumen_inpainting.safetensors",
                                                              f"{FOLDER}/lumen_inpainting.safetensors")),
            CheckCode.INPAINTING, verdict=WARN,
            corrected=image(inpainting=True, **legacy_files("lumen_inpainting.safetensors",
                                                         f"{FOLDER}/lumen_inpainting.safetensors"))),
    _value("32", "tag", CheckCode.NSFW_WORDS, tags=["lamp", "hentai"], verdict=WARN),
    _value("32", "description", CheckCode.NSFW_WORDS, description="Great for porn.", verdict=WARN),
    *(_value("33", alias, CheckCode.BASELINE_UNKNOWN, baseline=alias, verdict=FAIL, corrected={"baseline": meant})
      for alias, meant in (
          ("SDXL", "stable_diffusion_xl"), ("sdxl 1.0", "stable_diffusion_xl"), ("Pony", "stable_diffusion_xl"),
          ("Illustrious", "stable_diffusion_xl"), ("NoobAI", "stable_diffusion_xl"), ("SD1.5", "stable diffusion 1"),
          ("SD 1.5", "stable diffusion 1"), ("stable diffusion 1.5", "stable diffusion 1"),
          ("SD 2.1", "stable diffusion 2"), ("Stable Diffusion XL", "stable_diffusion_xl"),
          ("stable_difusion_xl", "stable_diffusion_xl"), ("Flux.1 D", "flux_dev"), ("flux", "flux_1"))),
    mistake("33", "alias in v2", v2_image(baseline="SD1.5"), CheckCode.BASELINE_UNKNOWN, dialect=V2,
            corrected=v2_image(baseline="stable_diffusion_1")),
    _value("33", "address as baseline", CheckCode.BASELINE_UNKNOWN, baseline="https://civitai.com/models/2"),
    _value("33", "style in capitals", CheckCode.STYLE_UNKNOWN, style="Anime", corrected={"style": "anime"}),
    _value("33", "plural of a style", CheckCode.STYLE_UNKNOWN, style="generalists", corrected={"style": "generalist"}),
    _value("33", "tag as style", CheckCode.STYLE_UNKNOWN, style="lamp", verdict=FAIL),
    _words("34", "format in capitals", CheckCode.FORMAT_VARIANT, instruct_format="chatml", verdict=WARN,
           corrected={"instruct_format": "ChatML"}),
    _words("34", "space in front", CheckCode.FORMAT_VARIANT, instruct_format=" ChatML",
           corrected={"instruct_format": "ChatML"}),
    _words("34", "tag with a letter less", CheckCode.TAG_VARIANT, tags=["rolplay"], verdict=WARN,
           corrected={"tags": ["roleplay"]}),
    _words("34", "style in capitals", CheckCode.STYLE_VARIANT, style="Chat", verdict=WARN, corrected={"style": "chat"}),
    _words("35", "stated in billions", CheckCode.PARAMETERS_NAME, parameters=12, verdict=FAIL, corrected={}),
    *(_words("35", str(count), CheckCode.PARAMETERS_NAME, parameters=count, verdict=WARN, corrected={})
      for count in (1_200_000_000, 120_000_000_000)),
    _value("36", "empty", CheckCode.DESCRIPTION_EMPTY, description="", verdict=WARN),
    _value("36", "absent", CheckCode.DESCRIPTION_EMPTY, description=None, verdict=WARN),
    *(_value("36", words, CheckCode.DESCRIPTION_EMPTY, description=words, verdict=WARN) for words in ("TODO", "lumen")),
    *(_value("36", typed, CheckCode.TEXT_ARTEFACT, description=typed, verdict=WARN, corrected={"description": meant})
      for typed, meant in (
          ("Draws lamps.\\nIn warm colours.", "Draws lamps.\nIn warm colours."),
          ('Draws ""lamps"".', 'Draws "lamps".'), ("Draws <b>lamps</b>.", "Draws lamps."),
          ("Lamps &amp; candles.", "Lamps & candles."), ('Draws \\"lamps\\".', 'Draws "lamps".'))),
    mistake("36", "no reason", image(), CheckCode.WHY_EMPTY, why=" ", verdict=WARN),
    _value("37", "minimum above maximum", CheckCode.VALUE_ORDER, requirements={"min_steps": 30, "max_steps": 20},
           verdict=FAIL),
    *(_value("37", str(text), CheckCode.VALUE_KIND, requirements=text, verdict=FAIL, corrected={"requirements": meant})
      for text, meant in (
          ({"min_steps": "4"}, {"min_steps": 4}), ({"cfg_scale": "1,5"}, {"cfg_scale": 1.5}),
          ({"cfg_scale": [1, 5]}, {"cfg_scale": 1.5}), ({"samplers": "k_euler"}, {"samplers": ["k_euler"]}),
          ({"schedulers": "karras, normal"}, {"schedulers": ["karras", "normal"]}))),
    _value("37", "clipskip", CheckCode.KEY_UNKNOWN, requirements={"clipskip": 2}, verdict=FAIL,
           corrected={"requirements": {"clip_skip": 2}}),
    _value("37", "euler a", CheckCode.SAMPLER_UNKNOWN, requirements={"samplers": ["euler a"]}, verdict=WARN,
           corrected={"requirements": {"samplers": ["k_euler_a"]}}),
    _value("37", "unknown scheduler", CheckCode.SAMPLER_UNKNOWN, requirements={"schedulers": ["fancy"]}, verdict=WARN),
    _value("38", "one tag as text", CheckCode.VALUE_KIND, tags="lamp", verdict=FAIL, corrected={"tags": ["lamp"]}),
    _value("38", "tags as text", CheckCode.VALUE_KIND, tags="lamp, warm", corrected={"tags": ["lamp", "warm"]}),
    _value("38", "size as text", CheckCode.VALUE_KIND, size_on_disk_bytes="6.938 GB", verdict=FAIL, corrected={}),
    _value("38", "no as text", CheckCode.VALUE_KIND, inpainting="no", verdict=FAIL, corrected={}),
    *(_value("38", f"files as {kind}", CheckCode.VALUE_KIND, config=config, verdict=FAIL)
      for kind, config in (("text", "x"), ("text in a list", {"download": ["x"]}), ("object", {"files": {"a": 1}}))),
    _value("38", "nsfw as text", CheckCode.NSFW, nsfw="no", verdict=FAIL, corrected={}),
    _words("38", "parameters as text", CheckCode.VALUE_KIND, parameters="12B", verdict=FAIL, corrected={}),
    _words("44", "address as baseline", CheckCode.VALUE_MISPLACED, baseline="https://huggingface.co/acme/Base-12B",
           verdict=WARN, corrected={"baseline": "acme/Base-12B"}),
    _words("44", "settings as text", CheckCode.VALUE_KIND, settings='{"temperature": 0.7}', verdict=FAIL,
           corrected={"settings": {"temperature": 0.7}}),
    _words("44", "tags in style", CheckCode.VALUE_KIND, style=["roleplay"], verdict=FAIL),
    _value("W1", "unused baseline", CheckCode.BASELINE_UNUSED, baseline="anima", verdict=WARN),
    *(_value("W2", typed, CheckCode.BASELINE_UNKNOWN, baseline=typed, verdict=FAIL, corrected={"baseline": meant})
      for typed, meant in (("stable diffusion xl", "stable_diffusion_xl"), ("flux schnell", "flux_schnell"))),
    _words("W9", "comma in a tag", CheckCode.TAG_COMMA, tags=["roleplay, warm"], verdict=WARN,
           corrected={"tags": ["roleplay", "warm"]}),
)  # fmt: skip


def _without(**changes: Any) -> dict[str, Any]:
    return image(**{"config": {"files": [], "download": []}, **changes})


RIVAL = PendingChange(
    change_id=7,
    category=IMAGE,
    model_name="Lantern",
    operation=CREATE,
    requested_by="303",
    requested_at=1,
    status=ChangeStatus.PENDING,
    payload=image("Lantern", **legacy_files("lantern.safetensors", f"{FOLDER}/lantern.safetensors")),
)
WORKERS = (
    mistake("16", "hash of another open change", image(), CheckCode.FILE_PROPOSED, verdict=WARN, open_changes=(RIVAL,)),
    mistake("22", "no config", image(config=None), CheckCode.NO_FILE, verdict=FAIL),
    mistake("22", "no download", _without(), CheckCode.NO_FILE, verdict=FAIL),
    mistake("22", "no download in v2", v2_image(config={"download": []}), CheckCode.NO_FILE, dialect=V2, verdict=FAIL),
    mistake("22", "an encoder", {"name": "Encoder"}, CheckCode.NO_FILE, category="clip", verdict=WARN),
    mistake("W4", "emptied by an update", _without(), CheckCode.NO_FILE, before=OLD, verdict=FAIL),
    mistake("W4", "only a page", image(**legacy_files("lumen.html", f"{FOLDER}/lumen.html")), CheckCode.NO_FILE,
            verdict=FAIL),
    *(mistake("W4", category, {"name": "Lumen"}, CheckCode.NO_FILE, category=category, verdict=FAIL)
      for category in ("esrgan", "gfpgan", "codeformer", "safety_checker", "miscellaneous")),
    mistake("W7", "licence of another file", image(licensing={"files": {"b.safetensors": {}}}),
            CheckCode.LICENSED_FILE, verdict=FAIL),
    *(mistake("W8", category, {"name": "Lumen", "nsfw": False, **v2_files()}, CheckCode.CATEGORY_NOT_READ,
              category=category, dialect=V2, verdict=WARN) for category in ("lora", "ti")),
)  # fmt: skip

MISTAKES = (*LINKS, *HASHES, *FILES, *NAMES, *VALUES, *WORKERS)
