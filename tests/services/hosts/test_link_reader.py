"""Reading of links from made-up hosts on loopback."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bot.demo.host_models import HARBOUR_MIST, LANTERN_BAY, MIRROR_FILE, ODDMENTS, QUAY, TIDE_TABLE, digest
from bot.demo.hosts_stand_in import HostMood, HostsStandIn
from bot.services.hosts.civitai_offers import OFFERS_MAX, civitai_offers, unknown_base
from bot.services.hosts.link_reader import LinkReader
from bot.services.hosts.values import Note, Reading
from bot.sources.addresses import parse_address
from bot.sources.civitai import VERSIONS_MAX, parse_model, parse_version
from bot.sources.host_client import HostProblem
from bot.sources.hosts import open_hosts
from tests.reference.faulty import Behaviour, FaultyServer, drip, silence

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
type Reads = Callable[..., Awaitable[Reading]]


@asynccontextmanager
async def reading(url: str, deadline: timedelta = timedelta(seconds=5)) -> AsyncIterator[Reads]:
    opening = open_hosts(hugging_face_url=url, civitai_url=url, civitai_token=None, user_agent="horde-curator/test")
    async with opening as hosts:
        reader = LinkReader(hosts, lambda: NOW, deadline)

        async def read(link: str, category: str | None = None) -> Reading:
            return await reader.read(parse_address(link), category)

        yield read


@pytest.fixture
def hosts() -> Iterator[HostsStandIn]:
    with HostsStandIn() as stand_in:
        yield stand_in


@pytest.fixture
async def read(hosts: HostsStandIn) -> AsyncIterator[Reads]:
    async with reading(hosts.url) as reads:
        yield reads


def values_in(found: Reading, number: int = 0) -> dict[str, object]:
    return {value.key: value.value for value in found.offers[number].values}


async def test_a_model_offers_its_files_the_pruned_one_first(read: Reads) -> None:
    found = await read(LANTERN_BAY)
    assert (found.category, found.is_marked_nsfw, found.problems) == ("image_generation", True, ())
    assert found.licence == "Open RAIL++-M of the base SDXL 1.0; commercial use Image; credit needed; no derivatives"
    assert found.unknown_base == ""
    assert [offer.file.url.rpartition("/")[2] for offer in found.offers if offer.file] == [
        "41002?fileId=51003",
        "41002?fileId=51004",
        "41001?fileId=51001",
    ]
    assert values_in(found)["version"] == "v2.0"
    assert values_in(found, 2)["version"] == "v1.0"


def test_a_model_of_hundreds_of_versions_offers_a_menu_of_them() -> None:
    versions = [
        {"id": number, "name": f"v{number}", "baseModel": "SD 3.5", "files": [{"id": number, "type": "Model"}]}
        for number in range(1, 251)
    ]
    model = parse_model({"id": 9, "name": "Moss", "modelVersions": versions}, 9)
    assert len(model.versions) == VERSIONS_MAX
    old = parse_version({**versions[180], "baseModelType": "Refiner"}, 181)
    offers = civitai_offers(old, model)
    assert len(offers) == OFFERS_MAX
    assert offers[0].file is not None
    assert offers[0].file.url.endswith("/181?fileId=181")
    assert Note.NO_BASE_MODEL in offers[0].notes
    assert unknown_base(old) == "SD 3.5"
    assert "baseline" not in {value.key for value in offers[0].values}


async def test_a_version_or_a_file_of_the_link_comes_first(read: Reads) -> None:
    first = (await read(f"{LANTERN_BAY}?modelVersionId=41001")).offers[0]
    assert first.file is not None
    assert first.file.url.endswith("41001?fileId=51001")
    first = (await read("https://civitai.com/api/download/models/41002?fileId=51004")).offers[0]
    assert first.file is not None
    assert first.file.url.endswith("41002?fileId=51004")


async def test_a_file_of_a_collection_takes_its_facts_from_the_other_host(read: Reads) -> None:
    found = await read(MIRROR_FILE)
    assert found.category == "image_generation"
    [offer] = found.offers
    assert offer.file is not None
    assert offer.file.url == "https://huggingface.co/lantern-lab/mirror/resolve/main/lantern_bay_xl_v2.safetensors"
    assert (offer.file.sha256, offer.file.size_bytes) == (digest("lantern bay v2 pruned"), 6_938_041_850)
    assert values_in(found)["homepage"] == "https://civitai.com/models/31001?modelVersionId=41002"
    assert found.licence == ""


async def test_a_repository_of_one_model_is_filled_from_its_card(read: Reads) -> None:
    found = await read(TIDE_TABLE)
    assert (found.category, found.licence) == ("image_generation", "openrail++, in records OpenRAIL++-M")
    assert values_in(found) == {
        "homepage": TIDE_TABLE,
        "name": "tide-table-xl",
        "baseline": "stable_diffusion_xl",
        "tags": ["landscapes", "painting"],
        "trigger": ["tide style"],
    }


async def test_a_text_model_is_read_with_its_context_window(read: Reads) -> None:
    found = await read(QUAY)
    assert found.category == "text_generation"
    assert {value.key: value.value for value in found.offers[0].text_values} == {
        "url": QUAY,
        "context_window.maximum_tokens": 32768,
        "name": "lantern-lab/Quay-7B",
        "parameters": 7_000_000_000,
        "baseline": "lantern-lab/Base-7B",
        "instruct_format": "ChatML",
        "tags": ["roleplay"],
    }


async def test_the_category_that_was_chosen_counts(read: Reads) -> None:
    assert (await read(ODDMENTS)).category is None
    assert (await read(ODDMENTS, "esrgan")).category == "esrgan"


async def test_what_does_not_exist_is_named(read: Reads) -> None:
    assert [each.problem for each in (await read(HARBOUR_MIST)).problems] == [HostProblem.MISSING]
    assert [each.problem for each in (await read("a/b")).problems] == [HostProblem.MISSING_OR_PRIVATE]
    missing = await read(MIRROR_FILE.replace("lantern_bay_xl_v2", "gone"))
    assert missing.notes == (Note.NO_SUCH_FILE,)


async def test_an_answer_is_used_again_and_a_failure_is_not(read: Reads, hosts: HostsStandIn) -> None:
    hosts.play(HostMood.FAILING)
    assert (await read(LANTERN_BAY)).problems
    hosts.play(HostMood.WELL)
    assert not (await read(LANTERN_BAY)).problems
    asked = len(hosts.asked)
    assert not (await read(LANTERN_BAY)).problems
    assert len(hosts.asked) == asked


@pytest.mark.parametrize("behaviour", [silence, drip])
@pytest.mark.parametrize("link", [LANTERN_BAY, f"{LANTERN_BAY}?modelVersionId=41001", MIRROR_FILE, TIDE_TABLE])
async def test_a_host_that_does_not_end_its_answer_is_given_up_within_the_deadline(
    behaviour: Behaviour, link: str
) -> None:
    async with (
        asyncio.timeout(30),
        FaultyServer(behaviour) as server,
        reading(server.url.removesuffix("/api"), timedelta(seconds=0.1)) as read,
    ):
        found = await read(link, "image_generation")
    assert {each.problem for each in found.problems} == {HostProblem.SLOW}
    assert found.category == "image_generation"
    assert found.offers


async def test_without_hosts_the_link_itself_is_all_there_is() -> None:
    found = await LinkReader(None, lambda: NOW).read(parse_address(MIRROR_FILE))
    assert [each.problem for each in found.problems] == [HostProblem.OFF]
    [offer] = found.offers
    assert offer.file is not None
    assert offer.file.url.endswith("/lantern_bay_xl_v2.safetensors")
    assert offer.file.sha256 is None
