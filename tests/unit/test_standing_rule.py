"""Each transition of the standing policy, by hand."""

from collections.abc import Sequence

import numpy as np
import pytest

from python_models.policy.standing_rule import (
    Evaluation,
    Standing,
    Standings,
    Thresholds,
    decide,
    evaluate,
    new_standings,
)

RULE = Thresholds()
Look = tuple[float, int]


def looked_at(
    looks: Sequence[Look],
    start: Standings | None = None,
    thresholds: Thresholds = RULE,
    days_visible: float = 100.0,
) -> Standings:
    """Where one interviewer stands after looks of (probability below the line, rated sessions)."""
    standings = start or new_standings(1)
    for prob, n_rated in looks:
        seen = Evaluation(np.array([prob]), np.array([n_rated]), np.array([days_visible]))
        standings = evaluate(standings, seen, thresholds)
    return standings


def decided(standings: Standings, decision: Standing, n_rated: int) -> Standings:
    return decide(standings, np.array([decision]), np.array([n_rated]))


def warned(n_rated: int = 13) -> Standings:
    return decided(looked_at([(0.9, 10), (0.9, 13)]), Standing.WARNED, n_rated)


def paused() -> Standings:
    return decided(looked_at([(0.9, 16), (0.9, 19)], warned()), Standing.PAUSED, 19)


def stands(standings: Standings) -> tuple[int, int]:
    return int(standings.standing[0]), int(standings.recommended[0])


@pytest.mark.parametrize(
    ("prob", "n_rated", "expected"),
    [
        (0.9, 4, Standing.NEW),  # one session short of a score
        (float("nan"), 30, Standing.NEW),  # no line, or no fit
        (0.5, 5, Standing.GOOD),  # at the threshold is not above it
        (0.501, 5, Standing.WATCH),
    ],
)
def test_the_first_score_ends_being_new(prob: float, n_rated: int, expected: Standing) -> None:
    assert stands(looked_at([(prob, n_rated)])) == (expected, expected)


def test_a_watched_person_is_good_again_at_the_clear_probability_and_not_before() -> None:
    watched = looked_at([(0.6, 10)])
    assert stands(watched)[0] == Standing.WATCH
    assert stands(looked_at([(0.41, 13)], watched))[0] == Standing.WATCH
    assert stands(looked_at([(0.4, 13)], watched))[0] == Standing.GOOD
    # Nor does a good one become watched between the two.
    assert stands(looked_at([(0.3, 10), (0.5, 13)]))[0] == Standing.GOOD


def test_an_evaluation_counts_from_three_new_sessions_on() -> None:
    once = looked_at([(0.6, 10)])
    for prob in (0.6, 0.1):
        again = looked_at([(prob, 12)], once)
        assert stands(again) == stands(once)
        assert again.evaluations_over_warn[0] == 1
        assert again.n_rated_counted[0] == 10
    assert looked_at([(0.6, 13)], once).evaluations_over_warn[0] == 2


@pytest.mark.parametrize(
    ("looks", "days_visible", "expected"),
    [
        ([(0.6, 7), (0.6, 10)], 14.0, Standing.WARNED),
        ([(0.6, 7), (0.6, 10)], 13.0, Standing.WATCH),  # not visible for long enough
        ([(0.6, 6), (0.6, 9)], 14.0, Standing.WATCH),  # nine sessions are too few
        ([(0.6, 6), (0.6, 9), (0.6, 10)], 14.0, Standing.WARNED),  # the tenth came later
        ([(0.6, 10)], 14.0, Standing.WATCH),  # one evaluation is too few
        ([(0.6, 10), (0.5, 13), (0.6, 16)], 14.0, Standing.WATCH),  # not in a row
        ([(0.6, 10), (0.6, 12)], 14.0, Standing.WATCH),  # the same sessions twice
    ],
)
def test_a_warning_takes_all_its_conditions(
    looks: Sequence[Look], days_visible: float, expected: Standing
) -> None:
    after = looked_at(looks, days_visible=days_visible)
    assert stands(after) == (Standing.WATCH, expected)


def test_nobody_is_warned_until_a_person_decides() -> None:
    asked = looked_at([(0.6, 10), (0.6, 13), (0.6, 30)])
    assert stands(asked) == (Standing.WATCH, Standing.WARNED)
    same = decide(asked, np.array([Standing.NONE]), np.array([30]))
    assert stands(same) == stands(asked)
    assert stands(decided(asked, Standing.WARNED, 30)) == (Standing.WARNED, Standing.WARNED)
    # A better evaluation withdraws what nobody has decided.
    assert stands(looked_at([(0.3, 33)], asked)) == (Standing.GOOD, Standing.GOOD)


def test_a_warned_person_is_good_again_at_the_clear_probability() -> None:
    assert stands(looked_at([(0.41, 16)], warned())) == (Standing.WARNED, Standing.WARNED)
    assert stands(looked_at([(0.4, 16)], warned())) == (Standing.GOOD, Standing.GOOD)
    assert stands(looked_at([(0.4, 15)], warned()))[0] == Standing.WARNED


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        ([(0.81, 16), (0.81, 19)], Standing.PAUSED),
        ([(0.81, 16)], Standing.WARNED),  # one evaluation since the warning is too few
        ([(0.81, 16), (0.8, 19)], Standing.WARNED),  # at the threshold is not above it
        ([(0.81, 16), (0.7, 19), (0.81, 22)], Standing.WARNED),  # not in a row
        ([(0.81, 14), (0.81, 15)], Standing.WARNED),  # two looks at old sessions
    ],
)
def test_a_pause_takes_all_its_conditions(looks: Sequence[Look], expected: Standing) -> None:
    assert stands(looked_at(looks, warned())) == (Standing.WARNED, expected)


def test_a_pause_takes_five_sessions_since_the_warning() -> None:
    eager = Thresholds(min_new_rated=2)
    four = looked_at([(0.9, 15), (0.9, 17)], warned(), eager)
    assert stands(four) == (Standing.WARNED, Standing.WARNED)
    assert stands(looked_at([(0.9, 18)], four, eager)) == (Standing.WARNED, Standing.PAUSED)


def test_a_pause_takes_a_score_that_the_person_could_see_long_enough() -> None:
    looks = [(0.9, 16), (0.9, 19)]
    hidden = looked_at(looks, warned(), days_visible=13.0)
    assert stands(hidden) == (Standing.WARNED, Standing.WARNED)
    assert stands(looked_at(looks, warned(), days_visible=14.0))[1] == Standing.PAUSED


def test_evaluations_before_the_warning_do_not_pause() -> None:
    before = looked_at([(0.9, 10), (0.9, 13), (0.9, 16), (0.9, 19)])
    assert stands(before) == (Standing.WATCH, Standing.WARNED)
    assert before.evaluations_over_pause[0] == 0


def test_only_a_person_ends_a_pause_and_the_rule_recommends_it_on_better_figures() -> None:
    assert stands(looked_at([(0.9, 19)], paused())) == (Standing.PAUSED, Standing.PAUSED)
    # Corrected, late or excused ratings, without a new session.
    assert stands(looked_at([(0.4, 19)], paused())) == (Standing.PAUSED, Standing.WATCH)
    assert stands(looked_at([(0.1, 40)], paused()))[0] == Standing.PAUSED


def test_a_reinstated_person_begins_on_watch_with_new_evidence() -> None:
    back = decided(paused(), Standing.WATCH, 19)
    assert stands(back) == (Standing.WATCH, Standing.WATCH)
    assert stands(looked_at([(0.9, 20), (0.9, 21)], back)) == (Standing.WATCH, Standing.WATCH)
    again = looked_at([(0.9, 22), (0.9, 25)], back)
    assert stands(again) == (Standing.WATCH, Standing.WARNED)
    assert stands(looked_at([(0.9, 28)], decided(again, Standing.WARNED, 25)))[1] == Standing.WARNED


def test_many_are_evaluated_as_each_alone() -> None:
    rng = np.random.default_rng(1)
    n, weeks = 200, 40
    probs, n_rated = rng.random((weeks, n)), np.cumsum(rng.poisson(1.5, (weeks, n)), axis=0)
    together, alone = new_standings(n), [new_standings(1) for _ in range(n)]
    for prob, rated in zip(probs, n_rated, strict=True):
        days = np.full(n, 20.0)
        together = evaluate(together, Evaluation(prob, rated, days), RULE)
        together = decide(together, together.recommended, rated)
        for i in range(n):
            one = evaluate(
                alone[i], Evaluation(prob[i : i + 1], rated[i : i + 1], days[i : i + 1]), RULE
            )
            alone[i] = decide(one, one.recommended, rated[i : i + 1])
    assert together.standing.tolist() == [int(one.standing[0]) for one in alone]
    assert set(together.standing) >= {Standing.GOOD, Standing.WATCH}


def test_thresholds_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="clear_prob <= watch_prob"):
        Thresholds(clear_prob=0.6)
    with pytest.raises(ValueError, match="takes a new session"):
        Thresholds(min_new_rated=0)
