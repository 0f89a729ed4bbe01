"""The operator's command, on the test's own store and virtual host."""

import pytest

from shared.settings import CommonSettings
from shared.store import Store
from support.entrygo import Entrygo, entrygo_on


@pytest.fixture
def entrygo(settings: CommonSettings, store: Store) -> Entrygo:  # noqa: ARG001  # it cleans up
    return entrygo_on(settings)
