"""Child process of the real service; it ends with its parent process."""

import os
import signal
import sys
import threading

import uvicorn

APPLICATION = "horde_model_reference.service.app:app"


def _end_with_the_parent() -> None:
    """Block until the parent's end closes standard input, then request a stop."""
    while sys.stdin.buffer.read(1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Serve on the listening socket with the file descriptor in the first argument."""
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    uvicorn.run(APPLICATION, fd=int(sys.argv[1]), log_level="info", timeout_graceful_shutdown=1)


if __name__ == "__main__":
    main()
