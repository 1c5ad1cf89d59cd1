"""A preview replays what was published to the last row, and touches none of it."""

import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from warehouse_house import House, open_house

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from open_house(tmp_path_factory.mktemp("preview"))


def _preview(house: House, policy: str, folder: Path) -> str:
    path = folder / "tried.yml"
    path.write_text(policy, encoding="utf-8")
    done = house.call(
        sys.executable, "-m", "orchestration.cli", "preview", POLICY=f"{path}", COLUMNS="200"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _n_published(house: House) -> int:
    with psycopg.connect(house.dsn) as connection:
        (n,) = connection.execute(
            "select count(*) from policy.fct_standing_history where week_date >"
            " (select max(week_date) - 7 * 52 from policy.fct_standing_history)"
        ).fetchone()
    return n


def _as_published(output: str) -> tuple[int, int]:
    found = re.search(r"([\d,]+) of ([\d,]+) evaluations as published", output)
    assert found, output
    return tuple(int(number.replace(",", "")) for number in found.groups())


def _flips(house: House) -> list[dict[str, str]]:
    with (house.home / "previews" / "tried.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_todays_policy_replayed_is_what_was_published(house: House, tmp_path: Path):
    assert house.opening.returncode == 0, house.opening.stdout + house.opening.stderr
    n = _n_published(house)
    assert n >= 1000
    assert _as_published(_preview(house, "", tmp_path)) == (n, n)
    assert _flips(house) == []


def test_other_weights_and_windows_are_built_beside_what_is_published(house: House, tmp_path: Path):
    before, n_before = house.published(), house.n_publications()
    others = "question_quality: 0, hint_quality: 0, communication: 0"
    told = _preview(
        house,
        f"weights: {{excitement: 1, {others}}}\nlookback_sessions: 10\n"
        "thresholds: {acceptable_churn_margin: 0.02}",
        tmp_path,
    )
    assert house.published() == before
    assert house.n_publications() == n_before
    # One publication, told in hindsight again: today's policy comes to the very same.
    n = _n_published(house)
    in_hindsight = re.search(r"told in hindsight.*: ([\d,]+) of ([\d,]+) evaluations", told)
    assert in_hindsight, told
    assert in_hindsight.groups() == (f"{n:,}", f"{n:,}")
    with psycopg.connect(house.dsn) as connection:
        scores, longest = connection.execute(
            """select count(*) filter (where scores.experience_score = factors.mean),
                max(scores.n_rated_window)
            from scores_preview.fct_experience_scores as scores
            inner join scores_preview.fct_experience_factors as factors using (interviewer_id)
            where factors.factor = 'excitement' and scores.is_published"""
        ).fetchone()
        margins = connection.execute(
            """select array_agg(distinct value) from seeds_preview.policy_thresholds
            where threshold = 'acceptable_churn_margin'
            union all
            select array_agg(distinct value) from seeds.policy_thresholds
            where threshold = 'acceptable_churn_margin'"""
        ).fetchall()
        (n_scored,) = connection.execute(
            "select count(*) from scores_preview.fct_experience_scores where is_published"
        ).fetchone()
    assert n_scored == scores >= 20
    assert longest == 10
    assert margins == [([0.02],), ([0.05],)]


def test_weeks_of_two_publications_replay_as_published(house: House, tmp_path: Path):
    run = house.run(house.whole)
    assert run.returncode == 0, run.stdout + run.stderr
    with psycopg.connect(house.dsn) as connection:
        (n_instants,) = connection.execute(
            "select count(distinct as_of) from policy.fct_standing_history"
        ).fetchone()
    assert n_instants == 2
    n = _n_published(house)
    assert _as_published(_preview(house, "", tmp_path)) == (n, n)


def test_another_threshold_flips_people_and_publishes_nothing(house: House, tmp_path: Path):
    # After the second publication: the verdicts of a first one are looked at once, and warn nobody.
    before, n_before = house.published(), house.n_publications()
    strict = "thresholds: {clear_prob: .1, watch_prob: .2, warn_prob: .3, pause_prob: .4}"
    told = _preview(house, strict, tmp_path)
    assert house.published() == before
    assert house.n_publications() == n_before
    flips = _flips(house)
    assert f"Who flips: {len(flips)} interviewers" in told
    assert flips
    gained = [row for row in flips if row["warning_previewed"] and not row["warning_now"]]
    assert f"warnings recommended that would not have been: {len(gained)}" in told
    with psycopg.connect(house.dsn) as connection:
        warned = "select distinct interviewer_id from {} where recommended = 'warn'"
        published = connection.execute(
            warned.format("policy.fct_standing_history")
            + " and week_date > (select max(week_date) - 7 * 52 from policy.fct_standing_history)"
        ).fetchall()
        previewed = connection.execute(
            warned.format("preview.standings") + " and policy = 'previewed' and not is_followed"
        ).fetchall()
        names = {(row["interviewer_id"],) for row in gained}
        assert names == set(previewed) - set(published)
        # Each session to cover is of somebody who would be paused in that week.
        (n_others,) = connection.execute(
            """select count(*) from preview.sessions_to_cover as sessions
            where not exists (
                select from preview.standings as standings
                where standings.policy = sessions.policy and standings.is_followed
                    and standings.interviewer_id = sessions.interviewer_id
                    and standings.week_date = sessions.week_date and standings.standing = 'paused'
            )"""
        ).fetchone()
    assert n_others == 0


def test_a_past_that_was_changed_is_no_ground_to_compare_on(house: House, tmp_path: Path):
    with psycopg.connect(house.dsn) as connection:
        connection.execute(
            "update seeds.policy_thresholds set value = 0.01 where threshold = 'watch_prob'"
        )
    path = tmp_path / "tried.yml"
    path.write_text("", encoding="utf-8")
    done = house.call(sys.executable, "-m", "orchestration.cli", "preview", POLICY=f"{path}")
    assert done.returncode == 1
    assert "Today's policy replayed comes to what was published in" in done.stderr
