"""Makes keys that encrypt people's AI-Horde keys."""

import typer

from storage.keyring import generate_key


def print_new_key() -> int:
    """Print a new key, for ``CURATOR_CREDENTIAL_KEYS``; it is stored nowhere."""
    typer.echo(generate_key().get_secret_value())
    return 0
