"""A policy to try is checked before anything starts, and each fault comes with its mend."""

import re
from pathlib import Path

import pytest

from orchestration.lib.errors import UserError
from orchestration.lib.preview.policy_file import REBUILT, REPLAYED, PreviewPolicy, read_policy
from orchestration.lib.settings import PROJECT_DIR

FACTORS = ("excitement", "question_quality", "hint_quality", "communication")
EQUAL = "{excitement: .25, question_quality: .25, hint_quality: .25, communication: .25}"


def _read(text: str, folder: Path) -> PreviewPolicy:
    path = folder / "tried.yml"
    path.write_text(text, encoding="utf-8")
    return read_policy(f"{path}", FACTORS, longest_lookback=100, shortest_lookback=5)


def test_every_part_can_be_left_out(tmp_path: Path):
    assert _read("", tmp_path) == PreviewPolicy("tried")
    assert not _read("thresholds: {warn_prob: .7}", tmp_path).needs_rebuild
    whole = _read(
        f"thresholds: {{warn_prob: 0.7, pause_evaluations: 3}}\nweights: {EQUAL}\n"
        "lookback_sessions: 20",
        tmp_path,
    )
    assert whole.thresholds == {"warn_prob": 0.7, "pause_evaluations": 3.0}
    assert whole.weights == dict.fromkeys(FACTORS, 0.25)
    assert (whole.lookback_sessions, whole.needs_rebuild) == (20, True)
    assert _read("thresholds: {acceptable_churn_margin: .1}", tmp_path).needs_rebuild


def test_the_example_is_a_policy():
    path = PROJECT_DIR / "docs" / "preview_policy.yml"
    assert read_policy(f"{path}", FACTORS, longest_lookback=100, shortest_lookback=5).thresholds


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("thresholds: {warn_probb: .7}", "no threshold; did you mean warn_prob"),
        ("treshold: {}", "no part; did you mean thresholds"),
        ("thresholds: {newcomer_share: .2}", "newcomer_share has no bearing on standings"),
        ("thresholds: {warn_prob: high}", "'high', which is no number"),
        ("thresholds: {warn_prob: yes}", "True, which is no number"),
        ("thresholds: {warn_prob: .nan}", "nan, which is no number"),
        ("thresholds: {shortage_ratio: -1}", "can be no less than 0"),
        ("thresholds: {warn_prob: .9}", "warn_prob 0.9, pause_prob 0.8; mend these"),
        ("thresholds: {pause_prob: 1.2}", "pause_prob is 1.2; it is a probability, from 0 to 1"),
        ("thresholds: {warn_prob: 60}", "from 0 to 1: write 60 % as 0.6"),
        ("thresholds: {acceptable_churn_margin: 5}", "it is a share of candidates, from 0 to 1"),
        ("thresholds: {warn_evaluations: 0}", "counts evaluations, in whole numbers from 1 to"),
        ("thresholds: {warn_evaluations: 2.5}", "counts evaluations, in whole numbers from 1 to"),
        ("thresholds: {min_new_evidence: 0.5}", "counts sessions, in whole numbers from 1 to"),
        ("thresholds: {visible_days: 1.0e+300}", "counts days, in whole numbers from 0 to 10000"),
        (
            f"thresholds: {{warn_prob: {10**400}}}",
            "which is no number; write it like warn_prob: 0.6",
        ),
        (f"lookback_sessions: {'1' * 5000}", "is not YAML; write it like"),
        ("thresholds: {warn_prob: 2026-13-45}", "is not YAML; write it like"),
        ("[" * 5000, "is not YAML; write it like"),
        ("thresholds: .7", "thresholds in"),
        ("weights: {excitment: 1}", "did you mean excitement"),
        ("weights: {excitement: 1}", "leaves out question_quality, hint_quality, communication"),
        (f"weights: {EQUAL.replace('.25}', '.35}')}", "weights sum to 1.1 and not to 1"),
        (f"weights: {EQUAL.replace('excitement: .25', 'excitement: -0.25')}", "below 0"),
        (f"weights: {EQUAL.replace('.25', '0')}", "sum to 0 and not to 1; one at least must be"),
        ("lookback_sessions: '30'", "which is no number; write it like lookback_sessions: 5"),
        ("lookback_sessions: 3", "a whole number from 5"),
        ("lookback_sessions: 20.5", "a whole number from 5"),
        ("thresholds: {warn_prob: [", "is not YAML in line"),
        ("- warn_prob", "names no parts"),
    ],
)
def test_a_fault_is_told_with_its_mend(text: str, sentence: str, tmp_path: Path):
    with pytest.raises(UserError, match=re.escape(sentence)):
        _read(text, tmp_path)


@pytest.mark.parametrize("path", ["", "nowhere.yml", ".", "~nobody-here/a.yml"])
def test_a_file_that_is_none_is_told_with_an_example(path: str):
    with pytest.raises(UserError, match=re.escape("docs/preview_policy.yml")):
        read_policy(path, FACTORS, longest_lookback=100, shortest_lookback=5)


def test_what_can_be_tried_is_what_the_rule_reads():
    text = (PROJECT_DIR / "macros" / "standing" / "standing_thresholds.sql").read_text()
    read_by_the_rule = set(re.findall(r"'(\w+)'", text))
    assert set(REPLAYED) | set(REBUILT) == read_by_the_rule | {"acceptable_churn_margin"}
