"""The crossed model of ratings, from a panel in memory; ROWS counts ratings.

The first line sets a fit beside one of a tenth as many ratings: a speed of .1 is linear. The peer,
statsmodels' MixedLM, is measured on as many ratings as it can take.
"""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks import rating_fits
from benchmarks.measuring import Cost, cost
from benchmarks.stage import Figures, Stage, Tell

# MixedLM's time is cubic in the levels: 22 s here, hours at 100,000 ratings.
_MOST_STATSMODELS = 5_000
_FEWEST = 1_000


def measure(rows: int, tell: Tell) -> Sequence[Figures]:
    """Measure a fit beside a tenth of it, and beside MixedLM at a size MixedLM can take."""
    tenth = max(rows // 10, _FEWEST)
    fewer = min(rows, _MOST_STATSMODELS)
    sizes = dict.fromkeys((rows, tenth, fewer))
    spent: dict[int, Cost] = {}
    for size in sizes:
        tell(_size(size))
        spent[size] = cost(rating_fits.ours, size)
    lines = [_line(rows, spent[rows], f"of {tenth:,}", spent[tenth])]
    if not rating_fits.has_statsmodels():
        note = "statsmodels is not installed: .venv/bin/python -m pip install statsmodels"
        return [*lines, _line(fewer, spent[fewer], note=note)]
    tell(f"statsmodels: {_size(fewer)}")
    peer = cost(rating_fits.statsmodels, fewer)
    return [*lines, _line(fewer, spent[fewer], "MixedLM", peer)]


def _size(rows: int) -> str:
    world = rating_fits.world_of(rows)
    return f"{rows:,} x {world.n_interviewers:,}"


def _line(
    rows: int, ours: Cost, name: str = "", peer: Cost | None = None, note: str = ""
) -> Figures:
    miss = f"{_size(rows)}: variances within {ours.result.worst_miss:.1%} of the truth."
    return Figures(
        "rating components",
        _size(rows),
        ours.result.seconds,
        ours.result.cpu_seconds,
        ours.peak_mib,
        name,
        peer.result.seconds if peer else None,
        peer.result.cpu_seconds if peer else None,
        f"{miss} {note}".strip(),
    )


STAGE = Stage(
    "rating_components",
    "variances, halo, trend and effects of ratings, from a panel in memory",
    1_000_000,
    measure,
)
