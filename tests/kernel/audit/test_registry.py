"""Everything that is recorded has its words; ``guanjia messages`` sees to the translation."""

import ast

from django.apps import apps

from kernel.approvals.models import Act
from kernel.audit import registry
from tests.kernel.audit.source import ROOT, events, trees

# Each act on a case is recorded under its own name, which no text of the source spells out.
ACTS = {f"approvals.case.{act.lower().replace('_', '-')}" for act in Act}


def test_the_events_of_the_code_are_found() -> None:
    assert len(events()) >= 90
    assert {
        "billing.run.posted",  # through a function of the service
        "billing.reading.resolved",  # put together
        "properties.personal-data.revealed",  # a constant of another module
        "access.user.activated",  # one of two
        "properties.vehicle.added",  # through a private function
    } <= events().keys()


def test_an_event_that_is_recorded_has_words() -> None:
    wordless = {event: where for event, where in events().items() if event not in registry.events()}
    assert wordless == {}, "name them in events.py of their apps"
    assert [event for event in events() if not all(event.split("."))] == []


def test_no_words_are_kept_for_what_is_not_recorded_any_more() -> None:
    assert sorted(registry.events().keys() - events().keys() - ACTS) == []


def test_every_act_on_a_case_has_words() -> None:
    assert sorted(ACTS - registry.events().keys()) == []


def test_what_is_recorded_about_has_words() -> None:
    models = {model._meta.label_lower for model in apps.get_models()}
    assert sorted(registry.objects().keys() - models) == []


def test_what_is_not_known_keeps_its_code() -> None:
    assert registry.event_words("gone.thing.done") == "gone.thing.done"
    assert registry.object_words("gone.thing") == "gone.thing"


def test_only_the_audit_makes_entries() -> None:
    makers = {
        str(path.relative_to(ROOT))
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "objects"
        and isinstance(node.value.value, ast.Name)
        and node.value.value.id in {"AuditEntry", "AuditLink", "AuditHead"}
        and node.attr not in {"filter", "order_by", "first", "all", "values", "values_list"}
    }
    assert makers == {"platform/kernel/audit/operations.py"}
