"""What a stage is, what it finds, and where all of them are found."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks import stages

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Figures:
    """One measured line of the table.

    Attributes
    ----------
    what : str
        What was done.
    size : str
        On how much, in words ("1,388,897 rows").
    seconds : float
        Wall-clock time of ours.
    cpu_seconds : float or None
        Processor time of ours, the server's part included; None where it says nothing.
    peak_mib : float or None
        Largest memory of ours, without the server's; None where it says nothing.
    peer : str
        Beside what; empty where nothing does the same.
    peer_seconds : float or None
        The peer's wall-clock time.
    peer_cpu_seconds : float or None
        The peer's processor time; others on the machine disturb it less.
    note : str
        A remark under the table.
    """

    what: str
    size: str
    seconds: float
    cpu_seconds: float | None = None
    peak_mib: float | None = None
    peer: str = ""
    peer_seconds: float | None = None
    peer_cpu_seconds: float | None = None
    note: str = ""

    @property
    def speed(self) -> float | None:
        """Our speed as a share of the peer's: 1 is as fast, more is faster."""
        return self.peer_seconds / self.seconds if self.peer_seconds is not None else None


@dataclass(frozen=True)
class Stage:
    """One thing that is measured.

    Attributes
    ----------
    name : str
        As ``STAGE=`` names it.
    description : str
        One line for the list of stages.
    default_rows : int
        Size of a bare ``make bench``: a minute or two on two cores.
    measure : callable
        Takes the number of rows and a function that shows progress; returns the lines.
    """

    name: str
    description: str
    default_rows: int
    measure: Callable[[int, Tell], Sequence[Figures]]


def all_stages() -> dict[str, Stage]:
    """Find every stage: a module of ``benchmarks.stages`` that defines ``STAGE``."""
    found = (
        importlib.import_module(f"{stages.__name__}.{module.name}")
        for module in pkgutil.iter_modules(stages.__path__)
    )
    return {module.STAGE.name: module.STAGE for module in found if hasattr(module, "STAGE")}
