"""Mistakes that curators of the community's references really made, with made-up values in place of theirs.

Each stands for one correction in the histories of the image and the text reference whose mistake the record and the
live reference alone show. Mistakes that only a file host can tell, and judgements, are not here.
"""

from typing import Any, Final

from bot.services.checks import CheckCode
from tests.services.checks.mistaken_records import (
    CIVITAI,
    FILE,
    FOLDER,
    OTHER_SHA,
    SHA,
    TEXT,
    THIRD_SHA,
    Mistake,
    image,
    legacy_files,
    mistake,
    text,
)

NAMED_MIN: Final = 36
"""Mistakes of these that have to be named."""

_BEFORE = image(version="0")
_NAME = "lumen.safetensors"
_OTHER_VERSION = "https://civitai.com/models/2020?modelVersionId=332"


def _image(kind: str, label: str, *codes: CheckCode, **changes: Any) -> Mistake:
    more = {key: changes.pop(key) for key in ("before", "category") if key in changes}
    return mistake(kind, label, image(changes.pop("name", "Lumen"), **changes), *codes, **more)


def _linked(
    kind: str, label: str, url: str, *codes: CheckCode, name: str = "lumen.safetensors", **more: Any
) -> Mistake:
    return _image(kind, label, *codes, **legacy_files(name, url), **more)


def _text(kind: str, label: str, *codes: CheckCode, name: str = "acme/Lumen-12B", **changes: Any) -> Mistake:
    return mistake(kind, label, text(name, **changes), *codes, category=TEXT)


HISTORICAL: Final = (
    _linked("page of a file", "blob", FILE.replace("resolve", "blob"), CheckCode.LINK_PAGE),
    _linked("page of a file", "blob, an upscaler", FILE.replace("resolve", "blob"), CheckCode.LINK_PAGE,
            category="esrgan"),
    _linked("page of a file", "blob, by an update", FILE.replace("resolve", "blob"), CheckCode.LINK_PAGE,
            before=_BEFORE),
    _linked("page of a file", "raw view of a space",
            "https://huggingface.co/spaces/acme/lumen-space/raw/main/lumen.safetensors", CheckCode.LINK_PAGE),
    _linked("misspelt scheme", "three t", FILE.replace("https", "htttps"), CheckCode.LINK),
    _linked("open choice of files", "bare download", f"{CIVITAI}/333", CheckCode.LINK_OPEN_CHOICE),
    _linked("open choice of files", "only the format", f"{CIVITAI}/333?format=SafeTensor", CheckCode.LINK_OPEN_CHOICE),
    _linked("open choice of files", "bare download of a pickle", f"{CIVITAI}/333", CheckCode.LINK_OPEN_CHOICE,
            name="lumen.ckpt"),
    _linked("format of another file", "PickleTensor", f"{CIVITAI}/333?type=Model&format=PickleTensor&size=full&fp=fp16",
            CheckCode.LINK_QUERY),
    _linked("format of another file", "SafeTensor", f"{CIVITAI}/333?type=Model&format=SafeTensor&size=full&fp=fp16",
            CheckCode.LINK_QUERY, name="lumen.ckpt"),
    _linked("extension left", "ckpt in the name", FILE, CheckCode.LINK_EXTENSION, name="lumen.ckpt"),
    _linked("letters in a file name", "two swapped", f"{FOLDER}/4x_Gilmmer.pth", CheckCode.LINK_ALMOST,
            name="4x_Glimmer.pth", category="esrgan"),
    _linked("letters in a file name", "another separator", f"{FOLDER}/4x-Glimmer.pth", CheckCode.LINK_ALMOST,
            name="4x_Glimmer.pth", category="esrgan"),
    _linked("file of another model", "link of a live model",
            "https://huggingface.co/acme/dusk/resolve/main/dusk.safetensors", CheckCode.LINK_TAKEN),
    _image("file of another model", "hash of a live model", CheckCode.HASH_TAKEN, **legacy_files(sha=OTHER_SHA)),
    _image("homepage of another model", "a page that is live already", CheckCode.HOMEPAGE_OTHER,
           homepage="https://civitai.com/models/1001"),
    _image("homepage of another version", "the version before", CheckCode.HOMEPAGE_VERSION,
           homepage=_OTHER_VERSION, **legacy_files(url=f"{CIVITAI}/333?fileId=4")),
    _image("hash left", "another file of the host", CheckCode.HASH_KEPT, before=_BEFORE,
           **legacy_files(url=f"{FOLDER}/lumen_v2.safetensors")),
    _image("hash left", "another version at Civitai", CheckCode.HASH_KEPT,
           before=image(**legacy_files(url=f"{CIVITAI}/333?fileId=4")), **legacy_files(url=f"{CIVITAI}/334?fileId=5")),
    _image("hash left", "another file name", CheckCode.HASH_KEPT, before=_BEFORE,
           **legacy_files("lumen_v2.safetensors")),
    _image("size left", "the hash changed", CheckCode.SIZE_KEPT, before=_BEFORE, **legacy_files(sha=THIRD_SHA)),
    _image("no usable hash", "none", CheckCode.SHA256_MISSING, **legacy_files(sha=None)),
    _image("no usable hash", "a stray letter before an md5", CheckCode.MD5_MALFORMED,
           **legacy_files(md5sum=f"m{SHA[:32]}")),
    _image("names differ", "download and hash", CheckCode.FILE_NAMES_DIFFER,
           **legacy_files(path="lumen_14.safetensors")),
    _image("folder in a file name", "path of the hash", CheckCode.FILE_NAME_BAD,
           **legacy_files(path="models/lumens/lumen.safetensors")),
    _image("folder in a file name", "path of the download", CheckCode.FILE_NAME_BAD,
           **legacy_files(folder="models/lumens")),
    _image("address as a file name", "path of the hash", CheckCode.FILE_NAME_BAD, CheckCode.FILE_NAMES_DIFFER,
           **legacy_files(path=f"{CIVITAI}/333?type=Model&format=SafeTensor&size=pruned&fp=fp16")),
    _image("inpainting", "the name says so", CheckCode.INPAINTING, name="Lumen Inpainting"),
    _linked("inpainting", "the file says so", f"{FOLDER}/Lumen_V2.0-fp16-no-ema-inpainting.safetensors",
            CheckCode.INPAINTING, name="Lumen.safetensors"),
    _image("vocabulary", "no baseline", CheckCode.BASELINE_UNKNOWN, baseline="stable diffusion inpainting"),
    _image("vocabulary", "no style", CheckCode.STYLE_UNKNOWN, style="diffusers"),
    _image("vocabulary", "two styles in one", CheckCode.STYLE_UNKNOWN, style="cartoon/anime"),
    _image("description", "empty", CheckCode.DESCRIPTION_EMPTY, description=""),
    _text("name written twice", "joined", CheckCode.NAME_TWICE, name="acme/Lumen-12Bacme/Lumen-12B"),
    _text("address as a name", "of the repository", CheckCode.NAME_ADDRESS,
          name="https://huggingface.co/acme/Lumen-12B"),
    _text("spelling of a format", "small letters", CheckCode.FORMAT_VARIANT, instruct_format="chatML"),
    _text("another kind of model", "embedding", CheckCode.NAME_OTHER_TASK, name="acme/Lumen-Embedding-4B",
          parameters=4_000_000_000),
    _text("shifted columns", "address as baseline", CheckCode.VALUE_MISPLACED,
          baseline="https://huggingface.co/acme/Base-12B"),
    _text("parameters", "too many by ten", CheckCode.PARAMETERS_NAME, parameters=120_000_000_000),
)  # fmt: skip
