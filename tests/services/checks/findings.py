"""One record for each finding of the checks, with the check that it is to have."""

from bot.reference.deployment import Deployment
from bot.reference.models import Operation, ReplicateMode
from bot.services.checks import Check, CheckCode, CheckedRecord, Verdict
from bot.services.forms.fields import Section
from bot.services.usage import UsageFacts
from tests.services.checks.checked_records import IMAGE, LEGACY, SHA, file, rival, subject

POPULAR: dict[str, str | int] = {"rank": 6, "models": 161, "month": 18402, "workers": 14, "unit": "images"}
FOUND: dict[str, tuple[CheckedRecord, Check]] = {
    "no baseline": (
        subject({"nsfw": False}),
        Check(CheckCode.REQUIRED, Verdict.FAIL, {"label": "Baseline"}, Section.BASICS),
    ),
    "no parameters": (
        subject({}, category="text_generation"),
        Check(CheckCode.REQUIRED, Verdict.FAIL, {"label": "Parameters"}, Section.BASICS),
    ),
    "no name": (subject(name=" \t"), Check(CheckCode.NAME_EMPTY, Verdict.FAIL, {}, Section.BASICS)),
    "backslash": (subject(name="a\\b"), Check(CheckCode.NAME_BACKSLASH, Verdict.FAIL, {}, Section.BASICS)),
    "long name": (
        subject(name="x" * 101),
        Check(CheckCode.NAME_LONG, Verdict.FAIL, {"characters": 101, "invisible": 0}, Section.BASICS),
    ),
    "long name of invisible characters": (
        subject(name="\u200b" * 101),
        Check(CheckCode.NAME_LONG, Verdict.FAIL, {"characters": 101, "invisible": 101}, Section.BASICS),
    ),
    "zero width": (
        subject(name="a\u200bb"),
        Check(CheckCode.NAME_INVISIBLE, Verdict.FAIL, {"characters": 3, "invisible": 1}, Section.BASICS),
    ),
    "half a character": (
        subject(name="a\ud800"),
        Check(CheckCode.NAME_INVISIBLE, Verdict.FAIL, {"characters": 2, "invisible": 1}, Section.BASICS),
    ),
    "slash": (
        subject(name="org/model"),
        Check(CheckCode.NAME_SLASH, Verdict.WARN, {"can_change": 0}, Section.BASICS),
    ),
    "slash where an update has the name in its body": (
        subject(name="org/model", dialect=LEGACY),
        Check(CheckCode.NAME_SLASH, Verdict.WARN, {"can_change": 1}, Section.BASICS),
    ),
    "a backend's prefix, which the service refuses": (
        subject({"parameters": 7}, name="koboldcpp/Org/Model", category="text_generation", dialect=LEGACY),
        Check(CheckCode.NAME_BACKEND, Verdict.FAIL, {"prefix": "koboldcpp/"}, Section.BASICS),
    ),
    "fewer parameters than one, which is refused when it is applied": (
        subject({"parameters": -7}, category="text_generation", dialect=LEGACY),
        Check(CheckCode.VALUE_UNKNOWN, Verdict.FAIL, {"value": "-7", "label": "Parameters"}, Section.BASICS),
    ),
    "slash in what shall go": (
        subject(name="org/model", operation=Operation.DELETE, dialect=LEGACY),
        Check(CheckCode.NAME_UNREACHABLE, Verdict.FAIL, {"operation": "delete"}),
    ),
    "slash in what shall change": (
        subject(name="org/model", operation=Operation.UPDATE),
        Check(CheckCode.NAME_UNREACHABLE, Verdict.FAIL, {"operation": "update"}),
    ),
    "taken": (subject(name="Deliberate"), Check(CheckCode.NAME_TAKEN, Verdict.FAIL, {}, Section.BASICS)),
    "free": (subject(), Check(CheckCode.NAME_FREE, Verdict.PASS)),
    "unknown": (
        subject(operation=Operation.UPDATE),
        Check(CheckCode.NAME_UNKNOWN, Verdict.FAIL, {}, Section.BASICS),
    ),
    "another open change": (
        subject(open_changes=(rival(),)),
        Check(
            CheckCode.OTHER_CHANGE,
            Verdict.WARN,
            {"change_id": 41, "requestor": "carol#303", "name": "Pixel", "operation": "create", "has_newer": False},
            None,
        ),
    ),
    "another open change of a user without a name": (
        subject(open_changes=(rival(requested_username=None, operation=Operation.DELETE),)),
        Check(
            CheckCode.OTHER_CHANGE,
            Verdict.WARN,
            {"change_id": 41, "requestor": "303", "name": "Pixel", "operation": "delete", "has_newer": False},
            None,
        ),
    ),
    "no digest": (
        subject({**IMAGE, **file(sha256sum=None)}),
        Check(CheckCode.SHA256_MISSING, Verdict.FAIL, {"file": "pixel.safetensors"}, Section.FILES),
    ),
    "a digest that only holds a place": (
        subject({**IMAGE, **file(sha256sum="FIXME")}),
        Check(CheckCode.SHA256_MISSING, Verdict.FAIL, {"file": "pixel.safetensors"}, Section.FILES),
    ),
    "malformed digest": (
        subject({**IMAGE, **file(sha256sum=SHA[:-1])}),
        Check(
            CheckCode.SHA256_MALFORMED,
            Verdict.FAIL,
            {"file": "pixel.safetensors", "value": SHA[:-1], "kind": "63 hex digits, not 64", "corrected": ""},
            Section.FILES,
        ),
    ),
    "a link that is none": (
        subject({**IMAGE, **file(file_url="javascript:alert(1)")}),
        Check(
            CheckCode.LINK,
            Verdict.FAIL,
            {"file": "pixel.safetensors", "value": "javascript:alert(1)", "corrected": ""},
            Section.FILES,
        ),
    ),
    "a homepage that is none": (
        subject({**IMAGE, **file(), "homepage": "ftp://x.example"}),
        Check(
            CheckCode.HOMEPAGE,
            Verdict.FAIL,
            {"value": "ftp://x.example", "label": "Homepage", "corrected": ""},
            Section.DETAILS,
        ),
    ),
    "an unknown host": (
        subject({**IMAGE, **file(file_url="https://nothuggingface.co/a.safetensors")}),
        Check(CheckCode.HOST_UNKNOWN, Verdict.WARN, {"host": "nothuggingface.co"}, Section.FILES),
    ),
    "a file that may hold code": (
        subject({**IMAGE, **file(file_name="pixel.ckpt")}),
        Check(CheckCode.FILE_TYPE, Verdict.WARN, {"file": "pixel.ckpt", "kind": "pickle"}, Section.FILES),
    ),
    "good files": (subject(), Check(CheckCode.FILES_GOOD, Verdict.PASS, {"count": 1})),
    "an unknown baseline": (
        subject({**IMAGE, "baseline": "sdxl"}),
        Check(CheckCode.BASELINE_UNKNOWN, Verdict.FAIL, {"value": "sdxl"}, Section.BASICS),
    ),
    "a setting of a text model that is refused when it is applied": (
        subject(
            {"parameters": 7, "settings": {"temperature": 0.7, "warmth": 1}}, category="text_generation", dialect=LEGACY
        ),
        Check(CheckCode.VALUE_UNKNOWN, Verdict.FAIL, {"value": "warmth", "label": "Settings"}, Section.DETAILS, 1),
    ),
    "fields that the service drops": (
        subject(dropped_paths=("licensing", "config.download.size_bytes")),
        Check(CheckCode.NOT_KEPT, Verdict.WARN, {"places": "licensing\nconfig.download.size_bytes"}),
    ),
    "a category that the service is too old for": (
        subject(
            deployment=Deployment(ReplicateMode.PRIMARY, LEGACY, writable=True, categories=("clip",)), category="lora"
        ),
        Check(CheckCode.CATEGORY, Verdict.FAIL, {"category": "lora"}),
    ),
    "a draft of before a change of format": (
        subject(
            deployment=Deployment(ReplicateMode.PRIMARY, LEGACY, writable=True, categories=("image_generation",)),
        ),
        Check(CheckCode.FORMAT, Verdict.FAIL, {"value": "v2"}),
    ),
    "a v2 record with a legacy baseline": (
        subject({**IMAGE, "baseline": "stable diffusion 1"}),
        Check(CheckCode.BASELINE_UNKNOWN, Verdict.FAIL, {"value": "stable diffusion 1"}, Section.BASICS),
    ),
    "a known baseline": (subject(), Check(CheckCode.BASELINE_KNOWN, Verdict.PASS)),
    "a legacy baseline": (
        subject({**IMAGE, "baseline": "stable diffusion 1"}, dialect=LEGACY),
        Check(CheckCode.BASELINE_KNOWN, Verdict.PASS),
    ),
    "a legacy baseline of another spelling": (
        subject({**IMAGE, "baseline": "stable diffusion 2 512"}, dialect=LEGACY),
        Check(CheckCode.BASELINE_KNOWN, Verdict.PASS),
    ),
    "an unknown style": (
        subject({**IMAGE, "style": "cubist"}),
        Check(CheckCode.STYLE_UNKNOWN, Verdict.FAIL, {"value": "cubist", "label": "Style"}, Section.BASICS),
    ),
    "a showcase that is none": (
        subject({**IMAGE, "showcases": ["https://a.example/1", "x"]}),
        Check(
            CheckCode.HOMEPAGE, Verdict.FAIL, {"value": "x", "label": "Showcases", "corrected": ""}, Section.DETAILS, 1
        ),
    ),
    "a showcase that legacy refuses": (
        subject({**IMAGE, "showcases": ["https://huggingface.co/1"]}, dialect=LEGACY),
        Check(
            CheckCode.VALUE_UNKNOWN,
            Verdict.FAIL,
            {"value": "huggingface", "label": "Showcases"},
            Section.DETAILS,
        ),
    ),
    "a value that is not on the service's list": (
        subject({"type": "x"}, category="clip", dialect=LEGACY),
        Check(CheckCode.VALUE_UNKNOWN, Verdict.FAIL, {"value": "x", "label": "Type"}, Section.DETAILS),
    ),
    "a controlnet without its style": (
        subject({}, category="controlnet", dialect=LEGACY),
        Check(CheckCode.REQUIRED, Verdict.FAIL, {"label": "ControlNet style"}, Section.BASICS),
    ),
    "a description of any length": (
        subject({**IMAGE, "description": "x" * 4001}),
        Check(CheckCode.DESCRIPTION_LONG, Verdict.FAIL, {"characters": 4001}, Section.BASICS),
    ),
    "NSFW is left open": (
        subject({"baseline": "stable_diffusion_xl"}),
        Check(CheckCode.NSFW, Verdict.FAIL, {}, Section.BASICS),
    ),
    "NSFW by a word": (
        subject({**IMAGE, "nsfw": "yes"}),
        Check(CheckCode.NSFW, Verdict.FAIL, {}, Section.BASICS),
    ),
    "NSFW answered": (subject(), Check(CheckCode.NSFW_ANSWERED, Verdict.PASS)),
    "a text model in v2": (
        subject({"parameters": 7}, category="text_generation"),
        Check(CheckCode.TEXT_MODEL, Verdict.FAIL),
    ),
    "another baseline": (
        subject(operation=Operation.UPDATE, live_record={**IMAGE, "baseline": "stable_diffusion_1"}),
        Check(CheckCode.BASELINE_CHANGED, Verdict.WARN, {}, Section.BASICS),
    ),
    "an update of a model that many use": (
        subject(operation=Operation.UPDATE, usage=UsageFacts(6, 161, 18402, 14)),
        Check(CheckCode.CONSENSUS, Verdict.WARN, POPULAR),
    ),
    "a deletion of a model that many use": (
        subject({}, operation=Operation.DELETE, usage=UsageFacts(6, 161, 18402, 14)),
        Check(CheckCode.CONSENSUS, Verdict.WARN, POPULAR),
    ),
    "a deletion of a model that is there": (
        subject({}, name="Live", operation=Operation.DELETE, live_names=frozenset({"Live"})),
        Check(CheckCode.MODEL_EXISTS, Verdict.PASS),
    ),
    "a deletion without another proposal": (
        subject({}, operation=Operation.DELETE),
        Check(CheckCode.NO_OTHER_CHANGE, Verdict.PASS),
    ),
    "a deletion by a name that a path carries": (
        subject({}, operation=Operation.DELETE),
        Check(CheckCode.NAME_REACHABLE, Verdict.PASS),
    ),
    "an unknown licence": (
        subject({**IMAGE, "licensing": {"license_expression": "MIT AND LicenseRef-x"}}, licences=frozenset({"MIT"})),
        Check(CheckCode.LICENCE_UNKNOWN, Verdict.FAIL, {"value": "LicenseRef-x"}, Section.LICENSING),
    ),
}
