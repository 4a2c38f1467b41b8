"""Versions, project chains, defaults of the handbook, and who would sign."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from kernel import access
from kernel.access.models import Department, DepartmentHead, User
from kernel.approvals import operations, queries
from kernel.approvals.catalogue import DEFAULT_CHAINS
from kernel.approvals.models import CaseState, Chain, ChainState, ChainVersion
from kernel.approvals.queries import StepFate
from kernel.approvals.rules.definitions import (
    Branch,
    Definition,
    DefinitionInvalid,
    Mode,
    definition_as_json,
)
from kernel.approvals.rules.facts import Condition, FactsInvalid, Operator
from kernel.db import violated_constraint
from tests.factories import NOW, TODAY
from tests.factories_approvals import (
    KIND,
    Effects,
    add_paper,
    approve,
    line,
    person,
    publish,
    step,
    step_under_way,
    submit,
)

pytestmark = pytest.mark.usefixtures("tenant")


def keys(case: Any) -> list[str]:
    return list(case.steps.order_by("position").values_list("key", flat=True))


def test_a_case_keeps_the_version_with_which_it_began(effects: Effects) -> None:
    first = publish(line(step("property_manager"), step("company_gm")))
    manager, gm, clerk = (
        person("m", "property_manager"),
        person("g", "company_gm"),
        person("a", "steward"),
    )
    old = submit(clerk)
    second = publish(line(step("property_manager")))
    new = submit(clerk)
    assert (old.version_id, new.version_id) == (first.pk, second.pk)
    first.refresh_from_db()
    assert (first.state, second.state) == (ChainState.RETIRED, ChainState.PUBLISHED)
    operations.reject(
        actor=manager, case_id=old.pk, step_id=step_under_way(old).pk, text="No", now=NOW
    )
    operations.resubmit(actor=clerk, case_id=old.pk, now=NOW)
    approve(manager, old)
    approve(manager, new)
    assert (effects.of(old), effects.of(new)) == (["rejected"], ["approved"])
    approve(gm, old)
    assert effects.of(old) == ["rejected", "approved"]


def test_the_database_keeps_a_published_version(effects: Effects) -> None:
    version = publish(line(step("property_manager")))
    changes: list[Callable[[], object]] = [
        lambda: ChainVersion.objects.filter(pk=version.pk).update(definition={"branches": []}),
        lambda: ChainVersion.objects.filter(pk=version.pk).update(state="DRAFT"),
        lambda: ChainVersion.objects.filter(pk=version.pk).update(state="RETIRED", number=9),
        version.delete,
    ]
    for change in changes:
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            change()
        assert violated_constraint(refused.value) == "approvals_chainversion_published_stays"
    operations.retire(actor=access.SYSTEM, version_id=version.pk, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChainVersion.objects.filter(pk=version.pk).update(state="PUBLISHED")


def test_a_project_has_its_own_chain_until_it_is_retired(effects: Effects) -> None:
    publish(line(step("property_manager")))
    project, other = add_paper(), add_paper()
    own = publish(line(step("mo_manager")), project_id=project.pk)
    clerk = person("a", "steward")
    assert keys(submit(clerk, project_id=project.pk)) == ["mo_manager"]
    assert keys(submit(clerk, project_id=other.pk)) == ["property_manager"]
    assert keys(submit(clerk)) == ["property_manager"]
    operations.retire(actor=access.SYSTEM, version_id=own.pk, now=NOW)
    assert keys(submit(clerk, project_id=project.pk)) == ["property_manager"]


def test_without_a_chain_in_use_nothing_is_submitted(effects: Effects) -> None:
    version = publish(line(step("property_manager")))
    operations.retire(actor=access.SYSTEM, version_id=version.pk, now=NOW)
    with pytest.raises(operations.ChainMissing):
        submit(person("a", "steward"))


def test_one_record_has_one_open_case(effects: Effects) -> None:
    publish(line(step("property_manager")))
    clerk, paper = person("a", "steward"), add_paper()
    case = submit(clerk, subject=paper)
    with pytest.raises(operations.CaseOpen) as refused:
        submit(clerk, subject=paper)
    assert refused.value.details == {"case_id": case.pk}


def test_a_draft_with_faults_is_kept_and_not_published(effects: Effects) -> None:
    admin = person("x", "company_admin")
    chain = operations.create_chain(actor=admin, key="own", kind=KIND, name="自有", now=NOW)
    draft = chain.versions.get()
    stored = definition_as_json(line(step("no_such_post")))
    operations.save_draft(actor=admin, version_id=draft.pk, definition=stored, now=NOW)
    with pytest.raises(DefinitionInvalid) as refused:
        operations.publish(actor=admin, version_id=draft.pk, now=NOW)
    assert [problem["step"] for problem in refused.value.details["problems"]] == [0]
    draft.refresh_from_db()
    assert draft.state == ChainState.DRAFT


def test_only_who_configures_the_company_designs_chains(effects: Effects) -> None:
    version = publish(line(step("property_manager")))
    actor = person("m", "property_manager")
    calls: list[Callable[[], object]] = [
        lambda: operations.create_chain(actor=actor, key="k", kind=KIND, name="n", now=NOW),
        lambda: operations.draft_version(actor=actor, chain_id=version.chain_id, now=NOW),
        lambda: operations.save_draft(actor=actor, version_id=version.pk, definition={}, now=NOW),
        lambda: operations.publish(actor=actor, version_id=version.pk, now=NOW),
        lambda: operations.retire(actor=actor, version_id=version.pk, now=NOW),
        lambda: operations.discard_draft(actor=actor, version_id=version.pk, now=NOW),
        lambda: queries.chains(actor=actor),
        lambda: queries.kinds(actor=actor),
    ]
    for call in calls:
        with pytest.raises(access.ActionDenied):
            call()
    assert ChainVersion.objects.count() == 1


@pytest.fixture
def office(effects: Effects) -> dict[str, access.Actor]:
    """A management office with a steward, his head and everybody who signs leave."""
    operations.seed_chains(NOW)
    people = {
        "head": person("head", "cs_supervisor"),
        "internal_clerk": person("clerk", "internal_clerk"),
        "mo_director": person("director", "mo_director"),
        "mo_manager": person("manager", "mo_manager"),
        "steward": person("steward", "steward"),
    }
    department = Department.objects.first() or Department.objects.create(key="CS", name="客服部")
    User.objects.filter(pk=people["steward"].require_person()).update(department_id=department.pk)
    DepartmentHead.objects.create(department=department, user_id=people["head"].require_person())
    return people


@pytest.mark.parametrize(
    ("days", "signers"),
    [
        ("0.5", ["head", "internal_clerk"]),
        ("1", ["head", "internal_clerk"]),
        ("1.5", ["head", "internal_clerk", "mo_director"]),
        ("3", ["head", "internal_clerk", "mo_director"]),
        ("3.5", ["head", "internal_clerk", "mo_director", "mo_manager"]),
    ],
)
def test_who_signs_a_leave_by_its_days(
    office: dict[str, access.Actor], days: str, signers: list[str]
) -> None:
    """C-15: ≤1 day head; >1 director; >3 manager."""
    version = queries.version_in_use(key="leave", project_id=None)
    assert version is not None
    facts = {"days": Decimal(days), "leave_kind": "PERSONAL"}
    steward = office["steward"]
    path = queries.simulate(
        version=version,
        applicant_id=steward.user_id,
        project_id=None,
        facts=facts,
        today=TODAY,
    )
    expected = [office[name].user_id for name in signers]
    taken = [one for one in path.steps if one.fate != StepFate.LEFT_OUT]
    assert [[user.pk for user in one.people] for one in taken] == [[id_] for id_ in expected]
    assert not path.is_stuck

    # And the engine goes the way that the simulation shows.
    case = operations.submit(
        actor=steward,
        kind="leave",
        subject=add_paper(),
        project_id=None,
        title="Leave",
        facts=facts,
        summary={},
        now=NOW,
    )
    for name in signers:
        assert case.state == CaseState.RUNNING
        approve(office[name], case)
        case.refresh_from_db()
    assert case.state == CaseState.APPROVED


def test_one_person_as_director_and_manager_signs_a_long_leave_once(
    office: dict[str, access.Actor],
) -> None:
    """C-01 in the simulation: the second of his steps needs no new signature."""
    version = publish(line(step("mo_director"), step("mo_manager")), key="both")
    User.objects.filter(pk=office["mo_manager"].require_person()).update(is_active=False)
    User.objects.filter(pk=office["mo_director"].require_person()).update(is_active=False)
    both = person("both", "mo_director", "mo_manager")
    path = queries.simulate(
        version=version,
        applicant_id=office["steward"].user_id,
        project_id=None,
        facts={"amount": Decimal(1)},
        today=TODAY,
    )
    assert [(one.fate, [user.pk for user in one.people]) for one in path.steps] == [
        (StepFate.OPEN, [both.user_id]),
        (StepFate.COUNTED, [both.user_id]),
    ]


@pytest.mark.parametrize(
    ("unit_price", "is_fixed_asset", "branch"),
    [
        ("499.99", False, 2),
        ("500.00", False, 0),
        ("500.01", False, 0),
        ("120.00", True, 1),
    ],
)
def test_the_class_of_a_purchase_by_unit_price(
    effects: Effects, unit_price: str, branch: int, *, is_fixed_asset: bool
) -> None:
    """C-17: 500 and above is B, a fixed asset always, the rest A."""
    definition = Definition(
        branches=(
            Branch(
                name="B",
                steps=(step("company_gm"),),
                when=(Condition("unit_price", Operator.GE, "500"),),
            ),
            Branch(
                name="B",
                steps=(step("company_gm"),),
                when=(Condition("is_fixed_asset", Operator.IS, operand=True),),
            ),
            Branch(name="A", steps=(step("property_manager"),)),
        )
    )
    version = publish(definition, key="purchase", kind="purchase")
    path = queries.simulate(
        version=version,
        applicant_id=person("a", "steward").user_id,
        project_id=None,
        facts={
            "amount": Decimal(1000),
            "unit_price": Decimal(unit_price),
            "is_fixed_asset": is_fixed_asset,
            "class": "A",
        },
        today=TODAY,
    )
    assert path.branch_number == branch


def test_a_sample_without_its_facts_is_refused(effects: Effects) -> None:
    version = publish(line(step("property_manager")))
    with pytest.raises(FactsInvalid):
        queries.simulate(version=version, applicant_id=None, project_id=None, facts={}, today=TODAY)


def test_the_simulation_tells_who_may_not_sign_and_what_stops(effects: Effects) -> None:
    version = publish(
        line(
            step("property_manager", duties="SoD-20:A"),
            step("company_gm", duties="SoD-20:B"),
            step("s", "chairman", "finance_head", mode=Mode.ALL),
        )
    )
    both, chairman = person("b", "property_manager", "company_gm"), person("c", "chairman")
    path = queries.simulate(
        version=version,
        applicant_id=chairman.user_id,
        project_id=None,
        facts={"amount": Decimal(1)},
        today=TODAY,
    )
    assert [one.fate for one in path.steps] == [StepFate.OPEN, StepFate.STUCK, StepFate.STUCK]
    assert [(user.pk, rule) for user, rule in path.steps[1].excluded] == [(both.user_id, "SoD-20")]
    assert [(user.pk, rule) for user, rule in path.steps[2].excluded] == [(chairman.user_id, "")]
    assert path.steps[2].vacant == (0, 1)
    assert path.is_stuck


def test_seeding_again_leaves_what_the_company_made(effects: Effects) -> None:
    operations.seed_chains(NOW)
    assert Chain.objects.count() == len(DEFAULT_CHAINS)
    publish(line(step("mo_manager")), key="leave", kind="leave")
    operations.seed_chains(NOW)
    assert Chain.objects.count() == len(DEFAULT_CHAINS)
    version = queries.version_in_use(key="leave", project_id=None)
    assert version is not None
    assert version.number == 2
