"""Great Expectations' own things: an in-memory context on the database, quiet and read-only.

A context on disk would write the password down, and Data Docs load their pages from public
hosts. Importing the library costs seconds, so it happens in the functions that need it.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import psycopg2
from psycopg2.extensions import parse_dsn

from orchestration.lib.errors import UserError

if TYPE_CHECKING:
    from great_expectations.data_context import EphemeralDataContext
    from great_expectations.datasource.fluent import PostgresDatasource


def connect_args_of(dsn: str) -> dict[str, Any]:
    """Read a DSN, as a URL or as libpq's words, into arguments for a read-only connection."""
    try:
        arguments = parse_dsn(dsn)
    except psycopg2.ProgrammingError:
        # The parser's own message quotes the DSN, password and all.
        raise UserError(
            "The warehouse's DSN cannot be read; write it like postgresql://user@host:5432/database"
        ) from None
    read_only = "-c default_transaction_read_only=on"
    arguments["options"] = f"{arguments.get('options', '')} {read_only}".strip()
    arguments["application_name"] = "ratings expectations"
    arguments.setdefault("connect_timeout", "10")
    return arguments


def resolved(connect_args: Mapping[str, Any]) -> dict[str, Any]:
    """Connect once, and add what libpq found in its environment, service file or defaults.

    Raises
    ------
    UserError
        When the warehouse does not answer.
    """
    try:
        connection = psycopg2.connect(**connect_args)
    except psycopg2.OperationalError as error:
        cause = first_line(error)
        raise UserError(
            f"The warehouse does not answer ({cause}); start it with `make run`, "
            "or mend RATINGS_DSN"
        ) from None
    found = connection.info
    place = {
        "host": found.host,
        "port": found.port,
        "user": found.user,
        "dbname": found.dbname,
    }
    connection.close()
    return {**{key: value for key, value in place.items() if value}, **connect_args}


@contextlib.contextmanager
def open_datasource(connect_args: Mapping[str, Any]) -> Iterator[PostgresDatasource]:
    """Open an in-memory context on the database, and close its connections afterwards."""
    context = _in_memory_context()
    # The URL is a stand-in that carries no secret into reprs and messages: the resolved
    # arguments override every part of it, and they also know sockets and SSL.
    datasource = context.data_sources.add_postgres(
        "warehouse",
        connection_string="postgresql+psycopg2://owner@localhost/warehouse",
        kwargs={"connect_args": dict(connect_args)},
    )
    try:
        yield datasource
    finally:
        datasource.get_engine().dispose()
        datasource.get_execution_engine().engine.dispose()


def _in_memory_context() -> EphemeralDataContext:
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
    )

    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        analytics_enabled=False,
    )
    context = gx.get_context(project_config=config, mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    return context


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Silence the library's log: it repeats as tracebacks what the outcomes already say."""
    logger = logging.getLogger("great_expectations")
    nowhere, propagated = logging.NullHandler(), logger.propagate
    logger.addHandler(nowhere)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(nowhere)
        logger.propagate = propagated


def spare_rows(datasource: PostgresDatasource, query: str) -> None:
    """Learn the columns without the rows.

    The library sends a suite's bare query to see its columns, and the driver would fetch every
    row of it; the figures come from queries around it, which are left alone.
    """
    from sqlalchemy import event

    engine = datasource.get_execution_engine().engine

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def only_columns(
        connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> tuple[str, Any]:
        if statement.strip() == query.strip():
            statement = f"select * from ({query}) as columns_only limit 0"
        return statement, parameters


def first_line(error: object) -> str:
    """Shorten a library's message to its first line."""
    return (str(error).strip().splitlines() or ["no message"])[0]
