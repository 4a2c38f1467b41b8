"""What a page of a list costs."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.client import Api


def asked(robot: Api, path: str) -> tuple[int, int]:
    """Return how many rows a page has and what it cost in queries."""
    with CaptureQueriesContext(connection) as captured:
        answer = robot("GET", path)
    assert answer.status_code == 200, (path, answer.content)
    return len(answer.json()["results"]), len(captured)
