"""The contract of schema `fitted`: one table per fit, one row per fit and level."""

from __future__ import annotations

from dataclasses import dataclass

FIT_STAMP = (
    ("fit_id", "text not null"),
    ("trained_through", "timestamptz"),
    ("fitted_at", "timestamptz not null"),
)
REGISTRY_COLUMNS = (
    ("fit_id", "text not null"),
    ("model", "text not null"),
    ("trained_through", "timestamptz"),
    ("fitted_at", "timestamptz not null"),
    ("n_rows", "bigint not null"),
    ("data_hash", "text"),
    ("settings", "jsonb not null"),
    ("diagnostics", "jsonb not null"),
    ("is_accepted", "boolean not null"),
    ("reason", "text"),
)


@dataclass(frozen=True)
class FittedContract:
    """Columns of one fitted table, without the stamp that all of them share.

    Attributes
    ----------
    stem : str
        The name shared by the fit, its asset, its table and its ``fit_`` model.
    level : tuple of str
        Text columns which, with ``fit_id``, identify a row.
    counts, numbers, texts : tuple of str
        Whole numbers, estimates, and what else is said about a level.
    """

    stem: str
    level: tuple[str, ...]
    counts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The table's own columns, in order."""
        return (*self.level, *self.counts, *self.numbers, *self.texts)

    @property
    def typed_columns(self) -> tuple[tuple[str, str], ...]:
        """Every column with its type, the stamp first."""
        return (
            *FIT_STAMP,
            *((column, "text not null") for column in self.level),
            *((column, "bigint") for column in self.counts),
            *((column, "double precision") for column in self.numbers),
            *((column, "text") for column in self.texts),
        )


CONTRACTS = {
    contract.stem: contract
    for contract in (
        FittedContract(
            "churn_covariates",
            level=("covariate", "level"),
            numbers=("coefficient", "coefficient_se"),
        ),
        FittedContract(
            "experience_effects",
            level=("interviewer_id",),
            counts=("n_sessions",),
            numbers=("churn_effect", "churn_effect_se"),
        ),
        FittedContract(
            "rating_components", level=("component", "level"), numbers=("value", "value_se")
        ),
        FittedContract(
            "experience_weights",
            level=("factor",),
            numbers=("weight", "weight_raw", "weight_low", "weight_high"),
        ),
        FittedContract(
            "interviewer_leniency",
            level=("facet", "level"),
            numbers=("estimate", "estimate_se"),
            counts=("n_judgements",),
            texts=("comparison_set_id",),
        ),
        FittedContract(
            "lookback_curve",
            level=("measure", "row_set", "predictor", "rule"),
            counts=("lookback", "n_tested"),
            numbers=("estimate", "estimate_low", "estimate_high"),
        ),
        FittedContract(
            "dispatch_proposals",
            level=("row_kind", "level"),
            counts=("n_requests", "n_offers", "seed", "rank"),
            numbers=("offer_probability",),
            texts=("interviewer_id", "probability_is", "is_newcomer_share", "is_repeat", "reason"),
        ),
        FittedContract(
            "session_share",
            level=("world", "decile"),
            counts=("n_platforms", "n_interviewers", "n_blocks"),
            numbers=("share", "share_se", "cumulative_share", "cumulative_share_se"),
        ),
        FittedContract("accuracy_scale", level=("parameter",), numbers=("value", "value_se")),
        FittedContract(
            "accuracy_held_out",
            level=("measure", "level"),
            counts=("n",),
            numbers=("estimate", "estimate_se"),
        ),
        FittedContract(
            "accuracy_resolution",
            level=("measure", "level"),
            counts=("n",),
            numbers=("estimate", "estimate_se"),
            texts=("grouping",),
        ),
        FittedContract(
            "churn_line",
            level=("measure", "level"),
            counts=("n",),
            numbers=("estimate", "estimate_low", "estimate_high"),
        ),
        FittedContract(
            "error_budget",
            level=("measure", "rule", "level"),
            numbers=("estimate", "estimate_low", "estimate_high"),
        ),
        FittedContract(
            "way_back",
            level=("interviewer_id", "level"),
            counts=("n_rated", "n_sessions"),
            numbers=("mean", "way_back_prob", "simulated_prob"),
        ),
    )
}


def _create_table(name: str, columns: tuple[tuple[str, str], ...], key: tuple[str, ...]) -> str:
    body = ", ".join(f"{column} {kind}" for column, kind in columns)
    return f"create table if not exists {name} ({body}, primary key ({', '.join(key)}))"


def fitted_ddl(schema: str) -> list[str]:
    """Statements that create the schema's empty tables where they are absent."""
    statements = [f"create schema if not exists {schema}"]
    statements += [
        _create_table(
            f"{schema}.{contract.stem}", contract.typed_columns, ("fit_id", *contract.level)
        )
        for contract in CONTRACTS.values()
    ]
    # 'default' stands once for each model, so the id alone is no key.
    statements.append(
        _create_table(f"{schema}.fit_registry", REGISTRY_COLUMNS, ("fit_id", "model"))
    )
    return statements
