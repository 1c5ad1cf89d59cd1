"""What a fresh cluster gets: its files, secrets, settings, the owner role and its database."""

from __future__ import annotations

import secrets
import shutil
import socket
from pathlib import Path

import psycopg
from psycopg import sql

from orchestration.lib.errors import UserError
from orchestration.lib.postgres.binaries import Binaries
from orchestration.lib.postgres.connection import Connection
from orchestration.lib.postgres.files import give_to, last_words, write_private
from orchestration.lib.postgres.launcher import Launcher

OWNER = "ratings_owner"
DATABASE = "ratings"
SUPERUSER = "postgres"
HOST = "127.0.0.1"
_CONFIGURATION = "ratings.conf"
# Below the range from which systems hand out ports by themselves, so that a remembered one
# is seldom taken when we come back.
_PORTS = range(15000, 32000)
# No TLS and no Kerberos on loopback, whatever PGSSLMODE asks of other servers.
_PARAMETERS = (("gssencmode", "disable"), ("sslmode", "disable"))


def new_secret() -> str:
    """A password of 192 bits, of characters that need quoting nowhere."""
    return secrets.token_urlsafe(24)


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def choose_port(remembered: int | None) -> int:
    """The remembered port unless somebody else holds it, else a free one."""
    for port in [remembered, *(secrets.choice(_PORTS) for _ in range(200))]:
        if port and is_free(port):
            return port
    raise UserError(f"no free TCP port between {_PORTS[0]} and {_PORTS[-1]}; free one and retry")


def connection(port: int, password: str, user: str = OWNER, dbname: str = DATABASE) -> Connection:
    """A connection to the embedded server on this port."""
    return Connection(HOST, port, user, password, dbname, _PARAMETERS)


def create_cluster(binaries: Binaries, launcher: Launcher, data: Path, password: str) -> None:
    """Run initdb beside the final place, so that a half-made cluster is never mistaken for one.

    Raises
    ------
    UserError
        When initdb fails, with its own last words.
    """
    draft = data.with_name(f"{data.name}.new")
    secret = data.with_name(f"{data.name}.secret")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    give_to(draft, launcher.owner)
    write_private(secret, password)
    command = [binaries.path("initdb"), "-D", str(draft), "-U", SUPERUSER]
    command += [f"--pwfile={secret}", "--auth=scram-sha-256", "--data-checksums"]
    try:
        for locale in _locales(binaries.major):
            made = launcher.run([*command, "--encoding=UTF8", *locale])
            if made.returncode == 0:
                break
        else:
            raise UserError(f"initdb could not make {draft}: {last_words(made.stdout)}")
    finally:
        secret.unlink()
    with (draft / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(f"include = '{_CONFIGURATION}'\n")
    draft.rename(data)


def _locales(major: int) -> list[list[str]]:
    """Locales by preference: byte order (the same on every machine), letters by Unicode."""
    if major >= 17:
        return [["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]]
    # Not every system library has C.UTF-8; plain C differs only in the case of non-ASCII letters.
    return [["--locale=C.UTF-8", "--lc-messages=C"], ["--locale=C"]]


def write_settings(data: Path, settings: dict[str, str], port: int) -> None:
    """Write the file that ``postgresql.conf`` includes; done anew at each start."""
    fixed = {
        "listen_addresses": HOST,
        "port": str(port),
        "unix_socket_directories": "",
        "password_encryption": "scram-sha-256",
        "log_line_prefix": "%m [%p] %u@%d ",
    }
    lines = [f"{name} = '{value}'" for name, value in {**settings, **fixed}.items()]
    head = "# Written at every start: put settings of your own below its include."
    write_private(data / _CONFIGURATION, "\n".join([head, *lines, ""]))


def ensure_owner(superuser: Connection, password: str) -> None:
    """Create the owner role and its database where absent, and set the owner's password."""
    with psycopg.connect(superuser.dsn, autocommit=True, connect_timeout=10) as link:
        role, database = sql.Identifier(OWNER), sql.Identifier(DATABASE)
        if not link.execute("select 1 from pg_roles where rolname = %s", [OWNER]).fetchone():
            link.execute(sql.SQL("create role {} login createrole").format(role))
        # Hashed here: a plain password would stand in the server's log if the statement failed.
        hashed = link.pgconn.encrypt_password(password.encode(), OWNER.encode(), b"scram-sha-256")
        link.execute(sql.SQL("alter role {} password {}").format(role, hashed.decode()))
        if not link.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            link.execute(sql.SQL("create database {} owner {}").format(database, role))
