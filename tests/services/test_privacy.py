"""Deletion of a user's data while the disk fails."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.services.review.outcomes import Outcome
from storage.drafts import NewDraft
from storage.errors import DiskError, WipeError
from tests.services.conftest import APPROVER, REQUESTOR, App


async def test_a_disk_that_fails_at_the_wiping_leaves_no_user_in_memory_who_is_gone_from_the_file(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = app.services
    assert await services.accounts.standing(REQUESTOR) is not None
    people = services.privacy.people
    forget = people.forget

    async def forget_and_fail(user_id: int) -> Mapping[str, int]:
        await forget(user_id)
        raise WipeError(Path("curator.db"), is_full=False)

    monkeypatch.setattr(people, "forget", forget_and_fail)
    with pytest.raises(WipeError):
        await services.privacy.forget(REQUESTOR)
    assert await services.accounts.standing(REQUESTOR) is None


async def test_what_was_typed_and_not_read_is_told_opened(app: App) -> None:
    drafts = app.services.draft_service.drafts
    new = NewDraft(operation="create", category="clip", dialect="v2", record={}, invalid_inputs={"sha256": "not hex"})
    await drafts.create(REQUESTOR, None, new, app.clock())
    (draft,) = (await app.services.privacy.export(REQUESTOR)).rows["draft"]
    assert draft["slips"] == {"sha256": "not hex"}


async def test_a_disk_that_is_full_after_the_deletion_does_not_make_it_undone(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.service.put(42)
    await app.services.monitor.poll()
    assert (await app.services.claims.take(app.press(42))).outcome is Outcome.CLAIMED

    async def fail(_: int) -> None:
        raise DiskError(Path("curator.db"), is_full=True)

    monkeypatch.setattr(app.services.recorder.cards, "touch", fail)
    assert (await app.services.privacy.forget(APPROVER))["claim"] == 1
    assert await app.services.accounts.standing(APPROVER) is None
    assert (await app.services.privacy.export(APPROVER)).rows == {}
