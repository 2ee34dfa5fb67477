"""Everything storage can refuse; errors that stop a start carry its exit code."""

from pathlib import Path
from typing import ClassVar


class StorageError(Exception):
    """Root of what storage raises by itself. Nothing here ever holds a key, sealed or not."""


class StartError(StorageError):
    """The bot must not start like this.

    There is no user interface yet when these are raised, so the text is the operator's: what is wrong, then
    what to do. ``exit_code`` follows sysexits.
    """

    exit_code: ClassVar[int] = 78


class ConfigurationError(StartError):
    """A setting and the file do not fit together, or the file is not safe to use (EX_CONFIG)."""


class InvalidKeysError(ConfigurationError):
    """The list of credential keys cannot be used.

    Attributes:
        position: which key of the list, from 1; 0 when the list as a whole is meant.
    """

    def __init__(self, problem: str, *, position: int = 0) -> None:
        where = f"credential key number {position}" if position else "the credential keys"
        super().__init__(f"{where}: {problem}; make one with the command `keys generate`")
        self.position = position


class MissingKeyError(ConfigurationError):
    """A key that this database was written with is not among the credential keys."""

    def __init__(self, key_id: int, rows: int) -> None:
        way_out = f"or type `keys retire k{key_id}` if it is to go" if not rows else "or restore it from its backup"
        super().__init__(
            f"credential key k{key_id} is missing and {rows} links need it; add it to CURATOR_CREDENTIAL_KEYS again, "
            f"{way_out}"
        )
        self.key_id = key_id
        self.rows = rows


class RetiredKeyError(ConfigurationError):
    """The first credential key was retired, so it must not encrypt new links."""

    def __init__(self, key_id: int) -> None:
        super().__init__(
            f"credential key k{key_id} was retired; put another key first in CURATOR_CREDENTIAL_KEYS and remove it "
            "(`keys generate` makes a new one)"
        )
        self.key_id = key_id


class WrongKeyError(ConfigurationError):
    """A credential key has the right id and the wrong bytes."""

    def __init__(self, key_id: int, rows: int) -> None:
        super().__init__(
            f"credential key k{key_id} is not the key this database was written with and {rows} links need "
            "it; restore the former key, or the database that belongs to this one"
        )
        self.key_id = key_id
        self.rows = rows


class KeyInUseError(ConfigurationError):
    """A credential key cannot be retired: links are still encrypted with it."""

    def __init__(self, key_id: int, rows: int) -> None:
        super().__init__(
            f"{rows} {'link is' if rows == 1 else 'links are'} still encrypted with k{key_id}; put another key first "
            "in CURATOR_CREDENTIAL_KEYS and run `keys rotate`"
        )
        self.key_id = key_id
        self.rows = rows


class IncompleteInstallationError(ConfigurationError):
    """Links exist, but the installation id or a check value is missing."""

    def __init__(self, missing: str) -> None:
        super().__init__(f"the database holds links but no {missing}; restore a backup of the database")


class InsecurePermissionsError(ConfigurationError):
    """A file that only the bot's own user may read is open to others."""

    def __init__(self, path: Path, mode: int) -> None:
        super().__init__(f"{path} has mode {mode:04o}, others can read it; run `chmod 600 {path}`")


class UnusableFileError(ConfigurationError):
    """The database file cannot be opened for writing."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} cannot be used: {reason}; check that it is a file, its owner and its mount")


class MissingFileError(ConfigurationError):
    """There is no database, and the command is not one that begins one."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"there is no database at {path}; point CURATOR_DATABASE_PATH at the bot's file")


class TargetTakenError(ConfigurationError):
    """The target of a backup is another file than an earlier backup of this bot."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} is {reason}; name a new file, or an earlier backup of this bot")


class ForeignFileError(ConfigurationError):
    """The file is a database of another program."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is a database of another program; point the database path at a file of its own")


class NewerSchemaError(ConfigurationError):
    """The file was written by a newer version of the bot."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(
            f"the database has schema {found}, this version knows {known}; run the newer version, or restore "
            "the backup that it made beside the file before it moved the schema"
        )
        self.found = found
        self.known = known


class DamagedError(StartError):
    """The file is no whole database any more (EX_DATAERR). It is never replaced by a new one."""

    exit_code = 65

    def __init__(self, path: Path, finding: str) -> None:
        super().__init__(f"{path} is damaged ({finding}); restore a backup")


class EmptiedError(DamagedError):
    """The file is empty although its sidecar exists, so that it had data."""

    def __init__(self, path: Path, sidecar: Path) -> None:
        text = f"{path} was emptied or removed; restore a backup, or delete {sidecar} to start empty"
        super(DamagedError, self).__init__(text)  # with a text of its own
        self.sidecar = sidecar


class LockedError(StartError):
    """Another process holds the file (EX_TEMPFAIL)."""

    exit_code = 75

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is held by another process, probably a bot that runs already")


class DiskError(StartError):
    """The disk is full or failing (EX_IOERR). Rolled back; reading may still work."""

    exit_code = 74

    def __init__(self, path: Path, *, is_full: bool) -> None:
        super().__init__(f"{path} could not be written: {'the disk is full' if is_full else 'the disk failed'}")
        self.is_full = is_full


class WipeError(DiskError):
    """Committed, but deleted data is still in the log until the next checkpoint."""


class ClosedError(StorageError):
    """The database was closed before the call."""


class AccountTakenError(StorageError):
    """The Horde account is already linked by another Discord user; that link is kept."""

    def __init__(self, horde_user_id: str) -> None:
        super().__init__(f"the Horde account {horde_user_id} is linked by another Discord user")
        self.horde_user_id = horde_user_id


class SealBrokenError(StorageError):
    """An encrypted value cannot be decrypted: altered, moved, or encrypted for another place."""


class UnreadableKeyError(StorageError):
    """The stored key of this user cannot be decrypted; only this user has to link again."""

    def __init__(self, user_id: int) -> None:
        super().__init__(f"the stored key of user {user_id} does not open")
        self.user_id = user_id


class TooManyDraftsError(StorageError):
    """The person has the maximum number of drafts."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"a person keeps at most {limit} drafts")
        self.limit = limit


class TooManySubscriptionsError(StorageError):
    """The person has the maximum number of subscriptions."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"a person keeps at most {limit} subscriptions")
        self.limit = limit


class DraftUnavailableError(StorageError):
    """The draft does not exist any more, is being sent, or was saved after it was read.

    Attributes:
        state: its state, or ``edited``; None if this person has no such draft.
    """

    def __init__(self, draft_id: int, state: str | None) -> None:
        super().__init__(f"draft {draft_id} is {state or 'gone'}")
        self.draft_id = draft_id
        self.state = state


class SendingError(StorageError):
    """A request of this person is running; their rows cannot be deleted until it ends."""

    def __init__(self, user_id: int) -> None:
        super().__init__(f"user {user_id} has a request on its way")
        self.user_id = user_id


class IntentStateError(StorageError):
    """The intent is not in the state that this step requires."""

    def __init__(self, intent_id: int) -> None:
        super().__init__(f"intent {intent_id} is not waiting for this step")
        self.intent_id = intent_id
