"""Files as people really write them: what is read all the same, and what stops the load."""

from __future__ import annotations

from pathlib import Path

import pytest
from loading_folders import candidate_form, counts, hand_over, person, query, session

from orchestration.lib.errors import UserError
from orchestration.lib.loading import contract, csv_file, load, prescan
from orchestration.lib.loading.parquet_file import ParquetFile
from orchestration.lib.loading.source import open_file
from orchestration.lib.postgres import Connection

TABLES = {table.name: table for table in contract()}
HEADER = b"candidate_id,signed_up_at,experience_level\n"
DAY = b"2024-01-01T00:00:00Z"


def opened(path: Path) -> csv_file.CsvFile | ParquetFile:
    return open_file(path, TABLES["candidates"])


def read(file: csv_file.CsvFile | ParquetFile) -> tuple[dict[int, str | None], dict[int, str]]:
    """Read a file of candidates: level by line, and malformed text by line."""
    good: dict[int, str | None] = {}
    bad: dict[int, str] = {}
    for block in file.blocks():
        levels = block.columns["experience_level"].to_pylist()
        good |= dict(zip(block.lines.to_pylist(), levels, strict=True))
        texts = block.malformed_texts.to_pylist()
        bad |= dict(zip(block.malformed_lines.to_pylist(), texts, strict=True))
    return good, bad


def row(level: bytes) -> bytes:
    return b"c," + DAY + b"," + level


@pytest.fixture
def candidates(tmp_path: Path) -> Path:
    return tmp_path / "candidates.csv"


@pytest.mark.parametrize("block_bytes", [7, 100, 2**20])
def test_lines_and_values_survive_every_oddity(
    candidates: Path, monkeypatch: pytest.MonkeyPatch, block_bytes: int
) -> None:
    lines = [
        row(b"plain"),  # 2
        row(b'"two\nlines, one comma, one ""quote"""'),  # 3, 4
        b"",  # 5
        row(b"too,many"),  # 6
        b"too few",  # 7
        row(b"\\."),  # 8
        b'a"b,c"d,' + DAY,  # 9
        row(b'"closed"early'),  # 10
        row(b""),  # 11
        row(b'""'),  # 12
        row("später".encode()),  # 13
        row(b'"three\n\nlines"'),  # 14 to 16
        row(b"last"),  # 17
    ]
    candidates.write_bytes(HEADER + b"\n".join(lines))
    # The header is found in the first block, as it is in any file of less than sixteen megabytes.
    monkeypatch.setattr(csv_file, "BLOCK_BYTES", 2**20)
    file = opened(candidates)
    monkeypatch.setattr(csv_file, "BLOCK_BYTES", block_bytes)
    good, bad = read(file)
    assert good == {
        2: "plain",
        3: 'two\nlines, one comma, one "quote"',
        8: "\\.",
        11: None,
        12: None,
        13: "später",
        14: "three\n\nlines",
        17: "last",
    }
    assert bad == {
        6: row(b"too,many").decode(),
        7: "too few",
        9: (b'a"b,c"d,' + DAY).decode(),
        10: row(b'"closed"early').decode(),
    }


def test_windows_files_with_a_byte_order_mark(candidates: Path) -> None:
    text = b"\r\n".join([HEADER.strip(), row(b"a"), b"", row(b'"b\r\nc"'), row(b"d"), b""])
    candidates.write_bytes(b"\xef\xbb\xbf" + text)
    assert read(opened(candidates)) == ({2: "a", 4: "b\r\nc", 6: "d"}, {})


def test_a_return_within_a_field_is_malformed(candidates: Path) -> None:
    candidates.write_bytes(HEADER + row(b"a\rb") + b"\n" + row(b"c") + b"\r")
    assert read(opened(candidates)) == ({3: "c"}, {2: row(b"a\rb").decode()})


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n"])
def test_a_header_alone_is_an_empty_table(candidates: Path, ending: bytes) -> None:
    candidates.write_bytes(HEADER.strip() + ending)
    assert read(opened(candidates)) == ({}, {})


def test_a_megabyte_in_one_value(candidates: Path) -> None:
    value = b'"' + b"x,\n" * 2**19 + b'"'
    candidates.write_bytes(HEADER + row(value) + b"\n" + row(b"z"))
    good, bad = read(opened(candidates))
    assert not bad
    assert list(good) == [2, 3 + 2**19]
    assert good[2] == "x,\n" * 2**19


def test_a_megabyte_of_comment_is_kept(database: Connection, tmp_path: Path) -> None:
    comment = "x,\n" * 2**19
    forms = [candidate_form("m1", comment=comment)]
    tables = {**person(), "sessions": [session("m1")], "candidate_feedback": forms}
    load(database.dsn, hand_over(tmp_path, tables))
    kept = query(database.dsn, "select comment from raw.candidate_feedback")
    assert kept == [(comment,)]


NOT_READABLE = {
    "zero bytes": (b"", "candidates.csv is empty"),
    "missing": (b"candidate_id\nc1\n", "line 1: the required column signed_up_at is missing"),
    "misspelt": (b"Candidate_ID,signed_up_at\n", "rename 'Candidate_ID'"),
    "twice": (b"candidate_id,signed_up_at, candidate_id\n", "candidate_id is named twice"),
    "latin-1": (HEADER + row(b"a") + b"\n" + row(b"sp\xe4ter"), "line 3: not UTF-8"),
    "cut off": (HEADER + row(b"\xc3"), "line 2: not UTF-8"),
    "utf-16": (HEADER.decode().encode("utf-16"), "line 1: not UTF-8"),
    "old line ends": (b"candidate_id,signed_up_at\rc1,\r", "end each line with LF"),
    "nul": (HEADER + row(b"a") + b"\n" + row(b"b\0"), "line 3: a NUL byte"),
    "unclosed": (HEADER + row(b"a") + b"\n" + row(b'"b') + b"\nrest\n", "line 3: a quote"),
    "unclosed, closed by a later one": (
        HEADER + row(b'"a') + b"\n" + row(b"b") + b"\n" + row(b'"c"') + b"\n",
        "line 2: a quote",
    ),
}


@pytest.mark.parametrize("badness", NOT_READABLE)
def test_a_file_that_is_no_table_stops_the_load(candidates: Path, badness: str) -> None:
    data, message = NOT_READABLE[badness]
    candidates.write_bytes(data)
    with pytest.raises(UserError) as stopped:
        read(opened(candidates))
    assert message in str(stopped.value)
    assert "\n" not in str(stopped.value)
    assert "candidates.csv" in str(stopped.value)


@pytest.mark.parametrize("block_bytes", [1, 2, 3, 5, 64])
def test_letters_are_whole_across_blocks(
    candidates: Path, monkeypatch: pytest.MonkeyPatch, block_bytes: int
) -> None:
    monkeypatch.setattr(prescan, "BLOCK_BYTES", block_bytes)
    candidates.write_bytes(HEADER + row("ä€𝄞".encode()) + b"\n")
    prescan.check_bytes(candidates)
    candidates.write_bytes(HEADER + row("ä€".encode() + b"\xe2\x82") + b"\n" + row(b"a"))
    with pytest.raises(UserError, match="line 2: not UTF-8"):
        prescan.check_bytes(candidates)


def test_folders_that_are_no_hand_over(database: Connection, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not a folder"):
        load(database.dsn, tmp_path / "nowhere")
    folder = hand_over(tmp_path / "folder", person())
    (folder / "sessions.csv").rename(folder / "Session.csv")
    with pytest.raises(UserError, match=r"required table sessions\.csv .* rename Session\.csv"):
        load(database.dsn, folder)
    (folder / "Session.csv").rename(folder / "sessions.csv")
    (folder / "sessions.parquet").write_bytes(b"")
    with pytest.raises(UserError, match="holds both"):
        load(database.dsn, folder)


def test_any_column_order_and_unknown_columns(database: Connection, tmp_path: Path) -> None:
    folder = hand_over(tmp_path, {**person(), "sessions": [session("m1")]})
    (folder / "candidates.csv").write_text(
        'shoe size,signed_up_at , "candidate_id",,\n42,2024-01-01T00:00:00Z,c1,,"a ""b"""\n'
    )
    report = load(database.dsn, folder)
    unknown = ("shoe size", "column_4", "column_5")
    assert counts(report, "candidates").unknown_columns == unknown
    assert query(database.dsn, "select candidate_id, extra from raw.candidates") == [
        ("c1", {"shoe size": "42", "column_5": 'a "b"'})
    ]


def test_a_comment_is_only_a_comment(database: Connection, tmp_path: Path) -> None:
    comment = "'; drop table raw.sessions; -- \\. %s {} $1 \"\n\t\x07é" + "x" * 2**20
    form = candidate_form("m1", comment=comment)
    tables = {**person(), "sessions": [session("m1")], "candidate_feedback": [form]}
    load(database.dsn, hand_over(tmp_path, tables))
    assert query(database.dsn, "select comment from raw.candidate_feedback") == [(comment,)]
