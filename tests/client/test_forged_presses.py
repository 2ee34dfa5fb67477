"""Buttons, menus and switches pressed with values of another time, of another person, and of no one: an answer each."""

import io
import re
from typing import Final

import pytest
import simcord
from simcord.results import InteractionResult

from bot.demo.people import ABE, DAVE, Person
from bot.demo.world import World
from bot.services.guilds.guild_setup import Setting
from bot.ui import custom_ids
from bot.ui.custom_ids import (
    BulkButton,
    ChangeVerb,
    ClaimVerb,
    DraftVerb,
    ModelVerb,
    VerifyVerb,
)
from bot.ui.list_ids import ListKind, ListVerb, in_list, open_next, open_queue, purge
from tests.client.forging import press
from tests.harness.messages import answers_of, text_of
from tests.harness.scripted_service import ScriptedService

NO_ONES: Final = 10**18 - 1
"""The largest id that a custom id can carry."""
DIGEST: Final = "0" * 10
MENUS: Final = (DraftVerb.EDIT, DraftVerb.OFFER, DraftVerb.CATEGORY)
LIST_MENUS: Final = (ListVerb.CHOOSE, ListVerb.STATUS, ListVerb.CATEGORY, ListVerb.BASELINE, ListVerb.STYLE)
SETTINGS: Final = (*Setting, "no_such_setting")

BUTTONS: Final = (
    *(custom_ids.change(verb, NO_ONES, DIGEST) for verb in ChangeVerb),
    *(custom_ids.change(verb, 42, DIGEST) for verb in ChangeVerb),
    *(custom_ids.claim(verb, NO_ONES, DIGEST) for verb in ClaimVerb),
    custom_ids.confirm_approve(NO_ONES, DIGEST),
    custom_ids.confirm_publish(42, DIGEST),
    *(custom_ids.draft(verb, NO_ONES) for verb in DraftVerb if verb not in MENUS),
    custom_ids.fix(NO_ONES, DIGEST),
    *(custom_ids.bulk(verb, NO_ONES) for verb in BulkButton),
    *(custom_ids.model(verb, category, "gone") for verb in ModelVerb for category in ("lora", "no_such_kind")),
    *(custom_ids.verify(verb, category, "0" * 12) for verb in VerifyVerb for category in ("lora", "no_such_kind")),
    custom_ids.subscription_mute(NO_ONES),
    *(custom_ids.setup_put(setting, value) for setting in SETTINGS for value in ("none", "zzz", 10**19)),
    *(in_list(kind, ListVerb.NEXT, NO_ONES, 999_999_999) for kind in ListKind),
    purge(NO_ONES),
    open_next(),
    open_queue(),
)
VALUES: Final = ("", "nothing", "-1", "9" * 400, "42:zz", "\u202egnihton", "n" * 200)
CHOICES: Final = tuple(
    (custom_id, value)
    for custom_id in (
        *(custom_ids.draft(verb, NO_ONES) for verb in MENUS),
        *(custom_ids.setup_menu(setting) for setting in SETTINGS),
        *(in_list(ListKind.MODELS, verb, 1, 0) for verb in LIST_MENUS),
        custom_ids.pick_apply(),
    )
    for value in VALUES
)


def assert_answered(result: InteractionResult, scripted: ScriptedService, logs: io.StringIO, what: object) -> None:
    """Assert that the press opened a form or got words, changed nothing at the service and was no fault."""
    assert "Traceback" not in logs.getvalue(), what
    assert "Something broke" not in "".join(map(text_of, answers_of(result))), what
    assert result.acknowledged, what
    assert scripted.writes == [], what


def test_every_template_is_pressed_here() -> None:
    ids = [*BUTTONS, *(custom_id for custom_id, _ in CHOICES)]
    served = {template for template in custom_ids.TEMPLATES for one in ids if re.fullmatch(template, one)}
    left = {custom_ids.ACCOUNT_TEMPLATE, custom_ids.CONFIRM_CANCEL_TEMPLATE, custom_ids.SETUP_TEMPLATE}
    assert served == set(custom_ids.TEMPLATES) - left, "buttons without a value cannot be forged"


@pytest.mark.parametrize("person", [ABE, DAVE], ids=["approver", "not linked"])
async def test_a_button_of_no_one_is_answered_and_changes_nothing(
    approver: World, env: simcord.Env, scripted: ScriptedService, logs: io.StringIO, person: Person
) -> None:
    for custom_id in BUTTONS:
        assert_answered(await press(env, approver, person, custom_id), scripted, logs, custom_id)
        await env.advance_time(30)


@pytest.mark.parametrize("person", [ABE, DAVE], ids=["approver", "not linked"])
async def test_an_impossible_choice_is_answered_and_changes_nothing(
    approver: World, env: simcord.Env, scripted: ScriptedService, logs: io.StringIO, person: Person
) -> None:
    before = await approver_settings(approver, env)
    for custom_id, value in CHOICES:
        assert_answered(await press(env, approver, person, custom_id, [value]), scripted, logs, (custom_id, value))
        await env.advance_time(30)
    if person is DAVE:
        assert await approver_settings(approver, env) == before


async def approver_settings(world: World, env: simcord.Env) -> str:
    """Return the setup screen as the admin reads it."""
    shown = text_of(await world.member(ABE).slash(world.public, "setup show"))
    await env.advance_time(30)
    return shown
