"""The panel of rated sessions as arrays: codes and floats, no text."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from python_models.frames import BoolArray, FloatArray, IntArray, as_floats, require_columns

REQUIRED = ("interviewer_id", "candidate_key", "verdict", "rating", "ended_at")
_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class RatingPanel:
    """Usable ratings, sorted by interviewer, then time.

    Parameters
    ----------
    rating, day
        Mean of the answers; days since 1970 (UTC) at which the session ended.
    verdict
        1 for yes, 0 for no, NaN for none.
    interviewer, candidate
        Codes from 0.
    interviewers
        Identifiers behind the codes.
    n_candidates, n_meetings
        Different candidates; different pairs of interviewer and candidate.
    n_left_out
        Rows without rating, interviewer or candidate.
    """

    rating: FloatArray
    day: FloatArray
    verdict: FloatArray
    interviewer: IntArray
    candidate: IntArray
    interviewers: list[str]
    n_candidates: int
    n_meetings: int
    n_left_out: int

    @property
    def n_interviewers(self) -> int:
        """Different interviewers."""
        return len(self.interviewers)

    @property
    def mean_verdict(self) -> float:
        """Share of yes among the verdicts; 0 where there is none."""
        known = self.verdict[np.isfinite(self.verdict)]
        return float(known.mean()) if len(known) else 0.0


def read_rating_panel(panel: pd.DataFrame) -> RatingPanel:
    """Turn the panel into arrays.

    Sorting also settles the order of every sum, so that the last digits of a fit do not depend
    on the order of the panel's rows.

    Parameters
    ----------
    panel
        With the columns in `REQUIRED`.
    """
    require_columns(panel, REQUIRED, "rating_components")
    rating = as_floats(panel["rating"])
    interviewer, interviewers = pd.factorize(panel["interviewer_id"], sort=True)
    candidate, _ = pd.factorize(panel["candidate_key"], sort=True)
    day, verdict = _days(panel["ended_at"]), _verdicts(panel["verdict"])
    is_used = np.isfinite(rating) & (interviewer >= 0) & (candidate >= 0)
    order = np.lexsort((verdict, rating, candidate, day, interviewer))
    order = order[is_used[order]]
    codes, present = _recoded(interviewer[order])
    candidates, known = _recoded(candidate[order])
    meetings = codes * max(len(known), 1) + candidates
    return RatingPanel(
        rating=rating[order],
        day=_filled(day[order]),
        verdict=verdict[order],
        interviewer=codes,
        candidate=candidates,
        interviewers=[str(interviewers[i]) for i in present],
        n_candidates=len(known),
        n_meetings=len(pd.unique(meetings)),
        n_left_out=len(panel) - len(order),
    )


def _days(ended_at: pd.Series) -> FloatArray:
    instants = pd.to_datetime(ended_at, utc=True).dt.tz_localize(None).to_numpy()
    days: FloatArray = (instants - np.datetime64("1970-01-01")) / _DAY
    return days


def _filled(day: FloatArray) -> FloatArray:
    """A session without an end counts as of the mean day: it tells nothing of time."""
    is_known: BoolArray = np.isfinite(day)
    return np.where(is_known, day, day[is_known].mean() if is_known.any() else 0.0)


def _verdicts(verdict: pd.Series) -> FloatArray:
    codes, levels = pd.factorize(verdict)
    numbers = {"yes": 1.0, "no": 0.0}
    # The last place is that of null, whose code is −1.
    return np.array([*(numbers.get(str(level), np.nan) for level in levels), np.nan])[codes]


def _recoded(codes: IntArray) -> tuple[IntArray, IntArray]:
    """Number the codes that occur from 0 on, in their order."""
    is_present = np.bincount(codes, minlength=1) > 0
    if not len(codes):
        is_present[:] = False
    present = np.flatnonzero(is_present)
    return (np.cumsum(is_present) - 1)[codes], present
