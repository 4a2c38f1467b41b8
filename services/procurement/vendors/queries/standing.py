"""How vendors stand on a day: whether they may quote and be ordered from, and why not."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from services.procurement.catalogue.queries import ancestors_of
from services.procurement.vendors import rules
from services.procurement.vendors.models import (
    HoldKind,
    IntermediaryCheck,
    PaperKind,
    PaperState,
    Supply,
    Vendor,
    VendorHold,
    VendorKind,
    VendorPaper,
    VendorState,
)
from services.procurement.vendors.rules import Hold, Paper, Standing


def standing_of(vendor_ids: Collection[int], *, today: date) -> dict[int, Standing]:
    """Return how each of these vendors stands; eight queries, however many they are.

    Ids of nobody are left out. Asks no action: what is told of a vendor is asked for elsewhere.
    """
    vendors = list(Vendor.objects.filter(pk__in=vendor_ids).only("pk", "state", "kind"))
    pks = [vendor.pk for vendor in vendors]
    required = required_kinds(pks)
    papers, holds, passed = _papers(pks), _holds(pks, today), _passed(vendors)
    found = {}
    for vendor in vendors:
        wanted = required[vendor.pk]
        missing = rules.kinds_missing(papers[vendor.pk], required=list(wanted), today=today)
        found[vendor.pk] = Standing(
            vendor_id=vendor.pk,
            is_active=vendor.state == VendorState.ACTIVE,
            holds=rules.current_holds(holds[vendor.pk], today=today),
            missing=tuple(wanted[key].label for key in missing),
            is_unchecked=vendor.kind == VendorKind.INTERMEDIARY and vendor.pk not in passed,
        )
    return found


def required_kinds(vendor_ids: Collection[int]) -> dict[int, dict[str, PaperKind]]:
    """Return which kinds of papers each vendor needs, by their keys.

    Those that every vendor needs, and those of the categories he supplies and of what lies above
    these: who sells extinguishers needs what fire equipment takes (PR-60).
    """
    kinds = list(PaperKind.objects.filter(is_active=True).order_by("key"))
    by_category: defaultdict[int, list[PaperKind]] = defaultdict(list)
    of_kind = {kind.pk: kind for kind in kinds}
    for kind_id, category_id in PaperKind.categories.through.objects.filter(
        paperkind__in=kinds
    ).values_list("paperkind_id", "category_id"):
        by_category[category_id].append(of_kind[kind_id])
    above = ancestors_of()
    found = {pk: {kind.key: kind for kind in kinds if kind.is_required} for pk in vendor_ids}
    for vendor_id, category_id in Supply.objects.filter(vendor__in=vendor_ids).values_list(
        "vendor_id", "category_id"
    ):
        for one in above[category_id]:
            found[vendor_id].update({kind.key: kind for kind in by_category[one]})
    return found


def _papers(vendor_ids: Collection[int]) -> defaultdict[int, list[Paper]]:
    found: defaultdict[int, list[Paper]] = defaultdict(list)
    for vendor_id, kind, valid_from, valid_to in VendorPaper.objects.filter(
        vendor__in=vendor_ids, state=PaperState.CHECKED
    ).values_list("vendor_id", "kind__key", "valid_from", "valid_to"):
        found[vendor_id].append(Paper(kind=kind, valid_from=valid_from, valid_to=valid_to))
    return found


def _holds(vendor_ids: Collection[int], today: date) -> defaultdict[int, list[Hold]]:
    found: defaultdict[int, list[Hold]] = defaultdict(list)
    for hold in VendorHold.objects.filter(
        vendor__in=vendor_ids, lifted_at__isnull=True, first_day__lte=today
    ).order_by("pk"):
        found[hold.vendor_id].append(
            Hold(
                first_day=hold.first_day,
                last_day=hold.last_day,
                reason=hold.reason,
                is_blacklisting=hold.kind == HoldKind.BLACKLIST,
            )
        )
    return found


def _passed(vendors: Iterable[Vendor]) -> set[int]:
    """Return the intermediaries whose last check found all four in order (PR-61)."""
    asked = [vendor.pk for vendor in vendors if vendor.kind == VendorKind.INTERMEDIARY]
    if not asked:
        return set()
    last = (
        IntermediaryCheck.objects.filter(vendor__in=asked)
        .order_by("vendor_id", "-pk")
        .distinct("vendor_id")
    )
    return {check.vendor_id for check in last if check.is_passed}
