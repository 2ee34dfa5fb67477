"""Figures of a series, and the lines they are printed in."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Series:
    """Measurements of one thing, in milliseconds."""

    values: Sequence[float]

    def percentile(self, share: int) -> float:
        """The smallest value that ``share`` percent do not exceed."""
        ordered = sorted(self.values)
        return ordered[min(len(ordered) - 1, -(-len(ordered) * share // 100) - 1)]

    @property
    def p50(self) -> float:
        """The median."""
        return self.percentile(50)

    @property
    def p99(self) -> float:
        """The worst but for one in a hundred."""
        return self.percentile(99)


def row(name: str, series: Series, floor: Series) -> str:
    """One line: p50 and p99 of the thing and of its floor, and how they compare."""
    return (
        f"{name:<36}{series.p50:>8.2f}{series.p99:>8.2f}{floor.p50:>10.2f}{floor.p99:>8.2f}"
        f"{series.p50 / floor.p50:>9.2f}x{series.p99 / floor.p99:>7.2f}x\n"
    )


HEADER = f"{'':<36}{'p50':>8}{'p99':>8}{'bare p50':>10}{'p99':>8}{'p50':>10}{'p99':>8}\n"
