"""Every address there is, read off the URLconf, with the ids that fill it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

COMPANY, PUBLIC = "config.urls_tenant", "config.urls_public"
VENDORS = "config.urls_vendors"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")


@dataclass(frozen=True)
class Route:
    path: str  # with its parameters: "/p/<int:project_id>/bills/"
    view: type[Any]
    urlconf: str

    def __str__(self) -> str:
        return self.path

    @property
    def parameters(self) -> list[str]:
        return [match["name"] for match in _PARAMETER.finditer(self.path)]

    @property
    def methods(self) -> list[str]:
        """The methods that the view has, read off its class."""
        names = getattr(self.view, "http_method_names", ())
        return [m for m in METHODS if m.lower() in names and hasattr(self.view, m.lower())]

    def fill(self, values: Mapping[str, Any]) -> str:
        """Return the address with the parameters filled in.

        :raises KeyError: for a parameter that nobody has taught the matrix.
        """
        return _PARAMETER.sub(lambda match: str(values[match["name"]]), self.path)


def routes(urlconf: str) -> list[Route]:
    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[Route]:
        for pattern in patterns:
            path = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, path)
                continue
            callback: Any = pattern.callback
            yield Route(path, getattr(callback, "view_class", callback), urlconf)

    return list(walk(get_resolver(urlconf).url_patterns, "/"))
