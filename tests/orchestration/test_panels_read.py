"""A panel comes out of the database as a frame, its repeated words held once if wanted."""

import pandas as pd
import psycopg
import pytest

from orchestration.lib.errors import UserError
from orchestration.lib.postgres import Connection
from orchestration.lib.warehouse import Warehouse


@pytest.fixture
def warehouse(database: Connection) -> Warehouse:
    with psycopg.connect(database.dsn) as connection:
        connection.execute("create schema panels")
        # 150,000 rows come in several batches, each of which meets the words in its own order.
        connection.execute(
            """create table panels.pnl_words as
            select
                'i' || n % 1000 as interviewer_id,
                case when n % 7 = 0 then null when n % 2 = 0 then 'yes' else 'no' end as verdict,
                n % 3 = 0 as is_first,
                n as n_sessions
            from generate_series(1, 150000) as n"""
        )
    return Warehouse(database.dsn)


def test_categories_hold_the_same_words_in_less_memory(warehouse: Warehouse) -> None:
    plain = warehouse.read_panel("pnl_words")
    lean = warehouse.read_panel("pnl_words", categories=["interviewer_id", "verdict", "absent"])
    assert len(plain) == 150_000
    assert isinstance(lean["verdict"].dtype, pd.CategoricalDtype)
    assert not isinstance(plain["verdict"].dtype, pd.CategoricalDtype)
    for name in plain.columns:
        assert lean[name].isna().equals(plain[name].isna())
        same = lean[name].astype(object) == plain[name].astype(object)
        assert (same | plain[name].isna()).all(), name
    text = ["interviewer_id", "verdict"]
    held, spelled = (
        frame[text].memory_usage(deep=True, index=False).sum() for frame in (lean, plain)
    )
    assert held < spelled / 5


def test_rows_come_in_the_order_of_their_columns(warehouse: Warehouse) -> None:
    lean = warehouse.read_panel("pnl_words", categories=["interviewer_id"])
    ids = lean["interviewer_id"].astype(str)
    assert ids.is_monotonic_increasing


def test_an_empty_panel_keeps_its_columns_and_an_absent_one_says_what_to_do(
    warehouse: Warehouse,
) -> None:
    with warehouse.connect() as connection:
        connection.execute("truncate panels.pnl_words")
    empty = warehouse.read_panel("pnl_words", categories=["verdict"])
    assert empty.columns.tolist() == ["interviewer_id", "verdict", "is_first", "n_sessions"]
    assert empty.empty
    with pytest.raises(UserError, match=r"dbt build --select \+pnl_other"):
        warehouse.read_panel("pnl_other")
