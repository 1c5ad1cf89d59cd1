"""Are the layers honest? Each rule on the project, and on a made-up model that breaks it."""

from __future__ import annotations

from dataclasses import replace

import layer_rules as rules
import pytest
from offenders import expect_none
from project_graph import Model, Project

GOOD = Model(
    name="fct_sessions",
    folder="marts",
    path="models/marts/fct_sessions.sql",
    schema="marts",
    group="marts",
    parents=("staging.stg_app__sessions", rules.CLOCK),
    code="select * from sessions -- now() only in a comment",
)
STAGING = replace(
    GOOD,
    name="stg_app__sessions",
    folder="staging",
    path="models/staging/app/stg_app__sessions.sql",
    schema="staging",
    group="staging",
    parents=("source:raw.sessions", rules.CLOCK),
)


def test_every_layer_reads_only_what_it_may(project: Project) -> None:
    expect_none(rules.misplaced_reads(project.models))


def test_a_staging_model_reads_one_raw_table(project: Project) -> None:
    expect_none(rules.impure_staging(project.models))


def test_names_carry_their_layer(project: Project) -> None:
    expect_none(rules.wrong_names(project.models))


def test_files_lie_where_the_house_expects_them(project: Project) -> None:
    expect_none(rules.wrong_depth(project.models))


def test_folder_schema_and_group_are_one_word(project: Project) -> None:
    expect_none(rules.wrong_homes(project.models))


def test_no_folder_holds_more_than_ten_models(project: Project) -> None:
    expect_none(rules.crowded_folders(project.models))


def test_no_model_reads_a_clock(project: Project) -> None:
    expect_none(rules.clock_readers(project.models, project.macros))


def test_the_report_on_gates_waits_for_every_fit(project: Project) -> None:
    expect_none(rules.unwatched_fits(project.models))


def test_a_fit_nobody_waits_for_is_found() -> None:
    fit = replace(GOOD, name="fit_new", folder="fitted", path="models/fitted/fit_new.sql")
    report = replace(GOOD, name=rules.GATE_REPORT, folder="reports", parents=("fitted.fit_old",))
    assert len(rules.unwatched_fits([fit, report])) == 1


def test_every_layer_of_the_house_has_models(project: Project) -> None:
    assert {model.folder for model in project.models} == set(rules.PREFIXES)


def test_nothing_is_disabled(project: Project) -> None:
    assert project.disabled == ()


@pytest.mark.parametrize(
    ("folder", "parent"),
    [
        ("staging", "staging.stg_app__candidates"),
        ("staging", "source:fitted.experience_weights"),
        ("intermediate", "source:raw.sessions"),
        ("intermediate", "marts.fct_sessions"),
        ("marts", "scores.fct_experience_scores"),
        ("panels", "staging.stg_app__sessions"),
        ("fitted", "marts.fct_sessions"),
        ("scores", "source:fitted.experience_weights"),
        ("scores", "policy.fct_interviewer_standing"),
        ("scores", "source:run.expectation_results"),
        ("policy", "intermediate.int_sessions_labelled"),
        ("reports", "staging.stg_app__sessions"),
        ("reports", "source:fitted.experience_weights"),
        ("portal", "fitted.fit_experience_weights"),
        ("elsewhere", "marts.fct_sessions"),
    ],
)
def test_a_misplaced_read_is_seen(folder: str, parent: str) -> None:
    assert rules.misplaced_reads([replace(GOOD, folder=folder, parents=(parent,))])


@pytest.mark.parametrize(
    ("rule", "bad"),
    [
        (rules.impure_staging, replace(STAGING, parents=(rules.CLOCK,))),
        (
            rules.impure_staging,
            replace(STAGING, parents=("source:raw.sessions", "source:raw.candidates")),
        ),
        (rules.wrong_names, replace(GOOD, name="sessions")),
        (rules.wrong_names, replace(GOOD, name="int_sessions")),
        (rules.wrong_names, replace(STAGING, name="stg_sessions")),
        (rules.wrong_depth, replace(GOOD, path="models/marts/core/old/fct_sessions.sql")),
        (rules.wrong_depth, replace(GOOD, path="models/fct_sessions.sql")),
        (rules.wrong_depth, replace(STAGING, path="models/staging/stg_app__sessions.sql")),
        (
            rules.wrong_depth,
            replace(STAGING, path="models/staging/app/old/stg_app__sessions.sql"),
        ),
        (rules.wrong_depth, replace(GOOD, folder="core", path="models/core/fct_sessions.sql")),
        (rules.wrong_homes, replace(GOOD, schema="public")),
        (rules.wrong_homes, replace(GOOD, group="")),
        (rules.wrong_homes, replace(GOOD, folder="scores", group="scores", schema="scores")),
    ],
)
def test_a_misplaced_model_is_seen(rule, bad: Model) -> None:
    assert rule([GOOD, STAGING]) == []
    assert len(rule([GOOD, STAGING, bad])) == 1


def test_a_layer_may_be_split_by_subject() -> None:
    split = replace(GOOD, path="models/marts/people/fct_sessions.sql")
    assert rules.wrong_depth([split]) == []
    assert rules.wrong_homes([split]) == []
    by_subject = replace(split, schema="people", group="people")
    assert len(rules.wrong_homes([by_subject])) == 2


def test_a_crowded_folder_is_seen() -> None:
    split = replace(GOOD, path="models/marts/people/fct_sessions.sql")
    assert rules.crowded_folders([GOOD] * 10 + [split] * 10) == []
    assert rules.crowded_folders([GOOD] * 11) == ["models/marts: 11 models"]
    assert rules.crowded_folders([split] * 11) == ["models/marts/people: 11 models"]


@pytest.mark.parametrize(
    "code",
    [
        "where ended_at < now()",
        "where ended_at < CURRENT_DATE - 60",
        "where ended_at < current_timestamp",
        "where ended_at < 'now'::timestamptz",
        "where ended_at < cast('today' as date)",
        "where ended_at < timestamptz 'now'",
        "where ended_at < '{{ run_started_at }}'",
    ],
)
def test_a_clock_is_seen(code: str) -> None:
    bad = replace(GOOD, code=code)
    assert rules.clock_readers([GOOD, bad], {}) != []
    assert rules.clock_readers([], {"macros/days.sql": code}) != []
    live = replace(bad, folder="portal", is_view=True)
    assert rules.clock_readers([GOOD, live], {"macros/publish/stamp.sql": code}) == []
