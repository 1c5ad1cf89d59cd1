"""On a platform where interviewers make no difference to leaving, the reports say so in words."""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd
import psycopg
import pytest
from warehouse_house import House

from orchestration.lib.postgres import EmbeddedPostgres
from python_models.simulation import WORLDS, simulate, write_platform
from tests.recovery.judgement_panels import COLUMNS, judgement_panel

pytestmark = pytest.mark.slow

NULL = replace(WORLDS["null"], n_interviewers=120, n_candidates=2_940, n_companies=12)


@pytest.fixture(scope="module")
def null_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("null")
    raw = folder / "raw"
    write_platform(simulate(NULL, seed=5), raw)
    server = EmbeddedPostgres(folder / "home")
    built = House(folder / "home", raw, raw, server)
    try:
        built.opening = built.run(raw)
        yield built
    finally:
        server.stop()


def _rows(house: House, query: str) -> list[tuple]:
    with psycopg.connect(house.dsn) as connection:
        return connection.execute(query).fetchall()


def _claims(house: House) -> dict[str, tuple[bool, str]]:
    query = "select claim, is_supported, finding from reports.rpt_score_validity"
    return {claim: (supported, words) for claim, supported, words in _rows(house, query)}


def test_where_interviewers_do_not_matter_nothing_is_claimed(null_house: House) -> None:
    opening = null_house.opening
    assert opening.returncode == 0, opening.stdout + opening.stderr
    claims = _claims(null_house)
    for claim in ("predictive", "predictive_adjusted"):
        assert claims[claim] == (False, "the data do not support it: the interval holds 0")
    words = _rows(null_house, "select distinct finding from reports.rpt_churn_by_quantile")
    assert len(words) == 1
    assert words[0][0].startswith("the data do not show that lower scores lose more candidates")


def test_what_holds_there_all_the_same_is_claimed(null_house: House) -> None:
    # Interviewers are rated differently there too; only leaving does not follow.
    claims = _claims(null_house)
    assert claims["stable_skill"][0]
    assert claims["recovery"][0]


def test_recovery_builds_the_panel_of_judgements_that_sql_builds(null_house: House) -> None:
    # No report, but a whole platform in a warehouse is here.
    columns = [name for name in COLUMNS if name != "judged_at"]
    query = f"select {', '.join(columns)} from panels.pnl_interviewer_leniency order by 1"
    ours = judgement_panel(simulate(NULL, seed=5))[columns].sort_values("session_id")
    rows = [tuple(None if pd.isna(v) else v for v in row) for row in ours.to_numpy(dtype=object)]
    assert len(rows) > 5_000
    assert rows == _rows(null_house, query)


def test_a_small_platform_says_what_it_lacks(house: House) -> None:
    words = "select distinct chosen_by, is_supported from reports.rpt_lookback_curve"
    assert _rows(house, words) == [
        ("not enough data: too few interviewers with 100 earlier ratings", False)
    ]
    marked = "select rule from reports.rpt_lookback_curve where is_in_force"
    assert _rows(house, marked) == [("last_30",)]
    assert _claims(house)["stable_skill_next_session"][1].startswith("not enough data: ")


def test_every_quantile_and_claim_has_its_row(house: House) -> None:
    quantiles = "select score_quantile from reports.rpt_churn_by_quantile order by 1"
    assert [row[0] for row in _rows(house, quantiles)] == [1, 2, 3, 4, 5]
    assert len(_claims(house)) == 12
    n_sessions = """
        select sum(n_sessions) = (
            select sum(n_sessions) from validity.int_leavers_by_past_score
            where score_kind = 'equal_weights'
        ), sum(n_sessions) = sum(naive_n_sessions), sum(n_sessions) >= sum(rolling_n_sessions)
        from reports.rpt_churn_by_quantile
    """
    assert _rows(house, n_sessions) == [(True, True, True)]
