"""What the window of an interviewer's last sessions says about quality (A5)."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from python_models.frames import BoolArray, FloatArray


@dataclass(frozen=True)
class RatingScale:
    """The numbers that turn ratings into a posterior.

    Attributes
    ----------
    mean, between_variance
        Of quality over interviewers.
    noise_variance
        Of one adjusted rating around its interviewer's level.
    drift_variance, sure_drift_variance
        Of that level, per week: as estimated, and less one standard error, by which alone older
        sessions are discounted.
    """

    mean: float
    between_variance: float
    noise_variance: float
    drift_variance: float
    sure_drift_variance: float


@dataclass(frozen=True)
class WindowWeights:
    """Weights of a window's sessions, and what they leave unsure.

    Attributes
    ----------
    weights
        Windows by sessions, newest first; they sum to 1.
    error_variance
        Variance of the weighted mean around the level at the last session.
    """

    weights: FloatArray
    error_variance: FloatArray


def window_weights(ages: FloatArray, is_held: BoolArray, scale: RatingScale) -> WindowWeights:
    """Weigh sessions by age as the published score does (`int_windows_summed`).

    Exponential smoothing at the steady-state gain of a random walk (Muth 1960), never below 1/e
    for the oldest session of the window.

    Parameters
    ----------
    ages
        Weeks from each session to the last of its window; windows by sessions, newest first.
    is_held
        Which places of the windows hold a session; each window at least one.
    scale
        Noise and drift.
    """
    n = is_held.sum(axis=-1)
    span = np.max(np.where(is_held, ages, 0.0), axis=-1)
    safe_span = np.where(span > 0, span, 1.0)
    gain = np.sqrt(scale.sure_drift_variance * n / safe_span / scale.noise_variance)
    pace = np.where(span > 0, np.minimum(gain, 1.0 / safe_span), 0.0)
    discount = np.where(is_held, np.exp(-pace[..., None] * np.where(is_held, ages, 0.0)), 0.0)
    total = discount.sum(axis=-1, keepdims=True)
    weights = discount / total
    older = 1.0 - np.cumsum(weights, axis=-1)
    # Mean of min(age, age') over pairs of sessions: weeks of drift since the weighted mean.
    drift_weeks = np.where(is_held, weights * ages * (weights + 2.0 * older), 0.0).sum(axis=-1)
    noise_share = (weights**2).sum(axis=-1)
    return WindowWeights(
        weights=weights,
        error_variance=scale.noise_variance * noise_share + scale.drift_variance * drift_weeks,
    )


def below_prob(
    window_mean: FloatArray,
    error_variance: FloatArray,
    idle_weeks: FloatArray | float,
    line: float,
    scale: RatingScale,
) -> FloatArray:
    """Probability that quality is below the line, by the published posterior.

    Parameters
    ----------
    window_mean, error_variance
        Weighted mean of the window, and its variance around the level.
    idle_weeks
        Since the last session; they widen the posterior, up to the prior.
    line
        On the rating scale.
    scale
        The prior and the drift.
    """
    share = scale.between_variance / (scale.between_variance + error_variance)
    centre = scale.mean + (window_mean - scale.mean) * share
    variance = np.minimum(
        scale.between_variance * (1.0 - share) + scale.drift_variance * idle_weeks,
        scale.between_variance,
    )
    prob: FloatArray = ndtr((line - centre) / np.sqrt(variance))
    return prob


def needed_mean(
    error_variance: FloatArray, line: float, prob: float, scale: RatingScale
) -> FloatArray:
    """Weighted mean of the window at which the probability of being below the line is `prob`.

    The inverse of `below_prob` for nobody idle.

    Parameters
    ----------
    error_variance
        Of the windows.
    line, prob, scale
        As in `below_prob`.
    """
    share = scale.between_variance / (scale.between_variance + error_variance)
    sd = np.sqrt(scale.between_variance * (1.0 - share))
    mean: FloatArray = scale.mean + (line - sd * ndtri(prob) - scale.mean) / share
    return mean
