"""Laplace approximation of the likelihood of verdicts with crossed random effects."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from python_models.calibration.verdict_curvature import Curvature
from python_models.calibration.verdict_rows import VerdictRows
from python_models.frames import FloatArray

# Precision of a wide normal prior of the fixed effects: it moves a log-odds by less than a
# thousandth of its se, and keeps the coefficient of a column that is all yes near 10.
FIXED_PRECISION = 1e-4
_MOST_STEPS = 50
_MODE_TOLERANCE = 1e-7


@dataclass(frozen=True)
class Mode:
    """Random effects at the maximum of the penalised likelihood, at given β and variances.

    Parameters
    ----------
    owned, effects
        Owners, and all facets' levels.
    curvature
        Of the penalised likelihood there.
    prob
        P(yes) of each row.
    penalised
        Log-likelihood − Σ u²/(2σ²).
    is_found
        Whether the last step was small enough.
    """

    owned: FloatArray
    effects: FloatArray
    curvature: Curvature
    prob: FloatArray
    penalised: float
    is_found: bool


class LaplaceLikelihood:
    """log ∫ p(y | β, u) p(u | σ²) du ≈ penalised − ½ log|H| − ½ Σ n log σ², and its gradient.

    H is the curvature at the mode of u. This is what lme4's `glmer(nAGQ = 1)` maximises over β
    and the variances together (Bates et al. 2015; Tierney & Kadane 1986). The derivative of
    log|H| goes through p(1 − p) of each row: with h the variances of the rows' log-odds under
    H⁻¹ and g = p(1 − p)(1 − 2p)h, it takes one more solve of H v = Z'g.

    The last mode is kept, as the next one is near it.

    Parameters
    ----------
    rows
        The verdicts.
    is_dense
        Whether the curvature is factorised, which is exact; otherwise the determinant is that
        of the diagonal that is left after the owners' elimination, and the gradient is of that.
    """

    def __init__(self, rows: VerdictRows, is_dense: bool) -> None:
        self._rows, self._is_dense = rows, is_dense
        self._owned = np.zeros(rows.n_owners)
        self._effects = np.zeros(int(rows.bounds[-1]))
        self.n_calls = 0

    def mode(self, coef: FloatArray, variances: FloatArray) -> Mode:
        """Find the random effects by Newton's method, halving a step that overshoots.

        Parameters
        ----------
        coef
            Fixed effects.
        variances
            The owners' first, then each facet's; positive.
        """
        rows, precisions = self._rows, 1.0 / variances
        penalty = np.repeat(precisions[1:], np.diff(rows.bounds))
        owned, effects = self._owned, self._effects

        def penalised(owned: FloatArray, effects: FloatArray) -> tuple[float, FloatArray]:
            predictor = rows.predictor(coef, owned, effects)
            fit = rows.y @ predictor - np.logaddexp(0.0, predictor).sum()
            size = precisions[0] * (owned @ owned) + penalty @ effects**2
            return float(fit - 0.5 * size), expit(predictor)

        value, prob = penalised(owned, effects)
        is_found = False
        for _ in range(_MOST_STEPS):
            curvature = Curvature(rows, prob * (1 - prob), precisions, self._is_dense)
            by_owner, by_level = rows.sums(rows.y - prob)
            step = curvature.solve(by_owner - precisions[0] * owned, by_level - penalty * effects)
            is_found = _longest(step) < _MODE_TOLERANCE
            if is_found:
                break
            share = 1.0
            for _ in range(20):
                moved = owned + share * step[0], effects + share * step[1]
                moved_value, moved_prob = penalised(*moved)
                if moved_value >= value - 1e-10 * abs(value):
                    break
                share /= 2
            (owned, effects), value, prob = moved, moved_value, moved_prob
        self._owned, self._effects = owned, effects
        return Mode(owned, effects, curvature, prob, value, is_found)

    def value_and_gradient(
        self, coef: FloatArray, log_variances: FloatArray
    ) -> tuple[float, FloatArray, FloatArray]:
        """Return the log-likelihood, its slope in the fixed effects and in the log-variances.

        Parameters
        ----------
        coef
            Fixed effects.
        log_variances
            Logarithms of variances, the owners' first.
        """
        self.n_calls += 1
        rows, variances = self._rows, np.exp(log_variances)
        mode = self.mode(coef, variances)
        sizes = np.array([rows.n_owners, *np.diff(rows.bounds)])
        value = mode.penalised - 0.5 * mode.curvature.log_determinant
        value -= 0.5 * float(sizes @ log_variances + FIXED_PRECISION * (coef @ coef))
        leverages = mode.curvature.leverages()
        weight = mode.prob * (1 - mode.prob)
        slope = weight * (1 - 2 * mode.prob) * leverages.by_row
        through = mode.curvature.solve(*rows.sums(slope))
        passed = through[0][rows.owner] + rows.levels @ through[1]
        by_coef = rows.X.T @ (rows.y - mode.prob - 0.5 * (slope - weight * passed))
        by_coef -= FIXED_PRECISION * coef
        groups = zip(
            [mode.owned, *np.split(mode.effects, rows.bounds[1:-1])],
            [through[0], *np.split(through[1], rows.bounds[1:-1])],
            strict=True,
        )
        squares = np.array([float(effects @ (effects - moves)) for effects, moves in groups])
        by_variance = 0.5 * ((squares + leverages.traces) / variances - sizes)
        return value, by_coef, by_variance


def _longest(step: tuple[FloatArray, FloatArray]) -> float:
    return max(float(np.abs(part).max(initial=0.0)) for part in step)
