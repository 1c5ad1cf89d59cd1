"""The whole-number scale of accuracy, from a yes probability (B3)."""

import numpy as np

from python_models.frames import FloatArray


def accuracy_score(yes_prob: FloatArray) -> FloatArray:
    """Return the accuracy score, −4 to 4, of a yes probability at the companies' bar.

    Parameters
    ----------
    yes_prob
        P(the interviewer says yes to a candidate whom the average company passes half the
        time).

    Returns
    -------
    FloatArray
        4·log2(2Y) from ½ upwards, −4·log2(2(1 − Y)) below: 0 is the companies' bar, positive is
        too lenient. Not rounded.
    """
    prob = np.asarray(yes_prob, dtype=np.float64)
    magnitude = 4.0 * np.log2(2.0 * np.maximum(prob, 1.0 - prob))
    return np.where(prob >= 0.5, magnitude, -magnitude)
