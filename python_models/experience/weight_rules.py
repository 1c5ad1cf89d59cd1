"""From regression coefficients to weights an interviewer can use by hand (A4)."""

import numpy as np
from scipy import linalg, optimize

from python_models.frames import FloatArray


def equal_weights(n_factors: int) -> FloatArray:
    """Return the weights that need no evidence (Dawes 1979): 1/K each.

    Parameters
    ----------
    n_factors
        Number of factors K.

    Returns
    -------
    FloatArray
        K equal weights that sum to 1.
    """
    return np.full(n_factors, 1.0 / n_factors)


def common_scale(effects: FloatArray, precision: FloatArray) -> tuple[float, float]:
    """Return K times the common effect s = K·(1'Pw)/(1'P1), and its standard error.

    Parameters
    ----------
    effects
        Unrestricted effect w of each factor on staying.
    precision
        Inverse of their covariance, P.

    Returns
    -------
    tuple of float
        s and its standard error; 0 and infinity where there is no information.
    """
    information = float(precision.sum())
    if information <= 0:
        return 0.0, float("inf")
    size = len(effects)
    scale = size * float((precision @ effects).sum()) / information
    return scale, size / float(np.sqrt(information))


def regularised_weights(
    effects: FloatArray,
    precision: FloatArray,
    scale: float,
    prior_sd: float,
    noise: FloatArray | None = None,
) -> FloatArray:
    """Minimise (w − w0)'P(w − w0) + Σ(w_k − s/K)²/(prior_sd·s)² subject to w ≥ 0, sum to 1.

    Parameters
    ----------
    effects, precision
        w0 and P.
    scale
        s, positive.
    prior_sd
        Standard deviation of a weight around s/K, as a share of s.
    noise
        2K standard normal numbers: the minimum is then one draw from the posterior
        (randomise, then optimise); None for the estimate itself.

    Returns
    -------
    FloatArray
        Weights that sum to 1; equal where every one is pressed to 0.
    """
    size = len(effects)
    jitter = 1e-12 * max(float(np.trace(precision)), 1e-300)
    root = linalg.cholesky(precision + jitter * np.eye(size), lower=False)
    prior_root = 1.0 / (prior_sd * scale)
    design = np.vstack([root, prior_root * np.eye(size)])
    target = np.concatenate([root @ effects, np.full(size, prior_root * scale / size)])
    solution, _ = optimize.nnls(design, target if noise is None else target + noise)
    total = float(solution.sum())
    return solution / total if total > 0 else equal_weights(size)


def round_weights(weights: FloatArray, step: float = 0.05) -> FloatArray:
    """Round to multiples of `step` that still sum to 1, by largest remainder.

    Parameters
    ----------
    weights
        Weights that sum to 1.
    step
        A divisor of 1.

    Returns
    -------
    FloatArray
        The rounded weights; of equal remainders the earlier factor gets the step.
    """
    n_steps = round(1.0 / step)
    # Nine decimals: .35 / .05 must count as 7 steps, not as 6 and a remainder of .999.
    steps = np.round(weights * n_steps, 9)
    whole = np.floor(steps)
    order = np.argsort(-(steps - whole), kind="stable")
    whole[order[: n_steps - int(whole.sum())]] += 1
    return np.round(whole / n_steps, 10)
