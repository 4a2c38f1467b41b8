"""Facts with a direction and without one: what a paper may say of itself."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kernel.approvals import operations, queries, registry
from kernel.approvals.models import Case, Signature
from kernel.approvals.rules.facts import (
    Fact,
    FactsInvalid,
    FactType,
    as_json,
    check_values,
    from_json,
)
from tests.factories import NOW, TODAY
from tests.factories_approvals import (
    Effects,
    approve,
    line,
    person,
    publish,
    step,
    step_under_way,
    submit,
)


@pytest.mark.parametrize("kind", [FactType.MONEY, FactType.NUMBER])
@pytest.mark.parametrize(
    ("value", "taken"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("-0.00", "0.00"),
        ("0.01", "0.01"),
        (3, "3"),
        ("-0.01", None),
        (-1, None),
        (Decimal("-9999999999999999"), None),
    ],
)
def test_a_number_is_not_below_zero_unless_its_fact_has_a_direction(
    kind: FactType, value: object, taken: str | None
) -> None:
    plain = Fact("amount", "Amount", kind)
    directed = replace(plain, may_be_negative=True)

    if taken is None:
        with pytest.raises(FactsInvalid, match="Amount") as refused:
            check_values({"amount": plain}, {"amount": value})
        assert (refused.value.field, refused.value.details) == ("amount", {"fact": "amount"})
        assert check_values({"amount": directed}, {"amount": value}) == {
            "amount": Decimal(str(value))
        }
    else:
        assert as_json(check_values({"amount": plain}, {"amount": value})) == {"amount": taken}


@given(
    value=st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15),
    may_be_negative=st.booleans(),
)
def test_a_fact_takes_what_its_direction_allows_and_nothing_else(
    *, value: Decimal, may_be_negative: bool
) -> None:
    exponent = value.as_tuple().exponent
    assume(isinstance(exponent, int) and -12 <= exponent <= 16)
    fact = Fact("amount", "Amount", FactType.MONEY, may_be_negative=may_be_negative)

    if value < 0 and not may_be_negative:
        with pytest.raises(FactsInvalid):
            check_values({"amount": fact}, {"amount": value})
        return
    taken = check_values({"amount": fact}, {"amount": value})
    assert taken == {"amount": value}
    assert not as_json(taken)["amount"].startswith("-") or value < 0
    assert from_json({"amount": fact}, as_json(taken)) == taken


def test_what_was_stored_before_is_read_as_it_is() -> None:
    fact = Fact("amount", "Amount", FactType.MONEY)

    assert from_json({"amount": fact}, {"amount": "-5"}) == {"amount": Decimal(-5)}


def test_only_numbers_with_a_direction_may_be_negative() -> None:
    directed = {
        (kind.key, fact.key)
        for kind in registry.kinds()
        for fact in kind.all_facts().values()
        if fact.may_be_negative
    }

    assert directed == {
        ("fee_standard.change", "change_percent"),
        ("purchase.order_change", "rise"),  # an order may become smaller
    }


@pytest.mark.usefixtures("tenant")
@pytest.mark.parametrize("facts", [{"amount": "-100.00"}, {"amount": "100.00", "days": -1}])
def test_paper_with_a_negative_fact_is_not_submitted(
    effects: Effects, facts: dict[str, object]
) -> None:
    publish(line(step("property_manager")))
    clerk = person("a", "steward")

    with pytest.raises(FactsInvalid):
        submit(clerk, facts=facts)

    assert not Case.objects.exists()


@pytest.mark.usefixtures("tenant")
def test_rejected_paper_does_not_come_back_with_a_negative_fact(effects: Effects) -> None:
    publish(line(step("property_manager")))
    clerk, manager = person("a", "steward"), person("m", "property_manager")
    case = submit(clerk)
    operations.reject(
        actor=manager, case_id=case.pk, step_id=step_under_way(case).pk, text="No", now=NOW
    )

    with pytest.raises(FactsInvalid):
        operations.resubmit(
            actor=clerk, case_id=case.pk, facts={"amount": "-1"}, summary={}, now=NOW
        )

    case.refresh_from_db()
    assert (case.state, case.facts["amount"]) == ("REJECTED", "100.00")


@pytest.mark.usefixtures("tenant")
def test_case_of_before_with_a_negative_fact_goes_its_way(effects: Effects) -> None:
    publish(line(step("property_manager"), step("company_gm")))
    manager, gm = person("m", "property_manager"), person("g", "company_gm")
    case = submit(person("a", "steward"))
    Case.objects.filter(pk=case.pk).update(facts={**case.facts, "amount": "-100.00"})

    approve(manager, case)
    approve(gm, case)

    case.refresh_from_db()
    assert case.state == "APPROVED"
    assert Signature.objects.filter(case=case, act="APPROVED").count() == 2


@pytest.mark.usefixtures("tenant")
def test_nothing_is_simulated_with_a_negative_fact(effects: Effects) -> None:
    version = publish(line(step("property_manager")))
    clerk = person("a", "steward")

    with pytest.raises(FactsInvalid):
        queries.simulate(
            version=version,
            applicant_id=clerk.user_id,
            project_id=None,
            facts={"amount": "-1"},
            today=TODAY,
        )
