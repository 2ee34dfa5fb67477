"""Interactions with values of another time, of another person, and of no one: each answered, none with an effect."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import pytest
from simcord.results import InteractionResult, ResponseMessage

from bot.client.components import PersistentMenu
from bot.demo.people import ABE, CORA, DAVE, Person
from bot.demo.world import World
from bot.services.forms.forms_input import SectionAnswers
from bot.services.guilds.guild_setup import Setting
from bot.services.queue.listing import WAITING
from bot.ui import custom_ids
from bot.ui.custom_ids import BulkButton, ChangeVerb, ClaimVerb, DraftVerb, ModelVerb, VerifyVerb
from bot.ui.list_ids import OPEN_NEXT, OPEN_QUEUE, ListKind, ListVerb, pager_id, purge
from bot.ui.proposals.drafts_list import DRAFTS_TEMPLATE
from storage.database import Database, Transaction
from storage.purges import Purges
from storage.selections import Selections, Target
from tests.client.forging import carrier, press, submit
from tests.client.registered import served
from tests.harness.messages import answers_of, text_of
from tests.harness.scripted_service import ScriptedService
from tests.harness.simulation import Simulation

pytestmark = pytest.mark.story

NO_ONES: Final = 10**18 - 1
"""The largest id that a custom id can carry."""
DIGEST: Final = "0" * 10
NONCE: Final = "0" * 16
MENUS: Final = (DraftVerb.EDIT, DraftVerb.OFFER, DraftVerb.CATEGORY)
LIST_MENUS: Final = (ListVerb.CHOOSE, ListVerb.STATUS, ListVerb.CATEGORY, ListVerb.BASELINE, ListVerb.STYLE)
SETTINGS: Final = (*Setting, "no_such_setting")
VALUES: Final = ("", "nothing", "-1", "9" * 400, "42:zz", "\u202egnihton", "n" * 200)
"""Values that no menu offers."""
READINGS: Final = frozenset({"cursor", "list_filter", "membership"})
"""Tables in which reading leaves rows."""
REFRESHED: Final = frozenset({"roles_read_at", "revision", "shown_revision", "last_used_at"})
"""Columns that change when roles are read, a card is drawn again, or a link is used for the first time in a day."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """Ids of what belongs to another person."""

    draft: int = NO_ONES
    selection: int = NO_ONES
    purge: int = NO_ONES
    subscription: int = NO_ONES


def buttons(foreign: Foreign) -> tuple[str, ...]:
    """Return the ids of buttons that can be pressed with forged values."""
    return (
        *(custom_ids.change(verb, NO_ONES, DIGEST) for verb in ChangeVerb),
        *(custom_ids.change(verb, 42, DIGEST) for verb in ChangeVerb),
        *(custom_ids.claim(verb, number, DIGEST) for verb in ClaimVerb for number in (42, NO_ONES)),
        *(custom_ids.confirm_approve(number, DIGEST) for number in (42, NO_ONES)),
        *(custom_ids.confirm_publish(number, DIGEST) for number in (42, NO_ONES)),
        *(custom_ids.draft(verb, foreign.draft) for verb in DraftVerb if verb not in MENUS),
        custom_ids.fix(foreign.draft, DIGEST),
        *(custom_ids.bulk(verb, foreign.selection) for verb in BulkButton),
        *(custom_ids.model(verb, category, "gone") for verb in ModelVerb for category in ("lora", "no_such_kind")),
        *(custom_ids.verify(verb, category, "0" * 12) for verb in VerifyVerb for category in ("lora", "no_such_kind")),
        custom_ids.subscription_mute(foreign.subscription),
        *(custom_ids.setup_put(setting, value) for setting in SETTINGS for value in ("zzz", 10**19)),
        *(pager_id(kind, ListVerb.NEXT, NO_ONES, 999_999_999) for kind in ListKind),
        purge(foreign.purge),
        *(custom_ids.help_part(is_all=part) for part in (True, False)),
        OPEN_NEXT,
        OPEN_QUEUE,
    )


def menus(foreign: Foreign) -> tuple[str, ...]:
    """Return the ids of menus in which a forged value can be chosen."""
    return (
        *(custom_ids.draft(verb, foreign.draft) for verb in MENUS),
        *(custom_ids.setup_menu(setting) for setting in SETTINGS),
        *(pager_id(ListKind.MODELS, verb, 1, 0) for verb in LIST_MENUS),
        custom_ids.PICK_APPLY,
        DRAFTS_TEMPLATE,
    )


UNKNOWN: Final = (
    "x",
    "(?!)",
    "change:approve:0:0000000000",
    "change:approve:-42:0000000000",
    "change:approve:42:short",
    "change:reopen:42:0000000000",
    f"change:approve:{10**18}:0000000000",
    "draft:submit:-1",
    "bulk:approve:",
    "setup:put:\u202epu:1",
    "n" * 100,
)
"""Ids that no version of the bot has posted, or no version any more."""


def forms(foreign: Foreign) -> tuple[str, ...]:
    """Return the ids of forms that were not open, of another person, or cannot be."""
    ids = (NO_ONES, "-1", "9" * 40, "\u202e1", "")
    keys = (
        *(f"create:{category}" for category in ("", "no_such_kind", "\u202elora", "n" * 60)),
        *(f"draft:{verb}:{number}" for verb in ("why", "basics", "submit", "nothing") for number in ids),
        *(f"draft:{verb}:{foreign.draft}" for verb in ("why", "basics", "files")),
        *(f"update:{category}:{model}" for category in ("lora", "no_such_kind") for model in ("gone", "", "n" * 60)),
        *(f"{kind}:{number}:{DIGEST}" for kind in ("resubmit", "reject", "ask") for number in (42, *ids)),
        *("secret", "", "nothing", "nothing:1:2"),
    )
    return (*(f"form:{key}:{NONCE}" for key in keys), "form", "n" * 100)


async def everything(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of all tables but what a reading writes."""

    def read(connection: Transaction) -> dict[str, list[dict[str, Any]]]:
        names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        tables = {row[0] for row in connection.execute(names)} - READINGS
        rows = {name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")] for name in tables}  # noqa: S608
        return {
            name: [{key: value for key, value in row.items() if key not in REFRESHED} for row in found]
            for name, found in rows.items()
        }

    return await database.transaction(read)


@dataclass(slots=True)
class Forger:
    """Sends forged interactions and asserts that none had an effect."""

    simulation: Simulation
    world: World
    scripted: ScriptedService
    logs: io.StringIO
    person: Person
    carried_by: ResponseMessage
    before: Mapping[str, Any]
    sent: int = 0

    async def press(self, custom_id: str, value: str | None = None) -> None:
        """Press a button, or choose a value in a menu."""
        values = None if value is None else [value]
        pressed = await press(self.world.env, self.world, self.person, custom_id, values, self.carried_by)
        await self._assert_answered(pressed, (custom_id, value))

    async def submit(self, custom_id: str) -> None:
        """Submit a form that is not open."""
        typed = {"Why": "n" * 200, "In your words": "\u202egnihton", "Reason": "nothing", "What should change?": "-1"}
        submitted = await submit(self.world.env, self.world, self.person, custom_id, typed)
        await self._assert_answered(submitted, custom_id)

    async def _assert_answered(self, result: InteractionResult, what: object) -> None:
        self.sent += 1
        self.simulation.clock.ahead += timedelta(seconds=7)  # for the limits of the rates
        assert "Traceback" not in self.logs.getvalue(), what
        assert "Something broke" not in "".join(map(text_of, answers_of(result))), what
        assert result.modal is not None or any(map(text_of, answers_of(result))), what
        assert self.scripted.writes == [], what
        assert await everything(database_of(self.simulation)) == self.before, what


def database_of(simulation: Simulation) -> Database:
    return simulation.bot.services.draft_service.drafts._database


@pytest.fixture
async def foreign(simulation: Simulation, approver: World) -> Foreign:
    """A draft, a selection, a purge and a subscription of Cora, which no one else may use."""
    services, database, user_id = simulation.bot.services, database_of(simulation), approver.member(CORA).id
    now = simulation.bot.clock()
    saved = await services.draft_service.create_from_form(
        user_id, approver.guild.id, SectionAnswers("lora", {"name": "Cora's"})
    )
    await services.following.follow(user_id, category="lora", model=None, requestor=None)
    (followed,) = await services.following.of_user(user_id)
    return Foreign(
        saved.facts.draft_id,
        (await Selections(database).add(user_id, "approve", [Target(42, DIGEST)], now)).selection_id,
        (await Purges(database).offer(user_id, WAITING.content(), [42], now)).purge_id,
        followed.subscription_id,
    )


@pytest.mark.parametrize("person", [ABE, DAVE], ids=["admin and approver", "not linked"])
async def test_hundreds_of_forged_interactions_are_answered_and_change_nothing(
    simulation: Simulation,
    approver: World,
    foreign: Foreign,
    scripted: ScriptedService,
    logs: io.StringIO,
    person: Person,
) -> None:
    await simulation.bot.services.guild_setup.change(approver.guild.id, Setting.REMINDER_DAYS, 0)
    before = await everything(database_of(simulation))
    shown = await carrier(approver, person)
    forger = Forger(simulation, approver, scripted, logs, person, shown, before)
    for custom_id in (*buttons(Foreign()), *buttons(foreign), *UNKNOWN):
        await forger.press(custom_id)
    for custom_id in menus(foreign):
        for value in VALUES:
            await forger.press(custom_id, value)
    for custom_id in forms(foreign):
        await forger.submit(custom_id)
    assert forger.sent >= 400, "each of both people"


async def test_every_class_that_reads_a_value_is_forged_here(simulation: Simulation) -> None:
    without_a_value = {"CancelButton", "LinkButton", "UnlinkButton", "ForgetButton", "TestButton"}
    pressed = {*buttons(Foreign()), *menus(Foreign())}
    for template, kind in served(simulation).items():
        is_forged = any(re.fullmatch(template, one) for one in pressed)
        assert is_forged is (kind.__name__ not in without_a_value), kind
        if issubclass(kind, PersistentMenu):
            assert any(re.fullmatch(template, one) for one in menus(Foreign())), kind
    kinds = {key.split(":")[1] for key in forms(Foreign()) if key.count(":") > 1}
    assert kinds > simulation.bot.form_builders.keys()
