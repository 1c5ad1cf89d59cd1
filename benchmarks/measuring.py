"""Time, processor time and peak memory of a piece of work in a process of its own."""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

# Linux counts the peak in KiB, macOS in bytes.
_PEAKS_IN_A_MIB = 2**20 if sys.platform == "darwin" else 2**10


@dataclass(frozen=True)
class Cost:
    """What a call cost: seconds, processor seconds, peak memory, and what it returned."""

    seconds: float
    cpu_seconds: float
    peak_mib: float
    result: Any


def cost(work: Callable[..., Any], *arguments: object) -> Cost:
    """Run a function of a module in a fresh process: the peak is then its own.

    Parameters
    ----------
    work : callable
        At the top of a module; what it takes and returns can be pickled.
    *arguments
        For it.

    Returns
    -------
    Cost
    """
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh) as process:
        return process.submit(_measured, work, arguments).result()


def _measured(work: Callable[..., Any], arguments: tuple[object, ...]) -> Cost:
    before, began = _used(), time.monotonic()
    result = work(*arguments)
    seconds, after = time.monotonic() - began, _used()
    return Cost(seconds, after[0] - before[0], after[1], result)


def _used() -> tuple[float, float]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / _PEAKS_IN_A_MIB
