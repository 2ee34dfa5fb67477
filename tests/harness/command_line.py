"""The command line as an operator types it, in this process."""

from typer.testing import CliRunner, Result

from bot.__main__ import app

TOKEN = "a-token-that-must-never-be-shown"


def typed(*words: str) -> Result:
    """Output and exit code of a command."""
    return CliRunner().invoke(app, list(words))
