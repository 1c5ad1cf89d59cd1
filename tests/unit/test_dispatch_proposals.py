"""Proposals for open requests: week by week, alike however often, and batches that hold little."""

import pandas as pd
import pytest

from python_models.dispatch.dispatch_proposals import REQUIRED, fit_dispatch_proposals

RULES = {
    "newcomer_share": 0.15,
    "newcomer_sessions": 15,
    "newcomer_weekly": 2,
    "most_per_week": 10,
}
TUESDAY = pd.Timestamp("2026-02-03 10:00", tz="UTC")
MONDAY = pd.Timestamp("2026-02-02", tz="UTC")
WEEK = pd.Timedelta(days=7)


def _request(name: str, at: pd.Timestamp = TUESDAY) -> dict[str, object]:
    return {
        "row_kind": "request",
        "request_id": name,
        "candidate_id": f"c-{name}",
        "interview_type": "algorithms",
        "slot_start_at": at,
    }


def _person(
    name: str,
    quality: float | None,
    n_rated: int = 40,
    n_this_week: int = 0,
    at: pd.Timestamp = TUESDAY,
) -> list[dict[str, object]]:
    """Return who is there at an instant: the slot, and the week's row."""
    return [
        {
            "row_kind": "slot",
            "interviewer_id": name,
            "interview_type": "algorithms",
            "slot_start_at": at,
        },
        {
            "row_kind": "interviewer",
            "interviewer_id": name,
            "quality_mean": quality,
            "quality_sd": None if quality is None else 0.1,
            "n_rated": n_rated,
            "n_this_week": n_this_week,
            "week_start_at": MONDAY + (at - MONDAY) // WEEK * WEEK,
        },
    ]


def _panel(*rows: dict[str, object], rules: dict[str, float] = RULES) -> pd.DataFrame:
    told = [{"row_kind": "rule", "threshold": name, "value": x} for name, x in rules.items()]
    return pd.DataFrame([*rows, *told], columns=list(REQUIRED))


def _offers(panel: pd.DataFrame) -> pd.DataFrame:
    table = fit_dispatch_proposals(panel).table
    return table[table["row_kind"] == "offer"].set_index("level")


def test_the_best_available_is_proposed_with_its_probability() -> None:
    offers = _offers(_panel(_request("q"), *_person("good", 3.8), *_person("poor", 3.2)))
    assert offers.loc["q", "interviewer_id"] == "good"
    assert offers.loc["q", "rank"] == 1
    assert offers.loc["q", "offer_probability"] == 1.0
    assert offers.loc["q", "is_newcomer_share"] == "false"


def test_whose_week_is_full_is_passed_over() -> None:
    rows = [_request("q"), *_person("good", 3.8, n_this_week=10), *_person("poor", 3.2)]
    assert _offers(_panel(*rows)).loc["q", "interviewer_id"] == "poor"
    without_cap = {name: x for name, x in RULES.items() if name != "most_per_week"}
    assert _offers(_panel(*rows, rules=without_cap)).loc["q", "interviewer_id"] == "good"


def test_a_newcomer_who_has_sessions_this_week_is_not_drawn() -> None:
    drawn = dict(RULES, newcomer_share=1.0)
    rows = [_request("q"), *_person("good", 3.8)]
    fresh = _offers(_panel(*rows, *_person("new", 3.5, n_rated=0), rules=drawn))
    assert fresh.loc["q", "interviewer_id"] == "new"
    assert fresh.loc["q", "is_newcomer_share"] == "true"
    assert fresh.loc["q", "reason"] == (
        "reserved for newcomers: drawn from 1 available, 0 rated sessions so far"
    )
    served = _offers(_panel(*rows, *_person("new", 3.5, n_rated=0, n_this_week=2), rules=drawn))
    assert served.loc["q", "interviewer_id"] == "good"


def test_weeks_are_batches_of_their_own_and_every_request_is_answered() -> None:
    rows = [_request("q1"), _request("q2", TUESDAY + WEEK), _request("q3", TUESDAY + 2 * WEEK)]
    people = [*_person("a", 3.8), *_person("a", 3.8, n_this_week=10, at=TUESDAY + WEEK)]
    table = fit_dispatch_proposals(_panel(*rows, *people)).table
    batches = table[table["row_kind"] == "batch"].set_index("level")
    assert batches["n_requests"].to_dict() == dict.fromkeys(
        ("2026-02-02", "2026-02-09", "2026-02-16"), 1
    )
    assert batches["n_offers"].to_list() == [1, 0, 0]
    assert batches["seed"].nunique() == 3
    left = table[table["row_kind"] == "unassigned"].set_index("level")
    assert "reached their load" in left.loc["q2", "reason"]
    assert "nobody is available" in left.loc["q3", "reason"]


def test_the_same_batch_is_drawn_alike_and_another_anew() -> None:
    rows = [_request("q1"), _request("q2"), *_person("a", 3.5), *_person("b", 3.5)]
    panel = _panel(*rows, *_person("c", 3.5))
    first = fit_dispatch_proposals(panel).table
    pd.testing.assert_frame_equal(first, fit_dispatch_proposals(panel[::-1]).table)
    other = fit_dispatch_proposals(_panel(_request("q3"), *rows)).table
    assert set(other["seed"]).isdisjoint(set(first["seed"]))


def test_without_any_quality_somebody_is_still_asked() -> None:
    fitted = fit_dispatch_proposals(_panel(_request("q"), *_person("a", None)))
    assert (fitted.table["row_kind"] == "offer").sum() == 1
    assert "no quality" in fitted.warnings[0]


def test_nobody_asks() -> None:
    fitted = fit_dispatch_proposals(_panel())
    assert fitted.table[["row_kind", "level", "n_requests"]].to_numpy().tolist() == [
        ["batch", "none", 0]
    ]
    assert fit_dispatch_proposals(_panel(rules={})).table["n_offers"].to_list() == [0]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ValueError, match=r"pnl_dispatch_proposals lacks .* week_start_at"):
        fit_dispatch_proposals(_panel().drop(columns="week_start_at"))
