"""Many cases in one test: a test for each part of the site, that names every case that is wrong.

A test for each case would take longer to begin and to end than to ask.
"""

import inspect
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from kernel.tenancy import tenant_connection
from tests.matrix.routes import Route

Case = tuple[Any, ...]  # begins with a route, and is named by what it consists of


def each_of(cases: Iterable[Case], *names: str) -> Callable[[Callable[..., None]], Any]:
    """Make of a check of one case tests of them all, one for each part of the site.

    The check is called with the case under these names and with its fixtures. Each call finds the
    world as its fixture gives it: what the one before it wrote is rolled back.
    """
    parts: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        parts[part_of(case[0])].append(case)

    def decorate(check: Callable[..., None]) -> Any:
        @wraps(check)
        def test(part: str, **fixtures: Any) -> None:
            run(parts[part], lambda case: check(**fixtures, **dict(zip(names, case, strict=True))))

        taken = inspect.signature(check).parameters
        given = [inspect.Parameter("part", inspect.Parameter.KEYWORD_ONLY)]
        given += [
            parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for name, parameter in taken.items()
            if name not in names
        ]
        test.__signature__ = inspect.Signature(given)  # type: ignore[attr-defined]
        parametrized = pytest.mark.parametrize("part", sorted(parts))(test)
        return pytest.mark.usefixtures("world")(parametrized)

    return decorate


def part_of(route: Route) -> str:
    """Return the part of the site that an address is in: ``/p/bills/``."""
    words = [word for word in route.path.split("/") if word and not word.startswith("<")]
    taken = {"c": 2, "p": 2, "api": 3, "operators": 2, "v": 2}.get(words[0], 1) if words else 0
    return "/" + "".join(f"{word}/" for word in words[:taken])


def run(cases: list[Case], check: Callable[[Case], None]) -> None:
    """Check every case, also after one that is wrong.

    :raises AssertionError: at the end, naming all that were wrong, with the first as its cause.
    """
    wrong: list[tuple[str, Exception]] = []
    for case in cases:
        cache.clear()
        tenant_connection.set_schema_to_public()
        try:
            with transaction.atomic():
                check(case)
                tenant_connection.set_schema_to_public()
                transaction.set_rollback(True)
        except Exception as error:  # an address that nobody understands is wrong as well
            wrong.append((name_of(case), error))
    if wrong:
        words = [f"{name}: {type(error).__name__}: {error}" for name, error in wrong]
        raise AssertionError("\n".join([f"{len(wrong)} of {len(cases)}:", *words])) from wrong[0][1]


def name_of(case: Case) -> str:
    return " ".join(str(part) for part in reversed(case))
