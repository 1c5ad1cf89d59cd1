"""Whole worlds are for `make recovery`: `--whole-worlds` chooses them, and prints the table."""

from __future__ import annotations

import pytest

from tests.recovery.recovered_worlds import RecoveredWorlds
from tests.recovery.recovery_rows import table

WORLDS_SO_FAR = pytest.StashKey[RecoveredWorlds]()
OPTION = "whole_worlds"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--whole-worlds",
        action="store_true",
        dest=OPTION,
        help="send every world and seed through the main job (about half an hour)",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{OPTION}: runs only with --whole-worlds")
    config.stash[WORLDS_SO_FAR] = RecoveredWorlds()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # Not known where the tests start from another folder.
    if config.getoption(OPTION, default=False):
        return
    whole = [item for item in items if item.get_closest_marker(OPTION)]
    config.hook.pytest_deselected(items=whole)
    items[:] = [item for item in items if item not in set(whole)]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    rows = config.stash[WORLDS_SO_FAR].rows
    if rows and config.getoption(OPTION, default=False):
        terminalreporter.section("published against known truth, means over seeds")
        terminalreporter.write_line(table(rows).to_string(index=False))


@pytest.fixture(scope="session")
def recovered(request: pytest.FixtureRequest) -> RecoveredWorlds:
    """The measures of whole worlds, as far as tests have asked for them."""
    return request.config.stash[WORLDS_SO_FAR]
