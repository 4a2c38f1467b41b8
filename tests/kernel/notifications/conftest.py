from collections.abc import Iterator

import pytest

from kernel.notifications import registry
from kernel.text import _


@pytest.fixture
def notice() -> Iterator[registry.Notice]:
    """Register a kind for the test only; its words are in no catalogue, so they stay English."""
    made = registry.Notice(
        key="test.waiting",
        name=_("Waiting"),
        subject="%(title)s waits",  # type: ignore[arg-type]
        text="From %(by)s.",  # type: ignore[arg-type]
        fields={"title": _("Title"), "by": _("By")},
    )
    registry.register(made)
    yield made
    del registry._NOTICES[made.key]
