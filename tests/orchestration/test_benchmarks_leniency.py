"""`make bench STAGE=interviewer_leniency`: what it draws and what it says, peers or none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks import leniency_fits
from benchmarks.drawn_judgements import BASE, draw_judgements, with_numbers
from benchmarks.stage import all_stages


def test_a_fit_is_measured_beside_a_smaller_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leniency_fits, "has_statsmodels", lambda: False)
    monkeypatch.setattr(leniency_fits, "has_lmer", lambda: False)
    told: list[str] = []
    large, *without = all_stages()["interviewer_leniency"].measure(20_000, told.append)
    assert told == ["20,000 x 200", "2,000 x 20"]
    assert (large.size, large.peer) == ("20,000 x 200", "of 2,000")
    assert large.peer_seconds
    assert large.seconds > 0
    assert "correlation with the true leniency 0.9" in large.note
    # Without the peers the table says how to get them, and is not the poorer otherwise.
    assert [(line.size, line.peer) for line in without] == [
        ("20,000 x 200", ""),
        ("2,000 x 20", ""),
    ]
    assert "apt-get install r-cran-lme4" in without[0].note
    assert "pip install statsmodels" in without[1].note


def test_drawn_judgements_hold_what_they_say() -> None:
    drawn = draw_judgements(50_000)
    panel = drawn.panel
    assert len(panel) == 50_000
    assert (panel["company_id"].notna() == panel["is_real"]).all()
    assert (panel["interviewer_id"].isna() == panel["is_real"]).all()
    assert 0.15 < panel["is_real"].mean() < 0.25
    assert drawn.leniency.std() == pytest.approx(BASE.bias_sd, rel=0.15)
    by_candidate = panel.groupby("candidate_key")["n_earlier_sessions"]
    assert (panel["n_earlier_sessions"] == by_candidate.cumcount()).all()
    # The lenient say yes more often, by about as much as a normal judgement's odds change.
    mocks = panel[~panel["is_real"]]
    lean = mocks["interviewer_id"].map(drawn.leniency)
    by_fifth = mocks.groupby(pd.qcut(lean, 5, labels=False))["would_advance"].mean()
    assert (np.diff(by_fifth) > 0).all()
    assert draw_judgements(50_000).panel.equals(panel)
    assert not draw_judgements(50_000, seed=2).panel["would_advance"].equals(panel["would_advance"])


def test_other_programs_get_numbers_and_no_empty_level() -> None:
    rows = with_numbers(draw_judgements(2_000).panel)
    assert not rows.isna().any().any()
    assert (rows["is_mock"] + rows["is_real"] == 1).all()
    assert ((rows["interviewer_id"] == "none") == (rows["is_real"] == 1)).all()
    assert ((rows["company_id"] == "none") == (rows["is_mock"] == 1)).all()
    types = [name for name in rows if name.startswith("type_")]
    assert len(types) == 3
    assert (rows[types].sum(axis=1) <= 1).all()
