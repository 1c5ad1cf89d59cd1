"""The simulated platform's identifiers at scale, and its page in the documentation."""

from dataclasses import fields

import numpy as np

from orchestration.lib.settings import PROJECT_DIR
from python_models.simulation import WORLDS, World
from python_models.simulation.identifiers import handles, opaque_ids


def test_identifiers_and_handles_are_unique_at_scale():
    ids = opaque_ids("s", np.arange(300_000)).to_pylist()
    assert len(set(ids)) == 300_000
    assert opaque_ids("s", [0, -1, 2]).to_pylist() == [ids[0], None, ids[2]]
    names = handles(20_000, np.random.default_rng(0))
    assert len(set(names)) == 20_000
    assert all(name.isalpha() for name in names)


def test_every_parameter_and_world_is_documented():
    page = (PROJECT_DIR / "docs" / "simulated_platform.md").read_text()
    for parameter in fields(World):
        if parameter.name not in ("name", "start"):
            value = getattr(WORLDS["base"], parameter.name)
            shown = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
            assert f"| `{parameter.name}` | {shown} |" in page, parameter.name
    for name in WORLDS:
        assert f"| `{name}` |" in page, name
