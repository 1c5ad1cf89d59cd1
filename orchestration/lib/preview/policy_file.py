"""The policy that is to be tried: a small YAML file, read and checked before anything starts."""

from __future__ import annotations

import csv
import difflib
import math
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from orchestration.lib.errors import UserError
from orchestration.lib.settings import PROJECT_DIR
from python_models.policy.standing_rule import Thresholds

THRESHOLDS_SEED = PROJECT_DIR / "seeds" / "policy_thresholds.csv"
EXAMPLE = "docs/preview_policy.yml"
# What one step of the rule reads of a week that is written: these can be replayed as they are.
REPLAYED = (
    "min_new_evidence", "watch_prob", "clear_prob", "warn_prob", "warn_evaluations",
    "warn_min_rated", "visible_days", "pause_prob", "pause_evaluations",
    "pause_min_since_warning",
)  # fmt: skip
# What goes into the weeks themselves: the line, and which types are short.
REBUILT = ("acceptable_churn_margin", "shortage_ratio", "shortage_days")
PARTS = ("thresholds", "weights", "lookback_sessions")
# Units of the seed: shares of 1, and what is counted. Without one new session, or one evaluation,
# there is nothing to count at all.
SHARES = ("probability", "share of candidates")
COUNTED = ("sessions", "evaluations", "days")
AT_LEAST_ONE = ("min_new_evidence", "warn_evaluations", "pause_evaluations")
# Decades of days: more is a slip, and the server's calendar ends somewhere.
MOST_COUNTED = 10_000
SUM_TOLERANCE = 1e-6


@dataclass(frozen=True)
class PreviewPolicy:
    """What is to be other than today.

    Attributes
    ----------
    name : str
        The file's name without its ending.
    thresholds : mapping of str to float
        Values of ``seeds/policy_thresholds.csv`` that hold in every replayed week.
    weights : mapping of str to float
        Weight of each factor; empty where they stay what they are.
    lookback_sessions : int or None
        Sessions in the window; None where it stays what it is.
    """

    name: str
    thresholds: Mapping[str, float] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    lookback_sessions: int | None = None

    @property
    def needs_rebuild(self) -> bool:
        """Whether it changes what the weeks themselves say: then replaying is not enough."""
        return bool(
            self.weights
            or self.lookback_sessions is not None
            or any(name in REBUILT for name in self.thresholds)
        )


def read_policy(
    path: str, factors: Collection[str], longest_lookback: int, shortest_lookback: int
) -> PreviewPolicy:
    """Read and check a policy file.

    Parameters
    ----------
    path : str
        What ``POLICY`` names.
    factors : collection of str
        The questions of the candidate's form.
    longest_lookback, shortest_lookback : int
        Bounds of the window, in sessions.

    Raises
    ------
    UserError
        With what is wrong and how to mend it.
    """
    told = _told(path)
    _only_known(told, PARTS, f"{path} has", "part")
    policy = PreviewPolicy(
        name=Path(path).stem,
        thresholds=_thresholds(_mapping(told, "thresholds", path)),
        weights=_weights(_mapping(told, "weights", path), factors),
        lookback_sessions=_lookback(
            told.get("lookback_sessions"), shortest_lookback, longest_lookback
        ),
    )
    _in_order(policy.thresholds)
    return policy


def _told(path: str) -> dict[str, Any]:
    if not path:
        raise UserError(f"Name the policy to try: make preview POLICY={EXAMPLE} (an example)")
    try:
        text = Path(path).expanduser().read_text(encoding="utf-8")
    except (OSError, RuntimeError, UnicodeDecodeError) as error:
        reason = (getattr(error, "strerror", None) or "").lower()
        if isinstance(error, UnicodeDecodeError):
            reason = "is no UTF-8 text"
        raise UserError(
            f"POLICY={path}: {reason or 'leads nowhere'}; name a YAML file such as {EXAMPLE}"
        ) from None
    try:
        told = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # The last two: a day that no calendar has, a number or a nesting without end.
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark is not None else ""
        raise UserError(f"POLICY={path} is not YAML{where}; write it like {EXAMPLE}") from None
    if told is None:
        return {}
    if not isinstance(told, dict):
        raise UserError(f"POLICY={path} names no parts; write it like {EXAMPLE}")
    return told


def _mapping(told: Mapping[str, Any], part: str, path: str) -> Mapping[str, Any]:
    values = told.get(part)
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise UserError(f"{part} in {path} is to hold names with values, as in {EXAMPLE}")
    return values


def _only_known(names: Collection[Any], known: Collection[str], has: str, what: str) -> None:
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=3)
            mend = "did you mean " + " or ".join(near) if near else "there are " + ", ".join(known)
            raise UserError(f"{has} {name!r}, which is no {what}; {mend}")


def _number(name: str, value: Any, like: str = "0.5") -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and abs(value) > sys.float_info.max:
        value = math.inf  # a whole number can be longer than any float
    if not is_number or not math.isfinite(value):
        raise UserError(f"{name} is {value!r}, which is no number; write it like {name}: {like}")
    return float(value)


def _thresholds(given: Mapping[str, Any]) -> dict[str, float]:
    in_force = _in_force()
    _only_known(given, tuple(in_force), "thresholds has", "threshold")
    for name in given:
        if name not in REPLAYED + REBUILT:
            raise UserError(
                f"{name} has no bearing on standings, and a preview shows nothing else; leave it"
                f" out (those that have: {', '.join(REPLAYED + REBUILT)})"
            )
    values = {}
    for name, value in given.items():
        now, unit = in_force[name]
        values[name] = _number(name, value, f"{now:g}")
        _fits(name, values[name], unit)
    return values


def _fits(name: str, value: float, unit: str) -> None:
    """Refuse what the unit cannot be: 60 for a probability of .6, half an evaluation."""
    if unit in SHARES and not 0 <= value <= 1:
        raise UserError(f"{name} is {value:g}; it is a {unit}, from 0 to 1: write 60 % as 0.6")
    least = int(name in AT_LEAST_ONE)
    if unit in COUNTED and not (value == int(value) and least <= value <= MOST_COUNTED):
        raise UserError(
            f"{name} is {value:g}; it counts {unit}, in whole numbers from {least}"
            f" to {MOST_COUNTED}"
        )
    if value < 0:
        raise UserError(f"{name} is {value:g}, and can be no less than 0")


def _in_order(given: Mapping[str, float]) -> None:
    """Refuse what the rule itself refuses, with what holds today where nothing else is given."""
    values = {**{name: value for name, (value, _) in _in_force().items()}, **given}
    names = ("clear_prob", "watch_prob", "warn_prob", "pause_prob")
    try:
        Thresholds(
            **{name: values[name] for name in names},
            min_new_rated=int(values["min_new_evidence"]),
            warn_evaluations=int(values["warn_evaluations"]),
            pause_evaluations=int(values["pause_evaluations"]),
        )
    except ValueError as error:
        shown = ", ".join(f"{name} {values[name]:g}" for name in names)
        raise UserError(f"{error}: with this policy there would be {shown}; mend these") from None


def _weights(given: Mapping[str, Any], factors: Collection[str]) -> dict[str, float]:
    if not given:
        return {}
    _only_known(given, tuple(factors), "weights has", "factor")
    missing = [factor for factor in factors if factor not in given]
    if missing:
        raise UserError(f"weights leaves out {', '.join(missing)}; give each factor one, 0 if none")
    weights = {factor: _number(factor, given[factor]) for factor in factors}
    negative = [factor for factor, weight in weights.items() if weight < 0]
    if negative:
        raise UserError(f"the weight of {negative[0]} is below 0; a weight is a share of 1")
    total = math.fsum(weights.values())
    if abs(total - 1) > SUM_TOLERANCE:
        mend = f"divide each by {total:g}" if total else "one at least must be above 0"
        raise UserError(f"weights sum to {total:g} and not to 1; {mend}")
    return weights


def _lookback(given: Any, shortest: int, longest: int) -> int | None:
    if given is None:
        return None
    value = _number("lookback_sessions", given, f"{shortest}")
    if value != int(value) or not shortest <= value <= longest:
        raise UserError(
            f"lookback_sessions is {given}; it is a whole number from {shortest}"
            f" (sessions that a score takes) to {longest} (the longest that is ever tried)"
        )
    return int(value)


def _in_force() -> dict[str, tuple[float, str]]:
    """Thresholds and their units as the seed has them today: of each the newest row that holds."""
    with THRESHOLDS_SEED.open(encoding="utf-8", newline="") as file:
        rows = sorted(
            csv.DictReader(file), key=lambda row: datetime.fromisoformat(row["valid_from"])
        )
    now = datetime.now(UTC)
    return {
        row["threshold"]: (float(row["value"]), row["unit"])
        for row in rows
        if datetime.fromisoformat(row["valid_from"]) <= now
    }
