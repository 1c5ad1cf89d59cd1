"""What a fit of the rating components must be like to be used."""

from __future__ import annotations

from collections.abc import Sequence

from expectations.checks import Check, between, contains, holds, in_set, not_null, unique

COMPONENTS = (
    "mean",
    "mean_verdict",
    "halo",
    "trend",
    "reference_day",
    "interviewer_variance",
    "candidate_variance",
    "residual_variance",
    "adjusted_variance",
    "drift_variance",
)


def rating_checks(rating_min: int, rating_max: int) -> tuple[Sequence[str], list[Check]]:
    """Return derived columns and checks for the rows of `rating_components`.

    Parameters
    ----------
    rating_min, rating_max : int
        The rating scale.
    """
    span = rating_max - rating_min
    derived = [
        "right(component, 8) <> 'variance' or value >= 0 as is_variance_possible",
        # Half the width squared is what ratings at the two ends alone would have.
        f"right(component, 8) <> 'variance' or value <= {span**2 / 2} as is_variance_on_scale",
        f"component <> 'mean' or value between {rating_min} and {rating_max} as is_mean_on_scale",
        "component <> 'mean_verdict' or value between 0 and 1 as is_verdict_a_share",
        f"component not in ('halo', 'trend', 'interviewer') or abs(value) <= {span}"
        " as is_adjustment_on_scale",
        # A NaN is above every number here.
        "component <> 'interviewer' or coalesce(value_se between 0 and 1000, false)"
        " as is_uncertain",
        "(component = 'interviewer') = (level <> '') as is_level_named",
        "component <> 'interviewer_variance' or value > 0 as is_skill_found",
    ]
    checks = [
        unique(["component", "level"], "each component has one value"),
        contains("component", COMPONENTS, f"the components {', '.join(COMPONENTS)} are there"),
        in_set("component", (*COMPONENTS, "interviewer"), "no other components are there"),
        not_null("value", "each component is known"),
        # A reference day is some twenty thousand days from 1970.
        between("value", -1e6, 1e6, "each component is a finite number"),
        holds("is_variance_possible", "no variance is negative"),
        holds("is_variance_on_scale", "no variance is above what the scale allows"),
        holds("is_mean_on_scale", f"the mean rating lies on {rating_min}..{rating_max}"),
        holds("is_verdict_a_share", "the mean verdict is a share"),
        holds("is_adjustment_on_scale", "halo, trend and effects are no wider than the scale"),
        holds("is_uncertain", "every interviewer's effect has a finite standard error"),
        holds("is_level_named", "interviewers alone have levels"),
        holds(
            "is_skill_found",
            "interviewers differ at all (the variance between them is positive)",
            severity="warning",
        ),
    ]
    return derived, checks
