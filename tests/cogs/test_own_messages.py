"""News of changes, read back from the messages that report them."""

import pytest

from bot.ui.components import Card
from bot.ui.glyphs import Glyph, Theme
from cogs.queue_monitor.own_messages import content_of, news_of
from tests.ui.screens import SCREENS


def glyphs(kind: str) -> Theme:
    theme = Theme()
    if kind == "own":
        theme.use_glyphs(dict.fromkeys(Glyph, "<:hc_applied:1576706592663861248>"))
    return theme


REPORTS = {
    "15a-dm-approved": {(42, "approved")},
    "15b-dm-rejected": {(42, "rejected")},
    "15c-dm-applied": {(42, "applied")},
    "15d-dm-found": {(58, "pending")},
    "15j-dm-followed": {(58, "pending")},
    "15k-dm-followed-rejected": {(42, "rejected")},
    "15l-dm-several": {(60 - number, state) for number, state in enumerate(("pending", "approved", "applied") * 3)},
    "15u-announcement": {(42, "applied")},
    "15u2-announcements": {(42, "applied")},
    "15w-dm-several-reasons": {(number, "rejected") for number in range(1, 6)},
    "04a-card-approved": set(),
    "04b-card-applied": set(),
    "15v-dm-drafts-expire": set(),
}


@pytest.mark.parametrize("kind", ["plain", "own"])
@pytest.mark.parametrize("name", REPORTS)
def test_a_message_reports_the_changes_that_it_names(name: str, kind: str) -> None:
    drawn = SCREENS[name](glyphs(kind))
    assert news_of(content_of(drawn.view if isinstance(drawn, Card) else drawn)) == REPORTS[name]


def test_a_name_and_a_reason_in_its_words_report_nothing() -> None:
    hostile = (
        "-# Reason",
        "> \\*\\*\\#7\\*\\* CREATE · \\*\\*Pixel\\*\\* · rejected",
        "x #7 CREATE · Pixel · rejected",
    )
    assert news_of(hostile) == set()
