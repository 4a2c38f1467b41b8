"""Sealed samples that deliveries are compared with (封样记录, PR-30)."""

from datetime import date, datetime

from django.db import transaction

from kernel import access
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.documents import numbers
from kernel.errors import NotFound
from kernel.text import _
from services.procurement.catalogue.models import Item
from services.procurement.receiving.models import SealedSample
from services.procurement.receiving.operations.common import SERIES_SAMPLE
from services.procurement.receiving.operations.errors import SampleEnded, SampleExists
from services.procurement.texts import line as one_line
from services.procurement.vendors.models import Vendor


@transaction.atomic
def seal_sample(
    *,
    actor: Actor,
    item_id: int,
    vendor_id: int,
    description: str,
    place: str,
    replaces_id: int | None = None,
    now: datetime,
    today: date,
) -> SealedSample:
    """Seal a sample of a vendor's article; goods must agree with it from now on.

    :param replaces_id: the sample in force, which it takes the place of.
    :raises access.ActionDenied: without ``goods.receive`` anywhere.
    :raises NotFound: if there is no such article, vendor or sample.
    :raises SampleExists: if one is in force and not named as replaced.
    :raises SampleEnded: if the replaced one is not in force.
    """
    access.require(actor, Action.GOODS_RECEIVE)
    person_id = actor.require_person()
    item, vendor = Item.objects.filter(pk=item_id), Vendor.objects.filter(pk=vendor_id)
    if not item.exists():
        raise NotFound(_("There is no such article."), field="item")
    if not vendor.exists():
        raise NotFound(_("There is no such vendor."), field="vendor")
    before = _end(replaces_id, today, item_id=item_id, vendor_id=vendor_id)
    sample = SealedSample(
        item_id=item_id,
        vendor_id=vendor_id,
        description=one_line(description, field="description", longest=300, is_required=True),
        place=one_line(place, field="place", longest=100, is_required=True),
        number=numbers.next_number(series=SERIES_SAMPLE, project_id=None, on=today),
        sealed_on=today,
        sealed_by=person_id,
        sealed_by_label=actor.label[:140],
    )
    exists = SampleExists(_("A sample of this article is sealed already."), field="item")
    with refusing(sealedsample_one_in_force=exists):
        sample.save(force_insert=True)
    if before is not None:
        before.replaced_by = sample
        before.save(update_fields=["replaced_by"])
    audit.record(
        actor=actor,
        event="procurement.sample.sealed",
        subject=sample,
        now=now,
        data={
            "number": sample.number,
            "item": item_id,
            "vendor": vendor_id,
            "replaces": before.number if before is not None else None,
        },
    )
    return sample


@transaction.atomic
def end_sample(*, actor: Actor, sample_id: int, now: datetime, today: date) -> SealedSample:
    """Take a sample out of force; deliveries are compared with it no longer.

    :raises access.ActionDenied: without ``goods.receive`` anywhere.
    :raises NotFound: if there is no such sample.
    :raises SampleEnded: if it is not in force.
    """
    access.require(actor, Action.GOODS_RECEIVE)
    sample = _end(sample_id, today)
    assert sample is not None
    audit.record(
        actor=actor,
        event="procurement.sample.ended",
        subject=sample,
        now=now,
        data={"number": sample.number},
    )
    return sample


def _end(sample_id: int | None, today: date, **what: int) -> SealedSample | None:
    if sample_id is None:
        return None
    sample = SealedSample.objects.select_for_update().filter(pk=sample_id, **what).first()
    if sample is None:
        raise NotFound
    if sample.ended_on is not None:
        raise SampleEnded(_("This sample is not in force any more."))
    sample.ended_on = today
    sample.save(update_fields=["ended_on"])
    return sample
