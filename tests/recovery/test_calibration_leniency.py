"""The many-facet model tells lenient interviewers from those who met good candidates."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, ndtr

from python_models.calibration.abilities import abilities_from_earlier
from python_models.calibration.accuracy_scale import AccuracyScale, fit_accuracy_scale
from python_models.calibration.accuracy_score import accuracy_score
from python_models.calibration.interviewer_leniency import fit_interviewer_leniency

SEEDS = range(3)
BAR, MOCK_BAR, NOISE = 0.5, 0.2, 0.64


@dataclass(frozen=True)
class World:
    """Judgements in order of time, and each interviewer's true bias."""

    judgements: pd.DataFrame
    bias: np.ndarray


@dataclass(frozen=True)
class FittedWorld:
    """A world and the rows of its leniency fit."""

    world: World
    rows: pd.DataFrame


def judged(
    rng: np.random.Generator, ability: np.ndarray, bias: np.ndarray, bar: float
) -> pd.DataFrame:
    """One form each: items share most of the judgement's error; ratings end at 1 and 4."""
    shared = ability + bias + rng.normal(0, 0.45, len(ability))
    marks = [np.round(2.5 + 0.7 * (shared + rng.normal(0, 0.5, len(ability)))) for _ in range(2)]
    return pd.DataFrame(
        {
            "would_advance": shared + rng.normal(0, 0.45, len(ability)) > bar,
            "technical": np.clip(marks[0], 1, 4),
            "problem_solving": np.clip(marks[1], 1, 4),
        }
    )


def simulate(seed: int, *, bias_sd: float, selects: bool) -> World:
    """Candidates practise until a mock says yes; then they meet two companies."""
    rng = np.random.default_rng(seed)
    n_candidates, n_interviewers, n_companies = 8_000, 250, 15
    ability = rng.normal(0, 0.8, n_candidates)
    bias = rng.normal(0, bias_sd, n_interviewers)
    ease = rng.normal(0, 0.2, n_companies)
    volume = rng.lognormal(0, 0.8, n_interviewers)
    n_done = np.zeros(n_candidates, dtype=int)
    active = np.arange(n_candidates)
    parts = []

    def hold(who: np.ndarray, judge: np.ndarray, is_real: bool) -> np.ndarray:
        effect = ease[judge] if is_real else bias[judge]
        part = judged(rng, ability[who], effect, BAR if is_real else MOCK_BAR)
        part["candidate_key"], part["is_real"] = who, is_real
        part["n_earlier_sessions"] = n_done[who]
        part["interviewer_id"] = None if is_real else judge
        part["company_id"] = judge if is_real else None
        part["interview_type"] = rng.choice(["algorithms", "behavioral"], len(who))
        n_done[who] += 1
        parts.append(part)
        return part["would_advance"].to_numpy()

    for _ in range(4):
        interviewer = rng.choice(n_interviewers, len(active), p=volume / volume.sum())
        said_yes = hold(active, interviewer, is_real=False)
        goes_on = said_yes if selects else rng.random(len(active)) < 0.45
        for _ in range(2):
            hold(active[goes_on], rng.integers(0, n_companies, int(goes_on.sum())), is_real=True)
        active = active[~goes_on & (rng.random(len(active)) < 0.7)]
    judgements = pd.concat(parts, ignore_index=True)
    return World(judgements.assign(session_id=np.arange(len(judgements))), bias)


@cache
def fitted_world(seed: int, bias_sd: float = 0.35, selects: bool = True) -> FittedWorld:
    world = simulate(seed, bias_sd=bias_sd, selects=selects)
    return FittedWorld(world, fit_interviewer_leniency(world.judgements).table)


def interviewers(fitted: FittedWorld) -> pd.DataFrame:
    world, table = fitted.world, fitted.rows
    rows = table[table["facet"] == "interviewer"].copy()
    rows["bias"] = world.bias[rows["level"].astype(int)]
    return rows


def scores(fitted: FittedWorld) -> pd.DataFrame:
    """Run both fits as the warehouse does; the truth is P(yes) at the average company's bar."""
    world, rows = fitted.world, fitted.rows
    found = abilities_from_earlier(world.judgements, rows)
    panel = pd.DataFrame(
        {
            "session_id": world.judgements["session_id"],
            "is_real": world.judgements["is_real"],
            "said_yes": world.judgements["would_advance"],
            "ability": found.ability,
            "ability_reliability": found.reliability,
            "leniency": found.leniency,
            "n_others": found.n_others,
        }
    )
    link = fit_accuracy_scale(panel).table.set_index("parameter")["value"]
    table = rows[rows["facet"] == "interviewer"].copy()
    table["score"] = accuracy_score(
        expit(
            link["mock_intercept"]
            + link["mock_ability_slope"] * link["a50"]
            + link["mock_leniency_slope"] * table["estimate"].to_numpy()
        )
    )
    bias = world.bias[table["level"].astype(int)]
    table["truth"] = accuracy_score(ndtr((BAR - MOCK_BAR + bias) / NOISE))
    return table[table["n_judgements"] >= 20]


@pytest.mark.parametrize("selects", [True, False])
def test_leniency_is_found_whoever_goes_on(selects: bool) -> None:
    correlations, covers = [], []
    for seed in SEEDS:
        rows = interviewers(fitted_world(seed, selects=selects))
        judged_enough = rows[rows["n_judgements"] >= 20]
        correlations.append(judged_enough["estimate"].corr(judged_enough["bias"]))
        unit = np.polyfit(judged_enough["estimate"], judged_enough["bias"], 1)[0]
        truth = (rows["bias"] - rows["bias"].mean()) / unit
        covers.append(((rows["estimate"] - truth).abs() < 1.645 * rows["estimate_se"]).mean())
    # Higher is more lenient: the correlation has its sign.
    assert np.mean(correlations) > 0.93
    assert 0.84 < np.mean(covers) < 0.98


def test_it_beats_the_gap_to_later_results() -> None:
    """The naive rule sees only those who went on, and so the wrong interviewers (B1)."""
    fitted = fitted_world(0)
    rows = interviewers(fitted).set_index("level")
    frame = fitted.world.judgements
    passed = frame[frame["is_real"]].groupby("candidate_key")["would_advance"].mean()
    mocks = frame[~frame["is_real"]].assign(passed=lambda x: x["candidate_key"].map(passed))
    by_interviewer = mocks.groupby("interviewer_id")
    gap = by_interviewer["would_advance"].mean() - by_interviewer["passed"].mean()
    enough = rows[rows["n_judgements"] >= 20]
    naive = gap.reindex(enough.index).astype(float).corr(enough["bias"])
    assert enough["estimate"].corr(enough["bias"]) > naive + 0.03


def test_scores_come_within_one_of_the_truth() -> None:
    within = [
        (table["score"].round() - table["truth"].round()).abs().le(1).mean()
        for table in (scores(fitted_world(seed, selects=False)) for seed in SEEDS)
    ]
    assert np.mean(within) > 0.93


def test_without_bias_no_one_is_singled_out() -> None:
    for seed in SEEDS:
        table = scores(fitted_world(seed, bias_sd=0.0))
        assert table["score"].std() < 0.25


def test_links_are_recovered_for_the_true_ability() -> None:
    """Abilities known with error flatten the slopes; the correction undoes it."""
    found, naive = [], []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        n = 40_000
        reliability = rng.choice([0.0, 0.4, 0.6, 0.75], n)
        ability = rng.normal(0, np.sqrt(0.5 * reliability))
        truth = ability + rng.normal(0, np.sqrt(0.5 * (1 - reliability)))
        is_real = rng.random(n) < 0.3
        leniency = np.where(is_real, 0.0, rng.normal(0, 0.3, n))
        log_odds = np.where(is_real, -1.2 + 3.0 * truth, -0.2 + 2.5 * truth + 2.5 * leniency)
        y = (rng.random(n) < expit(log_odds)).astype(float)
        parts = {"is_real": is_real, "ability": ability, "leniency": leniency}
        found.append(AccuracyScale().fit(y, reliability=reliability, **parts).parameters_)
        naive.append(AccuracyScale().fit(y, reliability=np.ones(n), **parts).parameters_)
    mean = pd.DataFrame(found).mean()
    assert mean["real_slope"] == pytest.approx(3.0, rel=0.08)
    assert mean["mock_ability_slope"] == pytest.approx(2.5, rel=0.08)
    assert mean["mock_leniency_slope"] == pytest.approx(2.5, rel=0.08)
    assert mean["a50"] == pytest.approx(0.4, abs=0.03)
    assert pd.DataFrame(naive).mean()["real_slope"] < 2.6


def test_decisions_that_do_not_follow_ability_give_no_bar() -> None:
    rng = np.random.default_rng(1)
    n = 2_000
    scale = AccuracyScale().fit(
        (rng.random(n) < 0.5).astype(float),
        is_real=rng.random(n) < 0.5,
        ability=rng.normal(0, 0.5, n),
        reliability=np.full(n, 0.6),
        leniency=np.zeros(n),
    )
    assert "a50" not in scale.parameters_
    assert any("no bar" in note for note in scale.warnings_)
