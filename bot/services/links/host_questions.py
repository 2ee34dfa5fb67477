"""Questions to the hosts about one file, as an anonymous worker sees it."""

import asyncio
from datetime import datetime

from bot.services.links.host_findings import HostFacts, HostVerdict
from bot.sources.addresses import CIVITAI, HUGGING_FACE, Address, CivitaiAddress, HuggingFaceAddress
from bot.sources.host_client import HostError, HostProblem
from bot.sources.hosts import Hosts


async def ask_host(hosts: Hosts, address: Address, now: datetime, deadline_s: float) -> HostFacts:
    """Return what the host of an address says, or why it gives no answer; never raises."""
    try:
        async with asyncio.timeout(deadline_s):
            if isinstance(address, HuggingFaceAddress):
                return await _ask_hub(hosts, address, now)
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


async def _ask_hub(hosts: Hosts, address: HuggingFaceAddress, now: datetime) -> HostFacts:
    hub = hosts.hugging_face
    if address.path is None:
        return HostFacts(HUGGING_FACE, now, (HostVerdict.NOT_ONE_FILE,))
    repo, file = await asyncio.gather(
        hub.access(address.repo), hub.file(address.repo, address.revision or "main", address.path)
    )
    verdicts = []
    if repo.is_disabled:
        verdicts.append(HostVerdict.DISABLED)
    if repo.is_gated:
        verdicts.append(HostVerdict.GATED)
    if file is None:
        verdicts.append(HostVerdict.NO_SUCH_FILE)
    elif file.is_unsafe:
        verdicts.append(HostVerdict.UNSAFE)
    moved = repo.repo if repo.repo.lower() != address.repo.lower() else ""
    if moved:
        verdicts.append(HostVerdict.MOVED)
    return HostFacts(
        HUGGING_FACE,
        now,
        tuple(verdicts),
        sha256=None if file is None else file.sha256,
        size_bytes=None if file is None else file.size_bytes,
        moved_to=moved,
    )


async def _ask_civitai(hosts: Hosts, address: CivitaiAddress, now: datetime) -> HostFacts:
    if address.version_id is None:
        return HostFacts(CIVITAI, now, (HostVerdict.NOT_ONE_FILE,))
    version = await hosts.civitai.version(address.version_id)
    weights = [file for file in version.files if file.is_weights]
    named = [file for file in version.files if file.file_id == address.file_id]
    chosen = named[0] if named else weights[0] if address.file_id is None and len(weights) == 1 else None
    verdicts = []
    if version.mode:
        verdicts.append(HostVerdict.ARCHIVED)
    elif chosen is None:
        verdicts.append(HostVerdict.NO_SUCH_FILE if address.file_id is not None else HostVerdict.NOT_ONE_FILE)
    if version.availability == "EarlyAccess" or version.early_access_until:
        verdicts.append(HostVerdict.EARLY_ACCESS)
    if version.usage not in ("", "Download"):
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
        size_bytes=chosen.size_bytes if chosen is not None and chosen.is_size_exact else None,
    )


async def _needs_login(hosts: Hosts, version_id: int, file_id: int) -> bool:
    """Return whether Civitai says that a download needs an account; without an answer it does not."""
    try:
        return await hosts.civitai.needs_login(version_id, file_id) is True
    except HostError:
        return False
