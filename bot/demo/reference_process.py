"""The child process in which the real service runs: it ends when the process that started it is gone."""

import os
import signal
import sys
import threading

import uvicorn

APPLICATION = "horde_model_reference.service.app:app"


def _end_with_the_parent() -> None:
    """Block until standard input is closed, however the parent ended, then ask for a stop."""
    while sys.stdin.buffer.read(1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Serve on the listening socket whose number is the first argument."""
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    uvicorn.run(APPLICATION, fd=int(sys.argv[1]), log_level="info", timeout_graceful_shutdown=1)


if __name__ == "__main__":
    main()
