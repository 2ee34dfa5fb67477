"""Deletion of a user's data while the disk fails."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from storage.drafts import NewDraft
from storage.errors import WipeError
from tests.services.conftest import REQUESTOR, App


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
