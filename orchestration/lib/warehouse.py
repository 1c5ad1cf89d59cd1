"""How a fit meets the database: a panel comes out as a frame, a table of numbers goes back in."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import adbc_driver_postgresql.dbapi as adbc
import numpy as np
import pandas as pd
import psycopg
import pyarrow as pa
from psycopg import sql

from orchestration.lib.errors import UserError


@dataclass(frozen=True)
class Warehouse:
    """The warehouse as the assets see it.

    Attributes
    ----------
    dsn : str
        The owner's connection.
    suffix : str
        Ending of the schemas in use: empty, or ``_asof`` in a run that looks back.
    """

    dsn: str
    suffix: str = ""

    @contextmanager
    def connect(self) -> Iterator[psycopg.Connection]:
        """Open a connection whose block is one transaction."""
        with psycopg.connect(self.dsn, application_name="ratings") as connection:
            connection.execute("set timezone = 'UTC'")
            yield connection

    def schema(self, folder: str) -> str:
        """Name a folder's schema in this run."""
        return f"{folder}{self.suffix}"

    def read_panel(self, panel: str, *, categories: Collection[str] = ()) -> pd.DataFrame:
        """Read a ``pnl_`` model whole, in a stable order, over Arrow.

        Rows come sorted by their columns from the left, so that sums of floats, and with them the
        last digits of a fit, do not depend on how a table happens to lie on disk.

        Parameters
        ----------
        panel : str
            The model's name.
        categories : collection of str
            Text columns to hold as categoricals: a word that millions of rows repeat is then in
            memory once.
        """
        with self.connect() as connection:
            query = self._panel_query(connection, panel).as_string(connection)
        with adbc.connect(self.dsn) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            reader = cursor.fetch_record_batch()
            # Batch by batch: the text of all rows never is in memory at once.
            parts = [_encoded(pa.Table.from_batches([batch]), categories) for batch in reader]
            empty = _encoded(reader.schema.empty_table(), categories)
        whole = pa.concat_tables([empty, *parts]).unify_dictionaries()
        return whole.to_pandas(split_blocks=True, self_destruct=True)

    def _panel_query(self, connection: psycopg.Connection, panel: str) -> sql.Composed:
        columns = connection.execute(
            """select attribute.attname, attribute.atttypid::regtype::text
            from pg_attribute as attribute
            where attribute.attrelid = to_regclass(%s)
                and attribute.attnum > 0 and not attribute.attisdropped
            order by attribute.attnum""",
            (f"{self.schema('panels')}.{panel}",),
        ).fetchall()
        if not columns:
            raise UserError(
                f"The panel {self.schema('panels')}.{panel} does not exist; build it with "
                f"`dbt build --select +{panel}`"
            )
        return sql.SQL("select {} from {} order by {}").format(
            sql.SQL(", ").join(_selected(name, kind) for name, kind in columns),
            sql.Identifier(self.schema("panels"), panel),
            sql.SQL(", ").join(_ordered(name, kind) for name, kind in columns),
        )


def _encoded(part: pa.Table, categories: Collection[str]) -> pa.Table:
    if not categories:
        return part
    # A batch of the driver's stays in memory, text and all, while one of its columns does:
    # taking every row copies a column out of it.
    every_row = pa.array(np.arange(part.num_rows))
    columns = [
        part[name].dictionary_encode() if name in categories else part[name].take(every_row)
        for name in part.column_names
    ]
    return pa.table(dict(zip(part.column_names, columns, strict=True)))


def _selected(name: str, kind: str) -> sql.Composable:
    # ADBC hands numeric over as text; estimators compute in doubles.
    if kind == "numeric":
        return sql.SQL("{0}::double precision as {0}").format(sql.Identifier(name))
    return sql.Identifier(name)


def _ordered(name: str, kind: str) -> sql.Composable:
    # Bytewise: the order must not depend on the collation of somebody's server.
    if kind in {"text", "character varying"}:
        return sql.SQL('{} collate "C"').format(sql.Identifier(name))
    return sql.Identifier(name)
