"""What is written into the security log."""

import pytest

from kernel.security import operations
from kernel.security.models import SecurityEvent, SecurityKind
from tenants.companies.models import Company
from tests.factories import NOW


@pytest.mark.parametrize(
    ("said", "kept"), [(7, 7), (None, None), (2**63 - 1, 2**63 - 1), (2**63, None), (10**24, None)]
)
def test_an_address_may_name_a_project_that_no_table_can_hold(
    tenant: Company, said: int | None, kept: int | None
) -> None:
    operations.note(kind=SecurityKind.ACTION_DENIED, actor=None, now=NOW, project_id=said)

    assert SecurityEvent.objects.get().project_id == kept
