from collections.abc import Iterator

import pytest

from tests.factories_approvals import Effects, paper_kind


@pytest.fixture
def effects() -> Iterator[Effects]:
    """A kind of paper whose effects are noted."""
    with paper_kind() as found:
        yield found
