"""Invented usage statistics of models, in the format of AI-Horde's public API."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

type Kind = Literal["image", "text"]


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """Usage statistics of a model.

    Attributes:
        kind: ``image`` or ``text``.
        name: as reported by workers; text workers prefix it with their backend (``koboldcpp/…``).
        workers: number of workers that serve it now.
        day: images or texts of the last day.
        month: images or texts of the last thirty days.
        total: images or texts since the beginning.
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
"""Statistics of the sample's models; *Tin Robot* has none."""


def status_of_models(figures: Iterable[ModelFigures], kind: str) -> list[dict[str, Any]]:
    """Return the answer of ``status/models``: models with at least one worker."""
    quiet = {"performance": 1.0, "queued": 0, "jobs": 0, "eta": 0}
    return [
        {"name": each.name, "type": each.kind, "count": each.workers, **quiet}
        for each in figures
        if each.kind == kind and each.workers
    ]


def stats_of_models(figures: Iterable[ModelFigures], kind: Kind) -> dict[str, dict[str, int]]:
    """Return the answer of ``stats/{img,text}/models``: counts by period and name."""
    of_kind = [each for each in figures if each.kind == kind]
    return {
        "day": {each.name: each.day for each in of_kind},
        "month": {each.name: each.month for each in of_kind},
        "total": {each.name: each.total for each in of_kind},
    }
