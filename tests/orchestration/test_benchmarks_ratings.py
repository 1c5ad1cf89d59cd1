"""`make bench STAGE=rating_components`: what it draws and what it says, peer or no peer."""

from __future__ import annotations

import pytest

from benchmarks import rating_fits
from benchmarks.gaussian_ratings import GaussianWorld, draw_ratings
from benchmarks.stage import all_stages


def test_a_fit_is_measured_beside_a_smaller_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rating_fits, "has_statsmodels", lambda: False)
    told: list[str] = []
    large, small = all_stages()["rating_components"].measure(20_000, told.append)
    assert told == ["20,000 x 200", "2,000 x 20", "5,000 x 50"]
    assert (large.size, large.peer) == ("20,000 x 200", "of 2,000")
    assert large.peer_seconds
    assert large.seconds > 0
    assert "variances within" in large.note
    # Without statsmodels the table says how to get it, and is not the poorer otherwise.
    assert (small.size, small.peer, small.peer_seconds) == ("5,000 x 50", "", None)
    assert "pip install statsmodels" in small.note


def test_a_drawn_world_holds_what_it_says() -> None:
    world = GaussianWorld(n_ratings=50_000, n_interviewers=20, n_candidates=10_000)
    panel = draw_ratings(world, 1)
    assert len(panel) == 50_000
    total = world.interviewer_variance + world.candidate_variance + world.residual_variance
    assert panel["rating"].var() == pytest.approx(total, rel=0.1)
    gain = panel.groupby("verdict")["rating"].mean()
    assert gain["yes"] - gain["no"] == pytest.approx(world.halo, abs=0.02)
    assert draw_ratings(world, 1).equals(panel)
    assert not draw_ratings(world, 2)["rating"].equals(panel["rating"])
