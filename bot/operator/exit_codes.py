"""Exit codes by sysexits, for process supervisors."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit code of the process."""

    OK = 0
    DATA_DAMAGED = 65
    UNAVAILABLE = 69
    DISK = 74
    ALREADY_RUNNING = 75
    CONFIGURATION = 78
    INTERRUPTED = 130
