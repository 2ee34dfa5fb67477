"""The bot's own rounds: a fault in one step is logged, and neither the next step nor the loop ends with it."""

import io
from typing import cast

import pytest

from bot.errors import BotError
from bot.services.guilds.role_sync import RoleSync
from bot.services.notifications.digest import Digests
from bot.services.notifications.reminders import Reminders
from bot.services.review.card_checks import CardHostChecks
from cogs.host_checks import HostChecksCog
from cogs.role_sync import RoleSyncCog
from cogs.scheduled_posts import ScheduledPostsCog
from tests.harness.simulation import Simulation


class Steps:
    """Notes the steps that are called; each of them fails."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
        self.called: list[str] = []
        self.monkeypatch, self.error = monkeypatch, error

    def fail(self, owner: type, name: str) -> None:
        async def failing(_: object) -> bool:
            self.called.append(name)
            raise self.error

        self.monkeypatch.setattr(owner, name, failing)


@pytest.mark.parametrize(
    ("error", "event"), [(RuntimeError(), "scheduled_posts_failed"), (BotError(), "scheduled_posts_postponed")]
)
async def test_a_reminder_that_fails_does_not_keep_the_digest_from_its_turn(
    simulation: Simulation, monkeypatch: pytest.MonkeyPatch, logs: io.StringIO, error: Exception, event: str
) -> None:
    cog = cast("ScheduledPostsCog", simulation.bot.get_cog("ScheduledPostsCog"))
    steps = Steps(monkeypatch, error)
    for owner, name in ((Reminders, "remind"), (Reminders, "wake"), (Digests, "make")):
        steps.fail(owner, name)
    assert not await cog.queue_due()
    assert steps.called == ["remind", "wake", "make"]
    assert logs.getvalue().count(event) == len(steps.called)


async def test_each_step_of_the_role_sync_is_tried_though_another_one_fails(
    simulation: Simulation, monkeypatch: pytest.MonkeyPatch, logs: io.StringIO
) -> None:
    cog = cast("RoleSyncCog", simulation.bot.get_cog("RoleSyncCog"))
    steps = Steps(monkeypatch, RuntimeError())
    for name in ("refresh_old_roles", "due_tasks"):
        steps.fail(RoleSync, name)
    await cog.run()
    assert steps.called == ["refresh_old_roles", "due_tasks"]
    assert all(event in logs.getvalue() for event in ("role_refresh_failed", "role_sync_failed"))
    assert "membership_check_failed" not in logs.getvalue()


async def test_a_fault_in_the_checks_with_file_hosts_is_logged_and_the_loop_goes_on(
    simulation: Simulation, monkeypatch: pytest.MonkeyPatch, logs: io.StringIO
) -> None:
    cog = cast("HostChecksCog", simulation.bot.get_cog("HostChecksCog"))
    steps = Steps(monkeypatch, RuntimeError())
    steps.fail(CardHostChecks, "ask_due")
    await cog.ask()
    assert steps.called == ["ask_due"]
    assert "host_checks_failed" in logs.getvalue()
    assert cog.ask.is_running()
