"""Fits behind dispatch."""

from orchestration.defs.fits.fitting import fit_asset
from python_models.dispatch.dispatch_proposals import fit_dispatch_proposals
from python_models.dispatch.session_share import fit_session_share

# Requests do not wait for the calendar: proposals are made anew whenever scores are.
dispatch_proposals = fit_asset(
    fit_dispatch_proposals,
    "Whom the open requests would be offered to, each week's batch matched as a whole (C4).",
    group="proposals",
)
session_share = fit_asset(
    fit_session_share,
    "Which share of the sessions each tenth of the interviewers would hold under the policy (C4).",
)
