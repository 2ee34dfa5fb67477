"""Several cases inside one test; every case that fails is named."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

type Case = Callable[[object], AbstractContextManager[None]]


@contextmanager
def named_cases() -> Iterator[Case]:
    """Yield a context manager for each case; fail at the end with the name and reason of every failed case.

    Raises:
        AssertionError: a case failed.
    """
    failures: list[str] = []

    @contextmanager
    def case(name: object) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 - a case that raises anything has failed, and the next one runs
            failures.append(f"{name}: {type(error).__name__}: {error}")

    yield case
    if failures:
        raise AssertionError("\n".join([f"{len(failures)} failed", *failures]))
