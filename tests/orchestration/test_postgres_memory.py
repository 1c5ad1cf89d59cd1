from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.lib.postgres.memory import available_memory, server_settings

GB = 1024**3


def write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def machine() -> int:
    return available_memory(Path("/nowhere"), Path("/nowhere"))


@pytest.mark.parametrize(
    ("membership", "limits", "expected"),
    [
        ("0::/job/inner", {"job/memory.max": "300000000", "job/inner/memory.max": "max"}, 3e8),
        ("0::/a", {"memory.max": "200000000"}, 2e8),
        ("5:cpu,memory:/job", {"memory/job/memory.limit_in_bytes": "100000000"}, 1e8),
        # The path of the host, which a container does not see: its own root counts.
        ("4:memory:/host/path", {"memory/memory.limit_in_bytes": "90000000"}, 9e7),
    ],
)
def test_the_tightest_cgroup_counts(
    tmp_path: Path, membership: str, limits: dict[str, str], expected: float
) -> None:
    write(tmp_path / "proc/self/cgroup", f"{membership}\n")
    for name, value in limits.items():
        write(tmp_path / "cgroup" / name, f"{value}\n")
    assert available_memory(tmp_path / "proc", tmp_path / "cgroup") == expected


@pytest.mark.parametrize("text", ["max", "9223372036854771712", ""])
def test_no_limit_leaves_the_machine(tmp_path: Path, text: str) -> None:
    write(tmp_path / "proc/self/cgroup", "0::/\n")
    write(tmp_path / "cgroup/memory.max", text)
    assert available_memory(tmp_path / "proc", tmp_path / "cgroup") == machine()


def test_settings_follow_the_memory_within_bounds(tmp_path: Path) -> None:
    assert server_settings(8 * GB, tmp_path)["shared_buffers"] == "2048MB"
    assert server_settings(GB // 16, tmp_path)["shared_buffers"] == "32MB"
    assert server_settings(512 * GB, tmp_path)["shared_buffers"] == "4096MB"
