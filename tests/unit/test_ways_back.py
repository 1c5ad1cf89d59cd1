"""The way back as a fit: who is told what, from which rows."""

import numpy as np
import pandas as pd
import pytest

from python_models.fitted_table import FittedTable
from python_models.policy.standing_rule import Thresholds
from python_models.policy.way_back import Windows, sessions_to_leave
from python_models.policy.ways_back import COLUMNS, fit_way_back
from python_models.policy.window_posterior import RatingScale

SCALE = RatingScale(3.6, 0.03, 0.12, 0.0003, 0.0001)
LINE, MEDIAN = 3.44, 3.65
PLATFORM = vars(SCALE) | {"line": LINE, "peer_median": MEDIAN}
N_PEOPLE, N_EACH = 9, 20


def panel(**changed: object) -> pd.DataFrame:
    """Interviewers from far below the line to above it; the last holds a session a fortnight."""
    rng = np.random.default_rng(4)
    who = np.repeat(np.arange(N_PEOPLE), N_EACH)
    rank = np.tile(np.arange(1, N_EACH + 1), N_PEOPLE)
    pace = np.where(who == N_PEOPLE - 1, 2.0, 0.5)
    rows = pd.DataFrame(
        {
            "interviewer_id": [f"i{k}" for k in who],
            "recency_rank": rank,
            "adjusted": 3.0 + who / 16 + rng.normal(0, 0.3, len(who)),
            "weeks_old": rank * pace,
            "weeks_per_session": pace,
        }
    )
    return rows.assign(**(PLATFORM | changed))


def told(fitted: FittedTable) -> pd.DataFrame:
    return fitted.table.set_index("interviewer_id").drop(index="")


def test_a_fit_says_what_the_simulation_says() -> None:
    found = panel()
    values = {
        name: found[name].to_numpy().reshape(N_PEOPLE, N_EACH) for name in ("adjusted", "weeks_old")
    }
    room = ((0, 0), (0, 10))
    expected = sessions_to_leave(
        Windows(
            adjusted=np.pad(values["adjusted"], room),
            ages=np.pad(values["weeks_old"], room),
            is_held=np.pad(np.ones((N_PEOPLE, N_EACH), dtype=bool), room),
            weeks_per_session=found["weeks_per_session"].to_numpy()[::N_EACH],
        ),
        np.full(N_PEOPLE, MEDIAN),
        LINE,
        SCALE,
        Thresholds(),
    )
    table = told(fit_way_back(found))
    assert list(table.reset_index().columns) == COLUMNS
    sessions = table["n_sessions"].to_numpy(dtype=np.float64, na_value=np.nan)
    np.testing.assert_array_equal(sessions, expected.n_sessions)
    np.testing.assert_array_equal(table["simulated_prob"], expected.chance)
    assert (table["n_rated"] == N_EACH).all()
    # Both kinds of answers are there, and each keeps to the chance.
    assert 0 < np.isnan(sessions).sum() < N_PEOPLE
    assert (table["simulated_prob"][np.isnan(sessions)] < 0.8).all()
    assert (table["simulated_prob"][~np.isnan(sessions)] > 0.6).all()


def test_neither_order_nor_companions_change_what_a_person_is_told() -> None:
    found = panel()
    first = fit_way_back(found)
    shuffled = fit_way_back(found.sample(frac=1.0, random_state=7))
    pd.testing.assert_frame_equal(first.table, shuffled.table, check_exact=True)
    coded = fit_way_back(found.astype({"interviewer_id": "category"}))
    pd.testing.assert_frame_equal(first.table, coded.table, check_exact=True)
    alone = told(fit_way_back(found[found["interviewer_id"] == "i6"]))
    pd.testing.assert_frame_equal(alone, told(first).loc[["i6"]])
    other_luck = told(fit_way_back(found, random_state=1))
    assert (other_luck["simulated_prob"] != told(first)["simulated_prob"]).any()
    assert (other_luck["simulated_prob"] - told(first)["simulated_prob"]).abs().max() < 0.15


def test_a_session_without_a_rating_counts_for_nothing() -> None:
    found = panel()
    # A row more, between the others: their ranks leave a gap.
    gap = found.iloc[[3]].assign(adjusted=None)
    ranks = found["recency_rank"] + (found["recency_rank"] >= 4)
    more = pd.concat([found.assign(recency_rank=ranks), gap], ignore_index=True)
    pd.testing.assert_frame_equal(fit_way_back(more).table, fit_way_back(found).table)


def test_sessions_older_than_the_window_count_for_nothing() -> None:
    found = panel()
    newest = found[found["recency_rank"] <= 12]
    pd.testing.assert_frame_equal(
        fit_way_back(found, lookback=12).table, fit_way_back(newest, lookback=12).table
    )


def test_thresholds_in_force_decide() -> None:
    default, strict = (
        told(fit_way_back(panel(clear_prob=clear, way_back_prob=0.8))) for clear in (0.4, 0.1)
    )
    is_both = default["n_sessions"].notna() & strict["n_sessions"].notna()
    assert is_both.any()
    assert (strict["n_sessions"] >= default["n_sessions"])[is_both].all()
    assert (strict["n_sessions"] > default["n_sessions"])[is_both].any()
    bold = fit_way_back(panel(way_back_prob=0.5), chance=0.9)
    assert bold.settings["chance"] == 0.5
    assert (bold.table["way_back_prob"] == 0.5).all()
    assert fit_way_back(panel(), chance=0.9).settings["chance"] == 0.9
    with pytest.raises(ValueError, match="clear_prob <= watch_prob"):
        fit_way_back(panel(clear_prob=0.6))


@pytest.mark.parametrize(
    ("changed", "mean"),
    [({"line": None}, MEDIAN), ({"between_variance": 0.0}, MEDIAN), ({"peer_median": None}, None)],
)
def test_where_nothing_is_known_nobody_is_told(
    changed: dict[str, object], mean: float | None
) -> None:
    fitted = fit_way_back(panel(**changed))
    # The row of no interviewer is there all the same: an older fit must not go on serving.
    assert fitted.table["interviewer_id"].tolist() == [""]
    assert fitted.table["n_sessions"].isna().all()
    assert fitted.table["mean"].fillna(-1.0).tolist() == [mean or -1.0]
    assert fitted.diagnostics["is_known"] is False
    assert len(fitted.warnings) == 1


def test_a_platform_where_all_is_well_tells_nobody_and_warns_of_nothing() -> None:
    nobody = (
        panel()
        .iloc[:1]
        .assign(
            interviewer_id=None,
            recency_rank=None,
            adjusted=None,
            weeks_old=None,
            weeks_per_session=None,
        )
    )
    fitted = fit_way_back(nobody)
    assert fitted.table["interviewer_id"].tolist() == [""]
    assert fitted.diagnostics["is_known"] is True
    assert fitted.diagnostics["median_sessions"] is None
    assert fitted.warnings == ()


def test_a_platform_has_one_line() -> None:
    two = panel()
    two.loc[0, "line"] = 3.3
    with pytest.raises(ValueError, match="column line has 2 values"):
        fit_way_back(two)
