"""Reading of links: a few questions to the hosts, and an offer within seconds in any case."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Final

from bot.services.hosts.civitai_offers import (
    civitai_offers,
    is_marked_nsfw,
    matched_values,
    unknown_base,
)
from bot.services.hosts.civitai_offers import licence_words as licence_words_of_civitai
from bot.services.hosts.filling import TEXT_CATEGORY
from bot.services.hosts.hub_offers import file_url, hub_offers, is_collection, licence_words, page_of, weight_files
from bot.services.hosts.values import (
    THE_LINK,
    FilledValue,
    LinkSource,
    Note,
    Offer,
    OfferedFile,
    Reading,
    UnansweredHost,
    merged_values,
    remember,
)
from bot.services.hosts.vocabulary import CIVITAI_CATEGORIES, hub_category
from bot.sources.addresses import CIVITAI, HUGGING_FACE, Address, CivitaiAddress, HuggingFaceAddress, download_url
from bot.sources.civitai import CivitaiModel, CivitaiVersion
from bot.sources.host_client import HostError, HostProblem
from bot.sources.hosts import Hosts
from bot.sources.huggingface import HubFile, HubRepo

DEADLINE: Final = timedelta(seconds=8)
"""Time for all questions about one link."""
FRESH_FOR: Final = timedelta(minutes=5)
"""Age up to which an answer is used again; Civitai's own cache is as old."""
REMEMBERED_MAX: Final = 200


@dataclass(slots=True)
class _Questions:
    """Questions about one link with a common deadline, and the hosts that did not answer."""

    ends_at: float
    problems: list[UnansweredHost] = field(default_factory=list)

    async def ask[T](self, host: str, question: Awaitable[T]) -> T | None:
        """Return the answer, ``None`` without one; the reason is kept."""
        try:
            async with asyncio.timeout_at(self.ends_at):
                return await question
        except TimeoutError:
            self.problems.append(UnansweredHost(host, HostProblem.SLOW))
        except HostError as error:
            self.problems.append(UnansweredHost(error.host, error.problem, error.retry_in_s))
        return None


@dataclass(slots=True)
class LinkReader:
    """Reader of links; ``hosts`` is ``None`` if the operator switched the hosts off."""

    hosts: Hosts | None
    clock: Callable[[], datetime]
    deadline: timedelta = DEADLINE
    _remembered: dict[tuple[Address, str | None], tuple[datetime, Reading]] = field(default_factory=dict)

    async def read(self, address: Address, category: str | None = None) -> Reading:
        """Read a link within ``DEADLINE``; never raises. Without a category the host's is taken."""
        if self.hosts is None:
            off = (UnansweredHost(address.host, HostProblem.OFF),)
            return replace(_from_address(address), category=category, problems=off)
        known = self._known(address, category)
        if known is not None:
            return known
        questions = self._new_questions()
        match address:
            case CivitaiAddress():
                found = await _read_civitai(self.hosts, questions, address)
            case HuggingFaceAddress():
                found = await _read_hub(self.hosts, questions, address, category)
        reading = replace(found or _from_address(address), problems=tuple(dict.fromkeys(questions.problems)))
        reading = replace(reading, category=category or reading.category)
        if not reading.problems:
            remember(self._remembered, (address, category), (self.clock(), reading), REMEMBERED_MAX)
        return reading

    def needs_host(self, address: Address, category: str | None = None) -> bool:
        """Return whether reading a link waits for its host."""
        return self.hosts is not None and self._known(address, category) is None

    async def completed(self, source: LinkSource, number: int, category: str) -> LinkSource:
        """Choose another offer; complete a file of Hugging Face with Civitai's facts."""
        offer = source.reading.offers[number]
        chosen = replace(source, chosen=number)
        if self.hosts is None or source.reading.host != HUGGING_FACE or category == TEXT_CATEGORY:
            return chosen
        if offer.file is None or offer.file.sha256 is None or any(each.source == CIVITAI for each in offer.values):
            return chosen
        questions = self._new_questions()
        matched = await questions.ask(CIVITAI, self.hosts.civitai.by_hash(offer.file.sha256))
        if matched is None:
            return chosen
        complete = replace(offer, values=merged_values(matched_values(matched), offer.values))
        offers = tuple(complete if each is offer else each for each in source.reading.offers)
        return replace(chosen, reading=replace(source.reading, offers=offers))

    def _new_questions(self) -> _Questions:
        return _Questions(asyncio.get_running_loop().time() + self.deadline.total_seconds())

    def _known(self, address: Address, category: str | None) -> Reading | None:
        known = self._remembered.get((address, category))
        is_fresh = known is not None and timedelta() <= self.clock() - known[0] < FRESH_FOR
        return known[1] if known is not None and is_fresh else None


async def _read_civitai(hosts: Hosts, questions: _Questions, address: CivitaiAddress) -> Reading | None:
    civitai, model_id, version_id = hosts.civitai, address.model_id, address.version_id
    version: CivitaiVersion | None = None
    model: CivitaiModel | None = None
    if version_id is not None and model_id is not None:
        version, model = await asyncio.gather(
            questions.ask(CIVITAI, civitai.version(version_id)), questions.ask(CIVITAI, civitai.model(model_id))
        )
    elif version_id is not None:
        version = await questions.ask(CIVITAI, civitai.version(version_id))
        if version is not None and version.model_id is not None:
            model = await questions.ask(CIVITAI, civitai.model(version.model_id))
    elif model_id is not None:
        model = await questions.ask(CIVITAI, civitai.model(model_id))
    if model is not None and version is None:
        fitting = [each for each in model.versions if version_id in (None, each.version_id)]
        version = next(iter(fitting), None)
    elif model is not None and version is not None and version.model_id not in (None, model.model_id):
        model = None
    if version is None:
        return None
    named = None if version_id is None else version.file_of(address)
    return Reading(
        host=CIVITAI,
        page=address.page,
        category=CIVITAI_CATEGORIES.get(version.model_kind),
        offers=civitai_offers(version, model, file_id=address.file_id if named is None else named.file_id),
        licence=licence_words_of_civitai(version, model),
        is_marked_nsfw=is_marked_nsfw(version, model),
        unknown_base=unknown_base(version),
    )


async def _read_hub(
    hosts: Hosts, questions: _Questions, address: HuggingFaceAddress, category: str | None
) -> Reading | None:
    revision = address.revision or "main"
    file: HubFile | None = None
    notes: tuple[Note, ...] = ()
    hub = hosts.hugging_face
    if address.path is None:
        repo = await questions.ask(HUGGING_FACE, hub.repo(address.repo, address.revision))
        file_first = next(iter(weight_files(repo.files)), None) if repo is not None else None
    else:
        repo, file = await asyncio.gather(
            questions.ask(HUGGING_FACE, hub.repo_card(address.repo)),
            questions.ask(HUGGING_FACE, hub.file(address.repo, revision, address.path)),
        )
        file_first = file
        if file is None and not questions.problems:
            notes = (Note.NO_SUCH_FILE,)
    if repo is None and file is None:
        return None
    repo = repo or HubRepo(address.repo)
    stated = None if is_collection(repo) else _category_of(repo)
    matched = None
    if TEXT_CATEGORY not in (category, stated):
        if file_first is not None and file_first.sha256 is not None:
            matched = await questions.ask(CIVITAI, hosts.civitai.by_hash(file_first.sha256))
    else:
        repo = await _with_context_window(hosts, questions, repo, revision)
    values = () if matched is None else matched_values(matched)
    if matched is not None:
        stated = CIVITAI_CATEGORIES.get(matched.model_kind) or stated
    named = file or (None if address.path is None else HubFile(address.path))
    return Reading(
        host=HUGGING_FACE,
        page=address.page,
        category=stated,
        offers=hub_offers(repo, revision=revision, file=named, matched=values),
        notes=notes,
        licence=licence_words(repo),
        is_marked_nsfw=(matched is not None and is_marked_nsfw(matched, None))
        or (repo.is_marked_nsfw and not is_collection(repo)),
    )


def _category_of(repo: HubRepo) -> str | None:
    return hub_category(repo.pipeline_tag, repo.tags, repo.architectures, is_gguf=repo.is_gguf)


async def _with_context_window(hosts: Hosts, questions: _Questions, repo: HubRepo, revision: str) -> HubRepo:
    """Add the context window, which only the configuration file has; it is optional."""
    if repo.context_length is not None or repo.is_gated or not repo.architectures:
        return repo
    silent = _Questions(questions.ends_at)
    tokens = await silent.ask(HUGGING_FACE, hosts.hugging_face.context_window(repo.repo, revision))
    questions.problems += [each for each in silent.problems if each.problem is not HostProblem.MISSING]
    return replace(repo, context_length=tokens)


def _from_address(address: Address) -> Reading:
    """Return what the ids of a link tell without its host."""
    match address:
        case CivitaiAddress(model_id, version_id, file_id, traits):
            values: Sequence[FilledValue] = ()
            if model_id is not None:
                values = (FilledValue("homepage", address.page, THE_LINK, is_fact=True),)
            file = None
            if version_id is not None:
                file = OfferedFile("", download_url(version_id, file_id, traits), None, None, THE_LINK)
        case HuggingFaceAddress(repo, revision, path):
            values = (FilledValue("homepage", page_of(repo), THE_LINK, is_fact=True),)
            file = None
            if path is not None:
                url = file_url(repo, revision or "main", path)
                file = OfferedFile(PurePosixPath(path).name, url, None, None, THE_LINK)
    texts = [replace(value, key="url") for value in values]
    if isinstance(address, HuggingFaceAddress):
        texts.append(FilledValue("name", address.repo, THE_LINK, is_fact=False))
    offer = Offer(address.page, file=file, values=tuple(values), text_values=tuple(texts))
    return Reading(address.host, address.page, None, (offer,))
