"""Numbers of rows that buttons act on."""

import secrets

_DIGITS = 15
"""A custom id has room for 18."""


def button_number() -> int:
    """Return a random number for a new row.

    Counted numbers repeat after a backup is restored: the button of a message from before would act on another row.
    """
    return secrets.randbelow(10**_DIGITS) + 1
