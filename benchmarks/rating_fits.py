"""The fit `rating_components` and its peer, each on ratings drawn before the clock starts."""

from __future__ import annotations

import importlib.util
import time
from dataclasses import dataclass

import pandas as pd

from benchmarks.gaussian_ratings import GaussianWorld, draw_ratings
from python_models.experience.rating_components import fit_rating_components

SEED = 1
RATINGS_EACH = 100
_RATINGS_A_CANDIDATE = 4
_PARTS = ("interviewer", "candidate", "residual")


@dataclass(frozen=True)
class Spent:
    """Seconds and processor seconds of the fit alone, and how far off its variances are."""

    seconds: float
    cpu_seconds: float
    worst_miss: float


def world_of(n_ratings: int) -> GaussianWorld:
    """Describe so many ratings, a hundred for each interviewer, four of each candidate."""
    return GaussianWorld(
        n_ratings=n_ratings,
        n_interviewers=max(n_ratings // RATINGS_EACH, 2),
        n_candidates=max(n_ratings // _RATINGS_A_CANDIDATE, 2),
    )


def ours(n_ratings: int) -> Spent:
    """Fit the panel, identifiers as text, as the warehouse hands them over."""
    world = world_of(n_ratings)
    panel = draw_ratings(world, SEED)
    for column in ("session_id", "interviewer_id", "candidate_key"):
        panel[column] = panel[column].astype("string[pyarrow]").astype(object)
    began, cpu = time.monotonic(), time.process_time()
    fitted = fit_rating_components(panel)
    seconds, cpu_seconds = time.monotonic() - began, time.process_time() - cpu
    found = fitted.table.set_index("component")["value"]
    return Spent(seconds, cpu_seconds, _worst_miss(world, found.to_dict()))


def statsmodels(n_ratings: int) -> Spent:
    """Fit the same model with MixedLM, both factors crossed within one group."""
    from statsmodels.formula.api import mixedlm

    world = world_of(n_ratings)
    panel = draw_ratings(world, SEED)
    said = panel["verdict"].map({"yes": 1.0, "no": 0.0})
    panel["halo"] = (said - said.mean()).fillna(0.0)
    panel["years"] = (panel["ended_at"] - panel["ended_at"].max()) / pd.Timedelta(days=365.25)
    panel["everything"] = 1
    began, cpu = time.monotonic(), time.process_time()
    parts = {"candidate": "0 + C(candidate_key)", "interviewer": "0 + C(interviewer_id)"}
    model = mixedlm(
        "rating ~ halo + years", panel, groups="everything", vc_formula=parts, use_sparse=True
    )
    fitted = model.fit(reml=True)
    seconds, cpu_seconds = time.monotonic() - began, time.process_time() - cpu
    names = [f"{name}_variance" for name in model.exog_vc.names]
    found = dict(zip(names, fitted.vcomp, strict=True)) | {"residual_variance": fitted.scale}
    return Spent(seconds, cpu_seconds, _worst_miss(world, found))


def has_statsmodels() -> bool:
    """Whether the peer is installed; the project does without."""
    return importlib.util.find_spec("statsmodels") is not None


def _worst_miss(world: GaussianWorld, found: dict[str, float]) -> float:
    names = [f"{part}_variance" for part in _PARTS]
    return max(abs(found[name] / getattr(world, name) - 1) for name in names)
