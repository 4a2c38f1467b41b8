"""The outermost layer of a request: its id, its log line, its figures, the probes."""

import re
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from config.observability import logs, metrics
from config.observability.views import ENDPOINTS
from kernel.tenancy import tenant_connection

Handler = Callable[[HttpRequest], HttpResponse]

# What a proxy may hand down. Anything else would be a way to write into our logs.
SANE_ID = re.compile(r"[A-Za-z0-9-]{8,40}")


class ObservabilityMiddleware:
    """Give the request an id, answer probes, count and log the rest."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = sane_id(request.headers.get("X-Request-ID", ""))
        request.request_id = request_id  # type: ignore[attr-defined]
        probe = ENDPOINTS.get(request.path)
        if probe is not None:
            tenant_connection.set_schema_to_public()
            return probe(request)
        logs.clear()
        logs.bind(request_id=request_id)
        started = time.perf_counter()
        response = self.get_response(request)
        self._note(request, response, time.perf_counter() - started)
        response.headers["X-Request-ID"] = request_id
        logs.clear()
        return response

    def _note(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        match = request.resolver_match
        route = match.route if match is not None else "unmatched"
        tenant = getattr(request, "tenant", None)
        schema = tenant.schema_name if tenant is not None else "public"
        method = request.method or ""
        metrics.REQUESTS.labels(schema, route, method, str(response.status_code)).inc()
        metrics.SECONDS.labels(route, method).observe(seconds)
        logs.logger.info(
            "request",
            extra={
                "schema": schema,
                "method": method,
                "route": route,
                "status": response.status_code,
                "ms": round(seconds * 1000, 1),
                "user_id": getattr(getattr(request, "user", None), "pk", None),
            },
        )


def sane_id(given: str) -> str:
    """Return the id handed down by a proxy if it is harmless, else a new one."""
    return given if SANE_ID.fullmatch(given) else uuid.uuid4().hex
