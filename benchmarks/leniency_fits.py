"""The fit `interviewer_leniency` and its peers, on judgements drawn before the clock starts."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from benchmarks.drawn_judgements import DrawnJudgements, draw_judgements, with_numbers
from python_models.calibration.interviewer_leniency import fit_interviewer_leniency

_LMER = Path(__file__).with_name("leniency_lmer.R")
_HAS_LMER = 'quit(status = !requireNamespace("lme4", quietly = TRUE))'


@dataclass(frozen=True)
class Spent:
    """Seconds and processor seconds of the fit alone, and how near it comes to the truth."""

    n_judgements: int
    seconds: float
    cpu_seconds: float
    correlation: float


def ours(n_judgements: int) -> Spent:
    """Fit the panel, identifiers as text, as the warehouse hands them over."""
    drawn = draw_judgements(n_judgements)
    began, cpu = time.monotonic(), time.process_time()
    fitted = fit_interviewer_leniency(drawn.panel)
    seconds, cpu_seconds = time.monotonic() - began, time.process_time() - cpu
    rows = fitted.table[fitted.table["facet"] == "interviewer"]
    return Spent(
        n_judgements, seconds, cpu_seconds, _correlation(drawn, rows.set_index("level")["estimate"])
    )


def lmer(n_judgements: int) -> Spent:
    """Fit the same model with lme4, the composite and the fixed effects given as numbers."""
    drawn = draw_judgements(n_judgements)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "judgements.csv", Path(folder) / "effects.csv"
        with_numbers(drawn.panel).to_csv(source, index=False)
        command = ["Rscript", str(_LMER), str(source), str(target)]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        effects = pd.read_csv(target).set_index("level")["estimate"]
    seconds, cpu_seconds = map(float, told.split()[-2:])
    return Spent(n_judgements, seconds, cpu_seconds, _correlation(drawn, effects))


def statsmodels(n_judgements: int) -> Spent:
    """Fit the same model with MixedLM, all factors crossed within one group."""
    from statsmodels.formula.api import mixedlm

    drawn = draw_judgements(n_judgements)
    rows = with_numbers(drawn.panel).assign(everything=1)
    types = [name for name in rows if name.startswith("type_")]
    parts = {
        "candidate": "0 + C(candidate_key)",
        "interviewer": "0 + C(interviewer_id):is_mock",
        "company": "0 + C(company_id):is_real",
    }
    formula = " + ".join(["z ~ is_real", "practice", *types])
    began, cpu = time.monotonic(), time.process_time()
    model = mixedlm(formula, rows, groups="everything", vc_formula=parts, use_sparse=True)
    found = model.fit(reml=True).random_effects[1]
    seconds, cpu_seconds = time.monotonic() - began, time.process_time() - cpu
    names = found.index.str.extract(r"^interviewer\[C\(interviewer_id\)\[(.+)\]:is_mock\]$")[0]
    is_interviewer = names.notna().to_numpy() & (names != "none").to_numpy()
    effects = found[is_interviewer].set_axis(names[is_interviewer])
    return Spent(n_judgements, seconds, cpu_seconds, _correlation(drawn, effects))


def has_lmer() -> bool:
    """Whether R and its package lme4 are installed; the project does without."""
    if shutil.which("Rscript") is None:
        return False
    return subprocess.run(["Rscript", "-e", _HAS_LMER], capture_output=True).returncode == 0


def has_statsmodels() -> bool:
    """Whether the peer is installed; the project does without."""
    return importlib.util.find_spec("statsmodels") is not None


def _correlation(drawn: DrawnJudgements, effects: pd.Series) -> float:
    return float(effects.corr(drawn.leniency.reindex(effects.index)))
