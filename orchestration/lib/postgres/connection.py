"""Where a PostgreSQL is and who we are there, as one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from psycopg import ProgrammingError, pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from orchestration.lib.errors import UserError

_FIELDS = ("host", "port", "user", "password", "dbname")


@dataclass(frozen=True)
class Connection:
    """One role in one database of one server.

    Attributes
    ----------
    host, port, user, password, dbname
        As libpq names them; an empty password leaves libpq to its password file.
    parameters : tuple of (str, str)
        Whatever else the DSN carried (``sslmode``, ``sslrootcert``, ...), kept in `dsn`.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    dbname: str
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def dsn(self) -> str:
        """The connection as a URL that psycopg, ADBC, psql and BI tools take."""
        secret = f":{quote(self.password, safe='')}" if self.password else ""
        host = f"[{self.host}]" if ":" in self.host else quote(self.host, safe="")
        extra = f"?{urlencode(self.parameters, quote_via=quote)}" if self.parameters else ""
        user, dbname = quote(self.user, safe=""), quote(self.dbname, safe="")
        return f"postgresql://{user}{secret}@{host}:{self.port}/{dbname}{extra}"

    @property
    def words(self) -> dict[str, str]:
        """The connection by libpq's own names, whatever else the DSN carried included."""
        return {name: str(getattr(self, name)) for name in _FIELDS} | dict(self.parameters)

    def as_lines(self) -> str:
        """The connection as libpq's ``key=value`` string, a line each, for a private file."""
        return "".join(f"{make_conninfo(**{key: value})}\n" for key, value in self.words.items())

    @classmethod
    def from_dsn(cls, dsn: str) -> Connection:
        """Read a URL or a ``key=value`` string; libpq's own defaults fill what it leaves out.

        Raises
        ------
        UserError
            When libpq cannot read the string, or it names several hosts.
        """
        try:
            given = {key: str(value) for key, value in conninfo_to_dict(dsn).items()}
        except ProgrammingError:
            # libpq's own words quote what it stumbled over, which is often part of the password.
            raise UserError(
                f"the DSN cannot be read; write it like {_EXAMPLE}, signs such as % or @ in the "
                "password percent-encoded"
            ) from None
        values = {**_defaults(), **given}
        host, port = values.get("host") or values.get("hostaddr") or "localhost", values["port"]
        if not port.isdigit() or "," in host:
            raise UserError(f"the DSN must name one host and one port; write it like {_EXAMPLE}")
        return cls(
            host=host,
            port=int(port),
            user=values["user"],
            password=values.get("password", ""),
            dbname=values.get("dbname") or values["user"],
            parameters=tuple(sorted((k, v) for k, v in given.items() if k not in _FIELDS)),
        )


_EXAMPLE = "postgresql://user:password@host:5432/database"


def _defaults() -> dict[str, str]:
    """What libpq would use for the five fields: its environment variables, then its own."""
    known = {
        option.keyword.decode(): option.val.decode()
        for option in pq.Conninfo.get_defaults()
        if option.val
    }
    return {"port": "5432", "user": "postgres"} | {k: known[k] for k in _FIELDS if k in known}
