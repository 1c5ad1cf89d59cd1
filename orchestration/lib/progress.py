"""What the terminal shows of a run: a line per stage, with its rows and its time."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressBar,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

NAME_WIDTH = 24
# Logs kept of earlier runs; the oldest go.
LOGS_KEPT = 20


@dataclass
class Stage:
    """One stage at work; whoever does the work says what came of it.

    Attributes
    ----------
    result : str
        What the stage's line ends with ("183,204 rows").
    """

    name: str
    result: str = ""
    _bar: Progress | None = None

    def say(self, result: str) -> None:
        """Set what the stage's line says."""
        self.result = result

    def advance(self, done: int, total: int, what: str = "") -> None:
        """Show how far the stage is; a total of 0 where nobody knows it."""
        if self._bar is not None:
            task = self._bar.task_ids[0]
            self._bar.update(task, completed=done, total=total or None, what=what)


class _BarOnceKnown(BarColumn):
    def render(self, task: Task) -> ProgressBar | Text:
        # Until a stage says how much there is to do, a moving bar would promise too much.
        return Text() if task.total is None else super().render(task)


class _CountOnceKnown(MofNCompleteColumn):
    def render(self, task: Task) -> Text:
        return Text() if task.total is None else super().render(task)


class Terminal:
    """Writes stage lines to a console; on a real terminal, with a bar while a stage lasts."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._stage: Stage | None = None

    @contextmanager
    def stage(self, name: str) -> Iterator[Stage]:
        """Show a stage; one inside another shows through the outer one's line."""
        if self._stage is not None:
            yield self._stage
            return
        started = time.monotonic()
        bar = self._bar(name)
        self._stage = stage = Stage(name, _bar=bar)
        mark = "[red]failed[/]"
        try:
            # What frameworks print goes to the log: rich must not show it above the bar.
            with Live(
                bar,
                console=self.console,
                transient=True,
                refresh_per_second=8,
                redirect_stdout=False,
                redirect_stderr=False,
            ):
                yield stage
            mark = escape(stage.result)
        finally:
            self._stage = None
            seconds = time.monotonic() - started
            self.console.print(f"  {name:<{NAME_WIDTH}} {seconds:6.1f} s   {mark}")

    def _bar(self, name: str) -> Progress:
        bar = Progress(
            SpinnerColumn(),
            TextColumn(f"{name:<{NAME_WIDTH}}"),
            TimeElapsedColumn(),
            _BarOnceKnown(bar_width=24),
            _CountOnceKnown(),
            TextColumn("{task.fields[what]}", markup=False),
            disable=not self.console.is_terminal,
        )
        bar.add_task(name, total=None, what="")
        return bar


_silent = Terminal(Console(quiet=True))
_current = _silent


@contextmanager
def stage(name: str) -> Iterator[Stage]:
    """Show a stage on the run's terminal; silent where no run watches (Dagster's own UI)."""
    with _current.stage(name) as shown:
        yield shown


@contextmanager
def run_terminal(home: Path) -> Iterator[tuple[Terminal, Path]]:
    """Send everything that frameworks print into a log, and keep the terminal for the stages.

    Dagster, dbt and their children write to file descriptors 1 and 2, so those are what is
    redirected; the terminal is a copy of the old standard output.

    Yields
    ------
    tuple of (Terminal, Path)
        The terminal and the log's path.
    """
    global _current
    log_path = _new_log(home / "logs")
    sys.stdout.flush()
    sys.stderr.flush()
    kept_out, kept_err = os.dup(1), os.dup(2)
    log = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(os.dup(kept_out), "w", encoding="utf-8") as terminal_file:
        terminal = Terminal(Console(file=terminal_file, highlight=False))
        os.dup2(log, 1)
        os.dup2(log, 2)
        _current = terminal
        try:
            yield terminal, log_path
        finally:
            _current = _silent
            sys.stdout.flush()
            sys.stderr.flush()
            os.dup2(kept_out, 1)
            os.dup2(kept_err, 2)
            for descriptor in (kept_out, kept_err, log):
                os.close(descriptor)


def _new_log(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for old in sorted(folder.glob("run-*.log"))[: -LOGS_KEPT + 1]:
        old.unlink(missing_ok=True)
    started = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    return folder / f"run-{started}-{os.getpid()}.log"
