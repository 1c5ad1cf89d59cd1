"""One published warehouse for all tests of the running system."""

from collections.abc import Iterator

import pytest
from warehouse_house import House, open_house


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A warehouse on the embedded server; tests in one file run in their order."""
    yield from open_house(tmp_path_factory.mktemp("house"))
