"""The many-facet model of all judgements, from a panel in memory; ROWS counts judgements.

The first line sets a fit beside one of a tenth as many judgements: a speed of .1 is linear. The
peers, lme4's lmer and statsmodels' MixedLM, are measured on as many as they can take.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from benchmarks import leniency_fits
from benchmarks.drawn_judgements import n_interviewers
from benchmarks.measuring import Cost, cost
from benchmarks.stage import Figures, Stage, Tell

_FEWEST = 1_000


class _Peer(NamedTuple):
    """A fit of the same model, whether it is installed, and how it comes to be.

    Above `most` judgements it takes longer than anyone would wait.
    """

    name: str
    fit: Callable[[int], leniency_fits.Spent]
    is_installed: bool
    most: int
    how: str


def measure(rows: int, tell: Tell) -> Sequence[Figures]:
    """Measure a fit beside a tenth of it, and beside each peer at a size it can take."""
    spent: dict[int, Cost] = {}

    def ours(size: int) -> Cost:
        if size not in spent:
            tell(_size(size))
            spent[size] = cost(leniency_fits.ours, size)
        return spent[size]

    tenth = max(rows // 10, _FEWEST)
    lines = [_line(rows, ours(rows), f"of {tenth:,}", ours(tenth))]
    for peer in _peers():
        size = min(rows, peer.most)
        if peer.is_installed:
            mine = ours(size)
            tell(f"{peer.name}: {_size(size)}")
            lines.append(_line(size, mine, peer.name, cost(peer.fit, size)))
        else:
            lines.append(_line(size, ours(size), note=f"{peer.name} is not installed: {peer.how}"))
    return lines


def _peers() -> list[_Peer]:
    fits, pip = leniency_fits, ".venv/bin/python -m pip install statsmodels"
    return [
        _Peer("lmer", fits.lmer, fits.has_lmer(), 130_000, "apt-get install r-cran-lme4"),
        _Peer("MixedLM", fits.statsmodels, fits.has_statsmodels(), 2_000, pip),
    ]


def _size(rows: int) -> str:
    return f"{rows:,} x {n_interviewers(rows):,}"


def _line(
    rows: int, ours: Cost, name: str = "", peer: Cost | None = None, note: str = ""
) -> Figures:
    said = f"{_size(rows)}: correlation with the true leniency {ours.result.correlation:.3f}"
    if peer and peer.result.n_judgements == rows:
        said += f", {name} {peer.result.correlation:.3f}"
    return Figures(
        "interviewer leniency",
        _size(rows),
        ours.result.seconds,
        ours.result.cpu_seconds,
        ours.peak_mib,
        name,
        peer.result.seconds if peer else None,
        peer.result.cpu_seconds if peer else None,
        f"{said}. {note}".strip(),
    )


STAGE = Stage(
    "interviewer_leniency",
    "the model of all judgements: variances and leniency, from a panel in memory",
    1_000_000,
    measure,
)
