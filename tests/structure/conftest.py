"""The project as it stands: parsed by dbt once, and read as text."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from project_graph import Project, read_project
from source_tree import ROOT


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Parse the dbt project anew: a manifest left over from earlier would hide what changed."""
    target = tmp_path_factory.mktemp("target")
    dbt = Path(sys.executable).with_name("dbt")
    places = ["--project-dir", ROOT, "--profiles-dir", ROOT, "--log-path", target]
    command = [dbt, "parse", "--target", "main", "--target-path", target, *places]
    parsed = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert parsed.returncode == 0, parsed.stdout + parsed.stderr
    return read_project(json.loads((target / "manifest.json").read_text()))
