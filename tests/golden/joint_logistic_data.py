"""The verdicts on which `JointLogistic` is held against lme4's glmer.

Three thousand verdicts drawn by `draw_verdicts`, seed 1. ``python -m
tests.golden.joint_logistic_data FILE`` writes them as CSV for `joint_logistic.R`, which switches
a facet off by a factor 0 where a row has none.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from tests.recovery.verdict_worlds import Verdicts, VerdictWorld, draw_verdicts

WORLD = VerdictWorld(n_candidates=600, n_interviewers=60, n_companies=12, n_rows=3_000)


def golden_verdicts() -> Verdicts:
    """Return the verdicts as the estimator takes them."""
    return draw_verdicts(WORLD, 1)


def as_frame(drawn: Verdicts) -> pd.DataFrame:
    """Return one row per verdict: columns of X, codes, and flags of the facet a row has."""
    interviewer, company = drawn.facets
    columns = dict(zip(("intercept", "is_real", "practice", "type"), drawn.X.T, strict=True))
    return pd.DataFrame(
        {
            "verdict": drawn.y.astype(int),
            **columns,
            "candidate": drawn.owner,
            "interviewer": np.maximum(interviewer, 0),
            "company": np.maximum(company, 0),
            "is_mock": (interviewer >= 0).astype(int),
        }
    )


if __name__ == "__main__":
    as_frame(golden_verdicts()).to_csv(sys.argv[1], index=False)
