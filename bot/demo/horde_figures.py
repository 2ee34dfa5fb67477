"""Made-up figures of how much models are used, in the shapes in which AI-Horde tells them to anybody."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

type Kind = Literal["image", "text"]


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """What AI-Horde counts of one model.

    Attributes:
        kind: ``image`` or ``text``.
        name: as the workers tell it; those that serve texts put their program before it (``koboldcpp/…``).
        workers: how many serve it now.
        day: pictures or texts of the last day.
        month: those of the last thirty days.
        total: all there ever were.
    """

    kind: Kind
    name: str
    workers: int
    day: int
    month: int
    total: int


SAMPLE_FIGURES = (
    ModelFigures("image", "Lantern Dusk", workers=14, day=641, month=18_402, total=402_118),
    ModelFigures("image", "Paper Crane", workers=5, day=188, month=6_120, total=97_440),
    ModelFigures("image", "Granite Photo", workers=1, day=21, month=911, total=30_275),
    ModelFigures("image", "Velvet Night", workers=0, day=0, month=37, total=5_804),
    ModelFigures("text", "koboldcpp/Harbor-7B", workers=3, day=402, month=9_815, total=61_007),
    ModelFigures("text", "aphrodite/Sample-Org/Quill-13B", workers=1, day=56, month=1_230, total=8_116),
)
"""Of the sample's models; *Tin Robot* is used by nobody."""


def status_of_models(figures: Iterable[ModelFigures], kind: str) -> list[dict[str, Any]]:
    """What ``status/models`` answers: the models that somebody serves now."""
    quiet = {"performance": 1.0, "queued": 0, "jobs": 0, "eta": 0}
    return [
        {"name": each.name, "type": each.kind, "count": each.workers, **quiet}
        for each in figures
        if each.kind == kind and each.workers
    ]


def stats_of_models(figures: Iterable[ModelFigures], kind: Kind) -> dict[str, dict[str, int]]:
    """What ``stats/img/models`` and ``stats/text/models`` answer: counts by name, of a day, a month and ever."""
    of_kind = [each for each in figures if each.kind == kind]
    return {
        "day": {each.name: each.day for each in of_kind},
        "month": {each.name: each.month for each in of_kind},
        "total": {each.name: each.total for each in of_kind},
    }
