"""The fitted border, where it is decided whether a fit may be used.

One suite per stem, on the rows of one candidate fit. A failed critical check refuses the fit:
`is_accepted` stays false with the reason, and the last accepted fit goes on serving.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from expectations.checks import (
    Check,
    Suite,
    aggregate_between,
    between,
    contains,
    has_rows,
    holds,
    in_set,
    literal,
    not_null,
    unique,
)
from expectations.fitted_accuracy import held_out_checks, resolution_checks
from expectations.fitted_dispatch import proposal_checks, share_checks
from expectations.fitted_policy import budget_checks, line_checks, way_back_checks
from expectations.fitted_ratings import rating_checks

# Weights are legible: people redo the score by hand, so they come in steps of .05.
WEIGHT_STEP = 0.05
# On the log-odds scale 10 is odds of 22,000 to 1: no such effect is real, a separated fit is.
LOG_ODDS_LIMIT = 10.0
# Generous to real coefficients (an intercept of a rare event, say) and closed to NaN and
# infinity, which PostgreSQL orders above every number.
COEFFICIENT_LIMIT = 25.0
# The composite verdict is standardised; five standard deviations off is no opinion but an error.
LENIENCY_LIMIT = 5.0
LENIENCY_FACETS = (
    "interviewer",
    "company",
    "discrimination",
    "hidden_selection",
    "fixed",
    "variance",
    "item",
)
SCALE_PARAMETERS = (
    "real_intercept",
    "real_slope",
    "mock_intercept",
    "mock_ability_slope",
    "mock_leniency_slope",
    "a50",
)


def suite(
    stem: str, fit_id: str, *, schema: str = "fitted", rating_min: int = 1, rating_max: int = 4
) -> Suite:
    """Return the suite for one candidate fit.

    Parameters
    ----------
    stem : str
        The fitted table: ``experience_weights`` and the like.
    fit_id : str
        The fit whose rows are judged; the others are left alone.
    schema : str
        Where the fitted tables are (``fitted_asof`` in a run as of an earlier day).
    rating_min, rating_max : int
        The rating scale (dbt vars of the same names).

    Raises
    ------
    KeyError
        When there are no expectations for this stem: a fit nobody judges is not used.
    """
    if stem in SCALE_SUITES:
        derived, checks = SCALE_SUITES[stem](rating_min, rating_max)
    else:
        derived, checks = SUITES[stem]()
    columns = ", ".join(["fitted_rows.*", *derived])
    query = (
        f"select {columns} from {schema}.{stem} as fitted_rows"
        f" where fitted_rows.fit_id = {literal(fit_id)}"
    )
    return Suite("fitted", schema, stem, query, (*_stamped(), *checks))


def stems() -> tuple[str, ...]:
    """Name every fit that has a suite."""
    return (*SUITES, *SCALE_SUITES)


Parts = tuple[Sequence[str], list[Check]]


def _stamped() -> list[Check]:
    return [
        has_rows("the fit has rows"),
        not_null("trained_through", "every row says up to when the fit was trained"),
        not_null("fitted_at", "every row says when it was fitted"),
    ]


def _finite(column: str, limit: float, what: str) -> list[Check]:
    return [
        not_null(column, f"{what} is known"),
        between(column, -limit, limit, f"{what} is a finite number within {limit:g}"),
    ]


def _standard_error(column: str, *, above: bool = True) -> list[Check]:
    size = "positive" if above else "not negative"
    return [
        not_null(column, "the standard error is known"),
        between(column, 0, 1000, f"the standard error is {size} and finite", above=above),
    ]


def _experience_weights() -> Parts:
    steps = f"weight / {WEIGHT_STEP}"
    derived = [
        f"abs({steps} - round({steps})) < 0.0001"
        " or abs(weight * count(*) filter (where weight > 0) over () - 1.0) < 0.0001"
        " or weight = 0 as is_on_step",
        "weight_low <= weight_high as is_range_ordered",
        f"weight between weight_low - {WEIGHT_STEP} and weight_high + {WEIGHT_STEP}"
        " as is_within_range",
    ]
    checks = [
        unique(["factor"], "each factor has one weight"),
        not_null("weight", "every factor has a weight"),
        between("weight", 0, 1, "each weight lies between 0 and 1"),
        aggregate_between("sum", "weight", 0.9999, 1.0001, "the weights sum to 1"),
        holds("is_on_step", f"each weight is a multiple of {WEIGHT_STEP} or all are equal"),
        holds("is_range_ordered", "each range has its lower end below its upper"),
        holds("is_within_range", "each weight lies within its own range, rounding aside"),
    ]
    return derived, checks


def _churn_covariates() -> Parts:
    derived = ["case when covariate = 'intercept' then 1 else 0 end as n_intercepts"]
    checks = [
        unique(["covariate", "level"], "each level of a covariate has one coefficient"),
        aggregate_between("sum", "n_intercepts", 1, 1, "there is one intercept"),
        *_finite("coefficient", COEFFICIENT_LIMIT, "each coefficient"),
        *_standard_error("coefficient_se", above=False),  # the reference level's is zero
    ]
    return derived, checks


def _experience_effects() -> Parts:
    checks = [
        unique(["interviewer_id"], "each interviewer has one effect"),
        not_null("interviewer_id", "every effect belongs to an interviewer"),
        between("n_sessions", 0, None, "the number of sessions is not negative"),
        *_finite("churn_effect", LOG_ODDS_LIMIT, "each effect (log-odds)"),
        *_standard_error("churn_effect_se"),
        aggregate_between(
            "mean",
            "churn_effect",
            -0.5,
            0.5,
            "effects are centred, as deviations from the platform should be",
            severity="warning",
        ),
    ]
    return [], checks


def _interviewer_leniency() -> Parts:
    derived = [
        "facet not in ('interviewer', 'company') or comparison_set_id is not null"
        " as is_in_comparison_set",
        "facet <> 'variance' or estimate >= 0 as is_variance_possible",
        f"facet not in ('interviewer', 'company') or abs(estimate) <= {LENIENCY_LIMIT}"
        " as is_plausible",
        # Where the model states a standard error; a NaN is above every number here.
        "facet not in ('interviewer', 'company')"
        " or coalesce(estimate_se > 0 and estimate_se < 1000, false) as is_uncertain",
    ]
    checks = [
        unique(["facet", "level"], "each level of a facet has one estimate"),
        in_set("facet", LENIENCY_FACETS, f"a facet is one of {', '.join(LENIENCY_FACETS)}"),
        *_finite("estimate", 1000.0, "each estimate"),
        holds("is_variance_possible", "no variance is negative"),
        holds("is_plausible", f"leniency stays within {LENIENCY_LIMIT:g} standard deviations"),
        holds("is_uncertain", "every leniency has a positive, finite standard error"),
        holds("is_in_comparison_set", "every rater belongs to a comparison set"),
    ]
    return derived, checks


def _lookback_curve() -> Parts:
    # What the data do not support is null.
    derived = [
        "measure <> 'correlation' or coalesce(abs(estimate) <= 1.0001, true) as is_correlation",
        "coalesce(estimate_low <= estimate and estimate <= estimate_high, true) as is_ordered",
    ]
    checks = [
        unique(["measure", "row_set", "predictor", "rule"], "each rule has one figure of a kind"),
        contains("measure", ("chosen_window",), "the window that the curve chooses is there"),
        between("estimate", -1000, 1000, "each figure is finite or null"),
        holds("is_correlation", "a correlation lies within -1..1"),
        holds("is_ordered", "each figure lies within its interval"),
    ]
    return derived, checks


def _accuracy_scale() -> Parts:
    # Interviewers who do not differ leave nothing to slope on: 0 is an answer there.
    derived = [
        "right(parameter, 5) <> 'slope' or value > 0"
        " or (parameter = 'mock_leniency_slope' and value = 0) as is_slope_rising",
    ]
    checks = [
        unique(["parameter"], "each parameter has one value"),
        contains("parameter", SCALE_PARAMETERS, "every parameter of the scale is there"),
        *_finite("value", 100.0, "each parameter"),
        holds("is_slope_rising", "abler candidates and more lenient interviewers get more yes"),
    ]
    return derived, checks


SUITES: dict[str, Callable[[], Parts]] = {
    "experience_weights": _experience_weights,
    "churn_covariates": _churn_covariates,
    "experience_effects": _experience_effects,
    "interviewer_leniency": _interviewer_leniency,
    "accuracy_scale": _accuracy_scale,
    "accuracy_held_out": held_out_checks,
    "accuracy_resolution": resolution_checks,
    "lookback_curve": _lookback_curve,
    "dispatch_proposals": proposal_checks,
    "session_share": share_checks,
    "error_budget": budget_checks,
}
# Judged on the rating scale.
SCALE_SUITES: dict[str, Callable[[int, int], Parts]] = {
    "rating_components": rating_checks,
    "churn_line": line_checks,
    "way_back": way_back_checks,
}
