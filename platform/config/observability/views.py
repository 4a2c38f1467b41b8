"""``/healthz``, ``/readyz`` and ``/metrics``, on any host, before a company is looked for."""

import hmac
import logging
from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from config.observability import metrics

logger = logging.getLogger(__name__)


def health(_request: HttpRequest) -> HttpResponse:
    """Answer that the process lives; touches nothing else."""
    return JsonResponse({"status": "ok"})


def ready(_request: HttpRequest) -> HttpResponse:
    """Answer whether requests can be served: database and broker answer."""
    checks = {"database": database_answers(), "broker": broker_answers()}
    good = all(checks.values())
    return JsonResponse(
        {"status": "ok" if good else "not ready", "checks": checks}, status=200 if good else 503
    )


def figures(request: HttpRequest) -> HttpResponse:
    """Answer the metrics to whoever knows the token; nobody where none is set."""
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(token.encode(), given.encode()):
        return HttpResponse("Not Found", status=404, content_type="text/plain; charset=utf-8")
    body, content_type = metrics.exposition()
    return HttpResponse(body, content_type=content_type)


ENDPOINTS: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/healthz": health,
    "/readyz": ready,
    "/metrics": figures,
}


def database_answers() -> bool:
    """Tell whether a trivial query succeeds."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.warning("the database does not answer")
        return False
    return True


def broker_answers() -> bool:
    """Tell whether the broker answers a ping; no broker is configured in tests."""
    if not settings.BROKER_URL:
        return True
    url = settings.BROKER_URL.replace("redis+socket://", "unix://")
    try:
        client = redis.Redis.from_url(url, socket_timeout=2)
        try:
            return bool(client.ping())
        finally:
            client.close()
    except redis.RedisError:
        logger.warning("the broker does not answer")
        return False
