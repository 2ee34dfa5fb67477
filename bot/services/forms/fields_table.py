"""Table of the fields of each category; a new category or field is one line here."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import batched
from typing import Any

from bot.reference.models import CanonicalFormat
from bot.services.forms.fields import Choices, Field, Kind, Section

PAGE_LENGTH = 5
"""Fields of one form (Discord's documentation)."""

DESCRIPTION_MAX = 1000
WHY_MAX = 500
"""Characters of a reason."""
STYLES = ("generalist", "anime", "furry", "artistic", "other", "realistic")
"""The service's styles of image models (8.6.2)."""
PERMISSIONS = ("allowed", "allowed_with_conditions", "prohibited", "unknown")
TEXT_SETTINGS = frozenset(
    {
        *("dynatemp_exponent", "dynatemp_range", "frmtadsnsp", "frmtrmblln", "frmtrmspch", "frmttriminc", "min_p", "n"),
        *("max_context_length", "max_length", "rep_pen", "rep_pen_range", "rep_pen_slope", "sampler_order", "tfs"),
        *("singleline", "smoothing_factor", "stop_sequence", "temperature", "top_a", "top_k", "top_p", "typical"),
        "use_default_badwordsids",
    }
)
"""Settings of text models that the service accepts (8.6.2); it validates them only at apply."""
SERIES_KEYS = frozenset({"name", "version", "author", "description", "homepage"})

_B, _F, _D, _L = Section.BASICS, Section.FILES, Section.DETAILS, Section.LICENSING


def _field(key: str, label: str, kind: Kind, section: Section, hint: str = "", /, **more: Any) -> Field:
    """Build a field with its key as path in both vocabularies, unless given otherwise."""
    paths = {"v2": key, "legacy": key} | {name: more.pop(name) for name in ("v2", "legacy") if name in more}
    return Field(key=key, label=label, kind=kind, section=section, hint=hint, **paths, **more)


NAME = _field("name", "Name", Kind.NAME, _B, "The name users will see. No backslash.", is_required=True, max_length=100)
IMAGE_NAME = replace(NAME, hint="The name users will see, for example AlbedoBase XL. No backslash.")
TEXT_NAME = replace(NAME, hint="Owner and model, for example acme/Lumen-12B.")
DESCRIPTION = _field("description", "Description", Kind.PROSE, _B, f"What it is good at. {DESCRIPTION_MAX} characters "
                     "at most.", max_length=DESCRIPTION_MAX)  # fmt: skip
BASELINE = _field("baseline", "Baseline", Kind.BASELINE, _B, placeholder="What it was trained from",
                  choices=Choices("baselines"), is_required=True)  # fmt: skip
FREE_BASELINE = _field("baseline", "Baseline", Kind.LINE, _B, placeholder="What it was trained from")
LEANING_BASELINE = replace(BASELINE, is_required=False, choices=Choices("baselines", is_closed=False))
NSFW = _field("nsfw", "NSFW", Kind.YES_NO, _B, "Choose one.", is_required=True)
MAY_NSFW = replace(NSFW, hint="Whether it can draw nudity or sexual content.", is_required=False)
STYLE = _field("style", "Style", Kind.CHOICE, _B, placeholder="None", choices=Choices("MODEL_STYLE", STYLES))
FREE_STYLE = _field("style", "Style", Kind.LINE, _D)
LEGACY_STYLE = replace(FREE_STYLE, v2=None)
LEGACY_NSFW = replace(MAY_NSFW, v2=None, section=_D)
VERSION = _field("version", "Version", Kind.LINE, _D, placeholder="2.0")
HOMEPAGE = _field("homepage", "Homepage", Kind.LINK, _D, "Page of the model. https only.", max_length=500)
TAGS = _field("tags", "Tags", Kind.WORDS, _D, "With commas or line by line.", placeholder="anime, character")
TRIGGER = _field("trigger", "Trigger words", Kind.LINES, _D, "One per line, or all in one line with commas.")
SHOWCASES = _field("showcases", "Showcases", Kind.LINKS, _D, "Addresses of pictures, one per line. https only.")
SERIES = _field("finetune_series", "Fine-tune series", Kind.TEXT_PAIRS, _D, "One per line: name, version, author, "
                "description, homepage.", placeholder="name: Pony", legacy=None, allowed=SERIES_KEYS)  # fmt: skip
FILES = _field("files", "Files or link", Kind.FILES, _F, "A page on Hugging Face or Civitai, or per file a line: "
               "name | url | sha256", placeholder="https://civitai.com/models/…", v2="config.download",
               legacy="config.download")  # fmt: skip
"""The whole list in one field, for the first form; *Files* has one field per column."""
WHY = Field(key="why", label="Why", kind=Kind.PROSE, section=Section.WHY, hint="Approvers read it first. "
            f"{WHY_MAX} characters at most.", max_length=WHY_MAX)  # fmt: skip
"""The requestor's reason, for the first form; it is no field of the record."""

_FILE_FIELDS = (
    replace(FILES, key="links", label="Download links", kind=Kind.FILE_LINKS, placeholder="", hint="One per line, "
            "https, straight to the file."),
    replace(FILES, key="sha256", label="sha256", kind=Kind.FILE_HASHES, placeholder="", hint="One per line, same "
            "order. 64 hex digits each."),
    replace(FILES, key="names", label="File names", kind=Kind.FILE_NAMES, placeholder="", hint="One per line, same "
            "order. Empty: taken from the link."),
    replace(FILES, key="purposes", label="Purposes", kind=Kind.FILE_PURPOSES, placeholder="", hint="One per line, "
            "same order: vae, text_encoders, face_restore_helper, or - for the model itself."),
    _field("size_on_disk_bytes", "Size of all files", Kind.SIZE, _F, placeholder="7.27 GB, or bytes", max_length=30),
    replace(FILES, key="sizes", label="Sizes", kind=Kind.FILE_SIZES, placeholder="", legacy=None, hint="One per line, "
            "in the order of the links: 6.94 GB, or bytes; - for not known."),
    replace(FILES, key="slow", label="Slow to download", kind=Kind.FILE_SPEEDS, placeholder="", legacy=None, hint="One "
            "per line, in the order of the links: yes or no; - for not known."),
)  # fmt: skip

_PERMISSION = Choices("PermissionStatus", PERMISSIONS)
_LICENSING = (
    _field("licensing.license_expression", "Licence", Kind.CHOICE, _L, choices=Choices("licences", is_closed=False),
           placeholder="Not stated"),
    _field("licensing.commercial_use", "Commercial use", Kind.CHOICE, _L, choices=_PERMISSION,
           placeholder="As the licence says"),
    _field("licensing.redistribution", "Redistribution", Kind.CHOICE, _L, choices=_PERMISSION,
           placeholder="As the licence says"),
    _field("licensing.attribution", "Attribution", Kind.PROSE, _L, "The name and wording of the credit."),
    _field("licensing.evidence", "Evidence", Kind.EVIDENCE, _L, "Where the licence is stated, one per line: "
           "source | description.", placeholder="https://huggingface.co/… | model card"),
    _field("licensing.obligations", "Obligations", Kind.CHOICES, _L, choices=Choices("LicenseObligation"),
           placeholder="None"),
    _field("licensing.notes", "Notes on the licence", Kind.PROSE, _L),
    _field("spdx", "Licence expression", Kind.EXPRESSION, _L, "More than one licence, as SPDX writes it. One alone is "
           "chosen under Licensing.", placeholder="MIT OR Apache-2.0", v2="licensing.license_expression",
           legacy="licensing.license_expression"),
)  # fmt: skip

_COMMON = (NAME, DESCRIPTION, VERSION, LEGACY_STYLE, LEGACY_NSFW, SERIES, *_FILE_FIELDS, *_LICENSING)

_IMAGE = (
    IMAGE_NAME, BASELINE, NSFW, STYLE, DESCRIPTION, VERSION, HOMEPAGE, TAGS, TRIGGER,
    _field("min_bridge_version", "Minimum bridge version", Kind.WHOLE, _D, "Older workers do not load it.",
           legacy=None),  # the legacy format drops it (8.6.2)
    SHOWCASES,
    _field("inpainting", "Inpainting", Kind.YES_NO, _D, "Whether it was made to fill in parts of a picture."),
    _field("requirements", "Requirements", Kind.PAIRS, _D, "One per line, as key: value. A list with commas.",
           placeholder="min_steps: 20"),
    _field("optimization", "Optimization", Kind.LINE, _D, placeholder="fp16"),
    SERIES,
    *_FILE_FIELDS,
    *_LICENSING,
)  # fmt: skip

_CLAIM = "What the author supports."
_TEXT = (
    TEXT_NAME,
    _field("parameters", "Parameters", Kind.COUNT, _B, "How many it has: 7B, 350M, or all digits.", placeholder="7B",
           alias="parameters_count", is_required=True, max_length=30),
    FREE_BASELINE,
    _field("url", "Link", Kind.LINK, _B, "Where it is published. https only.", max_length=500),
    DESCRIPTION,
    _field("display_name", "Display name", Kind.LINE, _D),
    FREE_STYLE,
    TAGS,
    _field("instruct_format", "Instruct format", Kind.LINE, _D, placeholder="ChatML"),
    _field("context_window.maximum_tokens", "Context window", Kind.TOKENS, _D,
           "In tokens: 8192, or 8k for 8 times 1024.",
           placeholder="8192", drops_parent=True, max_length=30),
    _field("settings", "Settings", Kind.PAIRS, _D, "One per line, as key: value. A list with commas.",
           placeholder="temperature: 0.7", allowed=TEXT_SETTINGS),
    _field("interaction_modes", "Interaction modes", Kind.CLAIMS, _D, _CLAIM, choices=Choices("TextInteractionMode")),
    _field("capabilities", "Capabilities", Kind.CLAIMS, _D, _CLAIM, choices=Choices("TextCapability")),
    replace(MAY_NSFW, section=_D, legacy=None),
    replace(VERSION, legacy=None),
    _field("name_schema_exception", "Exception to the naming", Kind.PROSE, _B, "Why the name need not follow the "
           "scheme of text models.", legacy=None, max_length=500),
    replace(SERIES, section=_B),
    # Legacy text models cannot store these: dropped at apply (8.6.2).
    *(replace(one, legacy=None) for one in (*_FILE_FIELDS, *_LICENSING)),
)  # fmt: skip

_LEGACY_TYPE = _field("type", "Type", Kind.CHOICE, _D, v2=None)
_VIDEO_AND_AUDIO = (NAME, FREE_BASELINE, MAY_NSFW, DESCRIPTION, VERSION, TAGS, SERIES, *_FILE_FIELDS, *_LICENSING)
_LORA_AND_TI = (NAME, LEANING_BASELINE, MAY_NSFW, DESCRIPTION, VERSION, HOMEPAGE, TAGS, TRIGGER, SHOWCASES, SERIES,
                *_FILE_FIELDS, *_LICENSING)  # fmt: skip


def _with(*own: Field) -> tuple[Field, ...]:
    return (NAME, *own, *_COMMON[1:])


_CONTROLNET_STYLE = Choices("CONTROLNET_STYLE")
FIELDS: Mapping[str, tuple[Field, ...]] = {
    "image_generation": _IMAGE,
    "text_generation": _TEXT,
    "controlnet": _with(
        _field("controlnet_style", "ControlNet style", Kind.CHOICE, _B, legacy=None,
               choices=replace(_CONTROLNET_STYLE, is_closed=False), placeholder="What it looks at"),
        _field("type", "ControlNet style", Kind.CHOICE, _B, v2=None, choices=_CONTROLNET_STYLE, is_required=True,
               placeholder="What it looks at"),
    ),
    "clip": _with(
        _field("pretrained_name", "Pretrained name", Kind.LINE, _B, placeholder="openai/clip-vit-large-patch14"),
        replace(_LEGACY_TYPE, choices=Choices("LegacyClipRecord.type", ("clip", "coca"))),
    ),
    "esrgan": _with(replace(_LEGACY_TYPE, choices=Choices("LegacyEsrganRecord.type", ("realesrgan", "esrgan")))),
    "controlnet_annotator": _with(
        _field("control_types", "Control types", Kind.WORDS, _B, "With commas or line by line.",
               placeholder="openpose"),
        _field("preprocessors", "Preprocessors", Kind.WORDS, _B, "With commas or line by line.",
               placeholder="OpenposePreprocessor"),
    ),
    "video_generation": _VIDEO_AND_AUDIO,
    "audio_generation": _VIDEO_AND_AUDIO,
    "lora": _LORA_AND_TI,
    "ti": _LORA_AND_TI,
}  # fmt: skip
"""Fields by category; other categories have the common fields."""

FIRST_FIELDS: Mapping[str, tuple[str, ...]] = {
    "image_generation": ("name", "baseline", "nsfw", "files", "why"),
    "text_generation": ("name", "parameters", "baseline", "url", "why"),
    "controlnet": ("name", "controlnet_style", "type", "files", "why"),
    "clip": ("name", "pretrained_name", "description", "files", "why"),
    "controlnet_annotator": ("name", "control_types", "preprocessors", "files", "why"),
    "video_generation": ("name", "baseline", "nsfw", "files", "why"),
    "audio_generation": ("name", "baseline", "nsfw", "files", "why"),
    "lora": ("name", "baseline", "nsfw", "files", "why"),
    "ti": ("name", "baseline", "nsfw", "files", "why"),
}
"""Fields of the form that starts a proposal, by key: enough for the common case."""
_RESUBMISSION_FIELDS = ("baseline", "url", "description", "links", "sha256")
_COMMON_FIRST_FIELDS = ("name", "description", "files", "why")


@cache
def fields_of(category: str, dialect: CanonicalFormat) -> tuple[Field, ...]:
    """Return a category's fields that this vocabulary has, in form order."""
    return tuple(field for field in FIELDS.get(category, _COMMON) if field.path(dialect) is not None)


def first_fields(category: str, dialect: CanonicalFormat) -> tuple[Field, ...]:
    """Return the fields of the form that starts a proposal, five at most."""
    known = {field.key: field for field in (FILES, WHY, *fields_of(category, dialect))}
    return tuple(known[key] for key in FIRST_FIELDS.get(category, _COMMON_FIRST_FIELDS) if key in known)


def update_fields(category: str, dialect: CanonicalFormat) -> tuple[Field, ...]:
    """Return the fields of the form that starts an update: the basic ones, and *Why*."""
    fields = [field for field in pages(category, Section.BASICS, dialect)[0] if field.kind is not Kind.NAME]
    return (*fields[: PAGE_LENGTH - 1], WHY)


def resubmission_fields(category: str, dialect: CanonicalFormat) -> tuple[Field, ...]:
    """Return the fields to revise a rejected proposal: the usual objections, and *Why*."""
    known = {field.key: field for field in fields_of(category, dialect)}
    fields = [known[key] for key in _RESUBMISSION_FIELDS if key in known]
    return (*fields[: PAGE_LENGTH - 1], WHY)


@cache
def pages(category: str, section: Section, dialect: CanonicalFormat) -> tuple[tuple[Field, ...], ...]:
    """Return a section's forms, five fields each; empty without fields."""
    own = [field for field in fields_of(category, dialect) if field.section is section]
    return tuple(batched(own, PAGE_LENGTH))


def page_of(category: str, place: str, dialect: CanonicalFormat) -> tuple[Section, int] | None:
    """Return section and page (from 0) of the form that has a field, or ``None``.

    ``place`` is the field's key, or a dotted path in a record, possibly inside the field's value.
    """
    best: tuple[int, Section, int] | None = None
    for section in Section:
        for number, page in enumerate(pages(category, section, dialect)):
            near = max((_nearness(field, place, dialect) for field in page), default=0)
            if near and (best is None or near > best[0]):
                best = near, section, number
    return best and best[1:]


def _nearness(field: Field, place: str, dialect: CanonicalFormat) -> int:
    """Return how well a field matches a path: most for the field itself, less for a neighbour."""
    path = field.path(dialect) or ""
    if place in (field.key, path, field.alias):
        return len(place) + 2
    if place.startswith(f"{path}."):
        return len(path) + 1
    first = place.partition(".")[0]
    return int(first == path.partition(".")[0])
