"""Reads of vendors' sign-ins. All of them run in the public schema."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from kernel import sealing
from kernel.sealing import KeyPair
from tenants.companies.models import CompanyStatus
from tenants.vendors.models import Membership, VendorLogin, VendorSession
from tenants.vendors.operations.common import digest_of


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who a session's key belongs to, with his own key pair."""

    login: VendorLogin
    session_id: int
    keys: KeyPair


def signed_in(*, key: str, now: datetime) -> SignedIn | None:
    """Return whose session the cookie's key opens; ``None`` if it is none, over, or he is out."""
    session = (
        VendorSession.objects.select_related("login")
        .filter(digest=digest_of(key), expires_at__gt=now, login__is_active=True)
        .first()
    )
    if session is None:
        return None
    private = sealing.unwrap(bytes(session.wrapped_key), token=key)
    return SignedIn(
        session.login, session.pk, KeyPair(private=private, public=sealing.public_of(private))
    )


def memberships(*, login: VendorLogin) -> QuerySet[Membership]:
    """Return where a person may go, by the company's name."""
    return (
        Membership.objects.select_related("company")
        .filter(login=login, ended_at__isnull=True, company__status=CompanyStatus.ACTIVE)
        .order_by("company__name", "pk")
    )


def membership_of(*, login: VendorLogin, slug: str) -> list[Membership]:
    """Return a person's places at one company: as several vendors' contact he has several."""
    return list(memberships(login=login).filter(company__slug=slug))


def sessions_of(*, login: VendorLogin, now: datetime) -> QuerySet[VendorSession]:
    """Return a person's open sessions, the latest first."""
    return VendorSession.objects.filter(login=login, expires_at__gt=now).order_by("-seen_at")
