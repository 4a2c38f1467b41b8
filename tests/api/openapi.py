"""A client that knows the address of the OpenAPI document and a token, and nothing else.

Addresses, parameters and bodies are built from the document by operation id. What is sent and
what is answered is held against it: a parameter it does not name, a body it forbids, a status,
a header or a body of an answer that it does not promise is an error of the test.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from django.core.files.uploadedfile import SimpleUploadedFile
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from kernel.tenancy import tenant_connection
from tests.api.client import Api, Json

DOCUMENT = "/api/v1/schema/"
JSON = "application/json"
FORM = "multipart/form-data"
_NAME = "urn:guanjia:document"


class Unpromised(AssertionError):
    """The client or the server did what the document does not say."""


class Refused(Exception):
    """The server refused, as the document says it may."""

    def __init__(self, status: int, problem: Json) -> None:
        super().__init__(f"{status} {problem}")
        self.status, self.code, self.problem = status, problem["code"], problem


class Document:
    """The OpenAPI document, its operations by id, and the schemas in it."""

    def __init__(self, content: Json) -> None:
        self.content = content
        resource = DRAFT202012.create_resource(content)
        self._registry: Registry[Any] = Registry().with_resource(_NAME, resource)
        self.operations: dict[str, tuple[str, str, Json]] = {
            operation["operationId"]: (method.upper(), path, operation)
            for path, methods in content["paths"].items()
            for method, operation in methods.items()
        }

    def check(self, schema: Json, value: Any, what: str) -> None:
        """Return if ``value`` is what the schema says. :raises Unpromised: otherwise."""
        validator = Draft202012Validator(
            self._based(schema),
            registry=self._registry,
            format_checker=Draft202012Validator.FORMAT_CHECKER,
        )
        for error in validator.iter_errors(value):
            raise Unpromised(f"{what}, at {list(error.path)}: {error.message[:300]}")

    def _based(self, schema: Any) -> Any:
        """Return the schema with its references made to this document."""
        if isinstance(schema, dict):
            return {
                key: f"{_NAME}{value}"
                if key == "$ref" and value.startswith("#")
                else self._based(value)
                for key, value in schema.items()
            }
        return [self._based(each) for each in schema] if isinstance(schema, list) else schema


class DocumentClient:
    """One person's client."""

    def __init__(self, api: Api, document: Document | None = None) -> None:
        """Fetch the document, unless another client has it already."""
        self._client = api.client
        self._headers = {"authorization": f"Bearer {api.token}", "host": api.host}
        self.document = document or self._fetch()

    def _fetch(self) -> Document:
        response = self._send("GET", DOCUMENT)
        assert response.status_code == 200, response.content
        return Document(json.loads(response.content))

    def __call__(
        self,
        operation_id: str,
        body: Json | None = None,
        *,
        file: SimpleUploadedFile | None = None,
        **parameters: Any,
    ) -> Any:
        """Do an operation; return the JSON of its answer.

        :raises Refused: if it is refused.
        :raises Unpromised: if something is not as the document says.
        """
        method, path, operation = self.document.operations[operation_id]
        path, headers = self._address(path, operation, parameters)
        content_type, content = self._body(operation, body, file)
        response = self._send(method, path, content, content_type, headers)
        return self._answer(operation_id, operation, response)

    def pages(self, operation_id: str, **parameters: Any) -> list[Json]:
        """Return the rows of all pages of a list, following ``next``."""
        rows: list[Json] = []
        page = self(operation_id, **parameters)
        while True:
            rows += page["results"]
            if page["next"] is None:
                return rows
            response = self._send("GET", page["next"])
            _method, _path, operation = self.document.operations[operation_id]
            page = self._answer(operation_id, operation, response)

    def _address(
        self, path: str, operation: Json, given: Mapping[str, Any]
    ) -> tuple[str, dict[str, str]]:
        declared = {each["name"]: each for each in operation.get("parameters", [])}
        by_name = {name.replace("-", "_").lower(): name for name in declared}
        values = {by_name.get(name, name): value for name, value in given.items()}
        unknown = values.keys() - declared.keys()
        missing = {name for name, each in declared.items() if each.get("required")} - values.keys()
        if unknown or missing:
            raise Unpromised(f"{path}: unknown {sorted(unknown)}, missing {sorted(missing)}")
        headers: dict[str, str] = {}
        query: list[tuple[str, str]] = []
        for name, value in values.items():
            self.document.check(declared[name]["schema"], value, f"{path} {name}")
            match declared[name]["in"]:
                case "path":
                    path = path.replace(f"{{{name}}}", quote(str(value)))
                case "header":
                    headers[name] = str(value)
                case "query":
                    query += [(name, _text(each)) for each in _each(value)]
        return (f"{path}?{urlencode(query)}" if query else path), headers

    def _body(
        self, operation: Json, body: Json | None, file: SimpleUploadedFile | None
    ) -> tuple[str, Any]:
        declared = operation.get("requestBody", {}).get("content", {})
        if body is None:
            if operation.get("requestBody", {}).get("required"):
                raise Unpromised(f"{operation['operationId']} needs a body")
            return JSON, b""
        content_type = FORM if file is not None else JSON
        if content_type not in declared:
            raise Unpromised(f"{operation['operationId']} takes no {content_type}")
        sent = body if file is None else {**body, "file": "…"}
        self.document.check(
            declared[content_type]["schema"], sent, f"body of {operation['operationId']}"
        )
        return content_type, json.dumps(body).encode() if file is None else {**body, "file": file}

    def _send(
        self,
        method: str,
        path: str,
        content: Any = b"",
        content_type: str = JSON,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        company = tenant_connection.tenant
        sent = {**self._headers, "accept": JSON, **(headers or {})}
        try:
            if content_type == FORM:
                return self._client.post(path, content, headers=sent)
            return self._client.generic(method, path, content, content_type, headers=sent)
        finally:
            tenant_connection.set_tenant(company)  # a request leaves the public schema in force

    def _answer(self, operation_id: str, operation: Json, response: Any) -> Any:
        promised = operation["responses"].get(str(response.status_code))
        if promised is None:
            raise Unpromised(f"{operation_id} answered {response.status_code}: {response.content}")
        for name, header in promised.get("headers", {}).items():
            if header.get("required") and name not in response.headers:
                raise Unpromised(f"{operation_id} answered without {name}")
        if "content" not in promised:
            return None
        content_type = response.headers["Content-Type"].partition(";")[0]
        if content_type not in promised["content"]:
            raise Unpromised(f"{operation_id} answered {content_type}")
        if not content_type.endswith("json"):
            return response.content
        answer = json.loads(response.content)
        what = f"answer {response.status_code} of {operation_id}"
        self.document.check(promised["content"][content_type]["schema"], answer, what)
        if response.status_code >= 400:
            raise Refused(response.status_code, answer)
        return answer


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
