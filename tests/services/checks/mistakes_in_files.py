"""Mistakes in links, hashes and file names."""

from typing import Any

from bot.services.checks import CheckCode
from tests.services.checks.mistaken_records import (
    CIVITAI,
    FAIL,
    FILE,
    FOLDER,
    OLD,
    OTHER_SHA,
    SHA,
    TEXT,
    THIRD_SHA,
    V2,
    WARN,
    Mistake,
    image,
    legacy_files,
    mistake,
    text,
    v2_files,
    v2_image,
)


def _link(kind: str, label: str, url: str, *codes: CheckCode, name: str = "lumen.safetensors", **more: Any) -> Mistake:
    corrected = more.pop("corrected_url", None)
    record = image(**legacy_files(name, url))
    if corrected:
        more["corrected"] = image(**legacy_files(name, corrected))
    return mistake(kind, label, record, *codes, **more)


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
