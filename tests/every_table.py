"""A look into every table of a database, whatever its schema."""

import psycopg
from psycopg import sql


def places_of(dsn: str, *texts: str) -> set[str]:
    """Every table, of any schema, and every statistic in which one of the texts stands."""
    with psycopg.connect(dsn) as connection:
        tables = connection.execute(
            """
            select schemaname, tablename from pg_tables
            where schemaname not in ('pg_catalog', 'information_schema')
            union all values ('pg_catalog', 'pg_stats')
            """
        ).fetchall()
        found = set()
        for schema, table in tables:
            holds = sql.SQL(
                "select exists (select from {} as t, unnest(%s::text[]) as said"
                " where strpos(t::text, said) > 0)"
            ).format(sql.Identifier(schema, table))
            if connection.execute(holds, [list(texts)]).fetchone()[0]:
                found.add(f"{schema}.{table}")
        return found
