"""The catalogue is the handbook's table, key for key."""

import csv
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import translation

from kernel.policies import GROUPS, REGISTRY
from kernel.policies.catalogue import AWAITED, awaited
from kernel.policies.kinds import Choice, Choices, Lines

TABLE = Path(__file__).resolve().parents[2] / "data" / "policies.csv"
LITERAL = re.compile(r'"([a-z]+(?:[._][a-z_0-9]+)+)"')
ROWS = {row["key"]: row for row in csv.DictReader(TABLE.read_text().splitlines())}
# Keys that the product added, with the rule each one serves.
ADDED = {
    "calendar.hours", "meter.jump_min_units", "cash.max_change", "fee.price_jump_pct",
    "approval.skip_duplicates", "approval.urge_hours", "archive.grant_hours",
    "archive.reveal_reason_chars", "archive.reveals_per_hour",
    "vendor.applications",
}  # fmt: skip
# The handbook names these in words; typed they are the value beside.
IN_WORDS = {
    "duty.finance": "Sat 08:00-12:00",  # "Sat AM"
    "meter.water_period": "month",  # "month (quarter in some projects)"
    "org.reporting_lines": "A",  # "variant A"
}
# Lists that the handbook calls "default" or "list": written out in its rules.
WRITTEN_OUT = {
    "card.types": 9, "conduct.checklist": 8, "conduct.show_checklist": 5, "fee.kinds": 17,
    "incentive.scheme": 0, "patrol.templates": 11, "project.setup_checklist": 7,
    "violation.measures": 5,
}  # fmt: skip


def test_there_is_every_key_and_no_other() -> None:
    assert len(ROWS) == 240
    assert set(REGISTRY) == set(ROWS) | ADDED


@pytest.mark.parametrize("key", ROWS)
def test_default_origin_and_rules_are_the_handbooks(key: str) -> None:
    row, setting = ROWS[key], REGISTRY[key]

    assert setting.rules == row["rules"].replace("section ", "")
    assert setting.is_proposed == (row["origin"] == "proposed")
    printed = row["default"]
    if printed == "unset":
        assert setting.default is None
    elif key in WRITTEN_OUT:
        assert len(setting.default) == WRITTEN_OUT[key]
    elif isinstance(setting.kind, Choices | Lines) and printed.split()[0].isdecimal():
        assert len(setting.default) == int(printed.split()[0])
    else:
        assert setting.default == setting.kind.parse(IN_WORDS.get(key, printed))


@pytest.mark.parametrize("setting", REGISTRY.values(), ids=str)
def test_every_default_is_a_value_of_its_kind(setting: object) -> None:
    found = REGISTRY[str(setting)]
    if found.default is None:
        return
    assert isinstance(found.default, found.kind.python)
    assert found.kind.parse(found.kind.text(found.default)) == found.default


@pytest.mark.parametrize(
    ("prefix", "per_project"),
    [("purchase.", False), ("sod.", False), ("cs.", True), ("retention.", True), ("kpi.", True)],
)
def test_projects_may_not_override_purchasing_receipts_and_duties(
    *, prefix: str, per_project: bool
) -> None:
    found = {s.per_project for key, s in REGISTRY.items() if key.startswith(prefix)}

    assert found == {per_project}


def test_what_prices_depend_on_is_dated() -> None:
    dated = {key for key, setting in REGISTRY.items() if setting.is_dated}

    assert dated >= {
        "latefee.daily_rate", "latefee.grace_days", "latefee.cap", "custody.fee_rate",
        "heating.vacant_rate", "heating.benefit_store_rate", "fee.due_day", "fee.rounding",
        "fee.management.price", "pay.allocation", "card.fee_amount", "card.replacement_fee",
        "parking.temp_per_hour", "parking.temp_day_cap", "renovation.deposit_amount",
    }  # fmt: skip
    unset = {key for key, setting in REGISTRY.items() if setting.default is None}
    assert unset <= dated


def test_each_is_said_once_and_in_a_group_of_its_own() -> None:
    keys = [setting.key for group in GROUPS for setting in group.settings]
    assert len(keys) == len(set(keys))
    with translation.override("en"):
        for setting in REGISTRY.values():
            assert str(setting.name)
            assert str(setting.help).endswith((".", "。"))
            if isinstance(setting.kind, Choice | Choices):
                assert all(str(words) for words in setting.kind.options.values())


def test_every_setting_is_read_or_said_to_be_awaited() -> None:
    """A setting that nothing works by would be a promise: either code names it, or people know."""
    read = _read_by_code()
    fixed = {
        key
        for key, setting in REGISTRY.items()
        if isinstance(setting.kind, Choice) and len(setting.kind.options) == 1
    }
    of_modules = {
        setting.key
        for group in GROUPS
        if group.module in awaited.MODULES
        for setting in group.settings
    }

    assert fixed == {"fee.rounding", "pay.allocation"}
    assert set(REGISTRY) - read - fixed == AWAITED - read
    assert awaited.KEYS & (read | fixed | of_modules) == set()
    for module in awaited.MODULES:
        assert not apps.is_installed(f"services.{module}")


def _read_by_code() -> set[str]:
    root = Path(__file__).resolve().parents[3]
    files = [
        path
        for part in ("platform", "services", "tenants", "api")
        for path in (root / part).rglob("*.py")
        if "migrations" not in path.parts and root / "platform/kernel/policies" not in path.parents
    ]
    found = {literal for path in files for literal in LITERAL.findall(path.read_text())}
    return found & set(REGISTRY)
