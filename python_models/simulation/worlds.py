"""The worlds on which the estimators are tried, each one change away from `base`."""

from __future__ import annotations

from dataclasses import replace

from python_models.simulation.world import World

_BASE = World()

_WORLDS = (
    _BASE,
    # Small enough for a first run that ends in minutes, large enough to tell the same story.
    replace(
        _BASE,
        name="demo",
        n_interviewers=400,
        n_candidates=9_800,
        n_companies=25,
        correction_rate=0.002,
        erasure_rate=0.0005,
    ),
    # Neither leaving nor verdicts depend on the interviewer: nothing may be found. Matching is
    # random, else restless candidates would look like an effect of those whom they meet.
    replace(_BASE, name="null", quality_leaving=0.0, bias_sd=0.0, matching=0.0),
    replace(_BASE, name="confounded", matching=0.36),
    replace(_BASE, name="heavy_selection", gate=3.0, gate_noise=0.0, go_on_prob=0.7),
    replace(_BASE, name="few", n_interviewers=120, n_candidates=2_940, n_companies=12),
    replace(
        _BASE,
        name="drifting",
        skill_drift_share=0.4,
        skill_half_life_weeks=26.0,
        abrupt_share=0.15,
        bias_drift_share=0.4,
    ),
    replace(_BASE, name="weak", quality_leaving=0.4 * _BASE.quality_leaving),
    replace(_BASE, name="collinear", factor_correlation=0.92),
    replace(_BASE, name="one_dominates", leaving_weights=(0.50, 0.20, 0.15, 0.15)),
    replace(_BASE, name="sparse", feedback_rate=0.25, item_missing_rate=0.15, late_rate=0.10),
    # With half the capacity in a few hands, chance among those few would decide the shares.
    replace(_BASE, name="throttled", throttle=1.0, volume_sd=0.6, capacity_ratio=4.7),
)

WORLDS: dict[str, World] = {world.name: world for world in _WORLDS}
