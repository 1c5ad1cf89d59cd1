"""What the fits that try the accuracy score must be like to be used."""

from __future__ import annotations

from collections.abc import Sequence

from expectations.checks import Check, between, contains, holds, in_set, not_null, unique

HELD_OUT = (
    "split",
    "score",
    "net_first",
    "net_second",
    "brier",
    "brier_gain",
    "calibration",
    "ours_forecast",
    "ours_observed",
    "mean_verdict_forecast",
    "mean_verdict_observed",
    "window",
)
SHARES = ("brier", *(name for name in HELD_OUT if name.endswith(("_forecast", "_observed"))))
DIFFERENCES = ("net_first", "net_second", "brier_gain")
RESOLUTION = ("flips", "flipped_share", "misranked", "n_levels")
RULES = ("ours", "naive")
# A year has 52 changes from week to week; the scale has nine whole numbers.
MOST_FLIPS = 52
MOST_LEVELS = 9
# A slope beyond it is that of forecasts that separate yes from no: of far too few decisions.
CALIBRATION_LIMIT = 25.0


def held_out_checks() -> tuple[Sequence[str], list[Check]]:
    """Return derived columns and checks for the rows of `accuracy_held_out`."""
    derived = [
        f"measure not in {SHARES} or estimate between 0 and 1 as is_share",
        f"measure not in {DIFFERENCES} or abs(estimate) <= 1 as is_difference",
        "measure <> 'score' or abs(estimate) <= 4 as is_on_scale",
        "measure <> 'window' or abs(estimate) <= 1.0001 as is_correlation",
        "measure <> 'split' or estimate between 0 and extract(epoch from trained_through)"
        " as is_split_past",
        f"measure <> 'calibration' or abs(estimate) <= {CALIBRATION_LIMIT} as is_line",
        # A NaN is above every number here; one verdict alone has no error.
        "measure not in ('brier', 'brier_gain', 'calibration')"
        " or coalesce(estimate_se >= 0 and estimate_se < 1000, false) as is_uncertain",
        "measure <> 'brier_gain' or level <> 'mean_verdict_recalibrated'"
        " or estimate + 2 * estimate_se > 0 as is_as_good",
    ]
    checks = [
        unique(["measure", "level"], "each level of a measure has one figure"),
        in_set("measure", HELD_OUT, f"a measure is one of {', '.join(HELD_OUT)}"),
        contains("measure", ("split",), "where time was split is there"),
        not_null("estimate", "each figure is known"),
        between("n", 0, None, "the number behind a figure is not negative"),
        holds("is_split_past", "the split lies before the end of the data"),
        holds("is_share", "shares and Brier scores lie within 0..1"),
        holds("is_difference", "differences of shares lie within -1..1"),
        holds("is_on_scale", "a score lies within -4..4"),
        holds("is_correlation", "a correlation lies within -1..1"),
        holds("is_line", f"the calibration line stays within {CALIBRATION_LIMIT:g}"),
        holds("is_uncertain", "Brier scores and the calibration line have a finite error"),
        holds(
            "is_as_good",
            "readiness errs no more than the mean of mock verdicts does",
            severity="warning",
        ),
    ]
    return derived, checks


def resolution_checks() -> tuple[Sequence[str], list[Check]]:
    """Return derived columns and checks for the rows of `accuracy_resolution`."""
    derived = [
        f"measure <> 'flips' or estimate between 0 and {MOST_FLIPS} as is_count_of_weeks",
        "measure not in ('flipped_share', 'misranked') or estimate between 0 and 1 as is_share",
        f"measure <> 'n_levels' or estimate between 1 and {MOST_LEVELS}"
        " and estimate = round(estimate) as is_count_of_levels",
        f"measure = 'misranked' or level in {RULES} as is_rule_named",
        "estimate_se is null or estimate_se between 0 and 1000 as is_error_possible",
    ]
    checks = [
        unique(["measure", "level"], "each level of a measure has one figure"),
        in_set("measure", RESOLUTION, f"a measure is one of {', '.join(RESOLUTION)}"),
        contains("measure", ("n_levels",), "how many levels can be told apart is there"),
        not_null("estimate", "each figure is known"),
        between("n", 0, None, "the number behind a figure is not negative"),
        holds("is_count_of_weeks", f"flips of a year lie within 0..{MOST_FLIPS}"),
        holds("is_share", "shares lie within 0..1"),
        holds("is_count_of_levels", f"levels told apart are 1 to {MOST_LEVELS}, and whole"),
        holds("is_rule_named", "flips and levels are of a rule"),
        holds("is_error_possible", "no error is negative"),
    ]
    return derived, checks
