"""How often something may be tried, and that it may be tried again."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache

from kernel.limits import Limit
from tests.factories import NOW

THREE = Limit("test", 3, 60)


def test_the_first_three_are_let_through_and_parts_are_apart() -> None:
    assert [THREE.count("a") for _try in range(4)] == [True, True, True, False]
    assert THREE.is_reached("a")
    assert THREE.count("b")
    THREE.forget("a")
    assert THREE.count("a")


def test_a_window_that_ends_while_it_is_counted_begins_anew_and_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As in Redis: the key is there when it is looked for, and gone when it is added to."""

    def incr(_cache: Any, key: str, *_rest: Any) -> int:
        cache.set(key, 1, None)
        return 1

    clock = NOW.timestamp()
    monkeypatch.setattr("django.core.cache.backends.locmem.time.time", lambda: clock)
    monkeypatch.setattr("django.core.cache.backends.base.time.time", lambda: clock)
    with monkeypatch.context() as patched:
        patched.setattr(LocMemCache, "incr", incr)
        assert THREE.count("a")
    for _try in range(3):
        THREE.count("a")
    assert THREE.is_reached("a")

    clock += timedelta(seconds=61).total_seconds()

    assert not THREE.is_reached("a")
