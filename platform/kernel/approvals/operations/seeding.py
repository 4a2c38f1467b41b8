"""The default chains, for new companies and for those that were there before them."""

from datetime import datetime

from django.db import transaction

from kernel.access.actors import SYSTEM
from kernel.approvals.catalogue import DEFAULT_CHAINS
from kernel.approvals.models import Chain, ChainState, ChainVersion
from kernel.approvals.rules.definitions import definition_as_json


@transaction.atomic
def seed_chains(now: datetime) -> None:
    """Add each default chain that the company does not have, in use. Repeatable.

    A chain that is there stays as the company made it.
    """
    known = set(Chain.objects.filter(project_id__isnull=True).values_list("key", flat=True))
    missing = [default for default in DEFAULT_CHAINS if default.key not in known]
    chains = Chain.objects.bulk_create(
        Chain(
            key=default.key,
            kind=default.kind,
            name=default.name,
            name_en=default.name_en,
            source=default.source,
            created_at=now,
        )
        for default in missing
    )
    ChainVersion.objects.bulk_create(
        ChainVersion(
            chain=chain,
            number=1,
            state=ChainState.PUBLISHED,
            definition=definition_as_json(default.definition),
            drafted_by_label=SYSTEM.label,
            drafted_at=now,
            published_by_label=SYSTEM.label,
            published_at=now,
        )
        for chain, default in zip(chains, missing, strict=True)
    )
