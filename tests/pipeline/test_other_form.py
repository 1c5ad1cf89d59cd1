"""A platform with three questions of its own, on a scale from 1 to 5: configuration, no code."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from warehouse_house import SMALL, House

from orchestration.lib.postgres import EmbeddedPostgres
from orchestration.lib.settings import PROJECT_DIR
from python_models.simulation import simulate, write_platform

pytestmark = pytest.mark.slow

SEED = """factor,label,direction,position
warmth,I felt welcome,higher_is_better,1
haste,It felt rushed,lower_is_better,2
clarity,I knew what was asked,higher_is_better,3
"""
QUESTIONS = ("warmth", "haste", "clarity")
# What the simulated platform's answers are on the other scale.
ON_FIVE = pa.array([1, 2, 4, 5], pa.int16())


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("other_form")
    project = _configured_copy(folder / "project")
    raw = folder / "raw"
    write_platform(simulate(SMALL, seed=3), raw)
    _ask_otherwise(raw / "candidate_feedback.parquet")
    _mark_on_five(raw / "interviewer_feedback.parquet")
    server = EmbeddedPostgres(folder / "home")
    built = House(folder / "home", raw, raw, server, project=project)
    try:
        built.opening = built.run(raw)
        yield built
    finally:
        server.stop()


def _configured_copy(folder: Path) -> Path:
    """Copy the project as a fork of it would stand, and change the seed and one setting."""
    left_out = shutil.ignore_patterns(".*", "target", "logs", "__pycache__", "docs")
    shutil.copytree(PROJECT_DIR, folder, ignore=left_out)
    (folder / "seeds" / "experience_factors.csv").write_text(SEED)
    settings = folder / "dbt_project.yml"
    text = settings.read_text()
    assert "rating_max: 4" in text
    settings.write_text(text.replace("rating_max: 4", "rating_max: 5"))
    return folder


def _ask_otherwise(path: Path) -> None:
    form = pq.read_table(path)
    answers = {
        "warmth": _on_five(form["excitement"]),
        "haste": pc.subtract(pa.scalar(6, pa.int16()), _on_five(form["question_quality"])),
        "clarity": _on_five(form["hint_quality"]),
    }
    answers["warmth"] = pa.array([6, *answers["warmth"].to_pylist()[1:]], pa.int16())
    kept = form.select(["session_id", "submitted_at", "loaded_at"])
    for name, values in answers.items():
        kept = kept.append_column(name, values)
    pq.write_table(kept, path)


def _mark_on_five(path: Path) -> None:
    form = pq.read_table(path)
    for item in ("technical", "problem_solving", "communication"):
        form = form.set_column(form.schema.get_field_index(item), item, _on_five(form[item]))
    pq.write_table(form, path)


def _on_five(answers: pa.ChunkedArray) -> pa.Array:
    return ON_FIVE.take(pc.subtract(answers.combine_chunks(), 1))


def _rows(house: House, query: str) -> list[tuple]:
    with psycopg.connect(house.dsn) as connection:
        return connection.execute(query).fetchall()


def test_the_run_succeeds_and_speaks_of_the_three(house: House) -> None:
    assert house.opening.returncode == 0, house.opening.stdout + house.opening.stderr
    for question in QUESTIONS:
        assert question in house.opening.stdout
    assert "excitement" not in house.opening.stdout


def test_a_rating_off_the_scale_is_kept_aside(house: House) -> None:
    kept = "select rule, row_text::jsonb ->> 'warmth' from quarantine.candidate_feedback"
    assert _rows(house, kept) == [("rating_out_of_range", "6")]
    [(highest,)] = _rows(house, "select max(warmth) from raw.candidate_feedback")
    assert highest == 5


def test_points_of_three_factors_sum_to_the_score(house: House) -> None:
    factors = "select distinct factor from scores.fct_experience_factors"
    assert {row[0] for row in _rows(house, factors)} == set(QUESTIONS)
    unlike = """
        select count(*), count(*) filter (where scores.experience_score <> parts.points),
            min(scores.experience_score), max(scores.experience_score)
        from scores.fct_experience_scores as scores
        inner join (
            select interviewer_id, sum(points) as points from scores.fct_experience_factors
            group by 1
        ) as parts on parts.interviewer_id = scores.interviewer_id
        where scores.experience_score is not null
    """
    n, n_unlike, lowest, highest = _rows(house, unlike)[0]
    assert n >= 20
    assert n_unlike == 0
    assert 1 <= lowest <= highest <= 5
    assert highest > 4


def test_a_question_where_low_is_good_counts_turned_round(house: House) -> None:
    means = """
        select avg(6 - raw.haste), (
            select avg(mean) from scores.fct_experience_factors where factor = 'haste'
        )
        from raw.candidate_feedback as raw
    """
    given, scored = _rows(house, means)[0]
    assert abs(float(given) - float(scored)) < 0.25


def test_columns_of_the_default_form_say_nothing(house: House) -> None:
    columns = "count(*), count(excitement), count(question_quality), count(communication)"
    [(n, *others)] = _rows(house, f"select {columns} from marts.fct_feedback")
    assert n > 0
    assert others == [0, 0, 0]
    summed = "select bool_and(n_items between 1 and 3 and rating_sum <= 5 * n_items)"
    assert _rows(house, f"{summed} from marts.fct_feedback") == [(True,)]


def test_a_second_run_grows_on_the_same_form(house: House) -> None:
    again = house.run(house.first)
    assert again.returncode == 0, again.stdout + again.stderr
    assert _rows(house, "select max(batch) from run.mart_states") == [(2,)]
