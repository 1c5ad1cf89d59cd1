"""The one resource: a run's session, opened before the first asset and closed after the last."""

from collections.abc import Iterator

import dagster as dg

from orchestration.lib.session import RunSession, open_session


@dg.resource(description="The run lock, the warehouse and dbt, for the length of a run.")
def session(_: dg.InitResourceContext) -> Iterator[RunSession]:
    """Open the session of a run."""
    with open_session() as opened:
        yield opened


defs = dg.Definitions(resources={"session": session}, executor=dg.in_process_executor)
