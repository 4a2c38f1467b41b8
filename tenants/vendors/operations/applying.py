"""Somebody asks a company to take him on its register of vendors.

The request itself looks nothing up, whatever company is named: what happens then, and whether
anything does, a task decides that nobody sees. The company learns of it once the mailed link has
shown that the mailbox is the applicant's.
"""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from kernel import crypto
from kernel.jobs.operations import enqueue_after_commit
from tenants.companies.models import Company
from tenants.vendors.models import VendorInvitation, VendorSession
from tenants.vendors.operations.common import address_of, digest_of
from tenants.vendors.operations.joining import INVITATION_LIFE

APPLY_TASK: Final = "tenants.vendors.mail_application"


@transaction.atomic
def ask_to_join(*, slug: str, email: str, answers: Mapping[str, str]) -> None:
    """Have the link sent with which an applicant confirms; a lost message is not sent again."""
    enqueue_after_commit(
        APPLY_TASK,
        slug=slug,
        email=address_of(email),
        answers=crypto.encrypt(json.dumps(dict(answers))),
    )


@transaction.atomic
def keep_application(*, company: Company, email: str, answers_encrypted: str, now: datetime) -> str:
    """Keep what an applicant wrote and return the key of his link; earlier links are void."""
    VendorInvitation.objects.filter(
        company=company, email=email, contact_id__isnull=True, used_at__isnull=True
    ).delete()
    key = secrets.token_urlsafe(32)
    VendorInvitation.objects.create(
        company=company,
        email=email,
        answers_encrypted=answers_encrypted,
        digest=digest_of(key),
        sent_at=now,
        expires_at=now + INVITATION_LIFE,
    )
    return key


@transaction.atomic
def drop_expired(*, now: datetime) -> None:
    """Forget what nobody confirmed in time, links that nobody took up, sessions that are over."""
    VendorInvitation.objects.filter(expires_at__lte=now, used_at__isnull=True).delete()
    VendorSession.objects.filter(expires_at__lte=now).delete()


def answers_of(invitation: VendorInvitation) -> dict[str, Any]:
    """Return what an applicant wrote. In the public schema, whose key it is sealed with."""
    answers: dict[str, Any] = json.loads(crypto.decrypt(invitation.answers_encrypted))
    return answers
