"""Reads of vendors' sign-ins. All of them run in the public schema."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from kernel import sealing
from kernel.sealing import KeyPair
from tenants.companies.models import CompanyStatus
from tenants.vendors.models import Membership, VendorLogin, VendorSession, VendorToken
from tenants.vendors.operations.common import address_of, digest_of
from tenants.vendors.operations.tokens import TOKEN_PREFIX


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


def login_of(*, email: str) -> VendorLogin | None:
    """Return who signs in with an address, if he may."""
    return VendorLogin.objects.filter(email=address_of(email), is_active=True).first()


def is_known(*, email: str) -> bool:
    """Tell whether an address has a sign-in: only to who has shown that the mailbox is his."""
    return VendorLogin.objects.filter(email=address_of(email)).exists()


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


def membership_at(*, login: VendorLogin, place: str) -> Membership | None:
    """Return a person's membership at a place of the address: ``qinghe`` or ``qinghe.12``.

    Whoever is the contact of several vendors of one company names by the contact which he means;
    the short name alone is then nobody's.
    """
    slug, _dot, number = place.partition(".")
    found = [
        each
        for each in membership_of(login=login, slug=slug)
        if not number or str(each.contact_id) == number
    ]
    return found[0] if len(found) == 1 else None


def places(*, login: VendorLogin) -> list[tuple[str, Membership]]:
    """Return where a person may go, each with its part of the address."""
    found = list(memberships(login=login))
    slugs = [each.company.slug for each in found]
    return [
        (slug if slugs.count(slug) == 1 else f"{slug}.{each.contact_id}", each)
        for slug, each in zip(slugs, found, strict=True)
    ]


def member_of_token(*, text: str, now: datetime) -> VendorToken | None:
    """Return the token that a text is, with its membership, person and company; ``None`` if void.

    It is void once it has run out or was revoked, and with its person, membership or company.
    """
    if not text.startswith(TOKEN_PREFIX):
        return None
    return (
        VendorToken.objects.select_related("membership__login", "membership__company")
        .filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=now),
            digest=digest_of(text),
            revoked_at__isnull=True,
            membership__ended_at__isnull=True,
            membership__login__is_active=True,
            membership__company__status=CompanyStatus.ACTIVE,
        )
        .first()
    )


def tokens_of(*, login: VendorLogin) -> QuerySet[VendorToken]:
    """Return a person's tokens that stand, the latest first, with their companies."""
    return (
        VendorToken.objects.select_related("membership__company")
        .filter(membership__login=login, revoked_at__isnull=True)
        .order_by("-pk")
    )


def sessions_of(*, login: VendorLogin, now: datetime) -> QuerySet[VendorSession]:
    """Return a person's open sessions, the latest first."""
    return VendorSession.objects.filter(login=login, expires_at__gt=now).order_by("-seen_at")
