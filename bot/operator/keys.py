"""Commands ``keys``: generate, list, rotate and retire; only a new key is shown."""

import re
from functools import partial

import typer

from bot.operator.command_settings import TOKEN, operator_settings
from bot.operator.exit_codes import ExitCode
from storage.database import Database
from storage.errors import DiskError
from storage.keyring import generate_key, parse_keys
from storage.rotation import Rotation, retire, rows_by_key

_KEY_ID = re.compile(r"k?([1-9][0-9]{0,9})", re.ASCII)


_settings = partial(operator_settings, not_needed=(TOKEN,), begins_database=False)


def print_new_key() -> int:
    """Print a new key, for ``CURATOR_CREDENTIAL_KEYS``; it is stored nowhere."""
    typer.echo(generate_key().get_secret_value())
    return ExitCode.OK


async def list_keys(*, is_sharing_allowed: bool) -> int:
    """Print a line per key: its id, its number of links, and whether it is in the settings."""
    with _settings(is_sharing_allowed=is_sharing_allowed) as settings:
        given = [key.key_id for key in parse_keys(settings.credential_keys)]
        async with await Database.open(settings.database_path, is_sharing_allowed=is_sharing_allowed) as database:
            rows = dict(await rows_by_key(database))
    for key_id in [*given, *(key_id for key_id in rows if key_id not in given)]:
        place = "first: encrypts new links" if key_id == given[0] else "decrypts its links"
        links = rows.get(key_id, 0)
        state = place if key_id in given else "not in CURATOR_CREDENTIAL_KEYS"
        typer.echo(f"k{key_id}  {links:>7} {'link ' if links == 1 else 'links'}  {state}")
    return ExitCode.OK


async def rotate_keys(*, is_sharing_allowed: bool) -> int:
    """Encrypt all links with the first credential key; can be repeated after an interruption."""
    from bot.connections import connect  # noqa: PLC0415 - loads the HTTP clients, which no other command about keys needs

    when_locked = "Stop the bot first; a running one rotates by itself at its start."
    with _settings(is_sharing_allowed=is_sharing_allowed, when_locked=when_locked) as settings:
        async with connect(settings, is_sharing_allowed=is_sharing_allowed) as connections:
            rotation = Rotation(connections.database, connections.keyring, settings.service_url)
            first = connections.keyring.primary_id
            due = sum(count for key_id, count in (await rotation.rows()).items() if key_id != first)
            try:
                moved, unreadable = await _rotate(rotation, f"encrypting with k{first}", due)
            except DiskError as error:  # earlier batches are committed
                done = f"Some links may be encrypted with k{first} now"
                typer.echo(f"Not wholly done: {error}. {done}; run it again.", err=True)
                return error.exit_code
            left = {key_id: count for key_id, count in (await rotation.rows()).items() if key_id != first}
    done = f"{moved} {'link is' if moved == 1 else 'links are'} encrypted with k{first} now."
    typer.echo(done if due else f"Nothing to do: k{first} encrypts every link already.")
    if unreadable:
        typer.echo(f"{unreadable} cannot be decrypted and were left unchanged: these people have to link again.")
    for key_id, count in left.items():
        if not count:
            typer.echo(f"k{key_id} encrypts no links: `keys retire k{key_id}`, then remove it from the settings.")
    return ExitCode.OK


async def _rotate(rotation: Rotation, label: str, due: int) -> tuple[int, int]:
    """Rotate under a progress bar; return the numbers of moved and of undecryptable links."""
    moved, unreadable = 0, 0
    with typer.progressbar(length=due, label=label) as bar:
        while not (batch := await rotation.step()).is_last:
            moved += batch.moved
            unreadable += len(batch.unreadable)
            bar.update(batch.moved + len(batch.unreadable))
    await rotation.finish()
    return moved, unreadable


async def retire_key(name: str, *, is_sharing_allowed: bool) -> int:
    """Retire a key that no link needs, so that the operator can destroy it."""
    match = _KEY_ID.fullmatch(name.strip())
    if match is None:
        typer.echo("Not done: a key is named by its id, such as k7; `keys list` shows them.", err=True)
        return ExitCode.CONFIGURATION
    key_id = int(match[1])
    with _settings(is_sharing_allowed=is_sharing_allowed) as settings:
        if key_id == parse_keys(settings.credential_keys)[0].key_id:
            typer.echo(f"Not done: k{key_id} is first and encrypts new links. Put another key first.", err=True)
            return ExitCode.CONFIGURATION
        async with await Database.open(settings.database_path, is_sharing_allowed=is_sharing_allowed) as database:
            is_forgotten = await retire(database, key_id)
    if not is_forgotten:
        typer.echo(f"Not done: this database does not know k{key_id}; `keys list` shows what it knows.", err=True)
        return ExitCode.CONFIGURATION
    typer.echo(
        f"k{key_id} is retired. Remove it from CURATOR_CREDENTIAL_KEYS and destroy it: links in backups from before "
        "the rotation can then no longer be decrypted."
    )
    return ExitCode.OK
