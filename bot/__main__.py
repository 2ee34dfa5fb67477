"""The command line. Each command imports what it needs."""

import asyncio
import os
import resource
from collections.abc import Coroutine
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.demo.service_environment import Mode
from bot.operator.exit_codes import ExitCode

app = typer.Typer(
    name="horde-curator",
    help="The Discord bot in which the AI-Horde community curates its model reference.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # its tracebacks show locals, and locals hold keys
    add_completion=False,
)
keys_app = typer.Typer(help="The keys that encrypt people's AI-Horde keys.", no_args_is_help=True)
app.add_typer(keys_app, name="keys")
operator_app = typer.Typer(help="What only the operator may decide.", no_args_is_help=True)
app.add_typer(operator_app, name="operator")


Sharing = Annotated[
    bool,
    typer.Option(
        "--allow-insecure-permissions",
        help="Take a database and files of secrets that others may read too: for mounts that know no permissions.",
    ),
]


@app.command()
def run(*, allow_insecure_permissions: Sharing = False) -> None:
    """Connect to Discord and serve until told to stop (SIGTERM or Ctrl-C)."""
    from bot.operator.run import run_bot  # noqa: PLC0415 - `--help` and `keys` need none of it

    _harden()
    _finish(run_bot(is_sharing_allowed=allow_insecure_permissions))


@app.command()
def check(*, allow_insecure_permissions: Sharing = False) -> None:
    """Check settings, database, keys, service, AI-Horde and Discord, and print the result."""
    from bot.operator.check import run_check  # noqa: PLC0415 - as above

    _harden()
    _finish(run_check(is_sharing_allowed=allow_insecure_permissions))


@app.command()
def demo(
    mode: Annotated[Mode, typer.Option(help="How the model reference service is deployed.")] = Mode.V2,
    reference_data: Annotated[
        Path | None,
        typer.Option(
            help="A folder with a model reference in the legacy layout, instead of the sample.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    port: Annotated[int, typer.Option(help="Port of the page; 0 takes a free one.", min=0, max=65535)] = 0,
    keep: Annotated[
        Path | None,
        typer.Option(help="A folder to keep the data in, instead of a temporary one.", file_okay=False),
    ] = None,
    *,
    lived_in: Annotated[
        bool, typer.Option("--lived-in", help="Start with linked keys and six changes, pending and decided (mode v2).")
    ] = False,
) -> None:
    """Try everything in a browser: real service, simulated Discord; no token, key or network."""
    if lived_in and (mode is not Mode.V2 or reference_data is not None):
        raise typer.BadParameter("--lived-in needs --mode v2 and the sample reference.")
    missing = next(
        (name for name in ("simcord", "horde_model_reference", "markdown_it") if find_spec(name) is None), None
    )
    if missing is not None:
        text = f"The demo needs {missing}. `make demo` installs it; so does: pip install -c constraints.txt '.[demo]'"
        typer.echo(text, err=True)
        raise typer.Exit(ExitCode.CONFIGURATION)
    from bot.demo.command import DemoOptions, run_demo  # noqa: PLC0415 - as above

    options = DemoOptions(mode=mode, reference_data=reference_data, port=port, keep=keep, is_lived_in=lived_in)
    _finish(run_demo(options))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Target: a new file, or an earlier backup to replace.", dir_okay=False)],
    *,
    allow_insecure_permissions: Sharing = False,
) -> None:
    """Copy the database to FILE while the bot is stopped; while it runs, send it SIGUSR1."""
    from bot.operator.backup import make_backup  # noqa: PLC0415 - as above

    _harden()
    _finish(make_backup(file, is_sharing_allowed=allow_insecure_permissions))


@app.command("sync-commands")
def sync_commands(*, allow_insecure_permissions: Sharing = False) -> None:
    """Send the commands to Discord again; the bot itself does so when they changed."""
    from bot.operator.commands import sync_commands as sync  # noqa: PLC0415 - as above

    _harden()
    _finish(sync(is_sharing_allowed=allow_insecure_permissions))


@keys_app.command("generate")
def keys_generate() -> None:
    """Print a new key for CURATOR_CREDENTIAL_KEYS. It is shown once and stored nowhere."""
    from bot.operator.keys import print_new_key  # noqa: PLC0415 - as above

    raise typer.Exit(print_new_key())


@keys_app.command("list")
def keys_list(*, allow_insecure_permissions: Sharing = False) -> None:
    """Show each credential key by its id, with the number of links it encrypts."""
    from bot.operator.keys import list_keys  # noqa: PLC0415 - as above

    _harden()
    _finish(list_keys(is_sharing_allowed=allow_insecure_permissions))


@keys_app.command("rotate")
def keys_rotate(*, allow_insecure_permissions: Sharing = False) -> None:
    """Encrypt every link with the first credential key. After an interruption, run it again."""
    from bot.operator.keys import rotate_keys  # noqa: PLC0415 - as above

    _harden()
    _finish(rotate_keys(is_sharing_allowed=allow_insecure_permissions))


@keys_app.command("retire")
def keys_retire(
    key: Annotated[str, typer.Argument(help="The key's id, such as k7.")],
    *,
    allow_insecure_permissions: Sharing = False,
) -> None:
    """Remove a key that encrypts nothing any more; refused while links need it."""
    from bot.operator.keys import retire_key  # noqa: PLC0415 - as above

    _harden()
    _finish(retire_key(key, is_sharing_allowed=allow_insecure_permissions))


@operator_app.command("forget")
def operator_forget(
    person: Annotated[str, typer.Argument(help="A Discord id, or an AI-Horde id such as 101 or alice#101.")],
    *,
    allow_insecure_permissions: Sharing = False,
) -> None:
    """Delete everything stored about one person while the bot is stopped."""
    from bot.operator.forget import forget_person  # noqa: PLC0415 - as above

    _harden()
    _finish(forget_person(person, is_sharing_allowed=allow_insecure_permissions))


@operator_app.command("leave")
def operator_leave(
    guild: Annotated[int, typer.Argument(help="Discord id of the server.", min=1)],
    *,
    allow_insecure_permissions: Sharing = False,
) -> None:
    """Leave a server. The bot never leaves one by itself."""
    from bot.operator.commands import leave_guild  # noqa: PLC0415 - as above

    _harden()
    _finish(leave_guild(guild, is_sharing_allowed=allow_insecure_permissions))


def _print_version(is_given: bool) -> None:  # noqa: FBT001 - typer's own way to call it
    if is_given:
        typer.echo(f"horde-curator {metadata.version('horde-curator')}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    pass


def _harden() -> None:
    """Keep secrets out of files that others can read and out of core dumps."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _finish(work: Coroutine[Any, Any, int]) -> None:
    try:
        code = asyncio.run(work)
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    raise typer.Exit(code)


def main() -> None:
    """Entry point of the console script."""
    app()


if __name__ == "__main__":
    main()
