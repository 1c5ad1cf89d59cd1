"""What all fits share: read a panel, estimate, replace the fitted rows in one transaction."""

import inspect
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd

from expectations import fitted
from expectations.runner import reason_to_refuse
from orchestration.lib.clock import read_clock
from orchestration.lib.code_version import code_version
from orchestration.lib.dbt_project import dbt_vars
from orchestration.lib.gates import run_gate
from orchestration.lib.progress import stage
from orchestration.lib.registry import (
    FitKey,
    RegisteredFit,
    find_fit,
    judge_fit,
    panel_hash,
    write_fit,
)
from orchestration.lib.session import RunSession
from orchestration.lib.settings import PROJECT_DIR
from orchestration.lib.warehouse import Warehouse
from python_models.fitted_table import FittedTable

Estimate = Callable[..., FittedTable]
# Judges a fit against others, where its suite looks at its rows alone.
Judge = Callable[[Warehouse, FitKey, pd.DataFrame, FittedTable], tuple[str | None, dict[str, Any]]]
GATE = "fitted_gate"
MODELS_DIR = PROJECT_DIR / "python_models"


def fit_asset(
    estimate: Estimate,
    description: str,
    *,
    categories: Collection[str] = (),
    judge: Judge | None = None,
    group: str = "fits",
    **settings: Any,
) -> dg.AssetsDefinition:
    """Make the asset of one fit from its estimator ``fit_<stem>``.

    Parameters
    ----------
    estimate : callable
        ``fit_<stem>(panel, **settings)`` of ``python_models``.
    description : str
        What the fit says, for Dagster's catalogue.
    categories : collection of str
        Text columns of the panel that the estimator takes as categoricals, to save memory.
    judge : callable, optional
        Part of the gate: compares the fit with the one in force, after its suite has passed.
    group : str
        Dagster's group: the hourly job leaves out ``fits``, which the calendar renews.
    **settings
        Handed to the estimator, and part of the fit's identity.
    """
    stem = estimate.__name__.removeprefix("fit_")
    key = dg.AssetKey(["fitted", stem])

    @dg.asset(
        key=key,
        deps=[dg.AssetKey(["panels", f"pnl_{stem}"])],
        group_name=group,
        description=description,
        kinds={"python"},
        # Not blocking: after a refusal the last accepted fit goes on serving.
        check_specs=[dg.AssetCheckSpec(GATE, asset=key, description="May this fit be used?")],
    )
    def fit(
        context: dg.AssetExecutionContext, session: dg.ResourceParam[RunSession]
    ) -> Iterator[dg.MaterializeResult]:
        with stage(f"fit {stem}") as shown:
            panel = session.warehouse.read_panel(f"pnl_{stem}", categories=categories)
            with session.warehouse.connect() as connection:
                as_of = read_clock(connection, session.warehouse.suffix)
            fit_key = FitKey(stem, as_of, panel_hash(panel), settings, estimator_version(estimate))
            found = _fit_once(context, session, fit_key, panel, estimate, judge)
            shown.say(_line(found, len(panel)))
        yield dg.MaterializeResult(
            asset_key=key, metadata=_metadata(found, fit_key), check_results=[_verdict(key, found)]
        )

    return fit


def estimator_version(estimate: Estimate) -> str:
    """Version of the source of its folder and of what all share: another one is another fit."""
    folder = Path(inspect.getfile(estimate)).parent
    return code_version(folder, *sorted(MODELS_DIR.glob("*.py")))


def _fit_once(
    context: dg.AssetExecutionContext,
    session: RunSession,
    key: FitKey,
    panel: pd.DataFrame,
    estimate: Estimate,
    judge: Judge | None,
) -> RegisteredFit:
    schema = session.warehouse.schema("fitted")
    with session.warehouse.connect() as connection:
        found = find_fit(connection, schema, key.stem, key.fit_id)
    # A refusal by a judge may be lifted by a person; the rows of a fit never change.
    if found is not None and found.is_judged and (found.is_accepted or judge is None):
        return found
    result = estimate(panel, **key.settings)
    with session.warehouse.connect() as connection:
        write_fit(connection, schema, key, result)
    scale = {name: dbt_vars()[name] for name in ("rating_min", "rating_max")}
    suite = fitted.suite(key.stem, key.fit_id, schema=schema, **scale)
    refusal = reason_to_refuse(run_gate(session.warehouse, context.run_id, [suite]))
    findings: dict[str, Any] = {}
    if refusal is None and judge is not None:
        refusal, findings = judge(session.warehouse, key, panel, result)
    with session.warehouse.connect() as connection:
        return judge_fit(connection, schema, key, refusal, findings)


def _line(found: RegisteredFit, n_panel: int) -> str:
    verdict = "accepted" if found.is_accepted else "refused, see the warnings"
    return f"{n_panel:,} panel rows, {verdict}"


def _metadata(found: RegisteredFit, key: FitKey) -> dict[str, Any]:
    return {
        "fit_id": found.fit_id,
        "trained_through": key.trained_through.isoformat(),
        "rows": found.n_rows,
        "is_accepted": found.is_accepted,
        "diagnostics": dg.MetadataValue.json(dict(found.diagnostics)),
    }


def _verdict(key: dg.AssetKey, found: RegisteredFit) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=GATE,
        passed=found.is_accepted,
        severity=dg.AssetCheckSeverity.WARN,
        description=found.reason,
        metadata={"warnings": dg.MetadataValue.json(found.diagnostics.get("warnings", []))},
    )
