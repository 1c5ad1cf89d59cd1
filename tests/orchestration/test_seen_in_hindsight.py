"""Whoever runs the warehouse for the first time hears what standing takes for granted."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from loading_folders import hand_over, person

from orchestration.lib.clock import RunScope
from orchestration.lib.loading import load
from orchestration.lib.postgres import Connection
from orchestration.lib.summary import seen_in_hindsight
from orchestration.lib.summary_data import SummaryReader

HISTORY = """
    create schema policy;
    create table policy.fct_standing_history as
    select interviewer_id, week_date::date, recommended, recommended_for, is_backfilled,
        visible_since_rated::timestamptz, visible_since_mocks::timestamptz
    from (
        values
        ('i1', '2024-03-04', 'warn', 'below_line', true, '2024-01-01Z', '2024-01-08Z'),
        ('i1', '2024-03-11', 'warn', 'below_line', false, '2024-01-01Z', '2024-01-08Z'),
        ('i2', '2024-03-11', 'pause', 'too_strict', false, '2024-03-11Z', '2024-02-05Z'),
        ('i3', '2024-03-11', 'warn', 'too_lenient', false, '2024-02-05Z', '2024-03-11Z'),
        ('i4', '2024-03-11', 'outreach', null, false, '2024-01-01Z', null)
    ) as rows (
        interviewer_id, week_date, recommended, recommended_for, is_backfilled,
        visible_since_rated, visible_since_mocks
    )
"""


@pytest.fixture
def warned(database: Connection) -> Connection:
    with psycopg.connect(database.dsn) as connection:
        connection.execute(HISTORY)
    return database


def _said(database: Connection, folder: Path) -> list[str]:
    load(database.dsn, hand_over(folder, person()))
    with psycopg.connect(database.dsn) as connection:
        return list(seen_in_hindsight(SummaryReader(connection, RunScope())))


def test_recommendations_on_scores_of_told_weeks_are_counted(
    warned: Connection, tmp_path: Path
) -> None:
    """Two of three: i3's verdicts were first to be seen after what was told in hindsight."""
    (said,) = _said(warned, tmp_path / "own")
    assert said.startswith("2 recommendations to warn or pause")
    assert "visible since 2024-01-01" in said
    assert "policy_start" in said


def test_the_simulated_platform_has_its_pages(warned: Connection, tmp_path: Path) -> None:
    assert _said(warned, tmp_path / "demo-1") == []


def test_once_all_have_seen_their_scores_nothing_is_said(
    warned: Connection, tmp_path: Path
) -> None:
    with psycopg.connect(warned.dsn) as connection:
        connection.execute("delete from policy.fct_standing_history where is_backfilled")
    assert _said(warned, tmp_path / "own") == []
