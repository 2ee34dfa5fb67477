"""Offers of a Hugging Face repository: weight files, or itself as a text model. Pure."""

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import quote

from bot.services.checks.addresses import MODEL_SUFFIXES
from bot.services.hosts.values import FilledValue, Note, Offer, OfferedFile, merged_values
from bot.services.hosts.vocabulary import (
    LICENCE_IDS,
    hub_baseline,
    instruct_format,
    model_name,
    plain_tags,
    stated_parameters,
    triggers,
)
from bot.sources.addresses import HUGGING_FACE
from bot.sources.huggingface import HubFile, HubRepo

OFFERS_MAX: Final = 25
_WEIGHT_SUFFIXES = MODEL_SUFFIXES | {".gguf"}
SHARD = re.compile(r"-\d{3,6}-of-\d{3,6}$")
"""End of the name of a part of a model in several files."""
COMPONENT_FOLDERS = re.compile(
    r"(?:^|/)(?:unet|vae|text_encoder(?:_\d)?|transformer|tokenizer(?:_\d)?|scheduler|safety_checker|feature_extractor|"
    r"image_encoder|controlnet|prior|decoder)/",
)
_ADDITION = re.compile(
    r"(?:^|[-_. ])(?:vae|ae|clip|clip_[lg]|mmproj|t5|t5xxl|lora|text_?encoder|optimizer|scheduler|rng)(?:$|[-_. ])"
)
_FIRST_WORD = re.compile(r"[a-z]+|\d+")


def hub_offers(
    repo: HubRepo, *, revision: str, file: HubFile | None = None, matched: tuple[FilledValue, ...] = ()
) -> tuple[Offer, ...]:
    """Return the offers of a repository, the sensible file first.

    ``file`` is the one that the link names. What Civitai says of it (``matched``) wins over the repository's card.
    """
    card = () if is_collection(repo) else tuple(_card_values(repo))
    values = merged_values(matched, card)
    texts, notes = tuple(_text_values(repo)), tuple(_repo_notes(repo))
    files = [file] if file is not None else weight_files(repo.files)
    offers = [
        Offer(
            label=PurePosixPath(each.path).name,
            details=_details(each),
            file=_offered(repo, revision, each),
            values=values if number == 0 else card,
            text_values=texts,
            notes=(*notes, Note.UNSAFE) if each.is_unsafe else notes,
        )
        for number, each in enumerate(files[:OFFERS_MAX])
    ]
    if not offers:
        nothing = (*notes, Note.NO_SINGLE_FILE)
        return (Offer(repo.repo, values=values, text_values=texts, notes=nothing),)
    return tuple(offers)


def weight_files(files: Iterable[HubFile]) -> list[HubFile]:
    """Return files that are a whole model by themselves, the sensible one first."""
    return sorted(filter(_is_whole, files), key=_order)


def is_collection(repo: HubRepo) -> bool:
    """Return whether the repository has unrelated models: its card describes none of them."""
    stems = [PurePosixPath(file.path).stem.lower() for file in repo.files if _is_whole(file)]
    families = {found[0] for stem in stems if not _ADDITION.search(stem) and (found := _FIRST_WORD.search(stem))}
    return len(families) > 1


def file_url(repo: str, revision: str, path: str) -> str:
    """Return the address from which workers download a file."""
    return f"https://huggingface.co/{repo}/resolve/{quote(revision, safe='')}/{quote(path)}"


def page_of(repo: str) -> str:
    """Return the address of a repository's page."""
    return f"https://huggingface.co/{repo}"


def licence_words(repo: HubRepo) -> str:
    """Return the card's licence in its words, with the record's id; empty for a collection."""
    if is_collection(repo):
        return ""
    named = ", ".join(
        f"{each}, in records {LICENCE_IDS[each.lower()]}" if each.lower() in LICENCE_IDS else each
        for each in repo.licences
    )
    return f"{named} ({repo.licence_name})" if repo.licence_name else named


def _is_whole(file: HubFile) -> bool:
    path = PurePosixPath(file.path)
    if path.suffix.lower() not in _WEIGHT_SUFFIXES or SHARD.search(path.stem):
        return False
    return not COMPONENT_FOLDERS.search(file.path) and path.stem not in ("training_args", "optimizer", "scheduler")


def _order(file: HubFile) -> tuple[Any, ...]:
    path = PurePosixPath(file.path)
    stem = path.stem.lower()
    return (
        path.suffix.lower() != ".safetensors",
        bool(_ADDITION.search(stem)),
        len(path.parts),
        "pruned" not in stem and "fp16" not in stem and "bf16" not in stem,
        stem,
    )


def _offered(repo: HubRepo, revision: str, file: HubFile) -> OfferedFile:
    url = file_url(repo.repo, revision, file.path)
    return OfferedFile(PurePosixPath(file.path).name, url, file.sha256, file.size_bytes, HUGGING_FACE)


def _details(file: HubFile) -> str:
    path = PurePosixPath(file.path)
    folder = "" if path.parent == PurePosixPath() else str(path.parent)
    size = "" if file.size_bytes is None else f"{file.size_bytes / 1e9:.2f} GB"
    return " · ".join(filter(None, (size, path.suffix.lstrip("."), folder)))


def _card_values(repo: HubRepo) -> Iterator[FilledValue]:
    suggested: tuple[tuple[str, Any], ...] = (
        ("name", model_name(repo.repo.rpartition("/")[2].replace("_", " "))),
        ("baseline", hub_baseline(repo.base_models, repo.pipeline_class)),
        ("tags", plain_tags(repo.tags)),
        ("trigger", triggers(repo.trigger)),
    )
    yield FilledValue("homepage", page_of(repo.repo), HUGGING_FACE, is_fact=True)
    yield from (FilledValue(key, value, HUGGING_FACE, is_fact=False) for key, value in suggested if value)


def _text_values(repo: HubRepo) -> Iterator[FilledValue]:
    base = repo.base_models[0] if repo.base_models and repo.base_relation != "merge" else None
    suggested: tuple[tuple[str, Any], ...] = (
        ("name", repo.repo),
        ("parameters", stated_parameters(repo.repo.rpartition("/")[2], repo.parameters)),
        ("baseline", base),
        ("instruct_format", instruct_format(repo.chat_template)),
        ("tags", plain_tags(repo.tags)),
    )
    yield FilledValue("url", page_of(repo.repo), HUGGING_FACE, is_fact=True)
    if repo.context_length:
        yield FilledValue("context_window.maximum_tokens", repo.context_length, HUGGING_FACE, is_fact=True)
    yield from (FilledValue(key, value, HUGGING_FACE, is_fact=False) for key, value in suggested if value)


def _repo_notes(repo: HubRepo) -> Iterator[Note]:
    if repo.is_disabled:
        yield Note.DISABLED
    if repo.is_gated:
        yield Note.GATED
