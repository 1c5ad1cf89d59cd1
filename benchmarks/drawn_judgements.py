"""Judgements drawn as the leniency model sees them, with known truth, of any size."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy.special import expit

from python_models.calibration.composite import learn_scale
from python_models.simulation import WORLDS
from python_models.simulation.judging import judge
from python_models.simulation.tables import words
from python_models.simulation.world import INTERVIEW_TYPES

BASE = WORLDS["base"]
JUDGEMENTS_EACH = 100
_JUDGEMENTS_A_CANDIDATE = 5
_JUDGEMENTS_A_COMPANY = 3_000
_FEWEST_COMPANIES = 10
_ABILITY_SD = 1.0
_TYPE_SHARES = (0.55, 0.15, 0.15, 0.15)
# A fifth of all judgements are companies', of better candidates sooner.
_REAL_LOG_ODDS, _REAL_SLOPE = -1.6, 1.2

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class DrawnJudgements:
    """A panel in the columns of `pnl_interviewer_leniency`, and the truth behind it.

    Attributes
    ----------
    panel : DataFrame
        Identifiers as text, as a warehouse hands them over.
    leniency : Series
        Each interviewer's true leniency, by identifier.
    """

    panel: pd.DataFrame
    leniency: pd.Series


def n_interviewers(n_judgements: int) -> int:
    """How many interviewers so many judgements have."""
    return max(n_judgements // JUDGEMENTS_EACH, 2)


def draw_judgements(n_judgements: int, seed: int = 1) -> DrawnJudgements:
    """Draw so many judgements of a hundredth as many interviewers, five of each candidate.

    Interviewers' volumes are heavy-tailed; who meets whom is random, but better candidates meet
    companies more often. Spreads, noise, practice and the form are those of the base world.
    """
    rng, n = np.random.default_rng(seed), n_judgements
    n_people, n_companies = n_interviewers(n), max(n // _JUDGEMENTS_A_COMPANY, _FEWEST_COMPANIES)
    volume = rng.lognormal(0.0, BASE.volume_sd, n_people)
    interviewer = rng.choice(n_people, n, p=volume / volume.sum())
    company = rng.integers(0, n_companies, n)
    candidate = rng.integers(0, max(n // _JUDGEMENTS_A_CANDIDATE, 2), n)
    ability = rng.normal(BASE.ability_mean, _ABILITY_SD, candidate.max() + 1)[candidate]
    is_real = rng.random(n) < expit(_REAL_LOG_ODDS + _REAL_SLOPE * ability)
    bias, ease = rng.normal(0.0, BASE.bias_sd, n_people), rng.normal(0.0, BASE.bar_sd, n_companies)
    n_earlier = _n_earlier(candidate)
    seen = ability + BASE.practice_effect * np.log1p(n_earlier)
    lean = np.where(is_real, ease[company], bias[interviewer])
    noise = np.where(is_real, BASE.company_noise, BASE.judgement_noise)
    verdicts = judge(BASE, seen, lean, noise, rng)
    panel = pd.DataFrame(
        {
            "session_id": _text("s", np.arange(n)),
            "candidate_key": _text("c", candidate),
            "interviewer_id": _text("i", interviewer).mask(is_real),
            "company_id": _text("k", company).mask(~is_real),
            "interview_type": words(INTERVIEW_TYPES, rng.choice(4, n, p=_TYPE_SHARES)).to_pandas(),
            "n_earlier_sessions": n_earlier,
            "technical": verdicts.technical.astype(np.int16),
            "problem_solving": verdicts.problem_solving.astype(np.int16),
            "would_advance": verdicts.would_advance,
            "is_real": is_real,
        }
    )
    return DrawnJudgements(panel, pd.Series(bias, index=_text("i", np.arange(n_people))))


def _n_earlier(candidate: Array) -> Array:
    order = np.argsort(candidate, kind="stable")
    ordered = candidate[order]
    earlier = np.empty_like(order)
    earlier[order] = np.arange(len(order)) - np.searchsorted(ordered, ordered)
    return earlier


def _text(prefix: str, values: Array) -> pd.Series:
    return pc.binary_join_element_wise(prefix, pa.array(values).cast(pa.string()), "").to_pandas()


def with_numbers(panel: pd.DataFrame) -> pd.DataFrame:
    """Return the composite, the fixed effects as numbers, and levels for mixed-model programs.

    Columns: `z`, `is_mock`, `is_real`, `practice`, `type_<type>` for all types but the most
    frequent, and the three levels; "none" stands for the interviewer of a real judgement and the
    company of a mock one, as such programs drop rows without a level.
    """
    is_real = panel["is_real"].to_numpy(dtype=bool)
    rows = panel[["candidate_key"]].assign(
        interviewer_id=panel["interviewer_id"].fillna("none"),
        company_id=panel["company_id"].fillna("none"),
        z=learn_scale(panel, is_real).composite(panel, is_real),
        is_mock=(~is_real).astype(int),
        is_real=is_real.astype(int),
        practice=np.log1p(panel["n_earlier_sessions"]),
    )
    for name in panel["interview_type"].value_counts().index[1:]:
        rows[f"type_{name}"] = (panel["interview_type"] == name).astype(int)
    return rows


def write_csv(n_judgements: int, path: Path) -> None:
    """Write the judgements for programs in other languages, such as `leniency_lmer.R`."""
    with_numbers(draw_judgements(n_judgements).panel).to_csv(path, index=False)


if __name__ == "__main__":
    write_csv(int(sys.argv[1]), Path(sys.argv[2]))
