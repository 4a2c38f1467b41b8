"""Two managers at the same moment, with real commits. Each race is first shown to exist."""

from datetime import date
from functools import partial
from typing import Any, NamedTuple

import pytest

from kernel import access
from kernel.access import Actor
from kernel.tenancy import current_schema
from services.billing.standards import operations, queries
from services.billing.standards.models import FeeStandard, FeeVersion, VersionState
from services.billing.standards.operations import approval
from services.billing.standards.operations.confirmed import predecessor
from tenants.companies.models import Company
from tenants.provisioning.schema import owner_cursor
from tests import factories_billing as factories
from tests.factories import NOW, add_actor
from tests.factories_billing import JANUARY
from tests.threads import Meeting, at_once


def read_standard(*, actor: Actor, standard_id: int, pricing: bool = False) -> FeeStandard:
    return FeeStandard.objects.select_related("item").get(pk=standard_id)


def read_version(*, actor: Actor, version_id: int, pricing: bool = False) -> FeeVersion:
    return FeeVersion.objects.select_related("standard__item").get(pk=version_id)


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the locks of standard and version out of the product."""
    monkeypatch.setattr(queries, "lock_standard", read_standard)
    monkeypatch.setattr(queries, "lock_version", read_version)


@pytest.fixture
def rivals_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two confirmations both have read what is in force before either writes."""
    meeting = Meeting()

    def waiting(version: FeeVersion) -> FeeVersion | None:
        before = predecessor(version)
        meeting.come()
        return before

    monkeypatch.setattr(approval, "predecessor", waiting)


class Managers(NamedTuple):
    company: Company
    actors: list[Actor]


@pytest.fixture
def managers(committed_tenant: Company) -> Managers:
    factories.seeded()
    names = ("fangqiming", "lili")
    return Managers(committed_tenant, [add_actor(name, "property_manager") for name in names])


def without(statement: str) -> None:
    """Take a guard out of the database, as its owner; the database is copied anew afterwards."""
    schema = current_schema()
    with owner_cursor() as cursor:
        cursor.execute("SELECT set_config('search_path', %s, true)", [schema])
        cursor.execute(statement)


def confirm_at_once(
    managers: Managers, drafts: list[FeeVersion], *, by_system: bool = False
) -> list[Any]:
    """Confirm each draft by one of the managers; by the system without a chain before it.

    A chain lets no two cases of one draft be open, so it would hide the race behind it.
    """
    actors = [access.SYSTEM, access.SYSTEM] if by_system else managers.actors
    return at_once(
        managers.company,
        [
            partial(operations.confirm_version, actor=manager, version_id=draft.pk, now=NOW)
            for manager, draft in zip(actors, drafts, strict=True)
        ],
    )


def one_draft_twice() -> list[FeeVersion]:
    draft = factories.draft(factories.add_standard(factories.add_project()))
    return [draft, draft]


def overlapping_drafts() -> list[FeeVersion]:
    standard = factories.add_standard(factories.add_project())
    return [
        factories.draft(standard, valid_from=JANUARY),
        factories.draft(standard, valid_from=date(2026, 3, 1), valid_to=date(2027, 1, 1)),
    ]


@pytest.mark.usefixtures("unlocked", "rivals_meet")
def test_without_lock_and_trigger_one_draft_is_confirmed_twice(managers: Managers) -> None:
    drafts = one_draft_twice()
    without("ALTER TABLE billing_feeversion DISABLE TRIGGER billing_feeversion_confirmed_stands")

    outcomes = confirm_at_once(managers, drafts, by_system=True)

    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]


@pytest.mark.usefixtures("rivals_meet")
def test_one_draft_is_confirmed_once(managers: Managers) -> None:
    outcomes = confirm_at_once(managers, one_draft_twice())

    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [type(error) for error in refused] == [operations.NotDraft]
    [winner] = [outcome for outcome in outcomes if not isinstance(outcome, Exception)]
    assert FeeVersion.objects.get().confirmed_by == winner.confirmed_by


@pytest.mark.usefixtures("unlocked", "rivals_meet")
def test_without_lock_and_constraint_two_overlapping_versions_are_in_force(
    managers: Managers,
) -> None:
    drafts = overlapping_drafts()
    without("ALTER TABLE billing_feeversion DROP CONSTRAINT feeversion_no_overlap")

    outcomes = confirm_at_once(managers, drafts, by_system=True)

    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    january, march = FeeVersion.objects.order_by("valid_from")
    assert (january.state, january.valid_to, march.state) == ("CONFIRMED", None, "CONFIRMED")


@pytest.mark.usefixtures("unlocked", "rivals_meet")
def test_without_the_lock_the_constraint_lets_one_of_two_overlapping_win(
    managers: Managers,
) -> None:
    outcomes = confirm_at_once(managers, overlapping_drafts(), by_system=True)

    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [type(error) for error in refused] == [operations.VersionOverlaps]
    assert FeeVersion.objects.filter(state=VersionState.CONFIRMED).count() == 1


@pytest.mark.usefixtures("rivals_meet")
def test_overlapping_drafts_end_up_one_after_the_other_or_one_refused(
    managers: Managers,
) -> None:
    """January first: it ends where March begins. March first: January would reach into it."""
    outcomes = confirm_at_once(managers, overlapping_drafts())

    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    january, march = FeeVersion.objects.order_by("valid_from")
    if refused:
        assert [type(error) for error in refused] == [operations.VersionOverlaps]
        assert (january.state, march.state) == ("DRAFT", "CONFIRMED")
    else:
        assert (january.state, march.state) == ("CONFIRMED", "CONFIRMED")
        assert january.valid_to == march.valid_from
