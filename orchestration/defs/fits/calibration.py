"""Fits behind the accuracy score."""

from orchestration.defs.fits.fitting import fit_asset
from orchestration.lib.dbt_project import dbt_vars
from python_models.calibration.accuracy_held_out import fit_accuracy_held_out
from python_models.calibration.accuracy_resolution import fit_accuracy_resolution
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
accuracy_held_out = fit_asset(
    fit_accuracy_held_out,
    "Accuracy and readiness learned from the first half of time, tried on the second (B6, B7).",
    min_judgements=dbt_vars()["min_judged_mocks"],
    min_comparison_set=dbt_vars()["min_comparison_set"],
    min_decisions=dbt_vars()["min_tried_decisions"],
    n_bins=dbt_vars()["reliability_bins"],
    windows=dbt_vars()["tried_accuracy_windows"],
)
accuracy_resolution = fit_asset(
    fit_accuracy_resolution,
    "How often an unchanged interviewer's bucket would flip, and how many levels hold (B3).",
    min_judgements=dbt_vars()["min_judged_mocks"],
)
