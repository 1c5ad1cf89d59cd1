"""What a run holds from its first asset to its last: the lock, the warehouse, dbt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dagster_dbt import DbtCliResource

from orchestration.lib.clock import RunScope, decide_scope
from orchestration.lib.dbt_project import artifacts_dir, dbt_resource
from orchestration.lib.lock import run_lock
from orchestration.lib.prepare import prepare_warehouse
from orchestration.lib.settings import Settings
from orchestration.lib.simulated import make_room
from orchestration.lib.warehouse import Warehouse


@dataclass(frozen=True)
class RunSession:
    """The resource of every asset.

    Attributes
    ----------
    settings : Settings
        What the run was told from outside.
    scope : RunScope
        Which instant it stands for.
    warehouse : Warehouse
        The database, in the schemas of this run.
    dbt : DbtCliResource
        dbt, building into the same schemas.
    """

    settings: Settings
    scope: RunScope
    warehouse: Warehouse
    dbt: DbtCliResource

    @property
    def dbt_arguments(self) -> tuple[str, ...]:
        """What dbt is told beyond its command: the vars that are tried."""
        tried = self.settings.tried
        return ("--vars", json.dumps(dict(tried))) if tried else ()

    @property
    def dbt_artifacts(self) -> Path:
        """Where this run's dbt artifacts lie."""
        return artifacts_dir(self.settings.home, self.scope.dbt_target)


@contextmanager
def open_session(settings: Settings | None = None) -> Iterator[RunSession]:
    """Prepare the warehouse and hold the run lock for as long as the block lasts.

    Raises
    ------
    UserError
        When the warehouse cannot be reached, or another run holds the lock.
    """
    settings = settings or Settings.from_environment()
    connection = prepare_warehouse(settings)
    with run_lock(connection.dsn) as lock_connection:
        if make_room(lock_connection, settings):
            prepare_warehouse(settings)
        # Decided under the lock: nobody publishes between the question and the run.
        scope = decide_scope(lock_connection, settings.as_of, tries=settings.tried is not None)
        if scope.publishes_nothing:
            prepare_warehouse(settings, suffix=scope.suffix)
        yield RunSession(
            settings=settings,
            scope=scope,
            warehouse=Warehouse(connection.dsn, scope.suffix),
            dbt=dbt_resource(scope.dbt_target),
        )
