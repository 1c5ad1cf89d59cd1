"""The registry of fits: what was fitted on what, and whether it may serve."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from orchestration.lib.fitted_tables import CONTRACTS
from python_models.fitted_table import FittedTable

UNJUDGED = "waits for its gate"
DEFAULT_FIT = "default"


@dataclass(frozen=True)
class FitKey:
    """What makes one fit different from another.

    Attributes
    ----------
    stem : str
        The fit's name.
    trained_through : datetime
        The instant up to which the panel knew the world.
    data_hash : str
        Of the panel's rows.
    settings : mapping
        What the estimator was told.
    code : str
        Version of the estimator's source.
    """

    stem: str
    trained_through: datetime
    data_hash: str
    settings: Mapping[str, Any]
    code: str

    @property
    def fit_id(self) -> str:
        """Equal inputs give an equal name, so a fit is never repeated."""
        told = json.dumps(dict(self.settings), sort_keys=True, default=str)
        digest = hashlib.sha256("\0".join((self.data_hash, told, self.code)).encode()).hexdigest()
        instant = self.trained_through.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        return f"{self.stem}-{instant}-{digest[:8]}"


@dataclass(frozen=True)
class RegisteredFit:
    """A fit's row in the registry, as far as a run asks."""

    fit_id: str
    n_rows: int
    is_accepted: bool
    reason: str | None
    diagnostics: Mapping[str, Any]

    @property
    def is_judged(self) -> bool:
        """Whether the gate has spoken; a run killed before that leaves a fit to be redone."""
        return self.reason != UNJUDGED


def panel_hash(panel: pd.DataFrame) -> str:
    """Hash a panel's columns and rows; the order of the rows does not matter."""
    rows = pd.util.hash_pandas_object(panel, index=False).to_numpy()
    digest = hashlib.sha256("\0".join(f"{name}" for name in panel.columns).encode())
    digest.update(len(rows).to_bytes(8, "big"))
    # A sum modulo 2**64 is the same in any order, and unlike xor it sees repeated rows.
    digest.update(int(rows.sum(dtype="uint64")).to_bytes(8, "big"))
    return digest.hexdigest()[:32]


def find_fit(
    connection: psycopg.Connection, schema: str, stem: str, fit_id: str
) -> RegisteredFit | None:
    """Look a fit up in the registry."""
    row = connection.execute(
        f"""select fit_id, n_rows, is_accepted, reason, diagnostics
            from {schema}.fit_registry where model = %s and fit_id = %s""",
        (stem, fit_id),
    ).fetchone()
    return RegisteredFit(*row) if row else None


def fit_in_force(connection: psycopg.Connection, schema: str, key: FitKey) -> str:
    """Name the accepted fit that served before this one, as the models' `accepted_fit` does."""
    row = connection.execute(
        f"""select fit_id from {schema}.fit_registry
            where model = %s and is_accepted and fit_id <> %s
                and (trained_through is null or trained_through <= %s)
            order by fit_id = %s, trained_through desc, fitted_at desc, fit_id
            limit 1""",
        (key.stem, key.fit_id, key.trained_through, DEFAULT_FIT),
    ).fetchone()
    return row[0] if row else DEFAULT_FIT


def write_fit(connection: psycopg.Connection, schema: str, key: FitKey, fit: FittedTable) -> None:
    """Write a fit's numbers and its row in the registry; the caller's transaction joins them.

    The fit is not accepted yet: the gate decides that.
    """
    contract = CONTRACTS[key.stem]
    table = sql.Identifier(schema, key.stem)
    fitted_at = datetime.now(UTC)
    connection.execute(sql.SQL("delete from {} where fit_id = %s").format(table), (key.fit_id,))
    columns = ("fit_id", "trained_through", "fitted_at", *contract.columns)
    copy = sql.SQL("copy {} ({}) from stdin").format(
        table, sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    stamp = (key.fit_id, key.trained_through, fitted_at)
    frame = fit.table[list(contract.columns)].astype(object)
    with connection.cursor() as cursor, cursor.copy(copy) as sink:
        for row in frame.where(frame.notna(), None).itertuples(index=False, name=None):
            sink.write_row((*stamp, *row))
    diagnostics = {**fit.diagnostics, "warnings": list(fit.warnings)}
    connection.execute(
        f"""insert into {schema}.fit_registry
                (fit_id, model, trained_through, fitted_at, n_rows, data_hash, settings,
                 diagnostics, is_accepted, reason)
            values (%s, %s, %s, %s, %s, %s, %s, %s, false, %s)
            on conflict (fit_id, model) do update set
                fitted_at = excluded.fitted_at, settings = excluded.settings,
                diagnostics = excluded.diagnostics""",
        (
            key.fit_id,
            key.stem,
            key.trained_through,
            fitted_at,
            fit.n_rows,
            key.data_hash,
            Jsonb(dict(fit.settings), dumps=_plain_json),
            Jsonb(diagnostics, dumps=_plain_json),
            UNJUDGED,
        ),
    )


def judge_fit(
    connection: psycopg.Connection,
    schema: str,
    key: FitKey,
    refusal: str | None,
    findings: Mapping[str, Any] | None = None,
) -> RegisteredFit:
    """Record the gate's verdict: accepted, or refused for a reason; and what it found."""
    connection.execute(
        f"""update {schema}.fit_registry
            set is_accepted = %s, reason = %s, diagnostics = diagnostics || %s
            where model = %s and fit_id = %s""",
        (
            refusal is None,
            refusal,
            Jsonb(dict(findings or {}), dumps=_plain_json),
            key.stem,
            key.fit_id,
        ),
    )
    fit = find_fit(connection, schema, key.stem, key.fit_id)
    if fit is None:
        raise RuntimeError(f"{key.fit_id} is not in {schema}.fit_registry")
    return fit


def _plain_json(value: Any) -> str:
    # NaN is no JSON: a diagnostic that could not be computed is null.
    return json.dumps(_without_nan(value), default=str, allow_nan=False)


def _without_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _without_nan(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not (float("-inf") < value < float("inf")):
        return None
    return value
