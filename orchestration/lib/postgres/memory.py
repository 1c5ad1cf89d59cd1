"""Server settings that follow the machine, or the container, it runs in."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_MB = 1024 * 1024
_GB = 1024 * _MB


def available_memory(proc: Path = Path("/proc"), cgroups: Path = Path("/sys/fs/cgroup")) -> int:
    """Bytes this process may use: the machine's memory or the tightest cgroup limit."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([physical, *_cgroup_limits(proc, cgroups)])


def _cgroup_limits(proc: Path, cgroups: Path) -> list[int]:
    """Every limit between this process's cgroup and the root; v2 first, then v1's memory tree."""
    try:
        lines = (proc / "self" / "cgroup").read_text().splitlines()
    except OSError:
        return []
    limits = []
    for _, controllers, inner in (line.split(":", 2) for line in lines if line.count(":") >= 2):
        if controllers == "":
            root, name = cgroups, "memory.max"
        elif "memory" in controllers.split(","):
            root, name = cgroups / "memory", "memory.limit_in_bytes"
        else:
            continue
        leaf = root / inner.strip("/")
        # In a container the path may be the host's, and absent here: the root still counts.
        for folder in {root, leaf, *(p for p in leaf.parents if p.is_relative_to(root))}:
            limits += _read_limit(folder / name)
    return limits


def _read_limit(path: Path) -> list[int]:
    try:
        text = path.read_text().strip()
    except OSError:
        return []
    return [int(text)] if text.isdigit() and int(text) > 0 else []


def server_settings(memory: int, data: Path) -> dict[str, str]:
    """PostgreSQL settings for a warehouse on this machine; durability is never traded.

    Parameters
    ----------
    memory : int
        Bytes the server may reckon with, from `available_memory`.
    data : Path
        The data directory (or an existing parent): its disk bounds the write-ahead log.
    """
    disk = shutil.disk_usage(data).free
    settings = {
        "shared_buffers": _megabytes(memory // 4, 32 * _MB, 4 * _GB),
        "effective_cache_size": _megabytes(memory // 2, 64 * _MB, 64 * _GB),
        "work_mem": _megabytes(memory // 96, 8 * _MB, 256 * _MB),
        "maintenance_work_mem": _megabytes(memory // 16, 32 * _MB, _GB),
        "max_wal_size": _megabytes(disk // 10, 256 * _MB, 4 * _GB),
        "checkpoint_timeout": "15min",
        # No standby reads this log, so bulk loads into new tables need not write rows twice.
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "datestyle": "iso, ymd",
    }
    if _shared_memory_is_small(memory):
        settings["dynamic_shared_memory_type"] = "mmap"
    return settings


def _shared_memory_is_small(memory: int) -> bool:
    """Whether /dev/shm (64 MB in many containers) would break parallel queries."""
    try:
        return shutil.disk_usage("/dev/shm").total < min(memory // 8, _GB)
    except OSError:
        return False


def _megabytes(wanted: int, least: int, most: int) -> str:
    return f"{max(least, min(wanted, most)) // _MB}MB"
