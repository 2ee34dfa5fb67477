"""Check of the operator's keys against the database at start."""

import os
from collections.abc import Sequence

from storage.database import Database, Transaction
from storage.errors import IncompleteInstallationError, MissingKeyError, RetiredKeyError, WrongKeyError
from storage.keyring import CredentialKey, Keyring

_INSTALL_ID_BYTES = 16


async def unlock(database: Database, keys: Sequence[CredentialKey]) -> Keyring:
    """Return the keyring after testing each key on its check value in the file.

    New keys get a check value, retired ones do not; a new file gets its installation id. Raises MissingKeyError,
    WrongKeyError, RetiredKeyError or IncompleteInstallationError (all exit 78) before anything is written.
    """
    return await database.transaction(lambda transaction: _unlock(transaction, keys))


def _unlock(transaction: Transaction, keys: Sequence[CredentialKey]) -> Keyring:
    links: dict[int, int] = dict(transaction.execute("SELECT key_id, count(*) FROM link GROUP BY key_id").fetchall())
    checks: dict[int, bytes] = dict(transaction.execute("SELECT key_id, sealed FROM key_check").fetchall())
    keyring = Keyring(keys, _install_id(transaction, is_new=not links and not checks))
    for key_id in sorted(links.keys() | checks.keys()):
        rows = links.get(key_id, 0)
        if key_id not in keyring.key_ids:
            raise MissingKeyError(key_id, rows)
        if key_id not in checks:
            raise IncompleteInstallationError(f"check value of k{key_id}")
        if not keyring.is_check_of(key_id, checks[key_id]):
            raise WrongKeyError(key_id, rows)
    retired = {key_id for key_id in keyring.key_ids if _is_retired(transaction, key_id)}
    if keyring.primary_id in retired:
        raise RetiredKeyError(keyring.primary_id)
    transaction.executemany(
        "INSERT INTO key_check (key_id, sealed) VALUES (?, ?)",
        [(key_id, keyring.seal_check(key_id)) for key_id in sorted(keyring.key_ids - checks.keys() - retired)],
    )
    return keyring


def retired_name(key_id: int) -> str:
    """Return the name in ``meta`` that marks a key as retired."""
    return f"retired k{key_id}"


def _is_retired(transaction: Transaction, key_id: int) -> bool:
    return transaction.execute("SELECT 1 FROM meta WHERE name = ?", (retired_name(key_id),)).fetchone() is not None


def _install_id(transaction: Transaction, *, is_new: bool) -> bytes:
    row = transaction.execute("SELECT value FROM meta WHERE name = 'install_id'").fetchone()
    if row is not None:
        return bytes(row["value"])
    if not is_new:
        raise IncompleteInstallationError("installation id")
    install_id = os.urandom(_INSTALL_ID_BYTES)
    transaction.execute("INSERT INTO meta (name, value) VALUES ('install_id', ?)", (install_id,))
    return install_id
