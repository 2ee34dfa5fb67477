"""Exit codes by sysexits, for whoever supervises the process."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a process ends with."""

    OK = 0
    DATA_DAMAGED = 65
    UNAVAILABLE = 69
    DISK = 74
    ALREADY_RUNNING = 75
    CONFIGURATION = 78
    INTERRUPTED = 130
