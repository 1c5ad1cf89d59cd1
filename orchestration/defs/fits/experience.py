"""Fits behind the experience score."""

from orchestration.defs.fits.fitting import fit_asset
from orchestration.lib.dbt_project import dbt_vars
from orchestration.lib.weights_gate import judge_weights
from python_models.experience.churn_covariates import CHURN_COVARIATES, fit_churn_covariates
from python_models.experience.experience_effects import fit_experience_effects
from python_models.experience.experience_weights import fit_experience_weights
from python_models.experience.lookback_curve import fit_lookback_curve
from python_models.experience.rating_components import fit_rating_components

churn_covariates = fit_asset(
    fit_churn_covariates,
    "What makes candidates leave apart from the interviewer (A2): one coefficient per level.",
)
experience_effects = fit_asset(
    fit_experience_effects,
    "How each interviewer moves candidates to stay (A2), shrunken; higher is better.",
    categories=("interviewer_id", *CHURN_COVARIATES),
)
rating_components = fit_asset(
    fit_rating_components,
    "What a rating is made of (A3): interviewer, candidate, verdict, time, noise.",
)
experience_weights = fit_asset(
    fit_experience_weights,
    "Weights that turn candidate feedback into the experience score (A4).",
    judge=judge_weights,
    min_past=dbt_vars()["min_rated_sessions"],
)
lookback_curve = fit_asset(
    fit_lookback_curve,
    "How well rules of the past predict the next rating, and the window that follows (A6).",
    lookback=dbt_vars()["lookback_sessions"],
)
