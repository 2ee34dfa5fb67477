"""Files compared with made-up hosts on loopback."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.demo.host_models import HARBOUR_MIST, NIGHT_FERRY, TIDE_TABLE, digest
from bot.demo.hosts_stand_in import HostMood, HostsStandIn
from bot.reference.models import CanonicalFormat
from bot.reference.records import FileEntry, files_of, with_files
from bot.services.links.host_checks import HostChecks, files_to_check, with_corrected
from bot.services.links.host_findings import HostVerdict
from bot.sources.host_client import HostProblem
from bot.sources.hosts import open_hosts

DOWNLOAD = "https://civitai.com/api/download/models"
URL = f"{TIDE_TABLE}/resolve/main/tide-table-xl.safetensors"
FILE = FileEntry("tide-table-xl.safetensors", URL, digest("tide table"), 6_938_040_288)
LANTERN = FileEntry(
    "lantern.safetensors",
    f"{DOWNLOAD}/41002?fileId=51003",
    digest("lantern bay v2 pruned"),
    6_938_041_850,
)
ELSEWHERE = "https://huggingface.co/a/b/resolve/main/c.safetensors"
type Verdicts = list[HostVerdict]


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hosts() -> Iterator[HostsStandIn]:
    with HostsStandIn() as stand_in:
        yield stand_in


@asynccontextmanager
async def checking(
    url: str, clock: Clock, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[HostChecks]:
    opening = open_hosts(
        hugging_face_url=url, civitai_url=url, civitai_token=None, user_agent="horde-curator/test", transport=transport
    )
    async with opening as opened:
        yield HostChecks(opened, clock)


@pytest.fixture
async def checks(hosts: HostsStandIn, clock: Clock) -> AsyncIterator[HostChecks]:
    async with checking(hosts.url, clock) as opened:
        yield opened


async def verdicts(checks: HostChecks, *files: FileEntry) -> Verdicts:
    await checks.ask(files)
    return [finding.verdict for finding in checks.known(files)]


async def test_the_same_file_on_either_host_passes(checks: HostChecks) -> None:
    assert await verdicts(checks, FILE, LANTERN) == [HostVerdict.SAME, HostVerdict.SAME]
    upper = replace(FILE, sha256=(FILE.sha256 or "").upper(), size_bytes=None)
    assert await verdicts(checks, upper) == [HostVerdict.SAME]


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (replace(FILE, sha256="ab" * 32), [HostVerdict.OTHER_SHA256]),
        (replace(FILE, size_bytes=2_132_625_894), [HostVerdict.OTHER_SIZE]),
        (replace(FILE, sha256=None), [HostVerdict.HOST_KNOWS_SHA256]),
        (replace(FILE, file_url=f"{TIDE_TABLE}/resolve/main/gone.safetensors"), [HostVerdict.NO_SUCH_FILE]),
        (replace(FILE, file_url=f"{TIDE_TABLE}/resolve/main/README.md", size_bytes=None), [HostVerdict.NO_SHA256]),
        (replace(FILE, file_url=TIDE_TABLE), [HostVerdict.NOT_ONE_FILE]),
        (
            replace(FILE, file_url=f"{NIGHT_FERRY}/resolve/main/night-ferry.safetensors", sha256=digest("night ferry")),
            [HostVerdict.GATED, HostVerdict.SAME],
        ),
        (replace(FILE, file_url=ELSEWHERE), [HostVerdict.GONE_OR_PRIVATE]),
        (replace(LANTERN, file_url=f"{DOWNLOAD}/42002"), [HostVerdict.GONE]),
        (replace(LANTERN, file_url=f"{DOWNLOAD}/41002"), [HostVerdict.NOT_ONE_FILE]),
        (replace(LANTERN, file_url=f"{DOWNLOAD}/41002?fileId=5"), [HostVerdict.NO_SUCH_FILE]),
        (replace(LANTERN, file_url=HARBOUR_MIST.partition("?")[0]), [HostVerdict.NOT_ONE_FILE]),
        (replace(FILE, file_name="x.ckpt"), [HostVerdict.SAME, HostVerdict.PICKLE]),
        (replace(FILE, file_url="https://models.example.org/x.safetensors"), []),
    ],
)  # fmt: skip
async def test_every_other_file_is_named(checks: HostChecks, file: FileEntry, expected: Verdicts) -> None:
    assert await verdicts(checks, file) == expected


VERSION: dict[str, Any] = {
    "id": 9,
    "files": [{"id": 7, "type": "Model", "sizeKB": 10.0, "hashes": {"SHA256": "AB" * 32}}],
}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"model": {"mode": "Archived"}, "files": []}, [HostVerdict.ARCHIVED]),
        ({"availability": "EarlyAccess"}, [HostVerdict.EARLY_ACCESS, HostVerdict.SAME]),
        ({"usageControl": "Generation"}, [HostVerdict.NO_DOWNLOAD, HostVerdict.SAME]),
        ({"files": [{**VERSION["files"][0], "hashes": {}}]}, [HostVerdict.NO_SHA256]),
        ({"files": [{**VERSION["files"][0], "pickleScanResult": "Danger"}]}, [HostVerdict.UNSAFE, HostVerdict.SAME]),
        ({"files": [{**VERSION["files"][0], "sizeKB": 10.01}]}, [HostVerdict.SAME]),
        ({"requireAuth": True}, [HostVerdict.LOGIN, HostVerdict.SAME]),
    ],
)
async def test_what_a_worker_cannot_download_from_civitai_is_named(
    clock: Clock, more: dict[str, Any], expected: Verdicts
) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=httpx.ByteStream(json.dumps({**VERSION, **more}).encode()))

    file = FileEntry("x.safetensors", f"{DOWNLOAD}/9?fileId=7", "ab" * 32, 10240)
    async with checking("https://civitai.com", clock, httpx.MockTransport(answer)) as checks:
        assert sorted(await verdicts(checks, file)) == sorted(expected)


async def test_a_moved_repository_is_named_with_its_new_place(clock: Clock) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            body: Any = [{"path": "tide-table-xl.safetensors", "lfs": {"oid": FILE.sha256, "size": FILE.size_bytes}}]
        elif "tide-lab" in request.url.path:
            body = {"id": "tide-lab/tide"}
        else:
            return httpx.Response(307, headers={"location": "/api/models/tide-lab/tide"}, stream=httpx.ByteStream(b""))
        return httpx.Response(200, stream=httpx.ByteStream(json.dumps(body).encode()))

    async with checking("https://huggingface.co", clock, httpx.MockTransport(answer)) as checks:
        assert set(await verdicts(checks, FILE)) == {HostVerdict.SAME, HostVerdict.MOVED}
        assert {finding.facts.moved_to for finding in checks.known([FILE])} == {"tide-lab/tide"}


@pytest.mark.parametrize(
    ("mood", "problem"),
    [
        (HostMood.FAILING, HostProblem.FAILING),
        (HostMood.GARBAGE, HostProblem.UNREADABLE),
        (HostMood.BUSY, HostProblem.BUSY),
        (HostMood.REGION, HostProblem.REGION),
    ],
)
async def test_a_host_that_cannot_be_asked_is_no_fail(
    checks: HostChecks, hosts: HostsStandIn, mood: HostMood, problem: HostProblem
) -> None:
    hosts.play(mood)
    assert await verdicts(checks, FILE) == [HostVerdict.NOT_ASKED]
    [finding] = checks.known([FILE])
    assert finding.facts.problem is problem
    assert not finding.verdict.is_fail


async def test_an_answer_is_used_for_ten_minutes_and_a_failure_for_one(
    checks: HostChecks, hosts: HostsStandIn, clock: Clock
) -> None:
    hosts.play(HostMood.FAILING)
    await checks.ask([FILE])
    hosts.play(HostMood.WELL)
    assert not checks.is_due([FILE])
    clock.now += timedelta(minutes=1)
    assert checks.is_due([FILE])
    await checks.ask([FILE])
    asked = len(hosts.asked)
    clock.now += timedelta(minutes=9)
    await checks.ask([FILE])
    assert len(hosts.asked) == asked
    await checks.ask([FILE], again=True)
    assert len(hosts.asked) > asked
    clock.now += timedelta(minutes=11)
    assert checks.is_due([FILE])


async def test_the_record_is_compared_as_it_is_now(checks: HostChecks, hosts: HostsStandIn) -> None:
    await checks.ask([FILE])
    asked = len(hosts.asked)
    wrong = replace(FILE, sha256="ab" * 32)
    assert [finding.verdict for finding in checks.known([wrong])] == [HostVerdict.OTHER_SHA256]
    assert checks.corrected([wrong]) == (FILE,)
    assert len(hosts.asked) == asked


async def test_without_hosts_nothing_is_due(clock: Clock) -> None:
    checks = HostChecks(None, clock)
    assert not checks.is_due([FILE])
    await checks.ask([FILE])
    assert checks.known([FILE]) == ()


@pytest.mark.parametrize("dialect", list(CanonicalFormat))
def test_a_correction_reaches_the_record_in_both_vocabularies(dialect: CanonicalFormat) -> None:
    entry = replace(FILE, sha256="ab" * 32, size_bytes=None)
    record = with_files({"size_on_disk_bytes": 5}, [entry], dialect)
    assert files_to_check(record, dialect) == (replace(entry, size_bytes=5),)
    corrected = with_corrected(record, [FILE], dialect)
    assert files_of(corrected, dialect)[0].sha256 == FILE.sha256
    assert files_to_check(corrected, dialect) == (FILE,)
    assert corrected["size_on_disk_bytes"] == FILE.size_bytes


async def test_only_the_newest_card_of_a_draft_is_drawn_again(checks: HostChecks) -> None:
    first, second = checks.shown(1), checks.shown(1)
    assert not checks.is_shown(1, first)
    assert checks.is_shown(1, second)
    checks.hidden(1)
    assert not checks.is_shown(1, second)


async def test_many_files_are_asked_at_once_and_few_of_them(checks: HostChecks, hosts: HostsStandIn) -> None:
    files = [replace(FILE, file_url=f"{TIDE_TABLE}/resolve/main/{number}.safetensors") for number in range(40)]
    async with asyncio.timeout(5):
        await checks.ask(files)
    assert len(checks.known(files)) == 6
