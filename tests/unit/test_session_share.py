"""The simulated share of sessions: what it takes from the panel, and panels that say little."""

import pandas as pd
import pytest

from python_models.dispatch.closed_loop import simulate_loop
from python_models.dispatch.loop_world import LoopWorld
from python_models.dispatch.session_share import fit_session_share

RULES = [("newcomer_share", 0.15), ("newcomer_sessions", 15.0), ("newcomer_weekly", 2.0)]
SUPPLY = [
    ("n_interviewers", 60.0),
    ("open_slots", 4.0),
    ("capacity_ratio", 4.0),
    ("available_per_block", 8.0),
]


def _panel(*rows: tuple[str, float | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["measure", "value"])


@pytest.fixture(scope="module")
def shares() -> pd.DataFrame:
    fitted = fit_session_share(_panel(*RULES, *SUPPLY), n_platforms=2)
    assert fitted.warnings == ()
    return fitted.table.set_index(["world", "decile"])


def test_the_shares_of_a_world_are_whole_and_in_order(shares: pd.DataFrame) -> None:
    for _, world in shares.groupby(level="world"):
        assert list(world.index.get_level_values("decile")) == [f"{k:02d}" for k in range(1, 11)]
        assert world["share"].sum() == pytest.approx(1)
        assert world["share"].cumsum().to_list() == pytest.approx(
            world["cumulative_share"].to_list()
        )


def test_the_reference_is_the_mean_of_its_platforms(shares: pd.DataFrame) -> None:
    runs = [simulate_loop(LoopWorld(window=None), "dispatch", seed=seed) for seed in (0, 1)]
    assert shares.loc[("reference", "02"), "cumulative_share"] == pytest.approx(
        sum(run.top_share for run in runs) / 2
    )


def test_a_platform_where_few_are_available_at_once_serves_its_best_less(
    shares: pd.DataFrame,
) -> None:
    thin = [*SUPPLY[:3], ("available_per_block", 1.5)]
    fitted = fit_session_share(_panel(*RULES, *thin), n_platforms=2).table
    top = fitted.set_index(["world", "decile"])["cumulative_share"]
    here = shares["cumulative_share"]
    assert top["this_platform", "02"] < here["this_platform", "02"] - 0.1
    assert top["reference", "02"] == here["reference", "02"]


@pytest.mark.parametrize("missing", [("capacity_ratio", None), ("capacity_ratio", 0.0)])
def test_without_requests_there_is_the_reference_alone(missing: tuple[str, float | None]) -> None:
    rows = [row for row in SUPPLY if row[0] != "capacity_ratio"]
    fitted = fit_session_share(_panel(*RULES, *rows, missing), n_platforms=1)
    assert set(fitted.table["world"]) == {"reference"}
    assert "no open slots" in fitted.warnings[0]


def test_without_rules_nothing_is_reserved() -> None:
    fitted = fit_session_share(_panel(), n_platforms=1)
    assert "without a reserved share" in fitted.warnings[0]
    assert set(fitted.table["world"]) == {"reference"}


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ValueError, match=r"pnl_session_share lacks .* value"):
        fit_session_share(pd.DataFrame({"measure": []}))
