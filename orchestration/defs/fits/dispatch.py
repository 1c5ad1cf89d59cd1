"""Fits behind dispatch."""

from orchestration.defs.fits.fitting import fit_asset
from python_models.dispatch.session_share import fit_session_share

session_share = fit_asset(
    fit_session_share,
    "Which share of the sessions each tenth of the interviewers would hold under the policy (C4).",
)
