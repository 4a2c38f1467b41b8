"""Numbers: without gaps, once each, and a pattern that changes safely."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from kernel import access, policies
from kernel.access.actors import Actor
from kernel.audit.models import AuditEntry
from kernel.documents import numbers
from kernel.documents.models import IssuedNumber, NumberCounter, NumberSeries
from kernel.documents.numbers import operations, registry, rules
from kernel.locks import try_lock_name
from kernel.policies.errors import DecidedElsewhere
from kernel.policies.operations import set_value
from tenants.companies.models import Company
from tests import factories_properties
from tests.factories import NOW, TODAY, add_actor
from tests.threads import PATIENCE, at_once

STANDARD = dict(registry._SERIES)  # what a company starts with


@pytest.fixture(autouse=True)
def _series(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_SERIES", {})
    numbers.register(
        numbers.Series(key="letter", name="Letters", pattern="{CO}-{YYYY}-{NN}", is_gapless=True)
    )
    numbers.register(
        numbers.Series(key="manual", name="Manuals", pattern="{CO}-{DEPT}-{NN}", values=("DEPT",))
    )
    numbers.register(
        numbers.Series(key="ticket", name="Tickets", pattern="T{NNNN}", is_gapless=False)
    )


@pytest.fixture
def admin(tenant: Company) -> Actor:
    return add_actor("xujing", "company_admin")


def take(series: str = "letter", on: date = TODAY, **values: Any) -> str:
    return numbers.next_number(series=series, project_id=None, on=on, **values)


def test_numbers_follow_each_other_and_begin_anew_where_the_pattern_says(tenant: Company) -> None:
    assert [take() for _ in range(3)] == ["ALPHA-2026-01", "ALPHA-2026-02", "ALPHA-2026-03"]
    assert take(on=date(2027, 1, 1)) == "ALPHA-2027-01"
    assert take() == "ALPHA-2026-04"


def test_each_department_counts_for_itself(tenant: Company) -> None:
    assert take("manual", values={"DEPT": "KF"}) == "ALPHA-KF-01"
    assert take("manual", values={"DEPT": "GC"}) == "ALPHA-GC-01"
    assert take("manual", values={"DEPT": "KF"}) == "ALPHA-KF-02"
    with pytest.raises(rules.ValueMissing):
        take("manual")


def test_a_projects_code_is_in_its_numbers(tenant: Company, admin: Actor) -> None:
    project = factories_properties.add_project("YL-1", "云麓")
    take()
    operations.change_pattern(
        actor=admin,
        series="letter",
        pattern="{PROJECT}-{YYYY}-{NN}",
        seen="{CO}-{YYYY}-{NN}",
        now=NOW,
    )

    code = numbers.next_number(series="letter", project_id=project.pk, on=TODAY)

    assert code == "YL1-2026-01"
    with pytest.raises(rules.ValueMissing):
        take()


def test_a_number_whose_taker_failed_is_taken_by_the_next(tenant: Company) -> None:
    take()
    with suppress(ZeroDivisionError), transaction.atomic():
        take()
        raise ZeroDivisionError

    assert take() == "ALPHA-2026-02"


def test_fast_numbers_count_for_themselves_whatever_others_take(tenant: Company) -> None:
    numbers.register(
        numbers.Series(key="round", name="Rounds", pattern="XJ-{YYYY}-{NNNN}", is_gapless=False)
    )
    for _ in range(3):
        take()
    assert [take("ticket"), take("round"), take("ticket")] == ["T0001", "XJ-2026-0001", "T0002"]
    assert [take("round"), take("round", on=date(2027, 1, 1))] == ["XJ-2026-0002", "XJ-2027-0001"]
    with suppress(ZeroDivisionError), transaction.atomic():
        take("ticket")
        raise ZeroDivisionError

    assert take("ticket") == "T0003"
    assert not NumberCounter.objects.filter(series__key="ticket").exists()


def test_fast_numbers_go_on_after_those_that_a_company_has_issued(tenant: Company) -> None:
    take("ticket")
    IssuedNumber.objects.create(
        series=NumberSeries.objects.get(key="ticket"),
        frame="T{N}",
        count=16,
        code="T0016",
        on=TODAY,
    )

    assert take("ticket") == "T0017"


def test_takers_at_the_same_moment_get_every_number_once(committed_tenant: Company) -> None:
    answers = at_once(committed_tenant, [take] * 8)

    assert sorted(str(answer) for answer in answers) == [
        f"ALPHA-2026-{count:02d}" for count in range(1, 9)
    ]


def test_without_its_lock_the_counter_would_give_numbers_twice(
    committed_tenant: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Teeth: two takers without the row lock meet, and only the constraint stops them."""
    take()
    unlocked = NumberCounter.objects.all()
    monkeypatch.setattr(
        type(NumberCounter.objects), "select_for_update", lambda _self, **_of: unlocked.all()
    )
    both, honest = threading.Barrier(2), NumberCounter.save

    def save(self: NumberCounter, **values: Any) -> None:
        both.wait(PATIENCE)  # both have looked before either writes
        honest(self, **values)

    monkeypatch.setattr(NumberCounter, "save", save)

    answers = at_once(committed_tenant, [take] * 2)

    assert sorted(type(answer).__name__ for answer in answers) == ["IntegrityError", "str"]


def test_a_pattern_changes_for_the_numbers_to_come(tenant: Company, admin: Actor) -> None:
    take()

    row = operations.change_pattern(
        actor=admin,
        series="letter",
        pattern="{CO}-{YYYY}-{NNNN}",
        seen="{CO}-{YYYY}-{NN}",
        now=NOW,
    )

    assert take() == "ALPHA-2026-0002"
    assert row.changed_by_label == admin.label
    entry = AuditEntry.objects.get(event="documents.number-pattern.changed")
    assert entry.data["before"] == {"pattern": "{CO}-{YYYY}-{NN}"}


def test_a_pattern_that_would_repeat_a_number_is_refused(tenant: Company, admin: Actor) -> None:
    for _ in range(2):
        take()
    operations.change_pattern(
        actor=admin, series="letter", pattern="{YY}-{NN}", seen="{CO}-{YYYY}-{NN}", now=NOW
    )
    take(on=date(2011, 1, 1))  # 11-01

    with pytest.raises(operations.PatternRepeats):
        operations.change_pattern(
            actor=admin, series="letter", pattern="{NN}-{MM}", seen="{YY}-{NN}", now=NOW
        )
    assert NumberSeries.objects.get().pattern == "{YY}-{NN}"


def test_a_pattern_is_not_changed_while_a_number_is_taken(committed_tenant: Company) -> None:
    """The number would not be among those that a new pattern is compared with."""
    take()  # there is the series
    admin = add_actor("xujing", "company_admin")
    seen = NumberSeries.objects.get().pattern

    def change() -> NumberSeries:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '100ms'")
            return operations.change_pattern(
                actor=admin, series="letter", pattern="{CO}.{YYYY}.{NN}", seen=seen, now=NOW
            )

    with transaction.atomic():
        take()
        (answer,) = at_once(committed_tenant, [change])
    assert isinstance(answer, OperationalError)
    assert change().pattern == "{CO}.{YYYY}.{NN}"


def test_takers_of_fast_numbers_do_not_wait_for_each_other(committed_tenant: Company) -> None:
    def quick() -> str:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '100ms'")
            return take("ticket")

    take("ticket")
    with transaction.atomic():
        own = take("ticket")
        (answer,) = at_once(committed_tenant, [quick])
    assert (own, answer) == ("T0002", "T0003")


def test_a_fast_number_that_was_committed_meanwhile_is_not_taken_again(
    committed_tenant: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its taker let go of the lock after the second had looked for the latest."""
    honest, is_first = try_lock_name, [True]

    def try_later(*name: Any) -> bool:
        if is_first.pop() if is_first else False:
            assert at_once(committed_tenant, [lambda: take("ticket")]) == ["T0002"]
        return honest(*name)

    take("ticket")
    monkeypatch.setattr(operations, "try_lock_name", try_later)

    assert take("ticket") == "T0003"


def test_fast_takers_at_the_same_moment_get_every_number_once(committed_tenant: Company) -> None:
    take("ticket")
    answers = at_once(committed_tenant, [lambda: take("ticket")] * 8)

    assert len({str(answer) for answer in answers}) == 8
    assert all(isinstance(answer, str) for answer in answers)


def test_without_its_lock_a_fast_number_would_be_taken_twice(
    committed_tenant: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Teeth: two takers without the lock meet, and only the constraint stops them."""
    take("ticket")
    both = threading.Barrier(2)

    def unlocked(*_name: Any) -> bool:
        both.wait(PATIENCE)  # both have looked before either writes
        return True

    monkeypatch.setattr(operations, "try_lock_name", unlocked)

    answers = at_once(committed_tenant, [lambda: take("ticket")] * 2)

    assert sorted(type(answer).__name__ for answer in answers) == ["IntegrityError", "str"]


def test_two_people_do_not_overwrite_each_other(tenant: Company, admin: Actor) -> None:
    with pytest.raises(operations.SeriesChanged):
        operations.change_pattern(
            actor=admin, series="letter", pattern="{YY}-{NN}", seen="{YY}{NNN}", now=NOW
        )


def test_only_the_administrator_changes_patterns(tenant: Company) -> None:
    manager = add_actor("fangqiming", "property_manager")

    with pytest.raises(access.ActionDenied):
        operations.change_pattern(
            actor=manager, series="letter", pattern="{YY}-{NN}", seen="", now=NOW
        )
    assert NumberSeries.objects.count() == 0


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(Exception, match=r"append-only|permission denied"), transaction.atomic():
        yield


def test_an_issued_number_is_neither_changed_nor_taken_back(tenant: Company) -> None:
    take()

    for statement in (
        "UPDATE documents_issuednumber SET code = 'x'",
        "DELETE FROM documents_issuednumber",
    ):
        with refused(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert IssuedNumber.objects.count() == 1


def test_pattern_of_manuals_is_the_companys_setting(
    tenant: Company, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SH-41: one place decides it, and the settings tell what it is."""
    monkeypatch.setattr(registry, "_SERIES", dict(STANDARD))
    pattern = "{CO}〔{DEPT}〕{NNN}"

    operations.change_pattern(
        actor=admin, series="manual", pattern=pattern, seen="{CO}-{DEPT}-{NN}", now=NOW
    )

    assert policies.get("doc.number_pattern", str) == pattern
    assert take("manual", values={"DEPT": "KF"}) == "ALPHA〔KF〕001"
    with pytest.raises(DecidedElsewhere):
        set_value(actor=admin, key="doc.number_pattern", text="{NN}", now=NOW, today=TODAY)


def test_setting_and_pattern_of_manuals_begin_alike() -> None:
    series = STANDARD["manual"]

    assert policies.REGISTRY[series.setting].default == series.pattern
