"""The OpenAPI document: what every endpoint may answer besides what it says itself."""

from inspect import cleandoc
from typing import Any, Literal

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin

from api.bodies import Body
from api.errors import MEDIA_TYPE

# Not valid, not signed in, not allowed, not there, refused for what it means, too often.
READ_PROBLEMS = ("400", "401", "403", "404", "422", "429")
# Besides those: not in this state, too large, no JSON.
WRITE_PROBLEMS = (*READ_PROBLEMS, "409", "413", "415")


class Problem(serializers.Serializer[Any]):
    """A failure (RFC 9457). ``code`` is stable; ``errors`` names the fields at fault."""

    type = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = serializers.DictField(required=False)  # type: ignore[assignment]
    details = serializers.DictField(required=False)


def _example(status: int, code: str, detail: str, **more: Any) -> dict[str, Any]:
    return {
        "type": f"urn:guanjia:problem:{code}",
        "status": status,
        "code": code,
        "detail": detail,
        **more,
    }


_EXAMPLES = {
    "400": _example(
        400,
        "invalid-input",
        "The request is not valid.",
        errors={"period": ["This field is required."]},
    ),
    "401": _example(401, "not-authenticated", "Authentication credentials were not provided."),
    "403": _example(
        403,
        "access.action-denied",
        "You may not do this.",
        details={"action": "bill-run.check"},
    ),
    "404": _example(404, "not-found", "Not found."),
    "409": _example(
        409,
        "cashier.bills-changed",
        "The open bills have changed since they were shown.",
        details={"expected_total": "760.52", "open_total": "429.11", "taken": []},
    ),
    "413": _example(413, "too-large", "The body is too large."),
    "415": _example(415, "unsupported-media-type", "Unsupported media type in request."),
    "422": _example(
        422,
        "standards.month-invalid",
        "Choose the first day of a month.",
        errors={"valid_from": ["Choose the first day of a month."]},
    ),
    "429": _example(429, "throttled", "Request was throttled."),
}
_HEADERS = {
    "401": {
        "WWW-Authenticate": {
            "schema": {"type": "string"},
            "description": "How to sign in.",
            "required": True,
        }
    },
    "429": {
        "Retry-After": {
            "schema": {"type": "integer", "minimum": 1},
            "description": "Seconds to wait.",
            "required": True,
        }
    },
}


ABOUT = """\
The console's operations for programs: what a person may do there, his token may do here.

**Signing in.** Make a token on your own page or with `guanjia token create`, and send it as
`Authorization: Bearer gj_…` to your company's host. It is void in any other company.

**Values.** Amounts, prices and quantities are decimal numbers written as text (`"12.50"`), in CNY
where they are money. Days are `2026-11-30`; a month is its first day. Times carry their zone.
Requests are taken at their word: a field or parameter that is not documented, a number where text
is asked for, or an empty parameter is refused with 400.

**Lists** come in pages of 50 (`page_size`, at most 200), in the order of their making unless they
say otherwise. `next` is the address of the page that follows, null on the last one.

**Failures** are `application/problem+json` (RFC 9457). `code` is stable and meant for programs,
`detail` for people, in the language that the token's person has chosen; `errors` names the fields
at fault. 400: not as documented. 403: needs another post. 404: not there, or in a project that you
do not see. 409: not in this state, or changed meanwhile. 422: well formed, but it cannot be.
429: too often; wait `Retry-After` seconds.

**Money is taken once.** `POST payments/` needs an `Idempotency-Key`, and so does asking for a
payment to a vendor; send the same request with the same key until there is an answer.

**Long work** (bill runs, large imports, the check of the books) answers with a `job_id`: ask
`jobs/{job_id}/` every two seconds until it is DONE or FAILED.

**The main job:** `projects` → `imports` (kind `unit-ledger`) → `fee-standards`, `versions`,
`assignments`, `confirm` by somebody else → `imports` (kind `meter-readings`) or `meter-readings`,
`resolve` the exceptions → `bill-runs`, `preview`, `check` by somebody else, `post` →
`open-bills`, `payments`, `receipts` → `arrears`, `collection-rates`, `ledger/invariants`.
"""


ABOUT_VENDORS = """\
For vendors and their programs, on the host where vendors sign in.

**Where.** `companies/` lists the property companies that have let you in, each with its `place`.
Everything of one company lies under `/v/{place}/api/v1/`; nothing there is seen anywhere else, and
a company where you are no contact (any more) is not there: 404.

**Signing in.** Make a token on your own page, for one company, and send it as
`Authorization: Bearer gv_…`. It is void at any other company. A token has not your password, so
that what only your password unlocks (drafts, your own copies of sealed quotes) stays shut to it.

**Values, lists and failures** are those of the companies' API: amounts are decimal numbers written
as text, days `2026-11-30`, lists come in pages of 50 (`page_size`, at most 200) and failures are
`application/problem+json` with a stable `code`. What is not documented is refused with 400.
"""


def describe(result: dict[str, Any], generator: Any, **_kwargs: Any) -> dict[str, Any]:
    """Tell, at the head of the document, what holds for every endpoint."""
    is_of_vendors = generator.urlconf == settings.VENDOR_URLCONF
    result["info"]["description"] = ABOUT_VENDORS if is_of_vendors else ABOUT
    if is_of_vendors:
        result["info"]["title"] = "Guanjia API for vendors"
    return result


class ApiSchema(AutoSchema):
    """Adds the problem documents that ``api.errors`` makes of failures, and closes bodies."""

    def get_operation_id(self) -> str:
        """Name what is done (``bill_runs_check``), not that something is created by doing it."""
        found: str = super().get_operation_id()
        # What is made has a list; what is done to something has only the address for it.
        if self.method == "POST" and not isinstance(self.view, ListModelMixin):
            return found.removesuffix("_create")
        return found

    def get_description(self) -> str:  # type: ignore[override]
        """Return what the view says of this method; what its base says is for who writes views."""
        view = type(self.view)
        own = vars(view).get((self.method or "").lower())
        text = (own.__doc__ if own is not None else None) or (
            vars(view).get("__doc__") if self.method == "GET" else None
        )
        return cleandoc(text or "").replace("``", "`")

    def get_summary(self) -> str:
        """Return the first line of the description: the list of endpoints shows it."""
        return str(self.get_description()).partition("\n")[0].replace("`", "").removesuffix(".")

    def get_override_parameters(self) -> list[Any]:
        """Describe the parameters that the view asks for."""
        query_class = getattr(self.view, "query_class", None)
        return [query_class] if query_class is not None and self.method == "GET" else []

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> Any:
        responses = super()._get_response_bodies(direction)
        for status in READ_PROBLEMS if self.method == "GET" else WRITE_PROBLEMS:
            if status not in responses:
                responses[status] = self._get_response_for_code(  # type: ignore[no-untyped-call]
                    Problem, status, media_types=[MEDIA_TYPE], direction=direction
                )
                responses[status]["content"][MEDIA_TYPE]["example"] = _EXAMPLES[status]
                if status in _HEADERS:
                    responses[status]["headers"] = _HEADERS[status]
        return responses

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        found = super()._map_basic_serializer(  # type: ignore[no-untyped-call]
            serializer, direction
        )
        if isinstance(serializer, Body) or (
            isinstance(serializer, type) and issubclass(serializer, Body)
        ):
            found["additionalProperties"] = False
        return found


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A token of ``guanjia token create``, or made on one's own page."""

    target_class = "api.auth.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer"}


class VendorTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A token that a vendor's contact has made for one company."""

    target_class = "api.vendors.auth.VendorTokenAuthentication"
    name = "vendor-token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer"}


class VendorSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The session of the vendors' pages; writes carry its CSRF token."""

    target_class = "api.vendors.auth.VendorSessionAuthentication"
    name = "vendor-session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": settings.VENDOR_COOKIE_NAME}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The console's session; writes carry its CSRF token."""

    target_class = "api.auth.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
