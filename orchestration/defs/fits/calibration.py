"""Fits behind the accuracy score."""

from orchestration.defs.fits.fitting import fit_asset
from python_models.calibration.accuracy_scale import fit_accuracy_scale
from python_models.calibration.interviewer_leniency import fit_interviewer_leniency

interviewer_leniency = fit_asset(
    fit_interviewer_leniency,
    "How lenient each interviewer's verdicts are, told apart from whom they met (B2).",
)
accuracy_scale = fit_asset(
    fit_accuracy_scale,
    "Where the companies' bar lies, and how leniency moves a verdict at it (B3).",
)
