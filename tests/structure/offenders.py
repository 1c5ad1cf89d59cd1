"""How a broken rule is reported: the offenders, one line each, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable

import pytest


def expect_none(found: Iterable[str]) -> None:
    """Fail with the list when there is one."""
    lines = sorted(found)
    if lines:
        pytest.fail("\n".join(["", *lines]), pytrace=False)
