"""Every field of every category, typed into its form, reaches the real service and is stored as it was meant."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import stamina
from pydantic import SecretStr

from bot.build import open_container
from bot.container import Services
from bot.demo.horde_stand_in import HordeStandIn
from bot.demo.people import ABE, RITA
from bot.demo.reference_service import ReferenceService
from bot.reference.deployment import CATEGORIES
from bot.reference.models import CanonicalFormat
from bot.services.changes import Origin
from bot.services.forms.fields import Field, Section
from bot.services.forms.fields_table import fields_of, first_fields, pages
from bot.services.forms.fields_text import Typed
from bot.services.forms.forms_input import SectionAnswers, section_edit, shown
from bot.services.proposals.outcomes import DraftFacts, NotReady, Queued
from bot.settings import Settings
from storage.keyring import generate_key
from tests.harness.queue import change_of

SHA = "9aba26abf0d3" + "0" * 52
LINK = "https://huggingface.co/example/resolve/main/model.safetensors"
USER = 1001

TYPED: dict[str, Typed] = {
    "description": "Draws boats.\nAnd harbours.",
    "baseline": "stable_diffusion_1",
    "nsfw": "no",
    "style": "anime",
    "version": "2.0",
    "homepage": "https://civitai.com/models/1",
    "url": "https://huggingface.co/Org/Model",
    "tags": "anime, character\nboats",
    "trigger": "boat style\nmasterpiece, best quality",
    "min_bridge_version": "11",
    "showcases": "https://pictures.acme.dev/1.png\nhttps://pictures.acme.dev/2.png",
    "inpainting": "no",
    "requirements": "min_steps: 20\ncfg_scale: 7.5\nsamplers: k_euler_a, k_euler",
    "optimization": "fp16",
    "finetune_series": "name: Pony\nversion: 6",
    "parameters": "7.24B",
    "display_name": "Model of Boats",
    "instruct_format": "ChatML",
    "context_window.maximum_tokens": "8k",
    "settings": "temperature = 0.7\ntop_k: 40",
    "interaction_modes": ("instruction", "chat"),
    "capabilities": ("tool_calling",),
    "controlnet_style": "control_canny",
    "type": "control_canny",
    "pretrained_name": "openai/clip-vit",
    "control_types": "openpose, canny",
    "preprocessors": "OpenposePreprocessor",
    "files": f"model.safetensors | {LINK} | {SHA}",
    "links": f"{LINK}\nhttps://huggingface.co/example/resolve/main/vae.safetensors",
    "sha256": f"{SHA}\n{SHA[::-1]}",
    "names": "model.safetensors\n",
    "purposes": "-\nvae",
    "size_on_disk_bytes": "7.27 GB",
    "sizes": "6.94 GB\n335 MB",
    "slow": "-\nyes",
    "licensing.license_expression": "Apache-2.0",
    "licensing.commercial_use": "allowed_with_conditions",
    "licensing.attribution": "The people of the harbour.",
    "licensing.evidence": "https://huggingface.co/example | model card",
    "licensing.obligations": ("attribution", "include_license"),
    "licensing.notes": "As the card has it.",
    "spdx": "Apache-2.0 or MIT",
    "name_schema_exception": "It was here before the scheme.",
}
"""Typed text by field; redistribution is left to the licence."""
UNTYPED = {"name", "licensing.redistribution"}
OWN: dict[tuple[str, str], Typed] = {
    ("lora", "baseline"): "stable_diffusion_xl",
    ("clip", "type"): "coca",
    ("esrgan", "type"): "esrgan",
    ("text_generation", "baseline"): "llama",
    ("text_generation", "style"): "generalist",
}


def typed_into(category: str, fields: tuple[Field, ...]) -> SectionAnswers:
    """Every one of these fields, filled."""
    answers = {one.key: OWN.get((category, one.key), TYPED.get(one.key, "")) for one in fields}
    return SectionAnswers(category, {key: text for key, text in answers.items() if key not in UNTYPED})


@pytest.fixture(params=list(CanonicalFormat), ids=str)
def service(request: pytest.FixtureRequest) -> ReferenceService:
    """Both kinds of PRIMARY."""
    chosen: ReferenceService = request.getfixturevalue(f"{request.param.value}_service")
    return chosen


@pytest.fixture
async def services(tmp_path: Path, service: ReferenceService, horde: HordeStandIn) -> AsyncIterator[Services]:
    """The decisions before the real service, Rita linked."""
    settings = Settings(
        discord_token=SecretStr("not used"),
        credential_keys=generate_key(),
        service_url=service.url,
        ask_file_hosts=False,
        ai_horde_url=horde.url,
        database_path=tmp_path / "data" / "curator.db",
    )
    async with AsyncExitStack() as stack:
        stack.enter_context(stamina.set_testing(True, attempts=2, cap=True))
        services = await stack.enter_async_context(open_container(settings))
        await services.catalogue.refresh()
        await services.accounts.link(USER, RITA.key)
        yield services


async def drafted(services: Services, category: str, name: str) -> DraftFacts:
    """A draft with every field of every form filled."""
    dialect = (await services.catalogue.refresh_deployment()).dialect_for(category)
    first = typed_into(category, first_fields(category, dialect))
    begun = await services.draft_service.create_from_form(
        USER, 77, SectionAnswers(category, {"name": name, **first.typed})
    )
    assert begun.problem is None
    facts = begun.facts
    for section in (Section.BASICS, Section.FILES, Section.DETAILS, Section.LICENSING):
        for page in pages(category, section, dialect):
            saved = await services.draft_service.revise(USER, facts.draft_id, typed_into(category, page))
            assert saved.problem is None
            facts = saved.facts
    return facts


@pytest.mark.parametrize("category", CATEGORIES)
async def test_every_field_of_every_form_is_stored_as_meant(
    services: Services, service: ReferenceService, category: str
) -> None:
    dialect = (await services.catalogue.refresh_deployment()).dialect_for(category)
    facts = await drafted(services, category, f"Forms {category} {dialect.value}")
    for one in fields_of(category, dialect):
        assert one.key == "licensing.redistribution" or one.value(facts.record, dialect) is not None, one.key
    outcome = await services.submission.submit(USER, facts.draft_id, Origin(facts.draft_id, 77, 78))
    if (category, dialect) == ("text_generation", CanonicalFormat.V2):
        assert isinstance(outcome, NotReady), "no generation can apply one of these where v2 is canonical"
    else:
        assert isinstance(outcome, Queued), outcome
        stored = dict(change_of(service, outcome.change.change_id, ABE)["payload"])
        assert missing("", facts.record, stored) == []
    typed = {one.key: shown(one, facts.record, dialect) for one in fields_of(category, dialect)}
    again = section_edit(SectionAnswers(category, typed), facts.record, dialect)
    assert again.fields == {}, "what the forms show is what they read"


def missing(path: str, meant: Any, stored: Any) -> list[str]:
    """Return what the service did not keep, by path."""
    if isinstance(meant, Mapping) and isinstance(stored, Mapping):
        return [gap for key, value in meant.items() for gap in missing(f"{path}.{key}", value, stored.get(key))]
    if isinstance(meant, list) and isinstance(stored, list) and len(meant) == len(stored):
        return [
            gap
            for n, (one, other) in enumerate(zip(meant, stored, strict=True))
            for gap in missing(f"{path}[{n}]", one, other)
        ]
    return [] if meant == stored else [f"{path}: {meant!r} became {stored!r}"]
