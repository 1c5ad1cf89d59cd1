"""The matching of a batch, on batches small enough to be worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest

from python_models.dispatch.assignment import Assignment, assign
from python_models.dispatch.settings import DispatchSettings

NINE, TEN = "2026-01-05T09:00Z", "2026-01-05T10:00Z"
BY_RANK = DispatchSettings(newcomer_share=0.0, n_replays=0)
Row = tuple[str, ...]


def requests_of(*rows: Row) -> pd.DataFrame:
    columns = ["request_id", "candidate_id", "interview_type", "slot_start"]
    return pd.DataFrame(list(rows), columns=columns)


def slots_of(*rows: Row) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["interviewer_id", "interview_type", "slot_start"])


def people_of(quality: dict[str, float], **columns: Any) -> pd.DataFrame:
    plain = {"quality_sd": 0.1, "n_rated": 50, "n_this_week": 0, "most_per_week": 5}
    people = pd.DataFrame({"interviewer_id": list(quality), "quality_mean": quality.values()})
    return people.assign(**{**plain, "n_reserved_this_week": 0, **columns})


def met(*rows: Row) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["candidate_id", "interviewer_id"])


def who(result: Assignment) -> dict[str, str]:
    return dict(zip(result.offers["request_id"], result.offers["interviewer_id"], strict=True))


def one_type(slot: str, *names: str) -> Sequence[Row]:
    return [(name, "algorithms", slot) for name in names]


def test_the_best_of_those_available_for_type_and_slot_is_asked() -> None:
    """Ann is better, but free for another type, Bea at another hour; Cem beats Dan."""
    requests = requests_of(("r1", "c1", "algorithms", NINE))
    slots = slots_of(
        ("ann", "behavioral", NINE), ("bea", "algorithms", TEN), *one_type(NINE, "dan", "cem")
    )
    people = people_of({"ann": 3.9, "bea": 3.8, "cem": 3.5, "dan": 3.1})
    result = assign(requests, slots, people, BY_RANK, seed=1)
    assert who(result) == {"r1": "cem"}
    offer = result.offers.iloc[0]
    assert offer["rank"] == 1
    assert offer["reason"] == "ranked 1 of 2 available by quality 3.50 (sd 0.10)"
    assert (offer["offer_probability"], offer["probability_is"]) == (1.0, "given the lottery")


def test_the_optimum_serves_more_than_best_first_would() -> None:
    """Ann is the best for both types; best first would leave r2, for which only she is free."""
    requests = requests_of(("r1", "c1", "algorithms", NINE), ("r2", "c2", "behavioral", NINE))
    slots = slots_of(*one_type(NINE, "ann", "bea"), ("ann", "behavioral", NINE))
    result = assign(requests, slots, people_of({"ann": 3.9, "bea": 3.0}), BY_RANK, seed=1)
    assert who(result) == {"r1": "bea", "r2": "ann"}


def test_load_caps_hold_over_the_week() -> None:
    """Ann may take one more of three; Bea two; the last slot is nobody's."""
    hours = ["2026-01-05T09:00Z", "2026-01-06T09:00Z", "2026-01-07T09:00Z", "2026-01-08T09:00Z"]
    requests = requests_of(*((f"r{k}", f"c{k}", "algorithms", at) for k, at in enumerate(hours)))
    slots = slots_of(*(row for at in hours for row in one_type(at, "ann", "bea")))
    people = people_of({"ann": 3.9, "bea": 3.0}, n_this_week=[4, 0], most_per_week=[5, 2])
    result = assign(requests, slots, people, BY_RANK, seed=1)
    assert sorted(who(result).values()) == ["ann", "bea", "bea"]
    assert result.unassigned["reason"].tolist() == ["all 2 available are given to other requests"]


def test_a_repeat_is_avoided_where_somebody_else_is_free() -> None:
    requests = requests_of(("r1", "c1", "algorithms", NINE))
    slots, people = slots_of(*one_type(NINE, "ann", "bea")), people_of({"ann": 3.9, "bea": 2.0})
    result = assign(requests, slots, people, BY_RANK, seed=1, pairings=met(("c1", "ann")))
    assert who(result) == {"r1": "bea"}
    assert not result.offers["is_repeat"].item()


def test_a_repeat_is_avoided_by_a_swap_that_costs_no_quality() -> None:
    requests = requests_of(("r1", "c1", "algorithms", NINE), ("r2", "c2", "algorithms", NINE))
    slots = slots_of(*one_type(NINE, "ann", "bea", "cem"))
    people = people_of({"ann": 3.9, "bea": 3.5, "cem": 1.0})
    past = met(("c1", "ann"), ("c2", "bea"))
    result = assign(requests, slots, people, BY_RANK, seed=1, pairings=past)
    assert who(result) == {"r1": "bea", "r2": "ann"}


def test_a_repeat_stays_where_there_is_no_other_way_and_says_so() -> None:
    requests = requests_of(("r1", "c1", "algorithms", NINE))
    slots, people = slots_of(*one_type(NINE, "ann")), people_of({"ann": 3.9})
    result = assign(requests, slots, people, BY_RANK, seed=1, pairings=met(("c1", "ann")))
    assert result.offers["is_repeat"].item()
    assert result.offers["reason"].item().endswith("the two have met, and no other way was found")


def test_two_requests_of_a_candidate_meet_two_people() -> None:
    requests = requests_of(("r1", "c1", "algorithms", NINE), ("r2", "c1", "algorithms", TEN))
    slots = slots_of(*one_type(NINE, "ann", "bea"), *one_type(TEN, "ann", "bea"))
    result = assign(requests, slots, people_of({"ann": 3.9, "bea": 3.0}), BY_RANK, seed=1)
    assert set(who(result).values()) == {"ann", "bea"}


def test_who_is_not_served_is_listed_with_the_reason() -> None:
    requests = requests_of(
        ("r1", "c1", "algorithms", NINE),
        ("r2", "c2", "algorithms", TEN),
        ("r3", "c3", "behavioral", TEN),
        ("r4", "c4", "behavioral", TEN),
    )
    slots = slots_of(
        *one_type(NINE, "full"), ("ann", "behavioral", TEN), ("full", "behavioral", TEN)
    )
    people = people_of({"ann": 3.0, "full": 3.9}, n_this_week=[0, 5])
    left = assign(requests, slots, people, BY_RANK, seed=1).unassigned.set_index("request_id")
    assert left.loc["r1", "reason"] == "all 1 available have reached their load of the week"
    assert left.loc["r2", "reason"] == "nobody is available for this interview type and slot"
    (other,) = set(left.index) - {"r1", "r2"}
    assert left.loc[other, "reason"] == (
        "of 2 available, 1 have reached their load of the week and 1 are given to other requests"
    )


@pytest.mark.parametrize("n_requests", [0, 1])
def test_empty_tables_are_no_error(n_requests: int) -> None:
    requests = requests_of(*[("r1", "c1", "algorithms", NINE)][:n_requests])
    result = assign(requests, slots_of(), people_of({}), seed=1)
    assert len(result.offers) == 0
    assert len(result.unassigned) == n_requests
    assert "offer_probability" in result.offers


@pytest.mark.parametrize(
    ("table", "change", "message"),
    [
        ("requests", lambda t: t.drop(columns="candidate_id"), "requests has no column candidate"),
        ("requests", lambda t: pd.concat([t, t]), "requests has the same request_id twice"),
        ("requests", lambda t: t.assign(interview_type=None), "empty values in interview_type"),
        ("slots", lambda t: t.assign(interviewer_id="zoe"), r"unknown: \['zoe'\]"),
        ("people", lambda t: t.assign(quality_mean=float("inf")), "no finite number"),
        ("people", lambda t: t.assign(most_per_week=-1), "most_per_week below zero"),
        ("people", lambda t: pd.concat([t, t]), "the same interviewer_id twice"),
    ],
)
def test_what_is_wrong_with_the_input_is_said(table: str, change: Any, message: str) -> None:
    tables = {
        "requests": requests_of(("r1", "c1", "algorithms", NINE)),
        "slots": slots_of(*one_type(NINE, "ann")),
        "people": people_of({"ann": 3.0}),
    }
    tables[table] = change(tables[table])
    with pytest.raises(ValueError, match=message):
        assign(tables["requests"], tables["slots"], tables["people"], BY_RANK, seed=1)


def test_a_batch_is_one_week() -> None:
    requests = requests_of(
        ("r1", "c1", "algorithms", "2026-01-11T23:00Z"),
        ("r2", "c2", "algorithms", "2026-01-12T00:00Z"),
    )
    with pytest.raises(ValueError, match="split the 2 weeks"):
        assign(requests, slots_of(), people_of({}), BY_RANK, seed=1)


@pytest.mark.parametrize("change", [{"newcomer_share": 1.1}, {"n_replays": -1}])
def test_settings_out_of_range_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(change))):
        DispatchSettings(**change)
