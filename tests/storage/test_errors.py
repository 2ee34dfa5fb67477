"""An operator whose bot does not start reads what is wrong, then what to do; no key is repeated."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from storage import errors
from storage.errors import StorageError

FILE = Path("curator.db")

TEXTS: list[tuple[partial[Any], str]] = [
    (
        partial(errors.MissingKeyError, 7, 3),
        (
            "credential key k7 is missing and 3 links need it; add it to CURATOR_CREDENTIAL_KEYS again, "
            "or restore it from its backup"
        ),
    ),
    (
        partial(errors.MissingKeyError, 7, 0),
        (
            "credential key k7 is missing and 0 links need it; add it to CURATOR_CREDENTIAL_KEYS again, "
            "or type `keys retire k7` if it is to go"
        ),
    ),
    (
        partial(errors.RetiredKeyError, 7),
        (
            "credential key k7 was retired; put another key first in CURATOR_CREDENTIAL_KEYS and remove it "
            "(`keys generate` makes a new one)"
        ),
    ),
    (
        partial(errors.WrongKeyError, 7, 3),
        (
            "credential key k7 is not the key this database was written with and 3 links need it; "
            "restore the former key, or the database that belongs to this one"
        ),
    ),
    (
        partial(errors.KeyInUseError, 7, 1),
        "1 link is still encrypted with k7; put another key first in CURATOR_CREDENTIAL_KEYS and run `keys rotate`",
    ),
    (
        partial(errors.KeyInUseError, 7, 2),
        "2 links are still encrypted with k7; put another key first in CURATOR_CREDENTIAL_KEYS and run `keys rotate`",
    ),
    (
        partial(errors.IncompleteInstallationError, "installation id"),
        "the database holds links but no installation id; restore a backup of the database",
    ),
    (
        partial(errors.InsecurePermissionsError, FILE, 0o44),
        "curator.db has mode 0044, others can read it; run `chmod 600 curator.db`",
    ),
    (
        partial(errors.UnusableFileError, FILE, "Read-only file system"),
        "curator.db cannot be used: Read-only file system; check that it is a file, its owner and its mount",
    ),
    (
        partial(errors.MissingFileError, FILE),
        "there is no database at curator.db; point CURATOR_DATABASE_PATH at the bot's file",
    ),
    (
        partial(errors.TargetTakenError, FILE, "the database itself"),
        "curator.db is the database itself; name a new file, or an earlier backup of this bot",
    ),
    (
        partial(errors.ForeignFileError, FILE),
        "curator.db is a database of another program; point the database path at a file of its own",
    ),
    (
        partial(errors.NewerSchemaError, 9, 8),
        (
            "the database has schema 9, this version knows 8; run the newer version, or restore "
            "the backup that it made beside the file before it moved the schema"
        ),
    ),
    (
        partial(errors.DamagedError, FILE, "it ends too early"),
        "curator.db is damaged (it ends too early); restore a backup",
    ),
    (
        partial(errors.EmptiedError, FILE, Path("curator.db.installed")),
        "curator.db was emptied or removed; restore a backup, or delete curator.db.installed to start empty",
    ),
    (partial(errors.LockedError, FILE), "curator.db is held by another process, probably a bot that runs already"),
    (partial(errors.DiskError, FILE, is_full=True), "curator.db could not be written: the disk is full"),
    (partial(errors.DiskError, FILE, is_full=False), "curator.db could not be written: the disk failed"),
    (partial(errors.WipeError, FILE, is_full=True), "curator.db could not be written: the disk is full"),
    (partial(errors.AccountTakenError, "101"), "the Horde account 101 is linked by another Discord user"),
    (partial(errors.UnreadableKeyError, 1111), "the stored key of user 1111 does not open"),
    (partial(errors.TooManyDraftsError, 25), "a person keeps at most 25 drafts"),
    (partial(errors.TooManySubscriptionsError, 25), "a person keeps at most 25 subscriptions"),
    (partial(errors.DraftUnavailableError, 5, None), "draft 5 is gone"),
    (partial(errors.DraftUnavailableError, 5, "sending"), "draft 5 is sending"),
    (partial(errors.SendingError, 1111), "user 1111 has a request on its way"),
    (partial(errors.IntentStateError, 9), "intent 9 is not waiting for this step"),
]


@pytest.mark.parametrize(("raised", "text"), TEXTS, ids=[each.func.__name__ for each, _ in TEXTS])
def test_an_error_says_what_is_wrong_and_then_what_to_do(raised: partial[StorageError], text: str) -> None:
    error = raised()
    assert str(error) == text
    told = [str(fact) for fact in vars(error).values() if isinstance(fact, (int, str)) and not isinstance(fact, bool)]
    assert all(fact in text for fact in told), "its facts are those of its text"


def test_an_error_keeps_the_facts_that_commands_act_on() -> None:
    missing, wrong, in_use = errors.MissingKeyError(7, 3), errors.WrongKeyError(7, 3), errors.KeyInUseError(7, 3)
    assert [(each.key_id, each.rows) for each in (missing, wrong, in_use)] == [(7, 3)] * 3
    assert errors.RetiredKeyError(7).key_id == 7
    assert (errors.NewerSchemaError(9, 8).found, errors.NewerSchemaError(9, 8).known) == (9, 8)
    assert errors.EmptiedError(FILE, Path("x")).sidecar == Path("x")
    assert errors.WipeError(FILE, is_full=True).is_full
    assert not errors.DiskError(FILE, is_full=False).is_full
    assert errors.DraftUnavailableError(5, "sending").draft_id == 5


@pytest.mark.parametrize(
    ("position", "where"), [(0, "the credential keys"), (2, "credential key number 2")], ids=["the list", "one key"]
)
def test_a_bad_credential_key_is_named_by_its_place_in_the_list(position: int, where: str) -> None:
    error = errors.InvalidKeysError("its bytes are not random", position=position)
    assert str(error) == f"{where}: its bytes are not random; make one with the command `keys generate`"
    assert error.position == position
