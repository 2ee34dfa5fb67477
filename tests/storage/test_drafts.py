"""Drafts: no text is lost, and no user sees another's."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from storage.database import Database
from storage.deliveries import Deliveries
from storage.discarded_drafts import RESTORABLE_FOR, DiscardedDrafts
from storage.drafts import EXPIRES, MAX_DRAFTS, Draft, Drafts, DraftState, NewDraft, Revises, move_draft
from storage.errors import DraftUnavailableError, TooManyDraftsError
from storage.notices import About, NoticeKey

type MakeDraft = Callable[..., Awaitable[Draft]]

RITA, ABE = 1111, 2222
HOSTILE: dict[str, Any] = {"name": "a\0b\n@everyone \u202e\ud800", "unknown": [1, {"x": None}], "size": 2**70}


@pytest.fixture
def discarded(database: Database) -> DiscardedDrafts:
    return DiscardedDrafts(database)


async def test_a_draft_comes_back_as_it_was_typed(drafts: Drafts, make_draft: MakeDraft, now: datetime) -> None:
    draft = await make_draft(model_name="Deliberate", record=HOSTILE, why="because <@1>")
    assert draft == Draft(
        draft_id=draft.draft_id,
        user_id=RITA,
        guild_id=77,
        operation="create",
        category="image_generation",
        model_name="Deliberate",
        dialect="v2",
        record=HOSTILE,
        why="because <@1>",
        state=DraftState.OPEN,
        created_at=now,
        updated_at=now,
    )
    assert await drafts.get(draft.draft_id, RITA) == draft


async def test_two_million_characters_are_kept(drafts: Drafts, make_draft: MakeDraft) -> None:
    record = {"description": "é" * 2_000_000}
    draft = await make_draft(record=record)
    kept = await drafts.get(draft.draft_id, RITA)
    assert kept is not None
    assert kept.record == record


async def test_a_draft_survives_a_restart(path: Path, now: datetime) -> None:
    async with await Database.open(path) as database:
        new = NewDraft(operation="delete", category="clip", model_name="m", dialect="legacy", record={})
        draft = await Drafts(database).create(RITA, None, new, now)
    async with await Database.open(path) as database:
        assert await Drafts(database).of_user(RITA) == [draft]


async def test_a_draft_belongs_to_its_owner_alone(
    drafts: Drafts, discarded: DiscardedDrafts, make_draft: MakeDraft, now: datetime
) -> None:
    draft = await make_draft()
    assert await drafts.get(draft.draft_id, ABE) is None
    assert await drafts.of_user(ABE) == []
    assert not await discarded.discard(draft.draft_id, ABE, now)
    with pytest.raises(DraftUnavailableError):
        await drafts.save(replace(draft, user_id=ABE, why="stolen"), now)
    assert await drafts.get(draft.draft_id, RITA) == draft


async def test_what_is_changed_is_saved_and_moves_the_draft_to_the_top(
    drafts: Drafts, make_draft: MakeDraft, now: datetime
) -> None:
    first, second = await make_draft(), await make_draft()
    assert [draft.draft_id for draft in await drafts.of_user(RITA)] == [second.draft_id, first.draft_id]
    later = now + timedelta(seconds=1)
    changed = replace(first, category="clip", model_name="New", dialect="legacy", record={"a": 1}, why="so")
    saved = await drafts.save(changed, later)
    assert saved == replace(changed, updated_at=later)
    assert await drafts.of_user(RITA) == [saved, second]


async def move(database: Database, draft: Draft, state: DraftState) -> None:
    await database.transaction(lambda transaction: move_draft(transaction, draft.draft_id, state))


@pytest.mark.parametrize("state", [DraftState.SENDING, DraftState.UNKNOWN])
async def test_a_draft_on_its_way_cannot_be_edited(
    database: Database,
    drafts: Drafts,
    discarded: DiscardedDrafts,
    make_draft: MakeDraft,
    now: datetime,
    state: DraftState,
) -> None:
    draft = await make_draft()
    await move(database, draft, state)
    with pytest.raises(DraftUnavailableError) as refusal:
        await drafts.save(replace(draft, why="too late"), now)
    assert (refusal.value.draft_id, refusal.value.state) == (draft.draft_id, state)
    await move(database, draft, DraftState.OPEN)
    saved = await drafts.save(replace(draft, state=state, why="in time"), now)
    assert saved.state is DraftState.OPEN, "it is open again"
    await move(database, draft, state)
    assert await discarded.discard(draft.draft_id, RITA, now) is None


async def test_a_draft_that_is_gone_says_so(
    drafts: Drafts, discarded: DiscardedDrafts, make_draft: MakeDraft, now: datetime
) -> None:
    draft = await make_draft()
    assert await discarded.discard(draft.draft_id, RITA, now)
    assert not await discarded.discard(draft.draft_id, RITA, now)
    with pytest.raises(DraftUnavailableError) as refusal:
        await drafts.save(draft, now)
    assert refusal.value.state is None


async def test_a_person_who_discards_very_many_drafts_can_restore_only_the_last_ones(
    discarded: DiscardedDrafts, make_draft: MakeDraft, now: datetime
) -> None:
    ids = [(await make_draft()).draft_id]
    for number in range(MAX_DRAFTS + 1):
        assert await discarded.discard(ids[-1], RITA, now + timedelta(seconds=number))
        ids.append((await make_draft()).draft_id)
    assert not await discarded.restore(ids[0], RITA, now)
    for draft_id in ids[1:3]:
        assert await discarded.restore(draft_id, RITA, now)


async def test_a_person_keeps_as_many_drafts_as_a_menu_can_show(
    drafts: Drafts, discarded: DiscardedDrafts, make_draft: MakeDraft, now: datetime
) -> None:
    for _ in range(MAX_DRAFTS):
        last = await make_draft()
    with pytest.raises(TooManyDraftsError) as refusal:
        await make_draft()
    assert refusal.value.limit == MAX_DRAFTS == 25
    await make_draft(user_id=ABE)
    await discarded.discard(last.draft_id, RITA, now)
    await make_draft()


async def test_only_open_untouched_drafts_expire(
    database: Database, drafts: Drafts, make_draft: MakeDraft, now: datetime
) -> None:
    old, sending, fresh = await make_draft(), await make_draft(), await make_draft()
    await move(database, sending, DraftState.SENDING)
    await drafts.save(fresh, now + timedelta(days=2))
    assert await drafts.warn(now + timedelta(days=1), now) == 1
    assert await drafts.expire(now, now) == 0
    assert await drafts.expire(now + timedelta(days=1), now) == 1
    assert {draft.draft_id for draft in await drafts.of_user(RITA)} == {sending.draft_id, fresh.draft_id}
    assert await drafts.get(old.draft_id, RITA) is None


async def test_no_draft_expires_before_its_owner_had_time_to_read_the_word(
    drafts: Drafts, make_draft: MakeDraft, now: datetime
) -> None:
    await make_draft()
    later = now + timedelta(days=100)
    assert await drafts.expire(later, later) == 0
    await drafts.warn(later, later)
    assert await drafts.expire(later, later - timedelta(days=3)) == 0
    assert await drafts.expire(later, later) == 1


async def test_an_owner_is_told_once_until_the_draft_is_touched(
    drafts: Drafts, make_draft: MakeDraft, database: Database, now: datetime
) -> None:
    draft, deliveries = await make_draft(), Deliveries(database)
    later = now + timedelta(days=1)
    assert [await drafts.warn(later, later) for _ in range(2)] == [1, 0]
    (warning,) = await deliveries.due_notices(later)
    assert NoticeKey.of(warning) == NoticeKey(RITA, draft.draft_id, EXPIRES, About.DRAFT)
    await deliveries.mark_delivered([warning], None)
    assert await drafts.warn(later, later) == 0
    warned = await drafts.get(draft.draft_id, RITA)
    assert warned is not None
    assert warned.warned_at == later
    assert (await drafts.save(warned, later)).warned_at is None
    assert await drafts.warn(later + timedelta(days=1), later) == 1
    assert len(await deliveries.due_notices(later)) == 1


async def test_the_number_of_a_discarded_draft_is_never_given_again(
    drafts: Drafts, discarded: DiscardedDrafts, make_draft: MakeDraft, now: datetime
) -> None:
    """A button of the old card would act on the new draft."""
    draft = await make_draft()
    await discarded.discard(draft.draft_id, RITA, now)
    assert (await make_draft()).draft_id > draft.draft_id


async def test_the_owner_of_a_discarded_draft_is_not_warned_of_its_end(
    drafts: Drafts, discarded: DiscardedDrafts, deliveries: Deliveries, make_draft: MakeDraft, now: datetime
) -> None:
    draft, kept = await make_draft(), await make_draft()
    later = now + timedelta(days=1)
    assert await drafts.warn(later, later) == 2
    assert await discarded.discard(draft.draft_id, RITA, later)
    due = [NoticeKey.of(notice) for notice in await deliveries.due_notices(later)]
    assert due == [NoticeKey(RITA, kept.draft_id, EXPIRES, About.DRAFT)]


async def test_a_discarded_draft_comes_back_within_a_day_as_it_was(
    drafts: Drafts, discarded: DiscardedDrafts, make_draft: MakeDraft, now: datetime
) -> None:
    draft = await make_draft(record=HOSTILE, why="because <@1>", base={"name": "a"}, invalid_inputs={"size": "big"})
    gone = await discarded.discard(draft.draft_id, RITA, now)
    assert gone is not None
    assert (gone.draft_id, gone.until) == (draft.draft_id, now + RESTORABLE_FOR)
    assert await drafts.of_user(RITA) == []
    assert await discarded.last(RITA, now) == gone
    assert not await discarded.restore(draft.draft_id, ABE, now)
    later = now + RESTORABLE_FOR - timedelta(seconds=1)
    assert await discarded.restore(draft.draft_id, RITA, later)
    assert await drafts.get(draft.draft_id, RITA) == replace(draft, updated_at=later)
    assert await discarded.last(RITA, later) is None
    assert not await discarded.restore(draft.draft_id, RITA, later)


async def test_a_discarded_draft_is_deleted_after_a_day(
    database: Database, discarded: DiscardedDrafts, make_draft: MakeDraft, now: datetime
) -> None:
    draft = await make_draft()
    await discarded.discard(draft.draft_id, RITA, now)
    assert await discarded.expire(now + RESTORABLE_FOR - timedelta(seconds=1)) == 0
    assert not await discarded.restore(draft.draft_id, RITA, now + RESTORABLE_FOR)
    assert await discarded.expire(now + RESTORABLE_FOR) == 1
    assert await database.read("SELECT * FROM discarded_draft") == []


async def test_a_discarded_draft_does_not_come_back_over_the_limit_and_is_not_lost(
    discarded: DiscardedDrafts, make_draft: MakeDraft, now: datetime
) -> None:
    draft = await make_draft()
    await discarded.discard(draft.draft_id, RITA, now)
    for _ in range(MAX_DRAFTS):
        await make_draft()
    with pytest.raises(TooManyDraftsError):
        await discarded.restore(draft.draft_id, RITA, now)
    assert await discarded.last(RITA, now) is not None


async def test_a_person_has_one_open_draft_of_a_model(
    database: Database, drafts: Drafts, make_draft: MakeDraft
) -> None:
    first = await make_draft(model_name="Pixel", why="first")
    assert await make_draft(model_name="Pixel", why="second") == first
    others = [
        await make_draft(model_name="Pixel", operation="delete"),
        await make_draft(model_name="Pixel", category="clip"),
        await make_draft(model_name="Pixel", user_id=ABE),
        await make_draft(model_name=""),
        await make_draft(model_name=""),
    ]
    assert len({draft.draft_id for draft in (first, *others)}) == 6
    await move(database, first, DraftState.UNKNOWN)
    assert (await make_draft(model_name="Pixel")).draft_id != first.draft_id


FULL: dict[str, Any] = {
    "model_name": "Deliberate",
    "operation": "update",
    "record": {"name": "Deliberate", "version": "2"},
    "base": {"name": "Deliberate"},
    "why": "A newer file.",
    "invalid_inputs": {"size": "big"},
    "source": {"url": "https://huggingface.co/example/models"},
    "revises": Revises(41, "0123456789", "bob#202", datetime(2026, 2, 1, tzinfo=UTC), "Too dark.", is_open=True),
}


async def test_everything_about_a_draft_that_takes_up_a_change_is_kept(
    drafts: Drafts, make_draft: MakeDraft, now: datetime
) -> None:
    draft = await make_draft(**FULL)
    assert draft.state is DraftState.OPEN
    assert {name: getattr(draft, name) for name in FULL} == FULL
    assert await drafts.get(draft.draft_id, RITA) == draft
    changed = replace(draft, base={"name": "b"}, source={"url": "c"}, invalid_inputs={"nsfw": "perhaps"})
    later = now + timedelta(seconds=1)
    assert await drafts.save(replace(changed, revises=None, guild_id=None), later) == replace(
        changed, revises=None, guild_id=None, updated_at=later
    )
    assert await drafts.get(draft.draft_id, RITA) == replace(changed, updated_at=later), "server and change stay"


async def test_a_purged_change_is_taken_up_without_approver_reason_and_time(
    drafts: Drafts, make_draft: MakeDraft
) -> None:
    draft = await make_draft(revises=Revises(41, "0123456789"))
    assert draft.revises == Revises(41, "0123456789")
    assert (await drafts.of_user(RITA))[0].revises == draft.revises


async def test_one_change_is_taken_up_once_by_each_person(drafts: Drafts, make_draft: MakeDraft) -> None:
    first = await make_draft(**FULL)
    again = await make_draft(**{**FULL, "model_name": "Another", "why": "again"})
    assert again == first == await drafts.revising(RITA, 41, "0123456789")
    assert await drafts.revising(ABE, 41, "0123456789") is None
    assert await drafts.revising(RITA, 42, "0123456789") is None
    assert await drafts.revising(RITA, 41, "another") is None
    assert (await make_draft(**{**FULL, "user_id": ABE})).draft_id != first.draft_id
    assert (await make_draft(**{**FULL, "revises": Revises(41, "another")})).draft_id != first.draft_id


async def test_an_open_draft_of_a_model_is_found_by_its_name(
    database: Database, drafts: Drafts, make_draft: MakeDraft
) -> None:
    draft = await make_draft(model_name="Pixel")
    await make_draft(model_name="")
    assert await drafts.of_model(RITA, "create", "image_generation", "Pixel") == draft
    for other in (
        (ABE, "create", "image_generation", "Pixel"),
        (RITA, "update", "image_generation", "Pixel"),
        (RITA, "create", "clip", "Pixel"),
        (RITA, "create", "image_generation", "Another"),
        (RITA, "create", "image_generation", ""),
    ):
        assert await drafts.of_model(*other) is None
    await move(database, draft, DraftState.UNKNOWN)
    assert await drafts.of_model(RITA, "create", "image_generation", "Pixel") is None


async def test_the_draft_that_each_person_edited_last_is_recent(
    database: Database, drafts: Drafts, make_draft: MakeDraft, now: datetime
) -> None:
    first, second, of_abe, sent = (
        await make_draft(),
        await make_draft(),
        await make_draft(user_id=ABE),
        await make_draft(user_id=ABE + 1),
    )
    await move(database, sent, DraftState.UNKNOWN)
    later = now + timedelta(minutes=1)
    assert await drafts.recently_edited(later) == []
    assert await drafts.recently_edited(now) == [(RITA, second.draft_id), (ABE, of_abe.draft_id)]
    await drafts.save(first, later)
    assert await drafts.recently_edited(later) == [(RITA, first.draft_id)]


async def test_drafts_that_would_be_due_within_a_day_are_warned_about_in_the_same_message(
    drafts: Drafts, make_draft: MakeDraft, now: datetime
) -> None:
    await make_draft()
    soon, late = await make_draft(), await make_draft()
    await drafts.save(soon, now + timedelta(hours=23))
    await drafts.save(late, now + timedelta(hours=25))
    assert await drafts.warn(now, now) == 0, "none is due yet"
    assert await drafts.warn(now + timedelta(seconds=1), now) == 2
    warned = {draft.draft_id for draft in await drafts.of_user(RITA) if draft.warned_at == now}
    assert late.draft_id not in warned
    assert len(warned) == 2
