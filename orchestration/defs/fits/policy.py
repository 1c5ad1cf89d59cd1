"""Fits behind the policy of standing."""

from orchestration.defs.fits.fitting import fit_asset
from orchestration.lib.dbt_project import dbt_vars
from python_models.policy.churn_line import fit_churn_line
from python_models.policy.error_budget import fit_error_budget
from python_models.policy.ways_back import fit_way_back

# A year of 50,000 interviewers: a share of 1 % of the good is told to a tenth of a point.
BUDGET_YEARS = 50_000

churn_line = fit_asset(
    fit_churn_line,
    "The quality below which more candidates leave than is acceptable (C1).",
    categories=("interviewer_id",),
)
error_budget = fit_asset(
    fit_error_budget,
    "False warnings and pauses under the thresholds in force, and the truly bad caught (C2).",
    lookback=dbt_vars()["lookback_sessions"],
    n_years=BUDGET_YEARS,
)
way_back = fit_asset(
    fit_way_back,
    "Rated sessions that give the stated chance of leaving a warning (C3).",
    categories=("interviewer_id", "session_id"),
    lookback=dbt_vars()["lookback_sessions"],
    most=dbt_vars()["way_back_most_sessions"],
)
