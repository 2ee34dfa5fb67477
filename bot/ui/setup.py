"""What a server has set up, and what is missing."""

from bot.services.guild_setup import GuildSetupFacts
from bot.ui import custom_ids
from bot.ui.components import Accent, Markup, Sheet, button, primary
from bot.ui.glyphs import Glyph, Look
from bot.ui.text import NAME_LIST, plain, plural


def setup_view(facts: GuildSetupFacts, server_name: str, look: Look) -> Markup:
    """Draw the settings of a server with the test of the bot's permissions."""
    missing = len(facts.missing)
    is_set = facts.review_channel_id is not None
    state = (
        f"{plural(missing, 'permission')} {'is' if missing == 1 else 'are'} missing"
        if missing
        else "everything is there"
        if is_set
        else "1 thing is not set"
    )
    sheet = Sheet(Accent.SLATE)
    sheet.text("## Setup", f"-# {plain(server_name, NAME_LIST)} · {state}").rule()
    sheet.text("-# Channels", _review(facts, look))
    if is_set:
        made = primary if missing else button
        sheet.rule().row(made("Test again", custom_ids.setup_test()))
    return sheet.view()


def _review(facts: GuildSetupFacts, look: Look) -> str:
    if facts.review_channel_id is None:
        how = f"{look.command('setup review-channel')} says where cards go."
        return f"{look.glyph(Glyph.WARN)} **Review cards** not set: {how}"
    channel = f"<#{facts.review_channel_id}>"
    if not facts.missing:
        return f"{look.glyph(Glyph.PASS)} **Review cards** {channel}"
    names = ", ".join(f"*{plain(name, NAME_LIST)}*" for name in facts.missing)
    verb, it = ("is", "it") if len(facts.missing) == 1 else ("are", "them")
    return (
        f"{look.glyph(Glyph.FAIL)} **Review cards** {channel}: {names} {verb} missing. Give {it} to Horde Curator in "
        "that channel, then press *Test again*."
    )
