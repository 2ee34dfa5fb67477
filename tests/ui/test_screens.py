"""Every screen within Discord's limits, inert, and with the design's words."""

import json
import re
from collections.abc import Callable
from itertools import pairwise

import discord
import pytest
from discord import ui

from bot.services.guilds.guild_setup import Setting
from bot.ui.cards.full_view import full_answer
from bot.ui.components import Card, Markup
from bot.ui.glyphs import FALLBACKS, Glyph, Theme
from bot.ui.setup_controls import NAMES
from tests.ui.cases import named_cases
from tests.ui.inert import hidden, unescaped
from tests.ui.samples import CREATE, DELIBERATE_DIFF, NOW, UPDATE, field_diff, pending
from tests.ui.screens import SCREENS, card_of
from tests.ui.sendable import LONGEST_EMOJI, assert_sendable, buttons, texts

type Draw = Callable[[Theme], Card | Markup]


def theme_with_emoji() -> Theme:
    """Glyphs and commands as long as they can become."""
    made = Theme()
    made.use_glyphs(dict.fromkeys(Glyph, LONGEST_EMOJI))
    made.use_commands({"queue": 1 << 62, "propose-model": 1 << 62, "account": 1 << 62, "model": 1 << 62})
    return made


THEMES = {"unicode": Theme(), "emoji": theme_with_emoji()}


def assert_one_container_with_an_accent_and_one_heading(name: str, view: ui.LayoutView) -> None:
    containers = [item for item in view.children if isinstance(item, ui.Container)]
    assert len(containers) == 1
    assert containers[0].accent_colour is not None
    headings = 0 if "-thread-" in name else 1  # in a thread its name is the heading
    assert sum(text.count("\n## ") + text.startswith("## ") for text in texts(view)) == headings


def assert_no_blank_lines_and_none_below_a_quote(view: ui.LayoutView) -> None:
    for text in texts(view):
        lines = text.split("\n")
        assert "" not in lines
        assert not any(line.startswith("> ") for line in lines[:-1])
        assert not hidden(text) - {"\u2002"}


def assert_a_heading_first_and_no_two_controls_alike(view: ui.LayoutView) -> None:
    first = texts(view)[0]
    assert first.startswith(("## ", "-# ")) or "\n## " in first or "**" in first, first
    labels = [one.label for one in buttons(view)]
    assert len(labels) == len(set(labels)), labels
    assert all(one.placeholder for one in view.walk_children() if isinstance(one, ui.Select))


@pytest.mark.parametrize("name", SCREENS)
def test_discord_takes_every_screen_and_it_keeps_our_habits(name: str) -> None:
    with named_cases() as case:
        for glyphs, theme in THEMES.items():
            card = card_of(SCREENS[name](theme))
            with case(f"{name}, {glyphs}, limits"):
                assert_sendable(card)
            with case(f"{name}, {glyphs}, heading"):
                assert_one_container_with_an_accent_and_one_heading(name, card.view)
            with case(f"{name}, {glyphs}, lines"):
                assert_no_blank_lines_and_none_below_a_quote(card.view)
            with case(f"{name}, {glyphs}, read aloud"):
                assert_a_heading_first_and_no_two_controls_alike(card.view)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("01-card-create", "-# #58 · CREATE · Image model\n## Pixel Illustrious\n🟡 **Pending** · <t:"),
        (
            "01-card-create",
            "⚠️ **File host not known:** `cdn.pixelvault.net`. Usual are huggingface.co and civitai.com.",
        ),
        (
            "01-card-create",
            "-# Record\n**Baseline**\u00a0SDXL · **Style**\u00a0Anime · **NSFW**\u00a0yes",
        ),
        ("01-card-create", "-# 2 files, 7.27 GB\n`pixelIllustrious_v20.safetensors`\n-# 6.94 GB · [civitai.com]("),
        ("01-card-create", "sha256\u00a0`b5e5ab32e752…`"),
        ("01-card-create", "-# New for <@&3001>"),
        (
            "02-card-update",
            "**#57 by erin#102 also changes Deliberate.** The one applied later overwrites the earlier.",
        ),
        (
            "02-card-update",
            "🔶 **Critical**\n**File**\u00a0`Deliberate.ckpt` → `Deliberate_v6.safetensors`\n**Host**",
        ),
        ("02-card-update", "**Licence**\u00a0not stated → `OpenRAIL-M`"),
        ("02-card-update", "**Version**\u00a02 → 6\n**Size**\u00a02.13 GB → 4.27 GB\n**Description**\u00a0"),
        ("02-card-update", "> ~~This model provides~~ **Version 6 lets** you ~~the ability to~~ create"),
        (
            "02b-full-diff",
            "## Full diff of #42\n-# UPDATE · Image model (`image_generation`) · Deliberate · against the live record",
        ),
        ("02b-full-diff", "-# version\n**−**\u00a0`2`\n**+**\u00a0`6`"),  # noqa: RUF001 - a minus
        ("03-card-delete", "-# Record to delete"),
        ("04a4-card-approved-elsewhere", "-# by carol#303 <@1002> · 1 of 3 approvals here · proposed by alice#101 <t:"),
        ("04a-card-approved", "-# Also: Version, Size, Description"),
        ("04a-card-approved", "Not live yet: an approver applies it."),
        ("04b-card-applied", "5 fields changed: **File**, **Licence**, Version, Size, Description."),
        ("04b-card-applied", "-# by carol#303 · approved by bob#202 <@1002> · proposed by alice#101 <t:"),
        ("04c-card-rejected", "-# Reason\n> **The sha256 is missing or wrong.** The file behind"),
        ("04d-card-purged", "The service no longer has this change.\n**Changed:** nothing in the model reference."),
        (
            "02-card-update",
            "-# by alice#101 <@1001> · claimed by carol#303 · 1 of 2 approvals: dave#404",
        ),
        (
            "02-card-update",
            "overwrites the earlier. [Open #57](https://discord.com/channels/4001/2001/5001)",
        ),
        ("02d-card-update-first", "-# by alice#101 <@1001> · 0 of 2 approvals"),
        (
            "03-card-delete",
            "**Needs consensus:** rank 6 of 161. 18,402 images in the last 30 days; 14 workers serve it",
        ),
        (
            "03b-card-delete-little-used",
            "⚠️ **Use:** rank 40 of 161. 1,402 images in the last 30 days; 1 worker serves it",
        ),
        ("03c-card-raw", "-# #71 · UPDATE · text_guidance\n## ChatML for the Harbour family"),
        ("03c-card-raw", "**profile_changes.0.content.template**\u00a0`<|im_start|>{role}`"),
        ("03c-card-raw", "⚠️ **Not checked:** this is no model record. Read *Full record* before you decide."),
        ("04a3-card-approved-rival", "**#57 by erin#102 also changes Deliberate.**"),
        ("04a4-card-applying-rival-deletes", "**#57 by erin#102 deletes Deliberate.**"),
        ("04a4-card-applying-rival-deletes", "-# 1 field changes: Version"),
        ("04c-card-rejected", "-# alice#101 got a direct message and can revise and resubmit."),
        (
            "04c2-card-rejected-thread",
            "-# alice#101 could not be reached by direct message; a message in this thread replaces it.",
        ),
        (
            "04c3-card-rejected-unreached",
            "-# alice#101 could not be notified: not linked, or direct messages are closed.",
        ),
        (
            "04e-card-stuck",
            (
                "The service began to apply this and never finished.\n**Changed:** probably not. "
                "The live record still has the old File and Licence (read <t:"
            ),
        ),
        (
            "04d2-card-purged-kept",
            "**Now:** nothing to decide. alice#101 keeps it as a draft and can send it again.",
        ),
        (
            "04e4-card-stuck-kept",
            "an approver runs `/queue purge` for `applying`; then alice#101 sends the kept draft again.",
        ),
        ("04e2-card-stuck-done", "**Changed:** yes. The live record already has the new values (read <t:"),
        ("04e3-card-stuck-unread", "**Changed:** unknown. The live record cannot be read now."),
        ("05-card-40-fields", "**37 more, in the file:** embedded_component_hashes 11,"),
        ("06-card-hostile", "**Name:** 483 characters, 2 of them invisible."),
        ("06-card-hostile", "**Homepage**\u00a0`javascript:alert(1)`"),
        ("07a-draft-fails", "-# Draft · CREATE · Image model\n## Pixel Illustrious\n⚪ **Draft** · saved <t:"),
        (
            "07a-draft-fails",
            "❌ **sha256 is missing** for `sdxl_vae_fp16.safetensors`. Edit *Files* and paste its 64 hex digits.",
        ),
        ("07a-draft-fails", "sha256\u00a0**missing**"),
        ("07b-draft-ready", "File host not known:** `cdn.pixelvault.net`. Usual are huggingface.co"),
        (
            "07c-queued",
            (
                "## Queued as #58\nCREATE Image model **Pixel Illustrious** waits for an approver.\n"
                "**Now:** nothing to do. You get a direct message when it is decided."
            ),
        ),
        (
            "07d-no-answer",
            (
                "## No answer yet\nThe proposal was sent. The service did not answer within 60 s.\n"
                "**Changed:** unknown. The bot looks for it in the queue, and never sends it twice."
            ),
        ),
        ("09a-approve-confirm", "## Approve #42?\n-# UPDATE · Image model · Deliberate · by alice#101"),
        ("09a-approve-confirm", "⚠️ An approved change can no longer be rejected."),
        (
            "09b2-approve-content-changed",
            (
                "## Read it again\nThe record changed since this card was drawn.\n"
                "**Changed:** nothing by you. The card shows the new diff.\n**Now:** read it and press *Approve* again."
            ),
        ),
        ("09f-already-decided", "## Already approved\ncarol#303 approved #42 <t:"),
        (
            "09f-already-decided",
            "**Changed:** nothing by this press.\n**Now:** apply it, or leave that to another approver.",
        ),
        ("09f3-already-deleted", "**Now:** nothing to do. It is gone from the model reference."),
        (
            "10a-refused-public",
            (
                "## Not queued: the service is read-only\n"
                "-# alice#101 <@1001> tried CREATE · Image model · Pixel Illustrious"
            ),
        ),
        (
            "10a-refused-public",
            (
                "-# The service answered\n> This instance is in REPLICA mode and does not support write operations. "
                "Only PRIMARY instances can modify data."
            ),
        ),
        (
            "10a-refused-public",
            "**Changed:** nothing. The draft is kept.\n**Now:** proposing, approving and applying work again once",
        ),
        (
            "10b-refused-role",
            (
                "## You need the approver role\nYou are linked as alice#101, requestor.\n**Changed:** nothing.\n"
                "**Now:** roles belong to AI-Horde accounts and are given by the people who run the service. "
                "Ask in <#2001>; a new role counts within a minute."
            ),
        ),
        (
            "10c-not-linked",
            (
                "## Link your AI-Horde account first\n"
                "Approving needs your own key, and the bot does not have it.\n**Changed:** nothing.\n"
                "**Now:** press *Link account*, then *Approve* again."
            ),
        ),
        (
            "10d-not-confirmed",
            (
                "## Not approved: AI-Horde is busy\n"
                "It could not confirm your key just now. The key is fine and stays linked.\n**Changed:** nothing.\n"
                "**Now:** press *Approve* again in a minute."
            ),
        ),
        ("10g-taken", "## Not queued: a live model has this name"),
        ("10h-fields", "## Not queued: the service does not accept 2 fields\n`baseline`: Field required"),
        (
            "10j-account-taken",
            "## Not linked: another member has linked alice#101\n**Changed:** nothing; their link stays.",
        ),
        ("10e-fault", "## Something broke in the bot\nIncident `7f3a-91c2`, written to the operator's log."),
        ("12a-roles-list", "-# 2 approvers, who may also propose\n<@1002> bob#202\n<@1003> carol#303"),
        ("12b-roles-member", "<@1003> is an **approver**: may propose, approve, reject, apply and purge."),
        ("12c-roles-not-linked", "<@1004> has not linked an AI-Horde account here, or hides from lookup."),
        ("12d-linked", "## Linked as alice#101 · requestor"),
        ("13a-status-ok", "## Everything works\n-# Horde Curator 1.0.0"),
        (
            "13a-status-ok",
            "✅ **Service** takes proposals\n-# PRIMARY · format v2 · version 8.6.2 · models.aihorde.net",
        ),
        ("13a-status-ok", "✅ **Reading the queue** every 20 s\n-# last read <t:"),
        ("13a-status-ok", "🟡 **14** pending · 🔵 **3** approved\n-# Oldest pending: #31, <t:"),
        ("13b-status-readonly", "⚠️ **Reading the queue** is paused: a replica has no queue"),
        ("13c-status-away", "❌ **Service** away since <t:"),
        ("13d-notice-away", "No one can propose, approve or apply.\n**Changed:** nothing."),
        ("15a-dm-approved", "Not live yet: an approver applies it, and you are notified then."),
        ("15c-dm-applied", "It is live. Thank you."),
        ("16-setup", "## Setup\n-# AI Horde · 1 permission is missing"),
        ("16-setup", "-# Channels\n✅ **Review cards** <#2001>"),
        (
            "16-setup",
            (
                "❌ **Announcements** <#2002>: *Send Messages* is missing. Give it to Horde Curator in that channel, "
                "then press *Test again*."
            ),
        ),
        ("16-setup", "-# Roles in Discord\n**Role to ping**\u00a0<@&3001>"),
        ("16-setup", "-# Deciding\n**Approvals required**\u00a02"),
        ("16-setup", "-# Extras\n**Threads**\u00a0on\n**Weekly digest**\u00a0Mondays\n**Quiet hours**\u00a0off"),
        ("07p2-draft-replaces", "#42 stays in the queue until an approver rejects it, and its card names the new one."),
        ("07p3-draft-replaces", "#42 has been approved since then and can go live. *Submit* sends a second change."),
        ("07p4-draft-replaces", "#42 is no longer in the queue."),
        ("16b-setup-good", "-# AI Horde · ready"),
        ("16b-setup-good", "**Role for approvers**\u00a0not set"),
        ("16e-setup-all-at-once", "**Quiet hours**\u00a021:00 to 8:00 UTC · **changed just now**"),
        ("16c-setup-unset", "⚠️ **Review cards** not set: choose a channel below. Until then no card is posted."),
        ("16d-setup-all-wrong", "-# AI Horde · 6 things to fix"),
        ("16d-setup-all-wrong", "❌ **Role for approvers**\u00a0<@&3003>: it is above Horde Curator's own role."),
        (
            "16d-setup-all-wrong",
            "⚠️ **Approvals required**\u00a05: only 1 approver has linked, so no change can be approved.",
        ),
        (
            "16d-setup-all-wrong",
            "⚠️ **Own proposals**\u00a0need another approver: the bot only warns until 2 approvers have linked.",
        ),
    ],
)
def test_the_words_are_the_designs(name: str, words: str) -> None:
    shown = unescaped("\n\n".join(texts(card_of(SCREENS[name](Theme())).view)))
    assert words in shown


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("01-card-create", ["Approve", "Reject…", "Needs changes…", "Claim", "Full record", "Open in web UI"]),
        (
            "01b-card-replaced",
            ["Approve", "Reject: replaced by #57", "Reject…", "Claim", "Full record", "Open in web UI"],
        ),
        ("01d-card-own", ["Revise…", "Full record", "Open in web UI"]),
        ("02-card-update", ["Approve", "Reject…", "Needs changes…", "Claim", "Full diff", "Open in web UI"]),
        ("03c-card-raw", ["Approve", "Reject…", "Needs changes…", "Claim", "Full record"]),
        ("04e-card-stuck", ["Check again", "Full diff", "Open in web UI"]),
        ("04a-card-approved", ["Apply", "Full diff", "Open in web UI"]),
        ("04b-card-applied", ["Open in web UI"]),
        ("04c-card-rejected", ["Full diff", "Open in web UI"]),
        ("04d-card-purged", []),
        (
            "07a-draft-fails",
            [
                "Fix…",
                "Submit",
                "More",
            ],
        ),
        ("07c-queued", ["Open the card"]),
        ("07d-no-answer", ["Look again"]),
        ("09a-approve-confirm", ["Approve #42", "Approve and apply", "Cancel", "Full diff"]),
        ("09f-already-decided", ["Apply", "Open the card"]),
        ("10c-not-linked", ["Link account"]),
    ],
)
def test_a_screen_has_the_designs_buttons_in_order(name: str, labels: list[str]) -> None:
    assert [one.label for one in buttons(card_of(SCREENS[name](Theme())).view)] == labels


def test_a_failing_draft_cannot_be_sent_and_points_to_the_form_that_mends_it() -> None:
    view = card_of(SCREENS["07a-draft-fails"](Theme())).view
    made = {one.label: one for one in buttons(view)}
    assert made["Submit"].disabled
    assert made["Fix…"].style is discord.ButtonStyle.primary
    (beside,) = [one for one in view.walk_children() if isinstance(one, ui.Section)]
    assert "sha256 is missing" in "".join(one.content for one in beside.children if isinstance(one, ui.TextDisplay))
    (menu,) = [one for one in view.walk_children() if isinstance(one, ui.Select)]
    states = {option.label: option.description for option in menu.options}
    assert states["Files"] == "sha256 is missing for sdxl_vae_fp16.safetensors."
    assert states["Why"] == "Empty"
    ready = {one.label: one for one in buttons(card_of(SCREENS["07b-draft-ready"](Theme())).view)}
    assert not ready["Submit"].disabled


@pytest.mark.parametrize(("name", "is_shown"), [("07a-draft-fails", False), ("07b-draft-ready", True)])
def test_a_reason_is_asked_for_by_the_check_alone(name: str, *, is_shown: bool) -> None:
    texts = [
        one.content for one in card_of(SCREENS[name](Theme())).view.walk_children() if isinstance(one, ui.TextDisplay)
    ]
    assert any(text.startswith("-# Why") for text in texts) is is_shown


def test_a_setting_stands_directly_above_its_menu_which_does_not_say_what_its_choice_is_for() -> None:
    (container,) = card_of(SCREENS["16e-setup-all-at-once"](Theme())).view.children
    assert isinstance(container, ui.Container)
    above = {
        menu.custom_id.removeprefix("setup:choose:"): text.content.split("\n")[-1]
        for text, row in pairwise(container.children)
        if isinstance(text, ui.TextDisplay) and isinstance(row, ui.ActionRow)
        for menu in row.children
        if isinstance(menu, ui.ChannelSelect | ui.RoleSelect)
    }
    assert len(above) == 5
    assert all(f"**{NAMES[Setting(which)]}**" in line for which, line in above.items()), above


def test_every_setting_has_a_line_on_the_setup_screen() -> None:
    shown = "\n".join(texts(card_of(SCREENS["16e-setup-all-at-once"](Theme())).view))
    missing = [name for name in NAMES.values() if f"**{name}**" not in shown]
    assert missing == [], "give each a line in setup_view, and a place in _GROUPS (bot/ui/setup.py)"


def test_the_full_answer_carries_the_raw_json() -> None:
    card = card_of(SCREENS["02b-full-diff"](Theme()))
    (file,) = card.files
    assert file.filename == "change-42.json"
    assert json.loads(file.fp.read())["change"]["change_id"] == 42


def test_an_empty_member_of_a_legacy_file_is_not_drawn_above_the_address_as_if_it_were_its_label() -> None:
    url = "https://huggingface.co/a/b/resolve/main/a.safetensors"
    file = {"file_name": "a.safetensors", "file_path": "", "file_url": url}
    legacy = CREATE.model_copy(update={"payload": {"config": {"download": [file]}}})
    drawn = "\n".join(texts(full_answer(pending(legacy), read_at=NOW).view))
    assert f"`a.safetensors`\n`{url}`" in drawn


def test_what_the_service_fills_in_by_itself_does_not_push_the_full_diff_into_a_file() -> None:
    noise = [field_diff(f"metadata.{key}", None, "x") for key in "abcdefghijklmno"]
    diff = DELIBERATE_DIFF.model_copy(update={"field_diffs": (*DELIBERATE_DIFF.field_diffs, *noise)})
    drawn = "\n".join(texts(full_answer(pending(UPDATE, diff), read_at=NOW).view))
    assert "-# version" in drawn
    assert "metadata" not in drawn
    assert "Fields that the service fills in itself are only in the file." in drawn


def test_kinds_of_models_and_baselines_have_people_s_words_on_every_screen() -> None:
    services = re.compile(r"image_generation|text_generation|stable_diffusion|flux_1")
    exact = {"02b-full-diff", "02c-full-record"}
    for name, draw in SCREENS.items():
        view = card_of(draw(Theme())).view
        drawn = [*texts(view), *(one.label or "" for one in buttons(view))]
        found = services.findall(unescaped("\n".join(drawn)))
        assert bool(found) == (name in exact), (name, found)


def test_no_state_is_told_by_colour_alone() -> None:
    for name, draw in SCREENS.items():
        if "-card-" in name and name[:2] < "07":
            title = texts(card_of(draw(Theme())).view)
            block = next(text for text in title if "\n## " in text)
            assert any(block.split("\n")[2].startswith(fallback) for fallback in FALLBACKS.values())
