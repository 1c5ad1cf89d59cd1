"""Newcomers' share, its probabilities, and that chance is the seed's alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from python_models.dispatch.assignment import assign
from python_models.dispatch.batch import batch_of
from python_models.dispatch.newcomer_lottery import draw_newcomers, reserved_seats
from python_models.dispatch.settings import DispatchSettings

HOURS = pd.date_range("2026-01-05T08:00Z", periods=12, freq="h")
TYPES = np.array(["algorithms", "behavioral"])
Tables = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]


def tables_of(
    seed: int, n_requests: int = 60, n_people: int = 30, share_open: float = 0.4
) -> Tables:
    rng = np.random.default_rng(seed)
    requests = pd.DataFrame(
        {
            "request_id": [f"r{k:03}" for k in range(n_requests)],
            "candidate_id": [f"c{k}" for k in range(n_requests)],
            "interview_type": TYPES[rng.integers(0, 2, n_requests)],
            "slot_start": HOURS[rng.integers(0, len(HOURS), n_requests)],
        }
    )
    names = [f"i{k:02}" for k in range(n_people)]
    cells = pd.MultiIndex.from_product(
        [names, TYPES, HOURS], names=["interviewer_id", "interview_type", "slot_start"]
    ).to_frame(index=False)
    people = pd.DataFrame(
        {
            "interviewer_id": names,
            "quality_mean": 3.0 + rng.normal(0.0, 0.3, n_people).round(3),
            "quality_sd": 0.1,
            "n_rated": rng.integers(0, 45, n_people),
            "n_this_week": rng.integers(0, 3, n_people),
            "most_per_week": 5,
            "n_reserved_this_week": 0,
        }
    )
    pairs = pd.DataFrame(
        {
            "candidate_id": [f"c{k}" for k in rng.integers(0, n_requests, 400)],
            "interviewer_id": np.array(names)[rng.integers(0, n_people, 400)],
        }
    )
    return requests, cells[rng.random(len(cells)) < share_open], people, pairs


def slots_of_all(requests: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Everybody is free for the one request."""
    asked = requests[["interview_type", "slot_start"]]
    return people[["interviewer_id"]].merge(asked, how="cross")


def test_the_share_is_kept_on_the_mean_and_lapses_where_nobody_is_new() -> None:
    rng = np.random.default_rng(1)
    drawn = np.array([reserved_seats(7, 4, 0.15, rng)[1] for _ in range(20_000)])
    assert set(drawn) == {1, 2}
    # Expected 1.05; five standard errors of a mean of 20,000.
    assert abs(drawn.mean() - 1.05) < 5.0 * np.sqrt(0.05 * 0.95 / 20_000)
    assert reserved_seats(100, 2, 0.15, rng) == (2.0, 2)
    assert reserved_seats(5, 0, 0.15, rng) == (0.0, 0)


def test_newcomers_get_at_most_two_reserved_offers_a_week() -> None:
    requests, slots, people, pairs = tables_of(1)
    people = people.assign(n_reserved_this_week=[1, 0, 3] * 10)
    rules = DispatchSettings(newcomer_share=1.0, n_replays=0)
    offers = assign(requests, slots, people, rules, seed=1, pairings=pairs).offers
    reserved = offers[offers["is_newcomer_share"]]
    seen = people.set_index("interviewer_id").loc[reserved["interviewer_id"]]
    assert (seen["n_rated"] < 15).all()
    given = reserved.groupby("interviewer_id").size()
    before = people.set_index("interviewer_id")["n_reserved_this_week"]
    assert ((given + before.loc[given.index]) <= 2).all()
    assert given.max() == 2


def test_a_reserved_probability_is_the_chance_to_be_drawn() -> None:
    """One request, two newcomers, one veteran: each newcomer has half of 15 %."""
    requests, _, people, _ = tables_of(1, n_requests=1, n_people=3)
    slots = slots_of_all(requests, people)
    people = people.assign(quality_mean=[3.0, 3.1, 3.9], n_rated=[0, 14, 15], n_this_week=0)
    batch = batch_of(requests, slots, people, None)
    wins = np.zeros(3)
    for seed in range(5_000):
        draws = draw_newcomers(batch, DispatchSettings(), np.random.default_rng(seed))
        assert (draws.probability == 0.075).all()
        wins[draws.interviewer] += 1.0
    error = np.sqrt(0.075 * 0.925 / 5_000)
    assert wins[2] == 0.0
    assert (np.abs(wins[:2] / 5_000 - 0.075) < 4.0 * error).all()


def test_a_ranked_probability_is_counted_in_replays() -> None:
    """The veteran gets the one request unless the lottery does: 85 %, here in 200 runs."""
    requests, _, people, _ = tables_of(1, n_requests=1, n_people=3)
    slots = slots_of_all(requests, people)
    people = people.assign(quality_mean=[3.0, 3.1, 3.9], n_rated=[0, 14, 15], n_this_week=0)
    rules = DispatchSettings(n_replays=199)
    offer = assign(requests, slots, people, rules, seed=1).offers.iloc[0]
    assert (offer["interviewer_id"], offer["probability_is"]) == ("i02", "counted in replays")
    assert abs(offer["offer_probability"] - 0.85) < 4.0 * np.sqrt(0.85 * 0.15 / 200)


def test_seed_decides_and_the_order_of_rows_does_not() -> None:
    tables = tables_of(2)
    requests, slots, people, pairs = tables
    few = DispatchSettings(n_replays=2)
    first = assign(requests, slots, people, few, seed=5, pairings=pairs)
    mixed = [table.sample(frac=1.0, random_state=3) for table in tables]
    again = assign(mixed[0], mixed[1], mixed[2], few, seed=5, pairings=mixed[3])
    pd.testing.assert_frame_equal(first.offers, again.offers)
    pd.testing.assert_frame_equal(first.unassigned, again.unassigned)
    other = assign(requests, slots, people, few, seed=6, pairings=pairs)
    assert not first.offers["interviewer_id"].equals(other.offers["interviewer_id"])


@pytest.mark.parametrize(("seed", "share_open"), [(1, 0.4), (2, 0.1), (3, 0.05), (4, 0.2)])
def test_the_batch_is_the_optimum_of_the_whole_programme(seed: int, share_open: float) -> None:
    """One 0-1 variable for each request and person, as a solver of integer programmes has it."""
    tables = tables_of(seed, share_open=share_open)
    requests, slots, people, pairs = tables
    rules = DispatchSettings(newcomer_share=0.0, n_replays=0)
    offers = assign(requests, slots, people, rules, seed=1, pairings=pairs).offers
    quality = people.set_index("interviewer_id")["quality_mean"]
    ours = offers["interviewer_id"].map(quality).sum()
    n_served, n_repeats, best = _optimum(tables)
    assert (len(offers), offers["is_repeat"].sum()) == (n_served, n_repeats)
    # Ties are broken by chance, within a hundred-thousandth of the distance from best to worst.
    assert abs(ours - best) < 1e-5 * np.ptp(quality) * len(offers)


def _optimum(tables: Tables) -> tuple[int, int, float]:
    requests, slots, people, pairs = tables
    ways = requests.merge(slots, on=["interview_type", "slot_start"]).merge(people)
    past = set(zip(pairs["candidate_id"], pairs["interviewer_id"], strict=True))
    who = zip(ways["candidate_id"], ways["interviewer_id"], strict=True)
    repeat = np.array([pair in past for pair in who], dtype=float)
    mean = ways["quality_mean"].to_numpy()
    span = np.ptp(people["quality_mean"])
    gain = 100.0 - 2.0 * repeat + (mean - people["quality_mean"].min()) / span
    room = (people["most_per_week"] - people["n_this_week"]).to_numpy()
    limits = []
    for key, most in (
        (["request_id"], None), (["interviewer_id", "slot_start"], None),
        (["interviewer_id"], pd.Series(room, people["interviewer_id"])),
    ):  # fmt: skip
        group = ways.groupby(key).ngroup().to_numpy()
        rows = (group == np.arange(group.max() + 1)[:, None]).astype(float)
        names = sorted(ways["interviewer_id"].unique())
        limits.append(LinearConstraint(rows, ub=1.0 if most is None else most.loc[names]))
    solved = milp(-gain, constraints=limits, bounds=Bounds(0, 1), integrality=np.ones(len(gain)))
    taken = solved.x > 0.5
    return int(taken.sum()), int(repeat[taken].sum()), float(mean[taken].sum())
