"""Parquet files: foreign types, and what cannot be read at all."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from loading_folders import fate, hand_over, person, query, session

from orchestration.lib.errors import UserError
from orchestration.lib.loading import load
from orchestration.lib.postgres import Connection


def write_parquet(path: Path, columns: dict[str, pa.Array]) -> None:
    path.with_suffix(".csv").unlink(missing_ok=True)
    pq.write_table(pa.table(columns), path)


def test_parquet_of_foreign_types(database: Connection, tmp_path: Path) -> None:
    tables = {**person(), "sessions": [session(f"m{number}") for number in range(4)]}
    folder = hand_over(tmp_path, tables)
    stamps = pa.array(["2024-02-01T14:00:00.000000001Z"] * 3 + [None])
    columns = {
        "session_id": pa.array(["m0", "m1", "m2", "m3"]).dictionary_encode(),
        "submitted_at": stamps.cast(pa.timestamp("ns", "Asia/Tokyo")),
        "excitement": pa.array([1.0, float("nan"), 2.5, 3.0]),
        "hint_quality": pa.array([1, None, 3, 4], pa.uint8()),
    }
    write_parquet(folder / "candidate_feedback.parquet", columns)
    report = load(database.dsn, folder)
    rules = {"type_invalid": 1, "required_missing": 1}
    assert fate(report, "candidate_feedback") == (2, 0, rules)
    stored = "select session_id, excitement, hint_quality from raw.candidate_feedback order by 1"
    assert query(database.dsn, stored) == [("m0", 1, 1), ("m1", None, None)]
    kept = "select rule, line from quarantine.candidate_feedback order by 2"
    assert query(database.dsn, kept) == [("type_invalid", 3), ("required_missing", 4)]


def test_parquet_instants_without_offset(database: Connection, tmp_path: Path) -> None:
    folder = hand_over(tmp_path, person())
    stamps = pa.array(["2024-01-01T00:00:00"]).cast(pa.timestamp("us"))
    columns = {"candidate_id": pa.array([7]), "signed_up_at": stamps}
    write_parquet(folder / "candidates.parquet", columns)
    report = load(database.dsn, folder)
    assert fate(report, "candidates") == (0, 0, {"offset_missing": 1})


def test_parquet_instants_before_any_calendar(database: Connection, tmp_path: Path) -> None:
    folder = hand_over(tmp_path, person())
    stamps = pa.array([-(2**63) + 1, 0]).cast(pa.timestamp("us", "UTC"))
    columns = {"candidate_id": pa.array(["old", "c1"]), "signed_up_at": stamps}
    write_parquet(folder / "candidates.parquet", columns)
    report = load(database.dsn, folder)
    assert fate(report, "candidates") == (1, 0, {"type_invalid": 1})


def test_parquet_that_cannot_be_read(database: Connection, tmp_path: Path) -> None:
    folder = hand_over(tmp_path, person())
    path = folder / "candidates.parquet"
    stamps = pa.array(["2024-01-01T00:00:00Z"]).cast(pa.timestamp("us", "UTC"))
    columns = {"candidate_id": pa.array(["c\0"]), "signed_up_at": stamps}
    write_parquet(path, columns)
    with pytest.raises(
        UserError, match=r"candidates\.parquet, column candidate_id, row 1: a NUL byte"
    ):
        load(database.dsn, folder)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(UserError, match=r"candidates\.parquet cannot be read as Parquet"):
        load(database.dsn, folder)
    path.write_bytes(b"")
    with pytest.raises(UserError, match=r"candidates\.parquet cannot be read as Parquet"):
        load(database.dsn, folder)


def test_damage_within_a_parquet_file_is_told_in_one_line(
    database: Connection, tmp_path: Path
) -> None:
    folder = hand_over(tmp_path, person())
    path = folder / "candidates.parquet"
    names = pa.array([f"candidate {number}" for number in range(10_000)])
    stamps = pa.array(["2024-01-01T00:00:00Z"] * 10_000).cast(pa.timestamp("us", "UTC"))
    write_parquet(path, {"candidate_id": names, "signed_up_at": stamps})
    data = bytearray(path.read_bytes())
    data[4:2000] = b"\xff" * 1996
    path.write_bytes(data)
    with pytest.raises(UserError, match=r"candidates\.parquet cannot be read as Parquet"):
        load(database.dsn, folder)
    assert query(database.dsn, "select to_regnamespace('landing') is null") == [(True,)]
