"""Former owners whose data was kept long enough (SH-23, C-23), and which papers are theirs."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from kernel.documents.models import Attachment
from kernel.documents.retention import kept_files
from kernel.records.retention import Kept, end_of
from kernel.tenancy import company_day
from services.properties import rules
from services.properties.models import Household, Occupancy, OccupancyRole, Party


def former_owners(project_id: int, until: date) -> Iterator[Kept]:
    """Yield who owned something in a project, has no unit anywhere any more since a day, by name.

    Only those of whom there still is a phone or an ID number. The caller has checked access.
    """
    still_there = Occupancy.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=until), party=OuterRef("pk")
    )
    owned_here = Occupancy.objects.filter(
        party=OuterRef("pk"), role=OccupancyRole.OWNER, unit__project_id=project_id
    )
    found = (
        Party.objects.filter(Exists(owned_here), ~Exists(still_there))
        .exclude(phone_index="", id_number_index="")
        .annotate(ended_on=Max("occupancies__valid_to"))
        .order_by("sort_key", "pk")
    )
    for party in found:
        yield Kept(party.pk, party.name, party.ended_on)


def papers_of_former_owners(project_id: int, until: date) -> Iterator[Kept]:
    """Yield the papers of owners' files in a project whose owners all went by a day, by their id.

    Withdrawn ones are among them: their content lies there. The caller has checked access.
    """
    yield from _papers(Occupancy.objects.filter(unit__project_id=project_id), until)


def papers_of_current_owners(project_id: int, until: date) -> Iterator[Kept]:
    """Yield the papers of owners' files in a project that were put in by a day, by their id.

    Those of owners who went, or are to go, have a time of their own. The caller has checked access.
    """
    everybody = Occupancy.objects.filter(unit__project_id=project_id)
    former = {kept.object_id for kept in _papers(everybody, date.max)}
    papers = Attachment.objects.filter(
        subject_type=Household._meta.label_lower,
        project_id=project_id,
        is_secret=True,
        added_at__lt=end_of(until),
    )
    yield from kept_files(papers.exclude(pk__in=former))


def papers_set_aside(*, household_id: int, today: date) -> dict[int, date]:
    """Return which papers of an account's file are former owners', by id, and since when.

    The caller has checked access to the account.
    """
    occupancies = Occupancy.objects.filter(unit__household_id=household_id)
    return {kept.object_id: kept.ended_on for kept in _papers(occupancies, today)}


def _papers(occupancies: QuerySet[Occupancy], until: date) -> Iterator[Kept]:
    owned = occupancies.filter(role=OccupancyRole.OWNER)
    changed = owned.filter(valid_to__lte=until).values("unit__household_id")
    spans: dict[int, list[rules.Owned]] = defaultdict(list)
    rows = owned.filter(unit__household_id__in=changed).values_list(
        "unit__household_id", "party_id", "valid_from", "valid_to"
    )
    for household_id, party_id, begins, ends in rows:
        spans[household_id].append(rules.Owned(party_id, begins, ends))
    papers = Attachment.objects.filter(
        subject_type=Household._meta.label_lower, subject_id__in=spans, is_secret=True
    )
    for pk, household_id, name, added_at in papers.order_by("pk").values_list(
        "pk", "subject_id", "name", "added_at"
    ):
        since = rules.former_since(company_day(added_at), spans[household_id], until=until)
        if since is not None:
            yield Kept(pk, name, since)
