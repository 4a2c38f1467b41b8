"""The vendors' API: a person's companies, and one company at a time, by session or token."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import tenant_context
from jsonschema import Draft202012Validator

from api.v1.document import document_of
from kernel.access import SYSTEM, Action
from kernel.documents import operations as documents
from kernel.errors import NotFound
from kernel.security.models import SecurityEvent
from services.procurement.vendors.door import entered
from services.procurement.vendors.models import PaperKind, VendorPaper
from tenants.companies.models import Company
from tenants.vendors import operations, queries
from tenants.vendors.models import VendorToken
from tests import factories_portal as portal
from tests.factories import add_user
from tests.factories_portal import Person
from tests.matrix.people import token_of

DOCUMENT = "config.urls_vendors"


@pytest.fixture
def dai(companies: dict[str, Company]) -> Person:
    with tenant_context(companies["alpha"]):
        vendor = portal.add_vendor("宁波信诺电气", "V-1")
    return portal.join(companies["alpha"], vendor, "dai@xinnuo.example", name="戴立群")


@pytest.fixture
def dai_in_beta(companies: dict[str, Company], dai: Person) -> Person:
    with tenant_context(companies["beta"]):
        vendor = portal.add_vendor("信诺", "V-7")
    return portal.join(companies["beta"], vendor, dai.login.email, name="老戴")


def token(person: Person, slug: str = "alpha") -> str:
    membership = queries.membership_of(login=person.login, slug=slug)[0]
    return operations.make_token(
        login=person.login, membership_id=membership.pk, name="ERP", now=timezone.now()
    )[1]


def ask(path: str, text: str = "") -> Any:
    headers = {"host": portal.HOST, **({"authorization": f"Bearer {text}"} if text else {})}
    return Client(headers=headers).get(path)


def assert_as_documented(path: str, answer: Any) -> None:
    """Assert that an answer is what the document says of its address and status."""
    document = document_of(DOCUMENT)
    content = document["paths"][path]["get"]["responses"][str(answer.status_code)]["content"]
    kind = answer.headers["Content-Type"]
    schema = {**content[kind]["schema"], "components": document["components"]}
    Draft202012Validator(schema).validate(answer.json())


def test_a_session_sees_its_person_and_his_companies(dai_in_beta: Person) -> None:
    client = portal.client_of(dai_in_beta.login)

    me, companies = client.get("/api/v1/me/"), client.get("/api/v1/companies/")

    assert me.json() == {"email": "dai@xinnuo.example", "name": "戴立群", "language": "en"}
    assert [(each["place"], each["name"]) for each in companies.json()] == [
        ("alpha", "Alpha"),
        ("beta", "Beta"),
    ]
    assert_as_documented("/api/v1/me/", me)
    assert_as_documented("/api/v1/companies/", companies)


def test_each_company_shows_its_own_words_of_him(dai_in_beta: Person) -> None:
    client = portal.client_of(dai_in_beta.login)
    path = "/v/{place}/api/v1/vendor/"

    alpha, beta = (client.get(path.format(place=place)) for place in ("alpha", "beta"))

    assert alpha.json() == {
        "code": "V-1",
        "name": "宁波信诺电气",
        "state": "ACTIVE",
        "credit_code": "",
        "contact": "戴立群",
    }
    assert (beta.json()["name"], beta.json()["contact"]) == ("信诺", "老戴")
    assert_as_documented(path, alpha)


def test_a_token_is_for_one_company(dai_in_beta: Person) -> None:
    text = token(dai_in_beta)

    assert ask("/v/alpha/api/v1/vendor/", text).status_code == 200
    refused = ask("/v/beta/api/v1/vendor/", text)
    assert (refused.status_code, refused.json()["code"]) == (404, "not-found")
    assert_as_documented("/v/{place}/api/v1/vendor/", refused)
    assert [each["place"] for each in ask("/api/v1/companies/", text).json()] == ["alpha"]


@pytest.mark.parametrize("how", ["revoked", "over", "left", "suspended", "shut out", "other"])
def test_a_token_that_stands_no_more_opens_nothing(
    companies: dict[str, Company], dai: Person, how: str
) -> None:
    text = token(dai)
    assert ask("/v/alpha/api/v1/vendor/", text).status_code == 200
    row, now = VendorToken.objects.get(), timezone.now()
    if how == "revoked":
        operations.revoke_token(login=dai.login, token_id=row.pk, now=now)
    elif how == "over":
        VendorToken.objects.update(expires_at=now - timedelta(seconds=1))
    elif how == "left":
        operations.withdraw(
            company_id=companies["alpha"].pk, contact_id=dai.contact_id, now=timezone.now()
        )
    elif how == "suspended":
        Company.objects.filter(slug="alpha").update(status="SUSPENDED")
    elif how == "shut out":
        dai.login.is_active = False
        dai.login.save()
    else:
        text = f"{text[:-1]}{'a' if text[-1] != 'a' else 'b'}"

    answer = ask("/v/alpha/api/v1/vendor/", text)

    assert (answer.status_code, answer.json()["code"]) == (401, "not-authenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert_as_documented("/v/{place}/api/v1/vendor/", answer)


def test_tokens_and_sessions_of_the_staff_mean_nothing_here(
    companies: dict[str, Company], dai: Person
) -> None:
    with tenant_context(companies["alpha"]):
        staff = token_of(add_user("wang"))

    assert ask("/v/alpha/api/v1/vendor/", staff).status_code == 401
    assert ask("/api/v1/me/", staff).status_code == 401
    there = Client(headers={"host": "alpha.test", "authorization": f"Bearer {token(dai)}"})
    assert there.get("/api/v1/units/?project_id=1").status_code == 401


def test_a_void_token_does_not_fall_back_on_the_session(dai: Person) -> None:
    client = portal.client_of(dai.login)

    answer = client.get("/v/alpha/api/v1/vendor/", headers={"authorization": "Bearer gv_void"})

    assert answer.status_code == 401


def test_what_is_not_documented_is_refused(dai: Person) -> None:
    client = portal.client_of(dai.login)

    assert client.get("/v/alpha/api/v1/vendor/?vendor_id=2").status_code == 400
    assert client.post("/v/alpha/api/v1/vendor/").status_code == 405
    assert ask("/v/alpha/api/v1/nothing/", token(dai)).headers["Content-Type"] == (
        "application/problem+json"
    )


def test_the_actor_is_nobody_of_the_staff(dai: Person, companies: dict[str, Company]) -> None:
    with entered(login=dai.login, place="alpha") as visitor:
        actor = visitor.actor

    assert (actor.vendor_id, actor.contact_id) == (dai.vendor_id, dai.contact_id)
    assert (actor.user_id, actor.grants) == (None, frozenset())
    assert not any(actor.may(action) for action in Action)
    assert actor.label == "宁波信诺电气 戴立群"


def test_the_contact_of_two_vendors_says_which_he_means(
    companies: dict[str, Company], dai: Person
) -> None:
    with tenant_context(companies["alpha"]):
        second = portal.add_vendor("甬江电气", "V-2")
    again = portal.join(companies["alpha"], second, dai.login.email, name="戴立群")

    places = [place for place, _each in queries.places(login=dai.login)]
    assert places == [f"alpha.{dai.contact_id}", f"alpha.{again.contact_id}"]
    for place, expected in zip(places, (dai, again), strict=True):
        with entered(login=dai.login, place=place) as visitor:
            assert visitor.actor.vendor_id == expected.vendor_id
    with pytest.raises(NotFound), entered(login=dai.login, place="alpha"):
        raise AssertionError("nobody knows which")


def test_a_token_is_made_and_revoked_on_ones_own_page(dai: Person) -> None:
    client = portal.client_of(dai.login)
    membership = queries.membership_of(login=dai.login, slug="alpha")[0]

    page = client.post("/account/tokens/", {"company": membership.pk, "name": "ERP"})

    text = page.content.decode().partition('id="new-token" tabindex="-1">')[2].partition("<")[0]
    assert text.startswith("gv_")
    assert ask("/v/alpha/api/v1/vendor/", text).status_code == 200
    assert text not in client.get("/account/").content.decode()
    client.post(f"/account/tokens/{VendorToken.objects.get().pk}/revoke/")
    assert ask("/v/alpha/api/v1/vendor/", text).status_code == 401


def put_in(client: Client, kind: PaperKind, **changed: Any) -> Any:
    body = {
        "kind_id": kind.pk,
        "number": "9133",
        "valid_from": "2026-01-01",
        "file": SimpleUploadedFile("licence.pdf", b"%PDF-1.4\n%%EOF\n"),
        **changed,
    }
    return client.post("/v/alpha/api/v1/papers/", body)


@pytest.fixture
def kind(companies: dict[str, Company]) -> PaperKind:
    with tenant_context(companies["alpha"]):
        found: PaperKind = PaperKind.objects.create(key="test-licence", name="营业执照")
    return found


def test_a_program_puts_a_paper_in_and_reads_it_again(dai: Person, kind: PaperKind) -> None:
    client = Client(headers={"host": portal.HOST, "authorization": f"Bearer {token(dai)}"})
    path = "/v/{place}/api/v1/papers/"

    made = put_in(client, kind)

    assert made.status_code == 201, made.content
    (row,) = client.get("/v/alpha/api/v1/papers/").json()["results"]
    assert row == made.json()
    assert (row["state"], row["valid_to"], row["kind"]) == ("SUBMITTED", None, "test-licence")
    assert_as_documented(path, client.get("/v/alpha/api/v1/papers/"))
    content = client.post(f"/v/alpha/api/v1/files/{row['files'][0]['id']}/content/")
    assert content.content == b"%PDF-1.4\n%%EOF\n"
    assert content.headers["Content-Type"] == "application/octet-stream"
    kinds = client.get("/v/alpha/api/v1/paper-kinds/")
    assert "test-licence" in {each["key"] for each in kinds.json()["results"]}


def test_a_paper_that_is_refused_leaves_nothing(
    dai: Person, kind: PaperKind, companies: dict[str, Company]
) -> None:
    client = Client(headers={"host": portal.HOST, "authorization": f"Bearer {token(dai)}"})

    answers = [
        put_in(client, kind, file=SimpleUploadedFile("licence.pdf", b"MZ")),
        put_in(client, kind, valid_to="2025-01-01"),
        put_in(client, kind, kind_id=999),
        put_in(client, kind, kind_id="x"),
    ]

    assert [each.status_code for each in answers] == [422, 422, 404, 400]
    with tenant_context(companies["alpha"]):
        assert VendorPaper.objects.count() == 0


def test_a_list_costs_the_same_however_long(dai: Person, kind: PaperKind) -> None:
    client = Client(headers={"host": portal.HOST, "authorization": f"Bearer {token(dai)}"})

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries_made:
            assert client.get("/v/alpha/api/v1/papers/").status_code == 200
        return len(queries_made)

    put_in(client, kind)
    one = cost()
    for _ in range(5):
        put_in(client, kind)
    assert cost() == one


def test_a_sessions_writes_need_the_forms_secret(dai: Person, kind: PaperKind) -> None:
    strict = Client(headers={"host": portal.HOST}, enforce_csrf_checks=True)
    strict.cookies["vendor"] = portal.session_of(dai.login)

    answer = put_in(strict, kind)

    assert (answer.status_code, answer.json()["code"]) == (403, "denied")


def test_the_place_with_the_contacts_number_is_the_same_place(dai: Person) -> None:
    """Mails name it so: they need not know whether he is the contact of others there as well."""
    client = portal.client_of(dai.login)

    for place in ("alpha", f"alpha.{dai.contact_id}"):
        assert client.get(f"/v/{place}/api/v1/vendor/").status_code == 200
        assert client.get(f"/v/{place}/").status_code == 200
    assert client.get(f"/v/alpha.{dai.contact_id + 1}/api/v1/vendor/").status_code == 404


def test_what_only_the_staff_may_is_not_there_and_is_written_down(
    dai: Person, kind: PaperKind, companies: dict[str, Company]
) -> None:
    client = portal.client_of(dai.login)
    paper_id = put_in(client, kind).json()["id"]
    with tenant_context(companies["alpha"]):
        file_id = documents.attach(
            actor=SYSTEM,
            subject=VendorPaper.objects.get(pk=paper_id),
            project_id=None,
            upload=BytesIO(b"%PDF-1.4\n%%EOF\n"),
            name="secret.pdf",
            is_secret=True,
            now=timezone.now(),
        ).pk

    page = client.get(f"/v/alpha/files/{file_id}/")
    answer = client.post(f"/v/alpha/api/v1/files/{file_id}/content/")

    assert (page.status_code, answer.status_code) == (404, 404)
    assert answer.json() == {
        "type": "urn:guanjia:problem:not-found",
        "status": 404,
        "code": "not-found",
        "detail": "Not found.",
    }
    assert "post" not in page.content.decode().partition("<main")[2].partition("</main")[0]
    with tenant_context(companies["alpha"]):
        assert set(SecurityEvent.objects.values_list("kind", "actor")) == {
            ("ACTION_DENIED", "宁波信诺电气 戴立群")
        }
