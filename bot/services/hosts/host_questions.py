"""Questions to the hosts about one file, as an anonymous worker sees it."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.services.hosts.filling import IMAGE_CATEGORY
from bot.services.hosts.host_findings import HostFacts, HostFile, HostVerdict
from bot.services.hosts.hub_offers import file_url
from bot.services.hosts.tensor_shapes import ShapeFacts, shape_facts
from bot.services.hosts.vocabulary import CIVITAI_BASELINES, CIVITAI_CATEGORIES
from bot.sources.addresses import (
    CIVITAI,
    HUGGING_FACE,
    Address,
    CivitaiAddress,
    HuggingFaceAddress,
    download_url,
    find_address,
)
from bot.sources.civitai import CivitaiFile, CivitaiVersion
from bot.sources.host_client import HostError, HostProblem
from bot.sources.hosts import Hosts
from bot.sources.huggingface import HubFile

HINT_WITHIN_S: Final = 3.0
"""Time for what is only a hint: the file's tensors, and its page on the other host."""


@dataclass(frozen=True, slots=True)
class StatedFile:
    """A record's words about the file; they decide which questions are worth a request."""

    sha256: str = ""
    category: str = ""
    homepage: str = ""


async def ask_host(
    hosts: Hosts, address: Address, stated_file: StatedFile, now: datetime, deadline_s: float
) -> HostFacts:
    """Return what the host of an address says, or why it gives no answer; never raises.

    If the host has another sha256 than the record, it is asked for the file with the record's.
    """
    try:
        async with asyncio.timeout(deadline_s):
            if isinstance(address, HuggingFaceAddress):
                return await _ask_hub(hosts, address, stated_file, now)
            return await _ask_civitai(hosts, address, now)
    except TimeoutError:
        return HostFacts(address.host, now, problem=HostProblem.SLOW)
    except HostError as error:
        return _without_answer(error, now)


def _without_answer(error: HostError, now: datetime) -> HostFacts:
    gone = {
        HostProblem.MISSING: HostVerdict.GONE,
        HostProblem.MISSING_OR_PRIVATE: HostVerdict.GONE_OR_PRIVATE,
    }.get(error.problem)
    if gone is not None:
        return HostFacts(error.host, now, (gone,))
    if error.problem is HostProblem.REFUSED and "disabled" in error.message.lower():
        return HostFacts(error.host, now, (HostVerdict.DISABLED,))
    return HostFacts(error.host, now, problem=error.problem, retry_in_s=error.retry_in_s)


async def _ask_hub(hosts: Hosts, address: HuggingFaceAddress, stated_file: StatedFile, now: datetime) -> HostFacts:
    hub, revision, stated = hosts.hugging_face, address.revision or "main", stated_file.sha256.lower()
    file: HubFile | None = None
    if address.path is None:
        repo = await hub.access(address.repo)
    else:
        repo, file = await asyncio.gather(hub.access(address.repo), hub.file(address.repo, revision, address.path))
    verdicts = []
    if repo.is_disabled:
        verdicts.append(HostVerdict.DISABLED)
    if repo.is_gated:
        verdicts.append(HostVerdict.GATED)
    if address.path is None:
        verdicts.append(HostVerdict.NOT_ONE_FILE)
    elif file is None:
        verdicts.append(HostVerdict.NO_SUCH_FILE)
    elif file.is_unsafe:
        verdicts.append(HostVerdict.UNSAFE)
    moved = repo.repo if repo.repo.lower() != address.repo.lower() else ""
    if moved:
        verdicts.append(HostVerdict.MOVED)
    is_other = stated and stated != (None if file is None else file.sha256)
    shapes, model_id = await asyncio.gather(
        _shapes(hosts, address, stated_file, None if repo.is_gated else file), _model_id(hosts, stated_file, file)
    )
    return HostFacts(
        HUGGING_FACE,
        now,
        tuple(verdicts),
        sha256=None if file is None else file.sha256,
        size_bytes=None if file is None else file.size_bytes,
        moved_to=moved,
        commit=repo.commit or "",
        kind=repo.pipeline_tag,
        model_id=model_id,
        shapes=shapes,
        others=await _hub_others(hosts, address, revision, stated) if is_other else (),
    )


async def _shapes(
    hosts: Hosts, address: HuggingFaceAddress, stated_file: StatedFile, file: HubFile | None
) -> ShapeFacts | None:
    """Return what the tensors of an image model's file say, ``None`` without an answer in time."""
    if file is None or stated_file.category != IMAGE_CATEGORY or not file.path.lower().endswith(".safetensors"):
        return None
    header = await _in_time(hosts.hugging_face.tensors(address.repo, address.revision or "main", file.path))
    return None if header is None else shape_facts(header)


async def _model_id(hosts: Hosts, stated_file: StatedFile, file: HubFile | None) -> int | None:
    """Return the file's model on Civitai if the record has a page there; None if unknown."""
    if file is None or file.sha256 is None or not isinstance(find_address(stated_file.homepage), CivitaiAddress):
        return None
    version = await _in_time(hosts.civitai.by_hash(file.sha256))
    return None if version is None else version.model_id


async def _in_time[T](question: Awaitable[T]) -> T | None:
    try:
        async with asyncio.timeout(HINT_WITHIN_S):
            return await question
    except (TimeoutError, HostError):
        return None


async def _hub_others(hosts: Hosts, address: HuggingFaceAddress, revision: str, stated: str) -> tuple[HostFile, ...]:
    """Return the repository's files with this sha256; without an answer none."""
    try:
        repo = await hosts.hugging_face.repo(address.repo, address.revision)
    except HostError:
        return ()
    return tuple(
        HostFile(each.path, file_url(repo.repo, revision, each.path), stated, each.size_bytes)
        for each in repo.files
        if each.sha256 == stated and each.path != address.path
    )[:1]


async def _ask_civitai(hosts: Hosts, address: CivitaiAddress, now: datetime) -> HostFacts:
    if address.version_id is None:
        return HostFacts(CIVITAI, now, (HostVerdict.NOT_ONE_FILE,))
    version = await hosts.civitai.version(address.version_id)
    chosen = version.file_of(address)
    verdicts = []
    if version.mode:
        verdicts.append(HostVerdict.ARCHIVED)
    elif chosen is None:
        verdicts.append(HostVerdict.NO_SUCH_FILE if address.file_id is not None else HostVerdict.NOT_ONE_FILE)
    if version.is_early_access:
        verdicts.append(HostVerdict.EARLY_ACCESS)
    if version.is_download_off:
        verdicts.append(HostVerdict.NO_DOWNLOAD)
    if chosen is not None and chosen.is_unsafe:
        verdicts.append(HostVerdict.UNSAFE)
    if chosen is not None and await _needs_login(hosts, version.version_id, chosen.file_id):
        verdicts.append(HostVerdict.LOGIN)
    return HostFacts(
        CIVITAI,
        now,
        tuple(verdicts),
        sha256=None if chosen is None else chosen.sha256,
        size_bytes=None if chosen is None else chosen.size_bytes,
        is_size_exact=chosen is None or chosen.is_size_exact,
        until=version.early_access_until,
        baseline=CIVITAI_BASELINES.get(version.base_model),
        category=CIVITAI_CATEGORIES.get(version.model_kind),
        kind=version.model_kind,
        model_id=version.model_id,
        others=tuple(_others(version, chosen)),
    )


def _others(version: CivitaiVersion, chosen: CivitaiFile | None) -> list[HostFile]:
    return [
        HostFile(
            " · ".join(filter(None, (each.name, each.extent, each.precision))),
            download_url(version.version_id, each.file_id),
            each.sha256,
            each.size_bytes,
        )
        for each in version.files
        if each.is_weights and each is not chosen and each.sha256 is not None
    ]


async def _needs_login(hosts: Hosts, version_id: int, file_id: int) -> bool:
    """Return whether Civitai says that a download needs an account; False if unknown."""
    try:
        return await hosts.civitai.needs_login(version_id, file_id) is True
    except HostError:
        return False
