"""A verification says what was checked, what was not, and why."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.reference.records import FileEntry
from bot.services.hosts.host_findings import HostFacts, HostFinding, HostVerdict
from bot.services.models.verification import RefutedModel, Verification
from bot.ui.glyphs import Theme
from bot.ui.verification import SHOWN_MAX, verification_view
from tests.harness.messages import buttons_of, text_of

FACTS = HostFacts("Civitai", datetime(2026, 3, 1, tzinfo=UTC))
FILE = FileEntry("x.safetensors", "https://civitai.com/api/download/models/9", "ab" * 32)


def drawn(found: Verification) -> Mapping[str, Any]:
    components: list[Any] = verification_view(found, Theme()).to_components()  # type: ignore[no-untyped-call]
    return {"components": components}


def test_a_reference_without_a_file_on_these_hosts_says_so() -> None:
    text = text_of(drawn(Verification((), 0)))
    assert "Nothing was checked" in text
    assert "No live model here has a file on Hugging Face or Civitai" in text


def test_models_that_wait_or_whose_host_is_away_are_counted() -> None:
    text = text_of(drawn(Verification((), 3, unanswered=1, waiting=40)))
    assert "No finding so far" in text
    assert "40 models not checked yet" in text
    assert "Of 1 model the host could not be asked." in text


def test_many_findings_fit_into_one_message() -> None:
    finding = HostFinding(FILE, HostVerdict.GONE, FACTS)
    refuted = tuple(RefutedModel("image_generation", f"Model {number}", (finding,)) for number in range(30))
    view = drawn(Verification(refuted, 30))
    assert f"{30 - SHOWN_MAX} more" in text_of(view)
    assert {"Propose delete", "Propose update"} == set(buttons_of(view))
