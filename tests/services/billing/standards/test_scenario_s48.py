"""S-48: the price rises from 1.80 to 2.00 on 1 July, through the company's chain."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from console.approvals.phrases import Names
from console.approvals.words import facts_of
from kernel import duties
from kernel.access import Actor
from kernel.approvals import operations as approvals
from kernel.approvals import queries as approval_queries
from kernel.approvals.models import Case, CaseState, Signature
from kernel.approvals.rules.definitions import definition_as_json
from kernel.errors import Denied
from kernel.notifications.models import Notification
from kernel.text import _
from services.billing.standards import operations, queries, rules
from services.billing.standards.models import FeeStandard, FeeVersion, VersionState
from services.billing.standards.operations.approval import KIND
from services.properties.models import Project
from tests import factories_billing as factories
from tests.factories import add_actor
from tests.factories_approvals import line, step, step_under_way
from tests.services.billing.standards.conftest import bill, events

JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)
SPRING = datetime(2026, 6, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def standard(project: Project) -> FeeStandard:
    """The residence's standard at 1.80 since January, for a unit of 102.35 m²."""
    factories.add_unit(project, "3-1-101")
    version = factories.add_fee(project, "WYF", "RESIDENCE", price="1.80")
    return version.standard


def raised(standard: FeeStandard, admin: Actor, *, valid_from: date = JULY) -> FeeVersion:
    version = factories.draft(standard, actor=admin, valid_from=valid_from, price="2.00")
    return operations.submit_version(actor=admin, version_id=version.pk, now=SPRING)


def amounts(standard: FeeStandard, admin: Actor) -> list[Decimal | None]:
    unit = standard.project.units.get()
    preview = queries.preview(
        actor=admin, standard=standard, unit_id=unit.pk, months=[JUNE, JULY], figures=None
    )
    return [month.amount for month in preview.months]


def test_june_keeps_its_price_and_july_has_the_new_one(
    standard: FeeStandard, admin: Actor, manager: Actor
) -> None:
    collector = add_actor("zhouting", "collector", project_id=standard.project_id)
    version = raised(standard, admin)
    case = approval_queries.open_case_of(kind=KIND, subject=version)
    assert case is not None
    assert (case.state, case.applicant_id) == (CaseState.RUNNING, admin.user_id)
    assert case.facts["change_percent"] == "11.1111"
    assert amounts(standard, admin) == [Decimal("184.23"), Decimal("184.23")]

    approvals.approve(actor=manager, case_id=case.pk, step_id=step_under_way(case).pk, now=SPRING)

    version.refresh_from_db()
    assert (version.state, version.confirmed_by) == (VersionState.CONFIRMED, manager.user_id)
    assert amounts(standard, admin) == [Decimal("184.23"), Decimal("204.70")]
    told = Notification.objects.filter(kind="billing.price-changed")
    assert [notice.user_id for notice in told] == [collector.user_id]


def test_one_click_of_the_manager_signs_and_confirms(
    standard: FeeStandard, admin: Actor, manager: Actor
) -> None:
    version = raised(standard, admin)
    operations.confirm_version(actor=manager, version_id=version.pk, now=SPRING)
    version.refresh_from_db()
    assert version.state == VersionState.CONFIRMED
    assert Case.objects.get().state == CaseState.APPROVED


def test_the_collector_changes_no_price(standard: FeeStandard, admin: Actor) -> None:
    """SoD-01."""
    collector = add_actor("zhouting", "collector", project_id=standard.project_id)
    version = raised(standard, admin)
    before = Signature.objects.count()
    with pytest.raises(Denied):
        factories.draft(standard, actor=collector, valid_from=JULY, price="2.20")
    with pytest.raises(duties.KeptApart) as refused:
        operations.confirm_version(actor=collector, version_id=version.pk, now=SPRING)
    assert refused.value.details["rule"] == "SoD-01"
    version.refresh_from_db()
    assert version.state == VersionState.DRAFT
    assert Signature.objects.count() == before
    assert standard.versions.count() == 2


def test_a_billed_month_is_not_priced_again(standard: FeeStandard, admin: Actor) -> None:
    """Refused: retroactive change; nobody is asked to sign it."""
    first = standard.versions.get(number=1)
    bill(first, standard.project.units.get(), JUNE)
    with pytest.raises(operations.MonthBilledAlready) as refused:
        raised(standard, admin, valid_from=JUNE)
    assert refused.value.field == "valid_from"
    assert standard.versions.get(number=2).submitted_at is None
    assert not Case.objects.exists()


def test_a_month_billed_during_approval_is_not_priced_again(
    standard: FeeStandard, admin: Actor, manager: Actor
) -> None:
    """Refused: retroactive change; the signature is refused with it."""
    version = raised(standard, admin, valid_from=JUNE)
    case = Case.objects.get()
    bill(standard.versions.get(number=1), standard.project.units.get(), JUNE)
    for sign in (
        lambda: operations.confirm_version(actor=manager, version_id=version.pk, now=SPRING),
        lambda: approvals.approve(
            actor=manager, case_id=case.pk, step_id=step_under_way(case).pk, now=SPRING
        ),
    ):
        with pytest.raises(operations.MonthBilledAlready):
            sign()
    case.refresh_from_db()
    version.refresh_from_db()
    assert (case.state, version.state) == (CaseState.RUNNING, VersionState.DRAFT)


def ask_two(admin: Actor) -> None:
    """Publish a chain in which the manager signs, and the general manager after him."""
    chain = approval_queries.chains(actor=admin).get(key=KIND)
    draft = approvals.draft_version(actor=admin, chain_id=chain.pk, now=SPRING)
    approvals.save_draft(
        actor=admin,
        version_id=draft.pk,
        definition=definition_as_json(line(step("property_manager"), step("company_gm"))),
        now=SPRING,
    )
    approvals.publish(actor=admin, version_id=draft.pk, now=SPRING)


def test_a_longer_chain_puts_it_in_force_with_the_last_signature(
    standard: FeeStandard, admin: Actor, manager: Actor
) -> None:
    ask_two(admin)
    gm = add_actor("gm", "company_gm")
    version = raised(standard, admin)
    version = operations.confirm_version(actor=manager, version_id=version.pk, now=SPRING)
    assert version.state == VersionState.DRAFT
    case = Case.objects.get()
    approvals.approve(actor=gm, case_id=case.pk, step_id=step_under_way(case).pk, now=SPRING)
    version.refresh_from_db()
    assert (version.state, version.confirmed_by) == (VersionState.CONFIRMED, gm.user_id)


def test_an_unusual_price_needs_words_of_who_signs(
    standard: FeeStandard, admin: Actor, manager: Actor
) -> None:
    version = factories.draft(standard, actor=admin, valid_from=JULY, price="18.00")
    operations.submit_version(actor=admin, version_id=version.pk, now=SPRING)
    case = Case.objects.get()
    values: dict[str, Any] = {
        "actor": manager,
        "case_id": case.pk,
        "step_id": step_under_way(case).pk,
    }
    with pytest.raises(operations.UnusualPrice):
        approvals.approve(now=SPRING, **values)
    approvals.approve(text="Decided by the owners' assembly", now=SPRING, **values)
    version.refresh_from_db()
    assert version.state == VersionState.CONFIRMED


def test_a_changed_draft_takes_its_paper_back(
    standard: FeeStandard, admin: Actor, manager: Actor
) -> None:
    version = raised(standard, admin)
    operations.update_draft(actor=admin, version_id=version.pk, price=Decimal("1.95"), now=SPRING)
    assert Case.objects.get().state == CaseState.WITHDRAWN
    assert not approval_queries.waiting_for(actor=manager, now=SPRING).exists()
    operations.submit_version(actor=admin, version_id=version.pk, now=SPRING)
    assert Case.objects.filter(state=CaseState.RUNNING).count() == 1


def test_a_rejected_price_goes_back_to_its_drafter(
    standard: FeeStandard, admin: Actor, manager: Actor
) -> None:
    version = raised(standard, admin)
    case = Case.objects.get()
    approvals.reject(
        actor=manager,
        case_id=case.pk,
        step_id=step_under_way(case).pk,
        text="Too much",
        now=SPRING,
    )
    version.refresh_from_db()
    assert (version.state, version.submitted_at) == (VersionState.DRAFT, None)
    operations.update_draft(actor=admin, version_id=version.pk, price=Decimal("1.95"), now=SPRING)
    operations.submit_version(actor=admin, version_id=version.pk, now=SPRING)
    case.refresh_from_db()
    assert (case.state, case.lap) == (CaseState.RUNNING, 2)
    operations.confirm_version(actor=manager, version_id=version.pk, now=SPRING)
    assert effective_price(standard) == Decimal("1.95")


def rejected(standard: FeeStandard, admin: Actor, manager: Actor) -> tuple[FeeVersion, Case]:
    version, case = raised(standard, admin), Case.objects.get()
    approvals.reject(
        actor=manager,
        case_id=case.pk,
        step_id=step_under_way(case).pk,
        text="Too much",
        now=SPRING,
    )
    return version, case


def test_a_price_submitted_again_in_the_inbox_is_shown_as_it_is_now(
    standard: FeeStandard, admin: Actor, manager: Actor
) -> None:
    version, case = rejected(standard, admin, manager)
    operations.update_draft(actor=admin, version_id=version.pk, price=Decimal("1.95"), now=SPRING)

    approvals.resubmit(actor=admin, case_id=case.pk, now=SPRING)

    case.refresh_from_db()
    version.refresh_from_db()
    assert (case.state, case.lap, version.submitted_at) == (CaseState.RUNNING, 2, SPRING)
    assert Decimal(case.facts["price"]) == Decimal("1.95")
    assert dict(case.summary)["Price so far"] == "1.80 CNY"
    assert events()[-1] == "billing.fee-version.submitted"
    approvals.approve(actor=manager, case_id=case.pk, step_id=step_under_way(case).pk, now=SPRING)
    assert effective_price(standard) == Decimal("1.95")


def test_a_draft_without_a_price_is_not_submitted_again(
    standard: FeeStandard, admin: Actor, manager: Actor
) -> None:
    version, case = rejected(standard, admin, manager)
    operations.update_draft(actor=admin, version_id=version.pk, price=None, now=SPRING)
    before = Signature.objects.count()
    with pytest.raises(rules.PriceMissing):
        approvals.resubmit(actor=admin, case_id=case.pk, now=SPRING)
    case.refresh_from_db()
    version.refresh_from_db()
    assert (case.state, case.lap, version.submitted_at) == (CaseState.REJECTED, 1, None)
    assert Signature.objects.count() == before


def test_a_rejected_price_is_not_confirmed_before_its_drafter_submits_it(
    standard: FeeStandard, admin: Actor, manager: Actor
) -> None:
    version, case = rejected(standard, admin, manager)
    with pytest.raises(approvals.NotYourTurn):
        operations.confirm_version(actor=manager, version_id=version.pk, now=SPRING)
    case.refresh_from_db()
    version.refresh_from_db()
    assert (case.state, version.state) == (CaseState.REJECTED, VersionState.DRAFT)
    assert version.submitted_at is None


def test_a_draft_that_its_confirmer_sends_on_its_way_is_submitted(
    standard: FeeStandard, admin: Actor, manager: Actor
) -> None:
    ask_two(admin)
    add_actor("gm", "company_gm")
    version = factories.draft(standard, actor=admin, valid_from=JULY, price="2.00")
    version = operations.confirm_version(actor=manager, version_id=version.pk, now=SPRING)
    assert Case.objects.get().state == CaseState.RUNNING
    assert (version.state, version.submitted_at) == (VersionState.DRAFT, SPRING)


def effective_price(standard: FeeStandard) -> Decimal | None:
    return standard.versions.get(state=VersionState.CONFIRMED, valid_from=JULY).price


def test_it_is_confirmed_at_the_step_that_was_shown_or_not_at_all(
    standard: FeeStandard, admin: Actor, manager: Actor
) -> None:
    version, case = rejected(standard, admin, manager)
    shown = case.steps.get(state="UNDONE").pk
    operations.update_draft(actor=admin, version_id=version.pk, price=Decimal("1.95"), now=SPRING)
    approvals.resubmit(actor=admin, case_id=case.pk, now=SPRING)

    with pytest.raises(approvals.StepMoved):
        operations.confirm_version(actor=manager, version_id=version.pk, step_id=shown, now=SPRING)

    version.refresh_from_db()
    assert version.state == VersionState.DRAFT
    operations.confirm_version(
        actor=manager, version_id=version.pk, step_id=step_under_way(case).pk, now=SPRING
    )
    assert effective_price(standard) == Decimal("1.95")


def test_the_history_of_the_standard_names_every_act_of_its_approval(
    standard: FeeStandard, admin: Actor, manager: Actor
) -> None:
    version, case = rejected(standard, admin, manager)
    approvals.resubmit(actor=admin, case_id=case.pk, now=SPRING)
    operations.confirm_version(actor=manager, version_id=version.pk, now=SPRING)

    history = queries.history(actor=admin, standard=standard)

    acts = [entry.event for entry in history if entry.object_type == "approvals.case"]
    assert acts[::-1] == [
        "approvals.case.submitted",
        "approvals.case.rejected",
        "approvals.case.resubmitted",
        "approvals.case.approved",
        "approvals.case.finished",
    ]
    signed = next(entry for entry in history if entry.event == "approvals.case.approved")
    assert signed.actor_id == manager.user_id


def test_the_case_shows_names_and_prices_as_people_read_them(
    standard: FeeStandard, admin: Actor
) -> None:
    raised(standard, admin)
    case = Case.objects.get()
    names = Names(post=str, people={}, projects={}, setting=str)

    shown = {fact.label: fact.text for fact in facts_of(case.kind, case.facts, names)}

    assert shown["Fee item"] == standard.item.name_en != standard.item.code
    assert shown["New price"] == "2.00 CNY"
    assert dict(case.summary)["Price so far"] == "1.80 CNY"
    assert shown["Change"] == "11.1 %"


def test_what_is_written_down_is_in_the_company_s_language(
    standard: FeeStandard, admin: Actor, settings: Any
) -> None:
    settings.LANGUAGE_CODE = "zh-hans"
    with translation.override("en"):
        raised(standard, admin)

    labels = set(dict(Case.objects.get().summary))
    with translation.override("zh-hans"):
        assert str(_("First month")) in labels
    assert "First month" not in labels
