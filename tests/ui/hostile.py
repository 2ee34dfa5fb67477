"""Texts of a stranger who means harm, and the check that none of their markup is alive."""

import re

from hypothesis import strategies as st

from bot.ui.components import Card
from tests.ui.inert import alive, hidden
from tests.ui.sendable import assert_sendable, texts

OURS = re.compile(
    r"<t:\d+:[RDt]>|<@&?\d+>|<#\d+>|</[a-z -]+:\d+>|<:hc_[a-z]+:\d+>|"
    r"\[(?:Open #\d+|[a-z0-9.-]+)\]\(https://[^()\s<>\[\]]{1,200}\)|\*\*|~~|^(?:-# |## |> )|"
    r"\*[A-Z][A-Za-z… ]+\*|\(\+[\d,]+(?: \w+)?\)",
    re.MULTILINE,
)
DANGEROUS = re.compile(r"[<>\[\]`|_*~@]|https?:")
HOSTILE_TEXT = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "@everyone",
            "<@1> <#2> </x:3> <t:4:R>",
            "[a](https://evil.example) [b](https://evil.example)",
            "```\nx```",
            "\n# heading\n> quote\n-# small",
            "**" * 30,
            "~~x~~||y||__z__",
            "\\",
            "`",
            "\u202e\u200b\U000e0041",
            "x" * 5000,
            "w " * 3000,
            "https://huggingface.co/" + "a" * 400,
            "https://h.example/a b)](c",
        ]
    ),
)


def assert_inert(card: Card) -> None:
    """Assert that Discord takes a message, and reads only our own markup in it."""
    assert_sendable(card)
    for text in texts(card.view):
        assert not hidden(text)
        # What is left beside code and escaped marks is our own markup, and nothing else.
        left = OURS.sub(" ", alive(text))
        assert not DANGEROUS.search(left), (left, text)
