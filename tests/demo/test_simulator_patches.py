"""Words and times of the simulator's page: the texts that are replaced exist, and none of its jargon is left."""

import re

import pytest

from bot.demo.preview_mount import STATIC_FOLDER
from bot.demo.simulator_patches import PATCHES, patched

OLD = [(name, old) for name, pairs in PATCHES.items() for old, _ in pairs]


@pytest.mark.parametrize(("name", "old"), OLD)
def test_each_replaced_text_exists_in_simcord_and_is_gone_afterwards(name: str, old: str) -> None:
    text = (STATIC_FOLDER / name).read_text()
    assert old in text
    assert old not in patched(name, text)


def test_a_file_without_patches_stays_as_it_is() -> None:
    text = (STATIC_FOLDER / "dom.js").read_text()
    assert patched("dom.js", text) == text


@pytest.mark.parametrize("name", ["text.js", "messages.js", "components.js", "media.js"])
def test_no_time_is_shown_in_another_zone_than_the_readers(name: str) -> None:
    assert 'timezone || "UTC"' not in patched(name, (STATIC_FOLDER / name).read_text())


def test_no_menu_names_the_simulator() -> None:
    text = patched("selects.js", (STATIC_FOLDER / "selects.js").read_text())
    shown = re.findall(r'"([A-Z][^"]* [^"]*)"', text)
    assert [words for words in shown if "simcord" in words.lower()] == []
