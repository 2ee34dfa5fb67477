"""Offers of a Civitai model: its versions and their files. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from bot.services.forms.fields_table import DESCRIPTION_MAX
from bot.services.hosts.values import FilledValue, Note, Offer, OfferedFile
from bot.services.hosts.vocabulary import (
    CIVITAI_BASE_LICENCES,
    CIVITAI_BASELINES,
    description,
    model_name,
    plain_tags,
    triggers,
)
from bot.sources.addresses import CIVITAI, download_url
from bot.sources.civitai import CivitaiFile, CivitaiModel, CivitaiVersion

OFFERS_MAX: Final = 25
"""Options of one Discord menu."""
_MATURE = 4 | 8 | 16
"""Bits of Civitai's level for R, X and XXX."""


def civitai_offers(
    version: CivitaiVersion, model: CivitaiModel | None, *, file_id: int | None = None
) -> tuple[Offer, ...]:
    """Return the version's files, the best one first, then each other version's main file.

    The file that the link names comes before all; ``model`` is ``None`` if its page gave no answer.
    """
    first = [_offer(version, file, model) for file in _sorted(version.files, file_id)]
    others = [each for each in (() if model is None else model.versions) if each.version_id != version.version_id]
    more = [_offer(each, file, model) for each in others for file in _sorted(each.files, None)[:1]]
    offers = (*(first or [_offer(version, None, model)]), *more)
    return offers[:OFFERS_MAX]


def is_marked_nsfw(version: CivitaiVersion, model: CivitaiModel | None) -> bool:
    """Return whether Civitai rates the model or its pictures above PG-13."""
    level = version.nsfw_level | (0 if model is None else model.nsfw_level)
    return version.is_model_nsfw or (model is not None and model.is_nsfw) or bool(level & _MATURE)


def matched_values(version: CivitaiVersion) -> tuple[FilledValue, ...]:
    """Return what the version says of a file with the same sha256 on another host."""
    return tuple(_values(version, None))


def licence_words(version: CivitaiVersion, model: CivitaiModel | None) -> str:
    """Return the licence of the base and the uploader's conditions: neither is the record's."""
    base = CIVITAI_BASE_LICENCES.get(version.base_model)
    parts = [f"{base} of the base {version.base_model}" if base else ""]
    if model is not None:
        parts.append(f"commercial use {', '.join(model.commercial_use)}" if model.commercial_use else "")
        parts.append("credit needed" if model.needs_credit else "")
        parts.append("no derivatives" if model.allows_derivatives is False else "")
    return "; ".join(filter(None, parts))


def unknown_base(version: CivitaiVersion) -> str:
    """Return Civitai's name of a base that no baseline certainly is, else an empty text."""
    return "" if version.base_model in CIVITAI_BASELINES else version.base_model


def page_of(version: CivitaiVersion) -> str:
    """Return the address of the version's page."""
    if version.model_id is None:
        return f"https://civitai.com/model-versions/{version.version_id}"
    return f"https://civitai.com/models/{version.model_id}?modelVersionId={version.version_id}"


def _sorted(files: Iterable[CivitaiFile], file_id: int | None) -> list[CivitaiFile]:
    """Return the weights, the wanted or sensible one first."""
    weights = [file for file in files if file.is_weights or file.file_id == file_id]
    return sorted(
        weights,
        key=lambda file: (
            file.file_id != file_id,
            file.file_format not in ("SafeTensor", ""),
            not file.is_primary,
            file.extent != "pruned",
        ),
    )


def _offer(version: CivitaiVersion, file: CivitaiFile | None, model: CivitaiModel | None) -> Offer:
    values = tuple(_values(version, model))
    notes = tuple(dict.fromkeys(_notes(version, file, model)))
    if file is None:
        return Offer(label=version.name or version.model_name, details="No file", values=values, notes=notes)
    name = model_name(file.name) or f"{version.version_id}.safetensors"
    offered = OfferedFile(
        name=name,
        url=download_url(version.version_id, file.file_id),
        sha256=file.sha256,
        size_bytes=file.size_bytes if file.is_size_exact else None,
        source=CIVITAI,
    )
    details = (version.name, _size(file), file.file_format, file.extent, file.precision)
    return Offer(name, " · ".join(filter(None, details)), offered, values, _text_values(version, model), notes)


def _values(version: CivitaiVersion, model: CivitaiModel | None) -> Iterator[FilledValue]:
    name = model_name((model.name if model is not None else "") or version.model_name)
    prose = "" if model is None else description(model.description, DESCRIPTION_MAX)
    tags = () if model is None else model.tags
    suggested: tuple[tuple[str, Any], ...] = (
        ("name", name),
        ("baseline", CIVITAI_BASELINES.get(version.base_model)),
        ("description", prose),
        ("tags", plain_tags(tags)),
        ("trigger", triggers(version.trained_words)),
    )
    facts: tuple[tuple[str, Any], ...] = (
        ("version", version.name),
        ("homepage", page_of(version)),
        ("inpainting", True if version.base_kind == "Inpainting" else None),
    )
    yield from (FilledValue(key, value, CIVITAI, is_fact=True) for key, value in facts if value)
    yield from (FilledValue(key, value, CIVITAI, is_fact=False) for key, value in suggested if value)


def _text_values(version: CivitaiVersion, model: CivitaiModel | None) -> tuple[FilledValue, ...]:
    known = tuple(_values(version, model))
    page = [replace(each, key="url") for each in known if each.key == "homepage"]
    return (*(each for each in known if each.key in ("name", "description", "tags", "version")), *page)


def _notes(version: CivitaiVersion, file: CivitaiFile | None, model: CivitaiModel | None) -> Iterator[Note]:
    if version.base_kind in ("Refiner", "Pix2Pix"):
        yield Note.NO_BASE_MODEL
    if version.mode or (model is not None and model.mode):
        yield Note.ARCHIVED
    elif file is None:
        yield Note.NO_SINGLE_FILE
    if version.is_early_access:
        yield Note.EARLY_ACCESS
    if version.is_download_off:
        yield Note.NO_DOWNLOAD
    if file is not None and file.sha256 is None:
        yield Note.NOT_SCANNED
    if file is not None and file.is_unsafe:
        yield Note.UNSAFE
    if model is not None and model.is_person:
        yield Note.PERSON
    if model is not None and model.is_minor:
        yield Note.MINOR


def _size(file: CivitaiFile) -> str:
    return "" if file.size_bytes is None else f"{file.size_bytes / 1e9:.2f} GB"
