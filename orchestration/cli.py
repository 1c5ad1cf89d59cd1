"""What the make targets call: ``python -m orchestration.cli <command>``."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from orchestration.lib.environment import apply, install
from orchestration.lib.errors import UserError
from orchestration.lib.hand_over import check_hand_over
from orchestration.lib.postgres import EmbeddedPostgres
from orchestration.lib.prepare import excuse_reasons, prepare_warehouse
from orchestration.lib.progress import run_terminal, stage
from orchestration.lib.settings import Settings

app = typer.Typer(
    help="Interviewer ratings: load raw data, score, publish.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
INTERRUPTED = 130

# From the environment: what a reason holds must not be read by make or a shell on its way.
By = Annotated[str, typer.Option(envvar="BY", help="Identifier of who decided.")]
At = Annotated[
    str,
    typer.Option(
        envvar="AT",
        help="When it was decided, such as 2026-01-31T09:00:00Z. By default just after the "
        "published figures, on which it rests: an old hand-over stays as old as it is.",
    ),
]


@app.command()
def run() -> None:
    """Load raw data, build every table, publish, and show what came out."""
    with _sentences():
        settings = Settings.from_environment()
        with run_terminal(settings.home) as (terminal, log):
            try:
                problems = _run(settings, terminal.console)
            except UserError as error:
                problems = (str(error),)
            except Exception as error:
                # Not foreseen: the whole story goes to the log, and one line of it to people.
                traceback.print_exc()
                problems = (f"The run failed: {' '.join(str(error).split())[:300] or error!r}",)
            except KeyboardInterrupt:
                terminal.console.print("Stopped. The published tables are whole, as ever.")
                raise typer.Exit(INTERRUPTED) from None
            for problem in problems:
                terminal.console.print(problem, style="bold red", markup=False)
            if problems:
                terminal.console.print(f"Nothing was published. The log: {log}", markup=False)
                raise typer.Exit(1)


def _run(settings: Settings, console: Console) -> tuple[str, ...]:
    check_hand_over(settings)
    with stage("warehouse") as shown:
        connection = prepare_warehouse(settings)
        kind = "your own" if settings.dsn else "embedded"
        shown.say(f"{kind} PostgreSQL at {connection.host}:{connection.port}")
    # Dagster and dbt are slow to import: only here, where they are needed.
    from orchestration.lib.run import materialize_everything, run_scope
    from orchestration.lib.summary import print_summary

    problems = materialize_everything(settings.home)
    if not problems:
        print_summary(connection.dsn, console, run_scope(connection.dsn, settings))
    return problems


@app.command()
def preview(policy: Annotated[str, typer.Argument(envvar="POLICY")] = "") -> None:
    """Replay the last year under another policy, and show who would stand otherwise."""
    with _sentences():
        from orchestration.lib.preview.command import checked_policy, preview

        settings = Settings.from_environment()
        tried = checked_policy(policy)
        with run_terminal(settings.home) as (terminal, _):
            preview(settings, tried, terminal.console)


@app.command()
def start() -> None:
    """Start the warehouse and prepare it."""
    with _sentences():
        connection = prepare_warehouse()
        typer.echo(f"ready at {connection.host}:{connection.port}, database {connection.dbname}")


@app.command()
def stop() -> None:
    """Stop the embedded warehouse; nothing is lost."""
    with _sentences():
        settings = Settings.from_environment()
        if settings.dsn:
            raise UserError("RATINGS_DSN is set: that server is yours, and is left running")
        server = EmbeddedPostgres(settings.home)
        if server.is_running():
            server.stop()
            typer.echo("stopped")
        else:
            typer.echo("was not running")


@app.command()
def dsn() -> None:
    """Print the warehouse's DSN, for psql or a BI tool."""
    with _sentences():
        typer.echo(prepare_warehouse().dsn)


@app.command()
def status() -> None:
    """Say whether the warehouse runs, and what it holds."""
    with _sentences():
        from orchestration.lib.status import status_lines

        settings = Settings.from_environment()
        if settings.dsn is None and not EmbeddedPostgres(settings.home).is_running():
            typer.echo(f"The embedded warehouse in {settings.home} is not running.")
            return
        for line in status_lines(prepare_warehouse(settings).dsn):
            typer.echo(line)


@app.command()
def decide(
    interviewer: Annotated[str, typer.Option(envvar="INTERVIEWER", help="interviewer_id")] = "",
    decision: Annotated[
        str, typer.Option(envvar="DECISION", help="warn, pause, override, appeal_upheld, ...")
    ] = "",
    by: By = "",
    reason: Annotated[str, typer.Option(envvar="REASON", help="Why; name no candidate.")] = "",
    at: At = "",
) -> None:
    """Record what a person decided about an interviewer; the next run knows it."""
    with _sentences():
        from orchestration.lib.inbox import decide as record

        given = {"INTERVIEWER": interviewer, "DECISION": decision, "BY": by, "REASON": reason}
        typer.echo(record(prepare_warehouse().dsn, {**given, "AT": at}))


@app.command()
def excuse(
    session: Annotated[str, typer.Option(envvar="SESSION", help="session_id")] = "",
    reason_code: Annotated[
        str, typer.Option(envvar="REASON_CODE", help="A code of seeds/excuse_reasons.csv.")
    ] = "",
    by: By = "",
    at: At = "",
) -> None:
    """Record that a session's rating is left out of scores, a high one as much as a low one."""
    with _sentences():
        from orchestration.lib.inbox import excuse as record

        given = {"SESSION": session, "REASON_CODE": reason_code, "BY": by, "AT": at}
        typer.echo(record(prepare_warehouse().dsn, given, excuse_reasons()))


@app.command()
def docs(into: Path | None = None) -> None:
    """Write the documentation, dbt's and Dagster's lineage included, as pages to open from disk."""
    with _sentences():
        settings = Settings.from_environment()
        connection = prepare_warehouse(settings)
        with run_terminal(settings.home):
            from orchestration.lib.docs_site import write_site

            landing_page = write_site(settings.home, connection.dsn, into)
        typer.echo(f"Open {landing_page} in a browser.")


@app.command("setup-environment")
def setup_environment() -> None:
    """Make plain `dbt`, `dagster` and `pytest` work in this Python environment."""
    with _sentences():
        import sysconfig

        install(Path(sysconfig.get_path("purelib")))


@contextmanager
def _sentences() -> Iterator[None]:
    """Turn what the user can mend into one line on stderr, and Ctrl-C into a quiet end."""
    try:
        yield
    except UserError as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(1) from None
    except OSError as error:
        if error.filename is None:
            raise
        typer.echo(
            f"Error: {error.filename}: {(error.strerror or 'cannot be used').lower()}; mend that, "
            "or choose another RATINGS_HOME",
            err=True,
        )
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


if __name__ == "__main__":
    # The environment's hook did this already where `make setup` has run.
    apply()
    app()
