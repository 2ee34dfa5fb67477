"""Conversion of a record between v2 and legacy: keys, places and spelling; pure."""

from collections.abc import Mapping
from typing import Any

from bot.reference.models import CanonicalFormat
from bot.reference.records import LEGACY_TYPES, UNKNOWN_HASH
from bot.services.forms.fields_text import baseline_name, legacy_baseline
from bot.services.forms.licences import UNSTATED

type Record = dict[str, Any]

_IMAGE, _TEXT, _CONTROLNET = "image_generation", "text_generation", "controlnet"
_V2_ALONE = frozenset({"record_type", "model_classification", "text_model_group", "guidance"})
"""Fields that the service derives from others in v2."""
_LEGACY_ALONE = frozenset({"available", "download_all", "features_not_supported"})
"""Fields that say nothing in v2: no worker reads them."""
_TYPES = frozenset({*LEGACY_TYPES.values(), "coca", "esrgan"})
_V2_MEMBERS = {"sha256sum": "sha256sum", "file_purpose": "file_type", "content_hash": "content_hash"}
"""Members of a v2 download, and of the legacy hash that has them instead."""
_BILLION = 10**9


class FormatConflictError(ValueError):
    """One record says a value in the places of both formats, and differently."""


def in_format(
    record: Mapping[str, Any], category: str, dialect: CanonicalFormat, live: Mapping[str, Any] | None = None
) -> Record:
    """Copy a record, or an update's fields, with the other format's shape converted.

    Facts of the ``live`` record about an unchanged file, which the other format lacks, are kept.

    Raises:
        FormatConflictError: places of both formats hold different values.
    """
    is_v2 = dialect is CanonicalFormat.V2
    copy = {key: item for key, item in record.items() if key not in (_LEGACY_ALONE if is_v2 else _V2_ALONE)}
    if not is_v2 and _is_unstated(copy.get("licensing")):
        del copy["licensing"]
    if category == _TEXT:
        _parameters(copy)
        if is_v2:
            copy.pop("model_name", None)
    if category == _CONTROLNET:
        _move(copy, *(("type", "controlnet_style") if is_v2 else ("controlnet_style", "type")))
    elif is_v2 and isinstance(copy.get("type"), str) and copy["type"] in _TYPES:
        del copy["type"]
    if category == _IMAGE and isinstance(spelled := copy.get("baseline"), str):
        is_converted = legacy_baseline(baseline_name(spelled)) in (spelled, legacy_baseline(spelled))
        named = baseline_name(spelled) if is_v2 and is_converted else spelled
        copy["baseline"] = named if is_v2 else legacy_baseline(spelled)
    config = copy.get("config")
    if isinstance(config, Mapping):
        read = _config_of(live)
        copy["config"] = _v2_config(config, read) if is_v2 else _legacy_config(config, read)
        if category == _TEXT and not is_v2 and not any(copy["config"].values()):
            del copy["config"]
    return copy


def _is_unstated(licensing: Any) -> bool:
    """Return whether this is the licence that a v2 service writes into each record without one."""
    return (
        isinstance(licensing, Mapping)
        and licensing.get("license_expression") == UNSTATED
        and licensing.get("commercial_use") == "unknown"
        and not licensing.get("evidence")
    )


def _parameters(record: Record) -> None:
    """Write the number of parameters as both formats have it."""
    _move(record, "parameters_count", "parameters")
    billions = record.get("parameters_bn")
    if isinstance(billions, int | float) and not isinstance(billions, bool) and abs(billions) < _BILLION:
        record["parameters_bn"] = round(billions * _BILLION)
        _move(record, "parameters_bn", "parameters")


def _move(record: Record, old: str, new: str) -> None:
    """Rename a key, unless the new one is there with another value."""
    if old not in record:
        return
    value = record.pop(old)
    if record.setdefault(new, value) != value:
        msg = f"{new}: {record[new]!r} / {value!r}"
        raise FormatConflictError(msg)


def _legacy_config(config: Mapping[str, Any], live: Mapping[str, Any]) -> Record:
    """Move the hashes of downloads into ``files``."""
    downloads, files = _entries(config, "download"), _entries(config, "files")
    if downloads is None or (files is None and "files" in config) or not any(map(_is_v2_entry, downloads)):
        return dict(config)
    listed, moved = list(files or ()), []
    for download in downloads:
        moved.append({key: item for key, item in download.items() if key not in _V2_MEMBERS})
        if not moved[-1].get("known_slow_download"):
            moved[-1].pop("known_slow_download", None)
        moved[-1].setdefault("file_path", "")
        stated = {new: download[old] for old, new in _V2_MEMBERS.items() if download.get(old) is not None}
        _state(listed, {"path": download.get("file_name"), **stated})
    known = _entries(live, "files") or []
    if files is None:
        named = {entry.get("path") for entry in listed}
        listed += [entry for entry in known if _is_setting(entry) and entry.get("path") not in named]
    return {**config, "files": _with_known(listed, known, "path"), "download": moved}


def _v2_config(config: Mapping[str, Any], live: Mapping[str, Any]) -> Record:
    """Move the hashes in ``files`` to the downloads."""
    files, downloads = _entries(config, "files"), _entries(config, "download")
    if files is None or (downloads is None and "download" in config):
        return dict(config)
    listed = [
        {key: item for key, item in entry.items() if (key, item) != ("file_path", "")} for entry in downloads or ()
    ]
    names = {entry.get("file_name") for entry in listed}
    for entry in files:
        stated = {old: entry[new] for old, new in _V2_MEMBERS.items() if entry.get(new) is not None}
        if entry.get("path") in names or not _is_setting(entry):
            _state(listed, {"file_name": entry.get("path"), **stated})
    kept = {key: item for key, item in config.items() if key != "files"}
    return {**kept, "download": _with_known(listed, _entries(live, "download") or [], "file_name")}


def _is_v2_entry(download: Mapping[str, Any]) -> bool:
    return not _V2_MEMBERS.keys().isdisjoint(download)


def _state(listed: list[Record], said: Record) -> None:
    """Write facts into the entry of their file, or add an entry."""
    key, name = next(iter(said.items()))
    said = {member: value for member, value in said.items() if value != UNKNOWN_HASH}
    entry = next((one for one in listed if one.get(key) == name), None)
    if entry is None:
        listed.append(said)
        return
    for member, value in said.items():
        if entry.get(member) in (None, UNKNOWN_HASH):
            entry[member] = value
        elif str(entry[member]).casefold() != str(value).casefold():
            msg = f"{member} of {name}: {entry[member]} / {value}"
            raise FormatConflictError(msg)


def _with_known(listed: list[Record], known: list[Record], key: str) -> list[Record]:
    """Add what the live record says of a file with the same name and hash."""
    by_name = {entry.get(key): entry for entry in known}
    same = [by_name.get(entry.get(key), {}) for entry in listed]
    return [
        {**live, **entry} if _digest(live) == _digest(entry) else entry
        for live, entry in zip(same, listed, strict=True)
    ]


def _digest(entry: Mapping[str, Any]) -> str:
    digest = str(entry.get("sha256sum") or "")
    return "" if digest == UNKNOWN_HASH else digest.casefold()


def _is_setting(entry: Mapping[str, Any]) -> bool:
    """Return whether a legacy entry is a file of settings, which v2 does not list."""
    return str(entry.get("path")).casefold().endswith((".yaml", ".yml", ".json"))


def _config_of(record: Mapping[str, Any] | None) -> Mapping[str, Any]:
    config = (record or {}).get("config")
    return config if isinstance(config, Mapping) else {}


def _entries(config: Mapping[str, Any], part: str) -> list[Record] | None:
    """Return the entries of a list of files, ``None`` if it is no such list."""
    listed = config.get(part)
    if not isinstance(listed, list) or not all(isinstance(entry, Mapping) for entry in listed):
        return None
    named = [entry.get(key, "") for entry in listed for key in ("path", "file_name")]
    return [dict(entry) for entry in listed] if all(isinstance(name, str | None) for name in named) else None
