"""The document is exact: what it allows is answered as it says, what it forbids is refused.

Requests are made from the document alone and go through the whole stack. Not part of the quick
suite: it makes thousands of them.
"""

from collections.abc import Iterator
from typing import Any, cast

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS

from kernel import access
from kernel.access import tokens
from tenants.companies.models import Company
from tests import factories

pytestmark = pytest.mark.contract

POSTS = (
    "company_admin",
    "property_manager",
    "charging_director",
    "collector",
    "meter_reader",
    "buyer",
    "materials_keeper",
    "finance_head",
    "general_office",
    "mo_manager",
    "cashier",
    "company_gm",
)
# These ask for what the document cannot say: that a resource exists before it is read, and that
# bodies right in shape are right in meaning (a refusal with 404, 409 or 422 is documented).
LEFT_OUT = {
    "positive_data_acceptance",
    "use_after_free",
    "ensure_resource_availability",
    "max_response_time",
}


def document() -> dict[str, Any]:
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    found: dict[str, Any] = generator.get_schema(public=True)  # type: ignore[no-untyped-call]
    return found


BASE_URL = "http://alpha.test"
SCHEMA = schemathesis.openapi.from_dict(document())
SCHEMA.app = get_wsgi_application()
OPERATIONS: list[Any] = [cast("Any", found).ok() for found in SCHEMA.get_all_operations()]


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Keep requests from closing the connection, and with it the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def headers(tenant: Company) -> dict[str, str]:
    user = factories.add_user("robot")
    # Every post at once, which no person is given: what separates them is not looked at here.
    for post in POSTS:
        factories.hold_post(user, post)
    _token, text = tokens.create_token(
        actor=access.SYSTEM, user_id=user.pk, name="contract", now=timezone.now()
    )
    return {"Authorization": f"Bearer {text}", "Host": "alpha.test"}


@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["allowed", "forbidden"]
)
@pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.label for operation in OPERATIONS])
def test_answers_are_as_documented(
    operation: Any, mode: GenerationMode, headers: dict[str, str]
) -> None:
    checks: list[Any] = [check for check in CHECKS.get_all() if check.__name__ not in LEFT_OUT]

    @settings(
        max_examples=30,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def drive(case: Case[Any]) -> None:
        response = case.call(base_url=BASE_URL, headers=headers)
        assert response.status_code < 500, response.text
        case.validate_response(
            response,
            checks=checks,
            headers=headers,
            transport_kwargs={"base_url": BASE_URL},
        )

    drive()
