"""A round in which vendors have quoted by page and by API, and everybody who might want to know."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django_tenants.utils import tenant_context

from kernel import sealing
from kernel.access import Actor
from kernel.access.models import User
from kernel.tenancy import company_day
from services.procurement.rounds import operations
from services.procurement.rounds.models import QuoteRevision, Round
from services.procurement.vendors.models import Contact
from tenants.companies.models import Company
from tenants.vendors.operations import make_token
from tests import factories
from tests import factories_procurement_rounds as rounds
from tests.factories import PASSWORD
from tests.factories_portal import Person, client_of, join
from tests.factories_procurement_rounds import Quoter
from tests.factories_procurement_vendors import add_vendor
from tests.services.procurement.rounds.conftest import Asked

# By vendor: nothing of it is to be seen by another, and no price by anybody before the opening.
PRICES: Final = {
    "V1": ("73519.37", "64287.91"),
    "V2": ("81993.13", "69127.43"),
    "V3": ("90371.59", "78153.21"),  # after all, at the last moment
}
BRANDS: Final = {"V1": "金丝雀牌HG-18R", "V2": "夜莺牌YY-27K", "V3": "百灵牌BL-36M"}
NAMES: Final = {"V1": "金桂灯饰", "V2": "银杏照明", "V3": "红枫机电", "V4": "青松五金"}
PEOPLE: Final = {"V1": "桂一飞", "V2": "银二凤", "V3": "枫三石", "V4": "松四海"}
FILE, CONTENT = "金丝雀报价单.pdf", "canary-content-qzx"
# What the staff is to see nowhere before the opening.
SECRETS: Final = {
    "price": "73519.37",
    "price as it is shown": "73,519.37",
    "other price": "64287.91",
    "amount": "17644648.80",
    "amount as it is shown": "17,644,648.80",
    "total": "20537604.75",
    "total as it is shown": "20,537,604.75",
    "price of the second": "81993.13",
    "brand": BRANDS["V1"],
    "brand of the second": BRANDS["V2"],
    "note": "canary-note-qzx",
    "file's name": FILE,
    "file's content": CONTENT,
    "drafted price": "58413.26",
}


@dataclass
class Sealed:
    company: Company
    elsewhere: Company
    round: Round
    buyer: Actor
    openers: tuple[Actor, Actor]
    quoters: dict[str, Quoter] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    browsers: dict[str, Client] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def asked(self) -> Asked:
        first, second, third = (self.quoters[code] for code in PRICES)
        return Asked(self.round, self.buyer, self.openers, (first, second, third))

    @property
    def url(self) -> str:
        return f"/v/alpha/rounds/{self.round.pk}/"

    @property
    def api(self) -> str:
        return f"/v/alpha/api/v1/rounds/{self.round.pk}/"

    def lines(self) -> list[int]:
        with tenant_context(self.company):
            return list(self.round.lines.order_by("position").values_list("pk", flat=True))

    def typed(self, *prices: str, brand: str = "", **more: Any) -> dict[str, Any]:
        """Return the form of a quote as the browser sends it."""
        cells: dict[str, Any] = {"tax_percent": "13", "freight": "", **more}
        for pk, price in zip(self.lines(), prices, strict=True):
            cells |= {f"line-{pk}-price": price, f"line-{pk}-brand": brand}
        return cells

    def send(self, who: str, *prices: str, **more: Any) -> Any:
        """Send a quote by the page."""
        typed = self.typed(*prices, brand=BRANDS.get(who, ""), do="send", **more)
        return self.browsers[who].post(self.url, typed)

    def body(self, *prices: str, brand: str = "", **more: Any) -> dict[str, Any]:
        """Return the body of a quote as a program sends it."""
        lines = [
            {"line_id": pk, "unit_price": price, "brand": brand}
            for pk, price in zip(self.lines(), prices, strict=True)
        ]
        return {"lines": lines, "tax_percent": "13", **more}

    def call(self, who: str, path: str, body: Any = None, **headers: str) -> Any:
        """Ask the vendors' API with somebody's token: GET without a body, POST with one."""
        client = Client(headers={"host": "vendors.test"}, raise_request_exception=False)
        given: dict[str, Any] = {
            "headers": {"authorization": f"Bearer {self.tokens[who]}", **headers}
        }
        if body is None:
            return client.get(path, **given)
        return client.post(path, body, content_type="application/json", **given)

    def words_of(self, who: str) -> dict[str, str]:
        """Return what belongs to one vendor, for others to find nothing of it."""
        vendor, contact = self.quoters[who].vendor, self.quoters[who].contact
        words = {
            "name": vendor.name,
            "code": vendor.code,
            "person": contact.name,
            "address": contact.email,
            "brand": BRANDS.get(who, ""),
            **{f"price {number}": price for number, price in enumerate(PRICES.get(who, ()))},
        }
        if who == "V1":
            words |= {
                name: text
                for name, text in SECRETS.items()
                if "second" not in name and "drafted" not in name
            }
        with tenant_context(self.company):
            sent = QuoteRevision.objects.filter(invitation__vendor=vendor)
            words |= {f"receipt {one.number}": one.receipt for one in sent}
        return {f"{who}'s {name}": text for name, text in words.items() if text}


def build(companies: dict[str, Company]) -> Sealed:
    """Publish a round to V1, V2 and V3; V4 is on the register only, V2's person also at beta."""
    alpha, beta = companies["alpha"], companies["beta"]
    now = timezone.now()
    with tenant_context(alpha):
        buyer, openers = rounds.add_buyer(), rounds.add_openers()
        vendors = {code: add_vendor(f"{code}-ZQXWV", name) for code, name in NAMES.items()}
    people = {
        code: join(
            alpha, vendor, f"{code.lower()}-person@{code.lower()}.example", name=PEOPLE[code]
        )
        for code, vendor in vendors.items()
    }
    with tenant_context(beta):
        at_beta = add_vendor("B-ZQXWV", "银杏照明分号")
    join(beta, at_beta, people["V2"].login.email, name=PEOPLE["V2"])
    quoters = {}
    with tenant_context(alpha):
        for code, person in people.items():
            contact = Contact.objects.select_related("vendor").get(pk=person.contact_id)
            private = sealing.unlock(bytes(person.login.locked_key or b""), secret=PASSWORD)
            quoters[code] = Quoter(
                vendors[code],
                contact,
                Actor(label=contact.name, vendor_id=contact.vendor_id, contact_id=contact.pk),
                sealing.KeyPair(private, bytes(contact.public_key or b"")),
            )
        made = operations.create_round(
            actor=buyer,
            draft=rounds.draft_of(
                [quoters[code] for code in ("V1", "V2", "V3")], closes_at=now + timedelta(days=2)
            ),
            now=now,
            today=company_day(now),
        )
        published = operations.publish(
            actor=buyer, round_id=made.pk, now=now, today=company_day(now)
        )
    world = Sealed(alpha, beta, published, buyer, openers, quoters, people)
    for code, person in people.items():
        world.browsers[code] = client_of(person.login)
        membership = person.login.memberships.get(company=alpha)
        world.tokens[code] = make_token(
            login=person.login, membership_id=membership.pk, name="program", now=now
        )[1]
    return world


def quote(world: Sealed) -> None:
    """Let V1 draft and send by the page with a file, V2 by a program; V3 drafts and asks."""
    drafted = world.typed("58413.26", "1", brand=BRANDS["V3"], do="draft")
    assert world.browsers["V3"].post(world.url, drafted).status_code == 302
    assert world.browsers["V3"].post(f"{world.url}ask/", {"text": "几时要货？"}).status_code == 302
    file = SimpleUploadedFile(FILE, f"%PDF-1.7\n{CONTENT}\n%%EOF\n".encode())
    sent = world.send("V1", *PRICES["V1"], note="canary-note-qzx", files=[file])
    assert sent.status_code == 302
    answer = world.call("V2", f"{world.api}quotes/", world.body(*PRICES["V2"], brand=BRANDS["V2"]))
    assert answer.status_code == 201, answer.content


def add_staff(company: Company, name: str, *posts: str) -> User:
    with tenant_context(company):
        user = factories.add_user(name, email=f"{name}@example.com")
        for post in posts:
            factories.hold_post(user, post)
        return User.objects.get(pk=user.pk)


def variants(world: Sealed) -> Iterator[str]:
    """Let others quote, and for other prices; what one did is rolled back before the next."""
    low, high = ("1", "2"), ("99999999.9999", "88888888.8888")
    for who, prices in (("V1", PRICES["V1"]), ("V2", PRICES["V1"]), ("V1", low), ("V1", high)):
        with transaction.atomic():
            assert world.send(who, *prices).status_code == 302
            yield f"{who} at {prices[0]}"
            transaction.set_rollback(True)
