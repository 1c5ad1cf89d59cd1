"""Interviewer effects on leaving, from columns in memory; ROWS counts sessions.

The peers are what one would type: scikit-learn's logistic regression with a sparse column per
interviewer (the penalty, our τ², is given to it), and statsmodels' Bayesian mixed model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks import leaving_fits
from benchmarks.leaving_columns import SESSIONS_EACH
from benchmarks.measuring import Cost, cost
from benchmarks.stage import Figures, Stage, Tell

# Above it statsmodels takes longer than anyone would wait, or more memory than there is.
_MOST_STATSMODELS = 20_000


def measure(rows: int, tell: Tell) -> Sequence[Figures]:
    """Measure one step and the exact fit, the latter beside its peers."""
    size = f"{rows:,} sessions x {rows // SESSIONS_EACH:,}"

    def run(name: str, fit: Callable[[int], leaving_fits.Spent]) -> Cost:
        tell(f"{name}: {size} interviewers")
        return cost(fit, rows)

    step, exact = run("one step", leaving_fits.one_step), run("exact", leaving_fits.exact)
    ridge = run("scikit-learn", leaving_fits.scikit_learn)
    lines = [_line("effects, one step", size, step)]
    lines.append(_line("effects, exact", size, exact, "scikit-learn", ridge))
    if rows > _MOST_STATSMODELS:
        note = f"statsmodels is left out above {_MOST_STATSMODELS:,} sessions."
    elif not leaving_fits.has_statsmodels():
        note = "statsmodels is not installed: .venv/bin/python -m pip install statsmodels"
    else:
        mixed = run("statsmodels", leaving_fits.statsmodels)
        return [*lines, _line("effects, exact", size, exact, "statsmodels", mixed)]
    return [*lines[:-1], _line("effects, exact", size, exact, "scikit-learn", ridge, note)]


def _line(
    what: str, size: str, ours: Cost, name: str = "", peer: Cost | None = None, note: str = ""
) -> Figures:
    return Figures(
        what,
        size,
        ours.result.seconds,
        ours.result.cpu_seconds,
        ours.peak_mib,
        name,
        peer.result.seconds if peer else None,
        peer.result.cpu_seconds if peer else None,
        note,
    )


STAGE = Stage(
    "experience_effects",
    "interviewer effects on leaving, from columns in memory",
    1_000_000,
    measure,
)
