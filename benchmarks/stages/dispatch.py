"""A week's requests matched to open slots; ROWS counts requests, ten for each interviewer.

The peer is what one would write first: scipy's `linear_sum_assignment` on the dense matrix of all
requests by all open hours. It knows neither loads of the week nor earlier pairings nor newcomers.
"""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks import dispatch_batches
from benchmarks.measuring import Cost, cost
from benchmarks.stage import Figures, Stage, Tell

# The peer's matrix takes 3.2 GB at ten thousand requests and a hundred times that at ten times.
_MOST_DENSE = 10_000
_SHARE, _REPLAYS = 0.15, 9


def measure(rows: int, tell: Tell) -> Sequence[Figures]:
    """Measure the matching alone, beside the dense one, and with the counted probabilities."""
    fewer = min(rows, _MOST_DENSE)
    tell(f"{_size(fewer)}, by rank")
    by_rank = cost(dispatch_batches.ours, fewer, 0.0, 0)
    tell(f"{_size(fewer)}, dense")
    dense = cost(dispatch_batches.dense, fewer)
    lines = [_line("by rank alone", fewer, by_rank, dense)]
    for what, n_replays in (("with lottery", 0), (f"and {_REPLAYS} replays", _REPLAYS)):
        tell(f"{_size(rows)}, {what}")
        lines.append(_line(what, rows, cost(dispatch_batches.ours, rows, _SHARE, n_replays)))
    return lines


def _size(rows: int) -> str:
    return f"{rows:,} x {max(rows // dispatch_batches.REQUESTS_EACH, 1):,}"


def _line(what: str, rows: int, spent: Cost, peer: Cost | None = None) -> Figures:
    note = f"{what}: {_found(spent)}."
    if peer:
        note = f"{note} Dense: {_found(peer)}; {peer.peak_mib:,.0f} MiB."
    return Figures(
        f"dispatch, {what}",
        _size(rows),
        spent.result.seconds,
        spent.result.cpu_seconds,
        spent.peak_mib,
        "dense assignment" if peer else "",
        peer.result.seconds if peer else None,
        peer.result.cpu_seconds if peer else None,
        note,
    )


def _found(spent: Cost) -> str:
    got = spent.result
    return (
        f"{got.n_served:,} served, mean quality {got.mean_quality:.3f}, "
        f"{got.n_repeats} repeats, {got.n_above_cap} interviewers above their cap"
    )


STAGE = Stage(
    "dispatch",
    "a week's requests matched to open slots",
    10_000,
    measure,
)
