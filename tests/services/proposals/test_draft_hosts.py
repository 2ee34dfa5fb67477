"""Files of drafts are checked with their hosts, and corrected with what these say."""

from typing import Any

import pytest

from bot.demo.host_models import OLD_TIDE_TABLE, QUAY, TIDE_TABLE, digest
from bot.demo.hosts_stand_in import HostsStandIn
from bot.reference.models import CanonicalFormat
from bot.reference.records import FileEntry, files_of
from bot.services.hosts.host_findings import HostVerdict
from bot.services.proposals.draft_sources import LiveModel
from bot.services.proposals.outcomes import DraftFacts
from tests.harness.scripted_service import harmless
from tests.services.conftest import GUILD, REQUESTOR, App
from tests.services.proposals.sending import ROUTE, drafted
from tests.services.proposals.with_hosts import with_hosts

IMAGE, TEXT = "image_generation", "text_generation"
URL = f"{TIDE_TABLE}/resolve/main/tide-table-xl.safetensors"
NOWHERE = f"{TIDE_TABLE}/resolve/main/former.safetensors"
SIZE = 6_938_040_288


@pytest.fixture
async def hosts(app: App) -> HostsStandIn:
    return await with_hosts(app)


def record(name: str = "Pixel", url: str = URL, sha256: str = OLD_TIDE_TABLE) -> dict[str, Any]:
    file = {"file_name": "tide.safetensors", "file_url": url, "sha256sum": sha256}
    return {**harmless(name), "config": {"download": [file]}}


def file_of(draft: DraftFacts) -> FileEntry:
    (file,) = files_of(draft.record, CanonicalFormat.V2)
    return file


def verdicts(draft: DraftFacts) -> list[HostVerdict]:
    return [finding.verdict for finding in draft.host_findings]


async def test_a_draft_shows_what_the_host_says_of_its_file_and_asks_once(app: App, hosts: HostsStandIn) -> None:
    draft_hosts = app.services.draft_hosts
    draft = await drafted(app, record())
    assert (verdicts(draft), draft_hosts.is_due(draft)) == ([], True)
    draft = await draft_hosts.ask(REQUESTOR, draft.draft_id)
    assert (verdicts(draft), draft_hosts.is_due(draft)) == ([HostVerdict.OTHER_SHA256], False)
    asked = len(hosts.asked)
    await draft_hosts.ask(REQUESTOR, draft.draft_id)
    assert len(hosts.asked) == asked
    await draft_hosts.ask(REQUESTOR, draft.draft_id, again=True)
    assert len(hosts.asked) == 2 * asked


async def test_a_draft_takes_sha256_and_size_from_the_host(app: App, hosts: HostsStandIn) -> None:
    draft_id = (await drafted(app, record())).draft_id
    before = await app.services.draft_hosts.take_values(REQUESTOR, draft_id)
    assert file_of(before).sha256 == OLD_TIDE_TABLE, "no host was asked yet"
    await app.services.draft_service.revise(REQUESTOR, draft_id, "It is good.")
    await app.services.draft_hosts.ask(REQUESTOR, draft_id)
    assert hosts.asked
    taken = await app.services.draft_hosts.take_values(REQUESTOR, draft_id)
    assert file_of(taken) == FileEntry("tide.safetensors", URL, digest("tide table"), SIZE)
    assert (taken.why, taken.record["size_on_disk_bytes"]) == ("It is good.", SIZE)
    assert HostVerdict.SAME in verdicts(taken)


@pytest.mark.usefixtures("hosts")
async def test_a_draft_takes_the_address_of_the_file_with_its_sha256(app: App) -> None:
    draft_id = (await drafted(app, record(url=NOWHERE, sha256=digest("tide table")))).draft_id
    draft = await app.services.draft_hosts.ask(REQUESTOR, draft_id)
    assert HostVerdict.ANOTHER_FITS in verdicts(draft)
    taken = await app.services.draft_hosts.take_links(REQUESTOR, draft_id)
    assert file_of(taken) == FileEntry("tide.safetensors", URL, digest("tide table"), SIZE)


@pytest.mark.usefixtures("hosts")
async def test_a_draft_whose_outcome_is_unknown_is_neither_checked_nor_changed(app: App) -> None:
    draft = await drafted(app, record())
    await app.services.draft_hosts.ask(REQUESTOR, draft.draft_id)
    app.service.breaks_after = {ROUTE}
    await app.services.submission.submit(REQUESTOR, draft.draft_id, app.origin())
    app.clock.move(hours=1)
    shown = await app.services.draft_service.show(REQUESTOR, draft.draft_id)
    assert shown.is_outcome_unknown
    assert not app.services.draft_hosts.is_due(shown)
    taken = await app.services.draft_hosts.take_values(REQUESTOR, draft.draft_id)
    assert file_of(taken).sha256 == OLD_TIDE_TABLE


async def live(app: App, category: str, content: dict[str, Any]) -> LiveModel:
    app.service.models[category] = {content["name"]: content}
    return await app.services.draft_sources.live(category, content["name"])


@pytest.mark.usefixtures("hosts")
async def test_an_update_of_a_live_model_begins_with_its_hosts_values(app: App) -> None:
    model = await live(app, IMAGE, record("Deliberate"))
    draft_hosts = app.services.draft_hosts
    first = await draft_hosts.update(REQUESTOR, GUILD, model)
    assert file_of(first).sha256 == OLD_TIDE_TABLE
    await draft_hosts.ask(REQUESTOR, first.draft_id)
    again = await draft_hosts.update(REQUESTOR, GUILD, model)
    assert (again.draft_id, file_of(again).sha256) == (first.draft_id, digest("tide table"))
    await app.services.draft_service.discard(REQUESTOR, first.draft_id)
    new = await draft_hosts.update(REQUESTOR, GUILD, model)
    assert (new.name, file_of(new).sha256, new.operation.value) == ("Deliberate", digest("tide table"), "update")
    draft = await app.services.draft_service.get(REQUESTOR, new.draft_id)
    assert (draft.base, draft.guild_id) == (model.record, GUILD)


async def test_a_delete_asks_no_host(app: App, hosts: HostsStandIn) -> None:
    model = await live(app, IMAGE, record("Deliberate"))
    draft = await app.services.draft_sources.delete(REQUESTOR, GUILD, model, "It is gone.")
    assert not app.services.draft_hosts.is_due(draft)
    assert verdicts(await app.services.draft_hosts.ask(REQUESTOR, draft.draft_id)) == []
    assert hosts.asked == []


@pytest.mark.usefixtures("hosts")
async def test_a_text_model_has_no_files_to_correct(app: App) -> None:
    content = {"name": "lantern-lab/Quay-7B", "url": QUAY, "parameters": 7_000_000_000}
    model = await live(app, TEXT, content)
    draft = await app.services.draft_hosts.update(REQUESTOR, GUILD, model)
    assert app.services.draft_hosts.is_due(draft)
    draft = await app.services.draft_hosts.ask(REQUESTOR, draft.draft_id)
    assert verdicts(draft) == [HostVerdict.OPEN_REPOSITORY]
    assert (await app.services.draft_hosts.update(REQUESTOR, GUILD, model)).record == content
