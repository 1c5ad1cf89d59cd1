"""What this field's people type, in the activated environment, with no further set-up."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest
from warehouse_house import House

from orchestration.lib.settings import PROJECT_DIR

pytestmark = pytest.mark.slow


def test_dbt_build_passes_every_test_and_publishes_nothing(house: House):
    before, n_before = house.published(), house.n_publications()
    built = house.call("dbt", "build", "--no-use-colors")
    assert built.returncode == 0, built.stdout[-4000:]
    assert "unit_test" in built.stdout
    assert "ERROR=0" in built.stdout
    assert "WARN=0" in built.stdout
    assert house.published() == before
    assert house.n_publications() == n_before


def test_dagster_dev_serves_the_definitions(house: House):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        ["dagster", "dev", "--host", "127.0.0.1", "--port", str(port)],
        cwd=PROJECT_DIR,
        env=house.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        assert _loaded_assets(port, patience=120) >= 60
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """End a command with all that it has started; where that takes long, the hard way."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=30)


def _loaded_assets(port: int, patience: float) -> int:
    """Ask Dagster's server for its assets until it has loaded the project."""
    query = b'{"query": "{ assetNodes { id } }"}'
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql", query, {"Content-Type": "application/json"}
    )
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                found = answer.read().count(b'"id"')
            if found:
                return found
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        time.sleep(0.5)
    return 0
