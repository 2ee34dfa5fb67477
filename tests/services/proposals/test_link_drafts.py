"""A draft from a link has what its host says; what a person typed stays."""

from typing import Any

import httpx
import pytest

from bot.demo.host_models import LANTERN_BAY, MIRROR_FILE, ODDMENTS, QUAY, TIDE_TABLE, digest
from bot.demo.hosts_stand_in import HostMood, HostsStandIn
from bot.reference.models import CanonicalFormat, Operation
from bot.reference.records import FileEntry, files_of
from bot.services.errors import DraftGoneError
from bot.services.forms.forms_input import SectionAnswers
from bot.services.proposals.draft_sources import LiveModel
from bot.services.proposals.outcomes import DraftFacts
from bot.sources.addresses import Address, find_address
from tests.harness.scripted_service import harmless
from tests.services.conftest import GUILD, OTHER, REQUESTOR, App
from tests.services.proposals.sending import ROUTE, become_legacy, drafted
from tests.services.proposals.with_hosts import with_hosts

IMAGE, TEXT = "image_generation", "text_generation"
TIDE_URL = f"{TIDE_TABLE}/resolve/main/tide-table-xl.safetensors"
TIDE_FILE = FileEntry("tide-table-xl.safetensors", TIDE_URL, digest("tide table"), 6_938_040_288)
LANTERN_URL = "https://civitai.com/api/download/models/{}?fileId={}"


@pytest.fixture(autouse=True)
async def hosts(app: App) -> HostsStandIn:
    return await with_hosts(app)


def address(text: str) -> Address:
    found = find_address(text)
    assert found is not None
    return found


async def create(app: App, link: str, **given: str) -> DraftFacts:
    return await app.services.link_drafts.create(REQUESTOR, GUILD, address(link), **given)


async def live(app: App, content: dict[str, Any], category: str = IMAGE) -> LiveModel:
    app.service.models[category] = {content["name"]: content}
    return await app.services.draft_sources.live(category, content["name"])


async def update(app: App, link: str, **fields: Any) -> DraftFacts:
    model = await live(app, {**harmless("Deliberate"), **fields})
    return await app.services.link_drafts.update(REQUESTOR, GUILD, model, address(link))


def files(draft: DraftFacts) -> tuple[FileEntry, ...]:
    return files_of(draft.record, draft.dialect)


async def revise(app: App, draft: DraftFacts, **typed: Any) -> DraftFacts:
    answers = SectionAnswers(draft.category, typed)
    return (await app.services.draft_service.revise(REQUESTOR, draft.draft_id, answers)).facts


async def test_a_new_model_has_the_category_and_the_values_of_its_page(app: App) -> None:
    draft = await create(app, LANTERN_BAY)
    assert (draft.operation, draft.category, draft.name) == (Operation.CREATE, IMAGE, "Lantern Bay XL")
    assert (draft.record["version"], draft.record["baseline"]) == ("v2.0", "stable_diffusion_xl")
    (file,) = files(draft)
    assert (file.file_url, file.sha256) == (LANTERN_URL.format(41002, 51003), digest("lantern bay v2 pruned"))
    assert draft.source is not None
    assert not draft.source.is_category_open
    stored = await app.services.draft_service.get(REQUESTOR, draft.draft_id)
    assert stored.guild_id == GUILD


async def test_the_typed_category_and_name_come_before_those_of_the_host(app: App) -> None:
    draft = await create(app, TIDE_TABLE, category="lora", name="My Tides")
    assert (draft.category, draft.name, draft.record["name"]) == ("lora", "My Tides", "My Tides")
    assert files(draft) == (TIDE_FILE,)


@pytest.mark.parametrize(("category", "dialect"), [(IMAGE, CanonicalFormat.LEGACY), ("lora", CanonicalFormat.V2)])
async def test_a_new_model_is_in_the_format_that_the_service_takes_for_its_category(
    app: App, category: str, dialect: CanonicalFormat
) -> None:
    become_legacy(app)
    draft = await create(app, TIDE_TABLE, category=category)
    assert (draft.dialect, draft.record.get("type")) == (dialect, "ckpt" if category == IMAGE else None)
    assert [file.sha256 for file in files(draft)] == [digest("tide table")]


async def test_a_page_of_unknown_kind_fills_nothing_until_its_category_is_chosen_once(app: App) -> None:
    draft = await create(app, ODDMENTS, name="Oddment")
    assert draft.source is not None
    assert (draft.source.is_category_open, draft.record) == (True, {"name": "Oddment"})
    links = app.services.link_drafts
    chosen = await links.choose_category(REQUESTOR, draft.draft_id, "esrgan")
    assert (chosen.category, chosen.name, len(files(chosen))) == ("esrgan", "Oddment", 1)
    assert chosen.source is not None
    assert not chosen.source.is_category_open
    again = await links.choose_category(REQUESTOR, draft.draft_id, "gfpgan")
    assert (again.category, again.record) == ("esrgan", chosen.record)


async def test_an_update_takes_the_facts_of_the_page_and_keeps_everything_else(app: App) -> None:
    draft = await update(app, LANTERN_BAY, version="1", trigger=["boat"])
    assert (draft.operation, draft.name, draft.record["version"]) == (Operation.UPDATE, "Deliberate", "v2.0")
    assert [file.sha256 for file in files(draft)] == [digest("lantern bay v2 pruned")]
    kept = ("description", "baseline", "nsfw")
    assert [draft.record[key] for key in kept] == [harmless("Deliberate")[key] for key in kept]
    assert draft.record["trigger"] == ["boat"]
    stored = await app.services.draft_service.get(REQUESTOR, draft.draft_id)
    assert (stored.guild_id, stored.source is not None) == (GUILD, True)


async def test_an_update_from_a_page_without_an_answer_keeps_the_live_file(app: App, hosts: HostsStandIn) -> None:
    hosts.play(HostMood.FAILING)
    draft = await update(app, TIDE_TABLE)
    assert draft.record["config"] == harmless("Deliberate")["config"]
    assert draft.record["homepage"] == TIDE_TABLE


async def test_another_version_replaces_the_values_of_the_first_and_no_typed_ones(app: App) -> None:
    draft = await revise(app, await create(app, LANTERN_BAY), description="My words.")
    chosen = await app.services.link_drafts.choose_offer(REQUESTOR, draft.draft_id, 2)
    assert (chosen.record["version"], chosen.record["description"]) == ("v1.0", "My words.")
    assert [file.file_url for file in files(chosen)] == [LANTERN_URL.format(41001, 51001)]
    assert chosen.source is not None
    assert chosen.source.chosen == 2
    for number in (-1, 3):
        same = await app.services.link_drafts.choose_offer(REQUESTOR, draft.draft_id, number)
        assert (same.record, same.source) == (chosen.record, chosen.source)
    first = await app.services.link_drafts.choose_offer(REQUESTOR, draft.draft_id, 0)
    assert first.record["version"] == "v2.0"


async def test_another_version_of_an_update_brings_facts_alone(app: App) -> None:
    draft = await update(app, LANTERN_BAY, description="")
    chosen = await app.services.link_drafts.choose_offer(REQUESTOR, draft.draft_id, 2)
    assert (chosen.record["version"], chosen.record.get("description") or "") == ("v1.0", "")
    assert (chosen.name, [file.sha256 for file in files(chosen)]) == ("Deliberate", [digest("lantern bay v1")])


async def test_a_file_of_a_repository_is_completed_from_the_other_host_when_it_is_chosen(app: App) -> None:
    draft = await create(app, "https://huggingface.co/lantern-lab/mirror", category=IMAGE)
    assert draft.source is not None
    numbers = [n for n, offer in enumerate(draft.source.reading.offers) if offer.label.startswith("lantern_bay")]
    chosen = await app.services.link_drafts.choose_offer(REQUESTOR, draft.draft_id, numbers[0])
    assert chosen.record["version"] == "v2.0"


async def test_what_is_typed_while_the_host_is_asked_about_another_version_stays(app: App) -> None:
    draft = await create(app, "https://huggingface.co/lantern-lab/mirror", category=IMAGE)
    assert draft.source is not None
    (number,) = [n for n, offer in enumerate(draft.source.reading.offers) if offer.label.startswith("granite")]

    async def typed(_: httpx.Request) -> None:
        await revise(app, draft, description="Typed meanwhile.")

    app.service.meanwhile["civitai.com"] = typed
    chosen = await app.services.link_drafts.choose_offer(REQUESTOR, draft.draft_id, number)
    assert "civitai.com" not in app.service.meanwhile
    assert chosen.record["description"] == "Typed meanwhile."


async def test_only_an_own_open_draft_from_a_link_has_choices(app: App) -> None:
    typed, linked = await drafted(app), await create(app, LANTERN_BAY, name="My Lantern")
    links = app.services.link_drafts
    for user_id, draft in ((REQUESTOR, typed), (OTHER, linked)):
        with pytest.raises(DraftGoneError) as refused:
            await links.choose_offer(user_id, draft.draft_id, 1)
        assert refused.value.draft_id == draft.draft_id
        with pytest.raises(DraftGoneError):
            await links.choose_category(user_id, draft.draft_id, "lora")
    app.service.breaks_after = {ROUTE}
    await revise(app, linked, nsfw="no")
    await app.services.submission.submit(REQUESTOR, linked.draft_id, app.origin())
    assert (await app.services.draft_service.show(REQUESTOR, linked.draft_id)).is_outcome_unknown
    with pytest.raises(DraftGoneError):
        await links.choose_offer(REQUESTOR, linked.draft_id, 1)


def listing(*urls: str) -> dict[str, Any]:
    """Return a record whose files are links alone, called after the ends of their addresses."""
    return {
        **harmless("Pixel"),
        "config": {"download": [{"file_name": u.rsplit("/", 1)[1], "file_url": u} for u in urls]},
    }


async def complete(app: App, draft: DraftFacts) -> DraftFacts:
    completed = await app.services.link_drafts.complete_files(REQUESTOR, draft.draft_id)
    assert completed is not None
    return completed


async def test_a_link_as_the_only_file_fills_the_draft_like_its_page(app: App) -> None:
    record = listing(TIDE_TABLE)
    del record["description"]
    filled = await complete(app, await drafted(app, record))
    assert files(filled) == (TIDE_FILE,)
    assert filled.record["homepage"] == TIDE_TABLE
    assert filled.record["name"] == "Pixel"
    assert filled.source is not None


async def test_a_file_with_a_name_of_its_own_keeps_it(app: App) -> None:
    record = listing(TIDE_TABLE)
    record["config"]["download"][0]["file_name"] = "my_tides.safetensors"
    (file,) = files(await complete(app, await drafted(app, record)))
    assert (file.file_name, file.sha256) == ("my_tides.safetensors", digest("tide table"))


async def test_an_update_takes_the_file_of_a_link_and_nothing_else(app: App) -> None:
    model = await live(app, {**listing(TIDE_TABLE), "name": "Deliberate"})
    draft = await app.services.draft_sources.update(REQUESTOR, GUILD, model)
    filled = await complete(app, draft)
    assert files(filled) == (TIDE_FILE,)
    assert {key: value for key, value in filled.record.items() if key not in ("config", "size_on_disk_bytes")} == {
        key: value for key, value in model.record.items() if key != "config"
    }


async def test_of_several_files_each_link_with_one_file_is_completed(app: App) -> None:
    record = listing(MIRROR_FILE, TIDE_TABLE, "https://huggingface.co/lantern-lab/mirror", "https://example.com/x.bin")
    filled = await complete(app, await drafted(app, record))
    expected = [digest("lantern bay v2 pruned"), digest("tide table"), None, None]
    assert [file.sha256 for file in files(filled)] == expected
    assert filled.source is None


async def test_a_link_without_an_answer_stays_as_it_was_typed(app: App, hosts: HostsStandIn) -> None:
    hosts.play(HostMood.FAILING)
    draft = await drafted(app, listing(TIDE_TABLE))
    assert files(await complete(app, draft)) == files(draft)


async def test_files_with_a_sha256_and_text_models_are_not_completed(app: App, hosts: HostsStandIn) -> None:
    links = app.services.link_drafts
    draft = await drafted(app, harmless("Pixel"))
    assert await links.complete_files(REQUESTOR, draft.draft_id) is None
    text = await create(app, QUAY)
    asked = len(hosts.asked)
    assert await links.complete_files(REQUESTOR, text.draft_id) is None
    model = await live(app, {**listing(TIDE_TABLE), "name": "Deliberate"})
    delete = await app.services.draft_sources.delete(REQUESTOR, GUILD, model, "It is gone.")
    assert await links.complete_files(REQUESTOR, delete.draft_id) is None
    assert len(hosts.asked) == asked


async def test_files_that_are_edited_while_their_hosts_are_asked_are_not_completed(app: App) -> None:
    draft = await drafted(app, listing(TIDE_TABLE))

    async def typed(_: httpx.Request) -> None:
        await app.services.draft_service.replace(REQUESTOR, draft.draft_id, listing(MIRROR_FILE))

    app.service.meanwhile["huggingface.co"] = typed
    assert await app.services.link_drafts.complete_files(REQUESTOR, draft.draft_id) is None
    shown = await app.services.draft_service.show(REQUESTOR, draft.draft_id)
    assert [file.file_url for file in files(shown)] == [MIRROR_FILE]
