"""Settings are changed, overridden and given back."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from kernel import access
from kernel.access.actors import Actor
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.errors import NotFound
from kernel.jobs import operations as jobs
from kernel.locks import LockClass, lock_company
from kernel.policies import reading
from kernel.policies.catalogue import REGISTRY
from kernel.policies.errors import (
    ChangedMeanwhile,
    DayRefused,
    DecidedElsewhere,
    OverrideRefused,
    ValuesDisagree,
)
from kernel.policies.models import PolicyValue
from kernel.policies.rules import ORDERS
from kernel.policies.settings import Setting
from kernel.text import _


@transaction.atomic
def set_value(
    *,
    actor: Actor,
    key: str,
    text: str,
    project_id: int | None = None,
    valid_from: date | None = None,
    is_decided: bool = False,
    now: datetime,
    today: date,
) -> PolicyValue:
    """Let the setting be what ``text`` says, for the company or for one project.

    :param valid_from: for a dated setting the first day, today if missing. Not before today: what
        was computed stays right; only a setting that had no value at all may begin earlier.
    :param is_decided: what else comes with the value is done in the same transaction.
    :raises NotFound: if there is no such setting or project.
    :raises DecidedElsewhere: if more comes with the setting than a value.
    :raises ValueRefused: if ``text`` is no value of it.
    :raises OverrideRefused: if projects have no say in it.
    :raises DayRefused: if it may not count from that day, or is not dated and a day is given.
    :raises ValuesDisagree: if it does not go with another setting.
    """
    setting = _setting(actor, key, project_id)
    if not is_decided:
        _require_free(setting)
    _lock_order(setting)
    value = setting.kind.parse(text)
    day = _first_day(setting, project_id, valid_from, today)
    written = setting.kind.text(value)
    _require_order(setting, value, project_id=project_id, on=day or today)
    return _write(actor, setting, written, project_id=project_id, day=day, now=now)


@transaction.atomic
def clear_value(
    *,
    actor: Actor,
    key: str,
    project_id: int | None = None,
    valid_from: date | None = None,
    now: datetime,
    today: date,
) -> PolicyValue | None:
    """Give way to what is inherited: the company's value, or the default.

    :return: the row that says so; ``None`` if nothing was said.
    :raises NotFound: if there is no such setting or project.
    :raises DecidedElsewhere: if more comes with the setting than a value.
    :raises DayRefused: like :func:`set_value`.
    """
    setting = _setting(actor, key, project_id)
    _require_free(setting)
    _lock_order(setting)
    day = _first_day(setting, project_id, valid_from, today)
    said = reading.snapshot().said(setting, project_id, day or today)
    if said is None or said.text is None:
        return None
    inherited = reading.snapshot().find(setting, None, day or today)
    if project_id is None:
        _require_order(setting, setting.default, project_id=None, on=day or today)
    else:
        _require_order(setting, inherited.value, project_id=project_id, on=day or today)
    return _write(actor, setting, None, project_id=project_id, day=day, now=now)


@transaction.atomic
def withdraw_planned(*, actor: Actor, value_id: int, now: datetime, today: date) -> PolicyValue:
    """Take back a value that has not begun to count.

    :raises NotFound: if there is none.
    :raises DayRefused: if it counts already.
    """
    row = PolicyValue.objects.select_for_update().filter(pk=value_id).first()
    if row is None or row.key not in REGISTRY:
        raise NotFound
    setting = _setting(actor, row.key, row.project_id)
    if row.valid_from is None or row.valid_from <= today:
        raise DayRefused(_("This value counts already: set another from a later day."))
    _note(actor, row, setting, before=_facts(row), after=None, now=now)
    PolicyValue.objects.filter(pk=row.pk).delete()
    reading.forget()
    return row


def _setting(actor: Actor, key: str, project_id: int | None) -> Setting:
    setting = REGISTRY.get(key)
    if setting is None:
        raise NotFound
    if project_id is None:
        access.require_everywhere(actor, setting.action)
        return setting
    access.require_in_project(actor, setting.action, project_id)
    if not setting.per_project:
        raise OverrideRefused(
            _("“%(name)s” counts for the whole company: projects cannot override it.")
            % {"name": setting.name}
        )
    return setting


def _require_free(setting: Setting) -> None:
    if setting.decided_at:
        raise DecidedElsewhere(
            _("“%(name)s” has a page of its own, that shows what would change with it.")
            % {"name": setting.name}
        )


def _first_day(
    setting: Setting, project_id: int | None, day: date | None, today: date
) -> date | None:
    if not setting.is_dated:
        if day is not None:
            raise DayRefused(
                _("“%(name)s” counts at once: leave the day out.") % {"name": setting.name},
                field="valid_from",
            )
        return None
    day = day or today
    if day >= today:
        return day
    values = PolicyValue.objects.filter(key=setting.key, project_id=project_id)
    if setting.default is None and project_id is None and not values.exists():
        return day
    raise DayRefused(
        _("The first day may not lie in the past: what was computed with the earlier value stays."),
        field="valid_from",
    )


def _lock_order(setting: Setting) -> None:
    """Let one at a time change settings that must go together: each is compared with the other."""
    if any(setting.key in order for order in ORDERS):
        lock_company(LockClass.POLICIES)
        reading.forget()


def _require_order(setting: Setting, value: Any, *, project_id: int | None, on: date) -> None:
    """Return if the value goes with those of other settings in the same place.

    A company's value is also compared with those of its projects that inherit it.
    """
    values = reading.snapshot()
    for order in ORDERS:
        if setting.key not in order:
            continue
        low, high = REGISTRY[order.low], REGISTRY[order.high]
        other = high if setting.key == order.low else low
        places: list[int | None] = [project_id]
        if project_id is None:
            own = values.projects_of(setting)
            places += [
                project
                for project in values.projects_of(other)
                if project not in own
                or values.find(setting, project, on).origin != reading.Origin.PROJECT
            ]
        for place in places:
            found = values.find(other, place, on).value
            low_value, high_value = (found, value) if other is low else (value, found)
            if low_value > high_value:
                text = (
                    _("“%(low)s” (%(low_value)s) may not be more than “%(high)s” (%(high_value)s).")
                    if place == project_id
                    else _(
                        "“%(low)s” (%(low_value)s) would be more than “%(high)s” (%(high_value)s)"
                        " in a project that has its own value. Change it there first."
                    )
                )
                raise ValuesDisagree(
                    text
                    % {
                        "low": low.name,
                        "low_value": low_value,
                        "high": high.name,
                        "high_value": high_value,
                    },
                    field="value",
                    details={} if place == project_id else {"project_id": place},
                )


def _write(
    actor: Actor,
    setting: Setting,
    text: str | None,
    *,
    project_id: int | None,
    day: date | None,
    now: datetime,
) -> PolicyValue:
    place: dict[str, Any] = {"key": setting.key, "project_id": project_id, "valid_from": day}
    row = PolicyValue.objects.select_for_update().filter(**place).first()
    before = _facts(row) if row is not None else _in_force(setting, project_id, day)
    if row is not None and row.text == text:
        return row
    row = row or PolicyValue(**place)
    row.text = text
    row.set_by_id = actor.user_id
    row.set_by_label = actor.label[:140]
    row.set_at = now
    with refusing(
        policyvalue_once_a_day=ChangedMeanwhile(
            _("Somebody else has just changed this setting. Look at it again.")
        ),
    ):
        row.save()
    _note(actor, row, setting, before=before, after=_facts(row), now=now)
    reading.forget()
    if setting.key.startswith("calendar."):  # clocks that count working time follow
        jobs.start(actor=actor, kind="deadlines.recompute", params={}, now=now)
    return row


def _in_force(setting: Setting, project_id: int | None, day: date | None) -> dict[str, Any]:
    """Return what is changed by the first value of its day: what counted until then."""
    said = reading.snapshot().said(setting, project_id, day)
    return {
        "value": said.text if said is not None else None,
        "valid_from": said.since.isoformat() if said is not None and said.since else None,
    }


def _facts(row: PolicyValue) -> dict[str, Any]:
    return {
        "value": row.text,
        "valid_from": row.valid_from.isoformat() if row.valid_from else None,
    }


def _note(
    actor: Actor,
    row: PolicyValue,
    setting: Setting,
    *,
    before: dict[str, Any],
    after: dict[str, Any] | None,
    now: datetime,
) -> None:
    audit.record(
        actor=actor,
        event="policies.value.set" if after else "policies.value.withdrawn",
        subject=row,
        now=now,
        project_id=row.project_id,
        data={"key": setting.key},
        before=before,
        after=after or {},
    )
