"""Which share of the sessions each tenth of the interviewers would hold under the policy (C4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from python_models.dispatch.closed_loop import simulate_loop
from python_models.dispatch.loop_world import LoopWorld, draw_people
from python_models.dispatch.settings import DispatchSettings
from python_models.fitted_table import FittedTable
from python_models.frames import require_columns

REQUIRED = ("measure", "value")
COLUMNS = [
    "world",
    "decile",
    "n_platforms",
    "n_interviewers",
    "n_blocks",
    "share",
    "share_se",
    "cumulative_share",
    "cumulative_share_se",
]
RULES = ("newcomer_share", "newcomer_sessions", "newcomer_weekly")
SUPPLY = ("n_interviewers", "open_slots", "capacity_ratio", "available_per_block")
REFERENCE = "reference"
THIS_PLATFORM = "this_platform"
# Most interviewers of the simulated platform that is like this one: shares depend on how many are
# available at once, not on how many there are, and time grows with the square of the latter.
_MOST_INTERVIEWERS = 100


def fit_session_share(
    panel: pd.DataFrame, *, n_platforms: int = 4, random_state: int = 0
) -> FittedTable:
    """Simulate the policy in a closed loop, and share out the sessions by decile of rank.

    Two worlds. `reference`: the one in which the policy was chosen, 1,000 interviewers, demand a
    quarter of the open slots, some thirteen available in each interview type and slot
    (docs/dispatch.md). `this_platform`: demand and open slots per interviewer as they are here,
    and as many available at once; so what the policy can do where it is. Ratings are those of the
    simulator's base world in both, and ranks are by the posterior of all ratings.

    Parameters
    ----------
    panel : pd.DataFrame
        `measure` and `value`, one row each: the rules `newcomer_share`, `newcomer_sessions`,
        `newcomer_weekly`; `n_interviewers` (active now), `open_slots` (a week and interviewer),
        `capacity_ratio` (open slots over requests), `available_per_block` (interviewers per
        type and slot). Without the latter four there is no world of the platform's own.
    n_platforms : int
        Simulated platforms of each world.
    random_state : int
        Seed of the first platform; the others follow it.

    Returns
    -------
    FittedTable
        One row per world and decile of rank, 1 the best: share of sessions and the share held up
        to it, each with its standard error between platforms.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    require_columns(panel, REQUIRED, "pnl_session_share")
    told = panel.dropna(subset=["value"])
    known = {str(name): float(x) for name, x in zip(told["measure"], told["value"], strict=True)}
    warnings = []
    rules = _rules(known)
    if rules is None:
        warnings.append("no rule for newcomers is in force: simulated without a reserved share")
        rules = DispatchSettings(newcomer_share=0.0)
    worlds = {REFERENCE: LoopWorld(window=None, rules=rules)}
    seeds = [random_state + k for k in range(n_platforms)]
    if all(known.get(name, 0.0) > 0.0 for name in SUPPLY):
        worlds[THIS_PLATFORM] = _world_like(known, rules, random_state)
    else:
        warnings.append("no open slots or requests are known: no world of the platform's own")
    rows = [row for name, world in worlds.items() for row in _shares(name, world, seeds)]
    table = pd.DataFrame(rows, columns=COLUMNS)
    top = table[table["decile"] == "02"].set_index("world")["cumulative_share"]
    return FittedTable(
        table=table,
        settings={"n_platforms": n_platforms, "random_state": random_state},
        diagnostics={f"top_fifth_{name}": round(float(top[name]), 4) for name in worlds},
        n_rows=len(panel),
        warnings=tuple(warnings),
    )


def _rules(known: dict[str, float]) -> DispatchSettings | None:
    if not all(name in known for name in RULES):
        return None
    return DispatchSettings(
        newcomer_share=known["newcomer_share"],
        newcomer_sessions=int(known["newcomer_sessions"]),
        newcomer_weekly=int(known["newcomer_weekly"]),
    )


def _world_like(known: dict[str, float], rules: DispatchSettings, seed: int) -> LoopWorld:
    """Return a platform of the same supply, demand and crowd at a slot; perhaps a smaller one."""
    world = LoopWorld(
        n_interviewers=max(int(min(known["n_interviewers"], _MOST_INTERVIEWERS)), 1),
        open_slots=known["open_slots"],
        capacity_ratio=known["capacity_ratio"],
        window=None,
        rules=rules,
    )
    people = draw_people(world, np.random.default_rng([seed, 0]))
    weeks = np.minimum(people.left, world.weeks) - np.maximum(people.joined, 0)
    n_open = float((people.openness * weeks).sum()) / world.weeks
    n_blocks = max(round(n_open / known["available_per_block"]), 1)
    return replace(world, n_blocks=n_blocks)


def _shares(name: str, world: LoopWorld, seeds: list[int]) -> list[tuple[Any, ...]]:
    """Return the rows of one world."""
    runs = np.array([simulate_loop(world, "dispatch", seed=s).sessions_by_decile for s in seeds])
    error = np.sqrt(len(seeds))
    rows = []
    for k in range(runs.shape[1]):
        one, up_to = runs[:, k], runs[:, : k + 1].sum(axis=1)
        spread = [float(x.std(ddof=1) / error) if len(seeds) > 1 else np.nan for x in (one, up_to)]
        rows.append(
            (
                name,
                f"{k + 1:02d}",
                len(seeds),
                world.n_interviewers,
                world.n_blocks,
                float(one.mean()),
                spread[0],
                float(up_to.mean()),
                spread[1],
            )
        )
    return rows
