"""Records as people get them wrong: correct ones of each category, with parts changed, moved, removed or renamed."""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from hypothesis import Phase
from hypothesis import strategies as st

from bot.reference.deployment import CATEGORIES
from bot.reference.models import CanonicalFormat
from tests.reference.payloads import FULLER_LEGACY, FULLER_V2
from tests.stories.payloads import CONFIG_LEGACY, CONFIG_V2, LEGACY, V2

type Record = dict[str, Any]
type Place = tuple[str | int, ...]

ODD: tuple[Any, ...] = (
    None, "", " ", "text", " text ", "1", "1,5", "yes", "FIXME", "stable diffusion 1", "stable_diffusion_xl", "SDXL",
    "https://huggingface.co/acme/lumen/resolve/main/a.png", "https://civitai.com/models/1", "c" * 64, "x" * 300,
    "a/b.safetensors", "lumen.yaml", "ckpt", "control_canny", True, False, 0, 1, -1, 7, 1.5, 10**20, 1e300,
    [], ["text"], [""], [1], [None], [["text"]], {}, {"text": 1}, {"text": "1"}, [{}], {"text": {"text": None}},
)  # fmt: skip
"""Values of every kind, put in any place."""

KEYS = (
    "name", "description", "version", "style", "nsfw", "type", "baseline", "tags", "trigger", "homepage", "url",
    "showcases", "requirements", "config", "download", "files", "file_name", "file_url", "file_path", "path",
    "sha256sum", "md5sum", "file_type", "file_purpose", "size_bytes", "known_slow_download", "content_hash",
    "size_on_disk_bytes", "inpainting", "optimization", "min_bridge_version", "available", "download_all",
    "features_not_supported", "parameters", "parameters_count", "parameters_bn", "display_name", "model_name",
    "instruct_format", "settings", "context_window", "maximum_tokens", "interaction_modes", "capabilities",
    "controlnet_style", "pretrained_name", "control_types", "preprocessors", "finetune_series", "licensing",
    "license_expression", "license_ids", "commercial_use", "evidence", "obligations", "metadata", "created_at",
    "record_type", "model_classification", "embedded_component_hashes", "text_model_group", "name_schema_exception",
    "guidance", "cfg_scale", "min_steps", "samplers", "temperature", "unknown_key",
)  # fmt: skip
"""Keys of both formats, put in any object."""


def correct_record(category: str, dialect: CanonicalFormat, *, full: bool = True) -> Record:
    """Return a record that the service of this format stores, with nearly every field or with few."""
    is_v2 = dialect is CanonicalFormat.V2
    plain = (V2 if is_v2 else LEGACY).get(category) or V2[category]
    fuller = (FULLER_V2 if is_v2 else FULLER_LEGACY).get(category, {})
    record: Record = deepcopy({**plain, **(fuller if full else {})})
    if category != "text_generation":
        record.setdefault("config", deepcopy(CONFIG_V2 if is_v2 else CONFIG_LEGACY))
    record.pop("name", None)
    return record


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Yield every place in a record, containers included."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*at, key)
        yield from places(item, (*at, key))


def holder_of(record: Any, place: Place) -> Any:
    """Return the object or list that holds a place."""
    for step in place[:-1]:
        record = record[step]
    return record


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change of a record.

    Attributes:
        kind: odd (another value), remove, rename, add (a key) or twice (a list item).
        at: number of the place; the record has fewer, the remainder counts.
        key: the new key, for rename and add.
        value: the new value, for odd and add.
    """

    kind: str
    at: int
    key: str
    value: Any


MUTATIONS = st.lists(
    st.builds(
        Mutation,
        st.sampled_from(("odd", "odd", "odd", "remove", "rename", "add", "twice")),
        st.integers(0, 200),
        st.sampled_from(KEYS),
        st.sampled_from(ODD),
    ),
    max_size=3,
)


def mutated(record: Mapping[str, Any], mutations: Iterable[Mutation]) -> Record:
    """Copy the record with these changes; what does not fit is left out."""
    copy: Record = deepcopy(dict(record))
    for mutation in mutations:
        known = list(places(copy))
        if not known:
            break
        place = known[mutation.at % len(known)]
        holder, key = holder_of(copy, place), place[-1]
        match mutation.kind:
            case "odd":
                holder[key] = deepcopy(mutation.value)
            case "remove":
                del holder[key]
            case "rename" if isinstance(holder, dict):
                holder[mutation.key] = holder.pop(key)
            case "add" if isinstance(holder, dict):
                holder[mutation.key] = deepcopy(mutation.value)
            case "twice" if isinstance(holder, list):
                holder.append(deepcopy(holder[0]))
    return copy


EXAMPLES = {
    "category": st.sampled_from(CATEGORIES),
    "shape": st.sampled_from(list(CanonicalFormat)),
    "full": st.booleans(),
    "created": MUTATIONS,
    "updated": MUTATIONS | st.none(),
}
"""A record of either format with mistakes, and mistakes in an update of a correct one."""

UNSHRUNK = (Phase.explicit, Phase.generate)
"""Shrinking an example on the real service would take minutes."""
