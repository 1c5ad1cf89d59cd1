"""Every model says what it is, and a test holds its grain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import documentation_rules as rules
import pytest
from offenders import expect_none
from project_graph import Model, Project

Rule = Callable[[list[Model]], list[str]]

GOOD = Model(
    name="fct_experience_scores",
    folder="scores",
    path="models/scores/fct_experience_scores.sql",
    description="What candidates experience. One row per interviewer.",
    columns={
        "experience_score": "Points on the rating scale; higher is better.",
        "as_of": "The instant that the figures stand for.",
        "fit_id": "The fit whose weights were applied.",
    },
    is_contracted=True,
    access="public",
    tests=("not_null", "unique"),
    n_unit_tests=1,
)


@pytest.mark.parametrize(
    "rule",
    [
        rules.without_grain,
        rules.without_key_test,
        rules.undescribed_columns,
        rules.without_contract,
        rules.without_stamp,
        rules.without_unit_test,
    ],
    ids=lambda rule: rule.__name__,
)
def test_no_model_is(project: Project, rule: Rule) -> None:
    expect_none(rule([*project.models]))


@pytest.mark.parametrize(
    ("rule", "bad"),
    [
        (rules.without_grain, replace(GOOD, description="The experience scores.")),
        (rules.without_key_test, replace(GOOD, tests=("not_null", "accepted_values"))),
        (rules.undescribed_columns, replace(GOOD, columns={"experience_score": " "})),
        (
            rules.undescribed_columns,
            replace(GOOD, columns={"experience_score": "The experience score."}),
        ),
        (rules.without_contract, replace(GOOD, is_contracted=False)),
        (rules.without_contract, replace(GOOD, columns={})),
        (rules.without_stamp, replace(GOOD, columns={"as_of": "The instant."})),
        (rules.without_contract, replace(GOOD, access="protected")),
        (rules.without_contract, replace(GOOD, folder="marts", is_contracted=False)),
        (rules.without_unit_test, replace(GOOD, n_unit_tests=0)),
    ],
)
def test_a_model_that_is_so_is_seen(rule: Rule, bad: Model) -> None:
    assert rule([GOOD]) == []
    assert len(rule([GOOD, bad])) == 1


def test_every_published_table_has_a_named_reader(project: Project) -> None:
    expect_none(rules.without_reader(project))


def test_a_table_that_nobody_reads_is_seen() -> None:
    assert len(rules.without_reader(Project(models=(GOOD,)))) == 1
    assert rules.without_reader(Project(models=(GOOD,), read_outside=frozenset({GOOD.name}))) == []
