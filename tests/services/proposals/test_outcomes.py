"""Names of drafts in lists."""

import pytest

from bot.services.hosts.values import LinkSource, Offer, OfferedFile, Reading
from bot.services.proposals.outcomes import draft_label

PAGE = "https://civitai.com/models/31001?modelVersionId=41002"


def link(page: str, file: str | None = None) -> LinkSource:
    offered = None if file is None else OfferedFile(file, f"{page}/file", None, None, "the link")
    return LinkSource(Reading("a host", page, None, (Offer("", file=offered),)))


@pytest.mark.parametrize(
    ("name", "source", "label"),
    [
        ("Pixel", None, "Pixel"),
        ("Pixel", link(PAGE, "pixel.safetensors"), "Pixel"),
        (" ", None, " "),
        (" ", link(PAGE, "pixel.safetensors"), "pixel.safetensors"),
        ("", link(PAGE), "civitai.com/models/31001"),
        ("", link(PAGE, ""), "civitai.com/models/31001"),
        ("", link("https://huggingface.co/a/b"), "huggingface.co/a/b"),
    ],
)
def test_a_draft_without_a_name_is_called_by_the_file_or_page_of_its_link(
    name: str, source: LinkSource | None, label: str
) -> None:
    assert draft_label(name, source) == label
