"""One AI-Horde stand-in for the whole test session, well again at the start of every test."""

from collections.abc import Iterator

import pytest

from bot.demo.horde_figures import SAMPLE_FIGURES
from bot.demo.horde_stand_in import HordeStandIn
from bot.demo.people import PEOPLE


@pytest.fixture(scope="session")
def _stand_in() -> Iterator[HordeStandIn]:
    people = {person.key: person.horde_username for person in PEOPLE}
    with HordeStandIn(people, figures=SAMPLE_FIGURES) as stand_in:
        yield stand_in


@pytest.fixture
def horde(_stand_in: HordeStandIn) -> HordeStandIn:
    """The stand-in that the services of this session ask: well, with its count of calls at nought."""
    _stand_in.reset()
    return _stand_in


@pytest.fixture(scope="session")
def horde_url(_stand_in: HordeStandIn) -> str:
    """Base URL (ends in `/api/`) of an AI-Horde on which the four people and the anonymous key exist."""
    return _stand_in.url
