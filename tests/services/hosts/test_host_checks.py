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

from bot.demo.host_models import HARBOUR_MIST, LANTERN_BAY, MIRROR_FILE, NIGHT_FERRY, QUAY, TIDE_TABLE, digest
from bot.demo.hosts_stand_in import HostMood, HostsStandIn
from bot.reference.models import CanonicalFormat
from bot.reference.records import FileEntry, files_of, with_files
from bot.services.hosts.host_checks import HostChecks, subject_of, with_corrected
from bot.services.hosts.host_findings import HostSubject, HostVerdict
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
SUBJECT = HostSubject((FILE,))
ELSEWHERE = "https://huggingface.co/a/b/resolve/main/c.safetensors"
IMAGE = "image_generation"
MISSING = [HostVerdict.NO_SUCH_FILE, HostVerdict.ANOTHER_FITS]
SMALL = [HostVerdict.NO_SHA256, HostVerdict.ANOTHER_FITS]
BARE = [HostVerdict.NOT_ONE_FILE, HostVerdict.ANOTHER_FITS]
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
    await checks.ask(HostSubject(files))
    return [finding.verdict for finding in checks.known(HostSubject(files))]


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
        (replace(FILE, file_url=f"{TIDE_TABLE}/resolve/main/gone.safetensors"), MISSING),
        (replace(FILE, file_url=f"{TIDE_TABLE}/resolve/main/README.md", size_bytes=None), SMALL),
        (replace(FILE, file_url=TIDE_TABLE), BARE),
        (replace(FILE, file_url=TIDE_TABLE, sha256=None), [HostVerdict.NOT_ONE_FILE]),
        (
            replace(FILE, file_url=f"{NIGHT_FERRY}/resolve/main/night-ferry.safetensors", sha256=digest("night ferry")),
            [HostVerdict.GATED, HostVerdict.SAME],
        ),
        (replace(FILE, file_url=ELSEWHERE), [HostVerdict.GONE_OR_PRIVATE]),
        (replace(LANTERN, file_url=f"{DOWNLOAD}/42002"), [HostVerdict.GONE]),
        (replace(LANTERN, file_url=f"{DOWNLOAD}/41002"), BARE),
        (replace(LANTERN, file_url=f"{DOWNLOAD}/41002?fileId=5"), MISSING),
        (replace(LANTERN, file_url=HARBOUR_MIST.partition("?")[0]), [HostVerdict.NOT_ONE_FILE]),
        (replace(FILE, file_name="x.ckpt"), [HostVerdict.SAME, HostVerdict.PICKLE]),
        (replace(FILE, file_url="https://models.example.org/x.safetensors"), []),
        (
            replace(FILE, file_url=MIRROR_FILE, sha256=digest("granite photo"), size_bytes=None),
            [HostVerdict.OTHER_SHA256, HostVerdict.ANOTHER_FITS],
        ),
        (
            replace(LANTERN, sha256=digest("lantern bay v2 full"), size_bytes=None),
            [HostVerdict.OTHER_SHA256, HostVerdict.ANOTHER_FITS],
        ),
        (
            replace(LANTERN, file_url=f"{DOWNLOAD}/41002?type=Model&format=SafeTensor&size=pruned&fp=fp16"),
            [HostVerdict.SAME],
        ),
        (replace(LANTERN, file_url=f"{DOWNLOAD}/41002?type=Model&format=GGUF"), BARE),
        (replace(FILE, file_name="x-00001-of-00003.safetensors"), [HostVerdict.SAME, HostVerdict.SHARD]),
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


HUB_FILE = {"path": "x.safetensors", "lfs": {"oid": "ab" * 32, "size": 10240}}


@pytest.mark.parametrize(
    ("repo", "file", "expected"),
    [
        ({}, {}, [HostVerdict.SAME]),
        ({"disabled": True}, {}, [HostVerdict.DISABLED]),
        ({"gated": "manual"}, {}, [HostVerdict.GATED, HostVerdict.SAME]),
        ({}, {"securityFileStatus": {"status": "unsafe"}}, [HostVerdict.UNSAFE, HostVerdict.SAME]),
        ({}, {"securityFileStatus": {"status": "suspicious"}}, [HostVerdict.UNSAFE, HostVerdict.SAME]),
        ({}, {"securityFileStatus": {"status": "safe"}}, [HostVerdict.SAME]),
    ],
)
async def test_what_a_worker_cannot_or_should_not_download_from_hugging_face_is_named(
    clock: Clock, repo: dict[str, Any], file: dict[str, Any], expected: Verdicts
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        is_file = "/paths-info/" in request.url.path
        told: Any = [{**HUB_FILE, **file}] if is_file else {"id": "a/b", **repo}
        return httpx.Response(200, stream=httpx.ByteStream(json.dumps(told).encode()))

    stated = FileEntry("x.safetensors", "https://huggingface.co/a/b/resolve/main/x.safetensors", "ab" * 32, 10240)
    async with checking("https://huggingface.co", clock, httpx.MockTransport(answer)) as checks:
        assert sorted(await verdicts(checks, stated)) == sorted(expected)


async def test_a_repository_that_hugging_face_refuses_as_disabled_is_named_so(clock: Clock) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        told = {"error": "Access to this repository has been disabled."}
        return httpx.Response(403, stream=httpx.ByteStream(json.dumps(told).encode()))

    stated = FileEntry("x.safetensors", "https://huggingface.co/a/b/resolve/main/x.safetensors", "ab" * 32, 10240)
    async with checking("https://huggingface.co", clock, httpx.MockTransport(answer)) as checks:
        assert await verdicts(checks, stated) == [HostVerdict.DISABLED]


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"baseline": "stable_diffusion_1"}, [HostVerdict.SAME, HostVerdict.OTHER_BASE]),
        ({"baseline": "stable_diffusion_xl", "homepage": LANTERN_BAY}, [HostVerdict.SAME]),
        ({"homepage": "https://civitai.com/models/7"}, [HostVerdict.SAME, HostVerdict.OTHER_PAGE]),
        ({"homepage": "https://example.org/"}, [HostVerdict.SAME]),
    ],
)
async def test_what_the_page_of_a_file_contradicts_is_named(
    checks: HostChecks, record: dict[str, Any], expected: Verdicts
) -> None:
    subject = subject_of(with_files(record, [LANTERN], CanonicalFormat.V2), IMAGE, CanonicalFormat.V2)
    await checks.ask(subject)
    assert [finding.verdict for finding in checks.known(subject)] == expected
    lora = replace(subject, category="lora")
    assert HostVerdict.OTHER_KIND in {finding.verdict for finding in checks.known(lora)}


GRANITE = FileEntry(
    "granite.safetensors",
    MIRROR_FILE.replace("lantern_bay_xl_v2", "granite_photo_1"),
    digest("granite photo"),
    2_132_625_894,
)


@pytest.mark.parametrize(
    ("file", "record", "expected"),
    [
        (FILE, {"baseline": "stable_diffusion_xl"}, []),
        (FILE, {"baseline": "stable_diffusion_1"}, [HostVerdict.OTHER_SHAPES]),
        (GRANITE, {"baseline": "stable_diffusion_1", "inpainting": False}, []),
        (GRANITE, {"baseline": "stable_diffusion_1", "inpainting": True}, [HostVerdict.INPAINTING]),
        (GRANITE, {"homepage": LANTERN_BAY}, []),
        (replace(FILE, file_url=MIRROR_FILE, sha256=digest("lantern bay v2 pruned"), size_bytes=None),
         {"homepage": "https://civitai.com/models/7"}, [HostVerdict.OTHER_PAGE]),
        (replace(FILE, file_url=MIRROR_FILE, sha256=digest("lantern bay v2 pruned"), size_bytes=None),
         {"homepage": LANTERN_BAY}, []),
    ],
)  # fmt: skip
async def test_tensors_and_the_page_of_a_file_on_hugging_face_are_compared_with_the_record(
    checks: HostChecks, file: FileEntry, record: dict[str, Any], expected: Verdicts
) -> None:
    subject = subject_of(with_files(record, [file], CanonicalFormat.V2), IMAGE, CanonicalFormat.V2)
    await checks.ask(subject)
    assert [finding.verdict for finding in checks.known(subject) if not finding.verdict.is_pass] == expected


async def test_a_folder_of_a_pipeline_is_no_whole_model(checks: HostChecks) -> None:
    part = replace(FILE, file_url=f"{TIDE_TABLE}/resolve/main/unet/model.safetensors")
    subject = HostSubject((part,), IMAGE)
    await checks.ask(subject)
    assert HostVerdict.SHARD in {finding.verdict for finding in checks.known(subject)}
    two = replace(subject, files=(part, FILE))
    assert HostVerdict.SHARD not in {finding.verdict for finding in checks.known(two)}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (QUAY, [HostVerdict.OPEN_REPOSITORY]),
        (NIGHT_FERRY, [HostVerdict.GATED, HostVerdict.OTHER_KIND]),
        ("https://huggingface.co/lantern-lab/gone", [HostVerdict.GONE_OR_PRIVATE]),
        (None, []),
    ],
)
async def test_the_repository_of_a_text_model_is_checked(
    checks: HostChecks, url: str | None, expected: Verdicts
) -> None:
    subject = subject_of({"name": "a/b", "url": url}, "text_generation", CanonicalFormat.V2)
    await checks.ask(subject)
    assert [finding.verdict for finding in checks.known(subject)] == expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [(10250, [HostVerdict.SAME]), (10300, [HostVerdict.OTHER_ROUNDED_SIZE])],
)
async def test_a_rounded_size_is_compared_roughly(clock: Clock, stated: int, expected: Verdicts) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        rounded = {**VERSION, "files": [{**VERSION["files"][0], "sizeKB": 10.01}]}
        return httpx.Response(200, stream=httpx.ByteStream(json.dumps(rounded).encode()))

    file = FileEntry("x.safetensors", f"{DOWNLOAD}/9?fileId=7", "ab" * 32, stated)
    async with checking("https://civitai.com", clock, httpx.MockTransport(answer)) as checks:
        assert await verdicts(checks, file) == expected


async def test_the_link_of_the_file_with_the_stated_sha256_is_offered(checks: HostChecks) -> None:
    subject = HostSubject((replace(LANTERN, sha256=digest("lantern bay v2 full"), size_bytes=None),))
    await checks.ask(subject)
    [file] = checks.with_fitting_links(subject)
    assert (file.file_url, file.size_bytes) == (f"{DOWNLOAD}/41002?fileId=51004", 13_875_718_450)


async def test_what_civitai_does_not_have_is_asked_at_its_address_for_all_content(clock: Clock) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        has_it = request.url.host == "civitai.red" or "mini" in request.url.path
        body = json.dumps(VERSION if has_it else {"error": "Model not found"}).encode()
        assert request.url.host == "civitai.com" or "authorization" not in request.headers
        return httpx.Response(200 if has_it else 404, stream=httpx.ByteStream(body))

    def away(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404 if request.url.host == "civitai.com" else 503, stream=httpx.ByteStream(b"{}"))

    file = FileEntry("x.safetensors", f"{DOWNLOAD}/9?fileId=7", "ab" * 32, 10240)
    async with checking("https://civitai.com", clock, httpx.MockTransport(answer)) as checks:
        assert await verdicts(checks, file) == [HostVerdict.SAME]
    async with checking("https://civitai.com", clock, httpx.MockTransport(away)) as checks:
        assert await verdicts(checks, file) == [HostVerdict.NOT_ASKED]


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
        assert {finding.facts.moved_to for finding in checks.known(SUBJECT)} == {"tide-lab/tide"}
        [moved] = checks.corrected(SUBJECT)
        assert moved.file_url == "https://huggingface.co/tide-lab/tide/resolve/main/tide-table-xl.safetensors"


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
    [finding] = checks.known(SUBJECT)
    assert finding.facts.problem is problem
    assert not finding.verdict.is_fail


async def test_an_answer_is_used_for_ten_minutes_and_a_failure_for_one(
    checks: HostChecks, hosts: HostsStandIn, clock: Clock
) -> None:
    hosts.play(HostMood.FAILING)
    await checks.ask(SUBJECT)
    hosts.play(HostMood.WELL)
    assert not checks.is_due(SUBJECT)
    clock.now += timedelta(minutes=1)
    assert checks.is_due(SUBJECT)
    await checks.ask(SUBJECT)
    asked = len(hosts.asked)
    clock.now += timedelta(minutes=9)
    await checks.ask(SUBJECT)
    assert len(hosts.asked) == asked
    await checks.ask(SUBJECT, again=True)
    assert len(hosts.asked) > asked
    clock.now += timedelta(minutes=11)
    assert checks.is_due(SUBJECT)


async def test_the_record_is_compared_as_it_is_now(checks: HostChecks, hosts: HostsStandIn) -> None:
    await checks.ask(SUBJECT)
    asked = len(hosts.asked)
    wrong = replace(FILE, sha256="ab" * 32)
    assert [finding.verdict for finding in checks.known(HostSubject((wrong,)))] == [HostVerdict.OTHER_SHA256]
    assert checks.corrected(HostSubject((wrong,))) == (FILE,)
    assert len(hosts.asked) == asked


async def test_without_hosts_nothing_is_due(clock: Clock) -> None:
    checks = HostChecks(None, clock)
    assert not checks.is_due(SUBJECT)
    await checks.ask(SUBJECT)
    assert checks.known(SUBJECT) == ()


@pytest.mark.parametrize("dialect", list(CanonicalFormat))
def test_a_correction_reaches_the_record_in_both_vocabularies(dialect: CanonicalFormat) -> None:
    entry = replace(FILE, sha256="ab" * 32, size_bytes=None)
    record = with_files({"size_on_disk_bytes": 5}, [entry], dialect)
    assert subject_of(record, IMAGE, dialect).files == (replace(entry, size_bytes=5),)
    corrected = with_corrected(record, [FILE], dialect)
    assert files_of(corrected, dialect)[0].sha256 == FILE.sha256
    assert subject_of(corrected, IMAGE, dialect).files == (FILE,)
    assert corrected["size_on_disk_bytes"] == FILE.size_bytes


async def test_many_files_are_asked_at_once_and_few_of_them(checks: HostChecks, hosts: HostsStandIn) -> None:
    files = [replace(FILE, file_url=f"{TIDE_TABLE}/resolve/main/{number}.safetensors") for number in range(40)]
    async with asyncio.timeout(5):
        await checks.ask(HostSubject(tuple(files)))
    assert len({finding.file for finding in checks.known(HostSubject(tuple(files)))}) == 6
