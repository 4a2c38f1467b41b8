"""A client whose answers are held against the document, whatever they are."""

import re
from dataclasses import dataclass
from typing import Any

from tests.api.client import Api, Json
from tests.api.openapi import Document, Unpromised
from tests.matrix.document import document

_JSON = ("application/json", "application/problem+json")


@dataclass
class Exact:
    """Sends requests as its client does. :raises Unpromised: at an answer not documented."""

    api: Api

    def __call__(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        headers: dict[str, str] | None = None,
    ) -> Any:
        answer = self.api(method, path, body, headers)
        address = f"/api/v1/{path.partition('?')[0]}"
        operation = _operation(method, address)
        promised = operation["responses"].get(str(answer.status_code))
        if promised is None:
            raise Unpromised(f"{method} {address} answered {answer.status_code}: {answer.content}")
        (schema,) = [
            promised["content"][kind]["schema"] for kind in _JSON if kind in promised["content"]
        ]
        Document(document()).check(schema, answer.json(), f"{method} {address}")
        return answer


def _operation(method: str, address: str) -> Json:
    """Return what the document says of an address; one without parameters goes first."""
    found = [
        (template.count("{"), operation)
        for template, methods in document()["paths"].items()
        for name, operation in methods.items()
        if name.upper() == method
        and re.fullmatch(re.sub(r"\\{\w+\\}", r"\\d+", re.escape(template)), address)
    ]
    if not found:
        raise Unpromised(f"{method} {address} is not in the document")
    operation: Json = min(found, key=lambda pair: pair[0])[1]
    return operation
