"""Exemptions and modes for tests."""

from datetime import date
from typing import Any

from kernel import access
from kernel.access.models import User
from kernel.duties import Mode, exemptions
from kernel.duties.models import Exemption
from kernel.policies.operations import set_value
from tests.factories import NOW, TODAY


def set_mode(mode: Mode, project_id: int | None = None) -> None:
    """Let ``sod.mode`` be ``mode``, in the company or in one project."""
    set_value(
        actor=access.SYSTEM,
        key="sod.mode",
        text=mode.value,
        project_id=project_id,
        now=NOW,
        today=TODAY,
    )


def ask(admin: access.Actor, user: User, rule: str, **values: Any) -> Exemption:
    facts: dict[str, Any] = {
        "project_id": None,
        "reason": "one clerk in the community",
        "valid_from": date(2026, 11, 1),
        "last_day": date(2026, 12, 31),
        **values,
    }
    return exemptions.request_exemption(actor=admin, rule=rule, user_id=user.pk, now=NOW, **facts)


def exempt(
    admin: access.Actor, manager: access.Actor, user: User, rule: str, **values: Any
) -> Exemption:
    asked = ask(admin, user, rule, **values)
    return exemptions.approve_exemption(
        actor=manager, exemption_id=asked.pk, opinion="for this year", now=NOW
    )
