"""What the fits behind the policy of standing must be like to be used."""

from __future__ import annotations

from collections.abc import Sequence

from expectations.checks import Check, between, contains, holds, in_set, not_null, unique

LINE_MEASURES = ("line", "rate", "acceptable", "curve")
BUDGET_SHARES = (
    "years_share",
    "warned_share",
    "paused_share",
    "way_back_left_share",
    "way_back_paused_share",
)
BUDGET_GAINS = ("warned_gain", "paused_gain")
BUDGET_WEEKS = ("weeks_to_warning", "weeks_to_pause")
BUDGET_MEASURES = ("line", "warnings_per_year", *BUDGET_SHARES, *BUDGET_GAINS, *BUDGET_WEEKS)
WEEKS = 52
# Ten times as many leavers as there are sessions: covariates expect next to nobody.
MOST_ADJUSTED = 10
# Whoever holds one a week needs more than two years: no number that large is a way back.
MOST_SESSIONS = 120


def line_checks(rating_min: int, rating_max: int) -> tuple[Sequence[str], list[Check]]:
    """Return derived columns and checks for the rows of `churn_line`.

    Parameters
    ----------
    rating_min, rating_max : int
        The rating scale, on which the line lies.
    """
    derived = [
        f"measure <> 'line' or coalesce(estimate between {rating_min} and {rating_max}, false)"
        " as is_on_scale",
        "measure not in ('rate', 'acceptable') or estimate between 0 and 1 as is_share",
        # Leavers over those expected, times the rate: above 1 where hardly any are expected.
        f"measure <> 'curve' or estimate between 0 and {MOST_ADJUSTED} as is_rate",
        "measure <> 'line' or coalesce(estimate_low <= estimate_high, false) as is_uncertain",
        "measure <> 'line' or coalesce(estimate_high - estimate_low < 1, true) as is_sharp",
    ]
    checks = [
        unique(["measure", "level"], "each level of a measure has one figure"),
        in_set("measure", LINE_MEASURES, f"a measure is one of {', '.join(LINE_MEASURES)}"),
        contains("measure", ("rate", "acceptable"), "what is lost and what may be are there"),
        not_null("estimate", "each figure is known"),
        between("n", 1, None, "sessions are behind each figure"),
        holds("is_on_scale", f"the line lies on {rating_min}..{rating_max}"),
        holds("is_share", "leaving lies within 0..1"),
        holds("is_rate", "adjusted leaving is not negative and finite"),
        holds("is_uncertain", "the line has an interval"),
        holds("is_sharp", "the line is known to a point of rating", severity="warning"),
    ]
    return derived, checks


def budget_checks() -> tuple[Sequence[str], list[Check]]:
    """Return derived columns and checks for the rows of `error_budget`."""
    derived = [
        # A median of weeks is null where it happens to nobody, and shares of no years are.
        f"measure not in {BUDGET_SHARES} or coalesce(estimate between 0 and 1, true) as is_share",
        f"measure not in {BUDGET_GAINS} or coalesce(abs(estimate) <= 1, true) as is_difference",
        f"measure not in {BUDGET_WEEKS} or coalesce(estimate between 1 and {WEEKS}, true)"
        " as is_within_year",
        "measure <> 'warnings_per_year'"
        f" or coalesce(estimate between 0 and {WEEKS}, true) as is_count",
        "coalesce(estimate_low <= estimate and estimate <= estimate_high, true) as is_ordered",
    ]
    checks = [
        unique(["measure", "rule", "level"], "each measure of a rule and a level has one figure"),
        in_set("measure", BUDGET_MEASURES, f"a measure is one of {', '.join(BUDGET_MEASURES)}"),
        contains("measure", ("line",), "the line that the budget is about is there, if only null"),
        holds("is_share", "shares lie within 0..1"),
        holds("is_difference", "differences of shares lie within -1..1"),
        holds("is_within_year", f"weeks lie within 1..{WEEKS}"),
        holds("is_count", f"warnings of a year lie within 0..{WEEKS}"),
        holds("is_ordered", "each figure lies within its interval"),
    ]
    return derived, checks


def way_back_checks(rating_min: int, rating_max: int) -> tuple[Sequence[str], list[Check]]:
    """Return derived columns and checks for the rows of `way_back`.

    Parameters
    ----------
    rating_min, rating_max : int
        The rating scale, on which the level lies.
    """
    derived = [
        f"coalesce(mean between {rating_min} and {rating_max}, interviewer_id = '') as is_on_scale",
        "interviewer_id = '' or simulated_prob is not null as is_simulated",
        # Chances rise with sessions by steps, the last of them to 1: a step is at least as near.
        "n_sessions is null or simulated_prob >= 2 * way_back_prob - 1 as is_nearest",
        "n_sessions is not null or coalesce(simulated_prob < way_back_prob, true) as is_missed",
    ]
    checks = [
        unique(["interviewer_id", "level"], "each interviewer has one way back to a level"),
        contains("interviewer_id", ("",), "the row of no interviewer is there"),
        not_null("level", "each level has a name"),
        between("n_sessions", 1, MOST_SESSIONS, "sessions are few enough to be held"),
        between("way_back_prob", 0, 1, "the stated chance lies within 0..1"),
        between("simulated_prob", 0, 1, "the simulated chance lies within 0..1"),
        holds("is_on_scale", f"the level lies on {rating_min}..{rating_max}"),
        holds("is_simulated", "the chance of each interviewer is known"),
        holds("is_nearest", "the sessions give about the stated chance"),
        holds("is_missed", "a number is stated where one gives the stated chance"),
    ]
    return derived, checks
