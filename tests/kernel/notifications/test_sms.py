"""Text messages: to whoever wants them and left a number, once, through the operator's gateway."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pytest_django import Settings

from kernel.access.models import User
from kernel.access.queries import actor_for
from kernel.audit.models import AuditEntry
from kernel.notifications import operations, queries
from kernel.notifications.models import Delivery, MobileNumber
from kernel.notifications.registry import Notice
from kernel.outgoing import OutgoingState
from tenants.companies.models import Company
from tests.factories import NOW, TODAY, add_user

NUMBER = "13800000000"


class Gateway(BaseHTTPRequestHandler):
    status = 202
    got: list[tuple[dict[str, str], dict[str, Any]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.got.append((dict(self.headers), body))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        return


@pytest.fixture
def gateway(settings: Settings) -> Iterator[type[Gateway]]:
    Gateway.got, Gateway.status = [], 202
    with ThreadingHTTPServer(("127.0.0.1", 0), Gateway) as listening:
        settings.OUTBOUND_NETWORKS = ["127.0.0.0/8"]
        settings.SMS_GATEWAY_URL = f"http://127.0.0.1:{listening.server_port}/"
        settings.SMS_GATEWAY_KEY = "gateway-key"
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield Gateway
        listening.shutdown()
        thread.join()


@pytest.fixture
def wang(tenant: Company) -> User:
    return add_user("wang", name="王")


def choose(user: User, notice: Notice, mobile: str | None = NUMBER) -> None:
    operations.set_choices(
        actor=actor_for(user=user, today=TODAY),
        by_mail=(),
        by_sms=[notice.key],
        mobile=mobile,
        starts_at=None,
        ends_at=None,
        now=NOW,
    )


def tell(notice: Notice, user: User) -> None:
    operations.notify(
        kind=notice.key, to=[user.pk], url="/x/", context={"title": "Waiver"}, now=NOW
    )


def test_a_text_message_reaches_the_gateway_with_its_key(
    notice: Notice, wang: User, gateway: type[Gateway]
) -> None:
    choose(wang, notice, "+86 138-0000-0000")
    tell(notice, wang)

    assert operations.deliver_due(now=NOW) == 1

    headers, body = gateway.got[0]
    assert headers["Authorization"] == "Bearer gateway-key"
    assert body["number"] == "+8613800000000"
    assert body["text"] == "Waiver waits"
    assert headers["Idempotency-Key"] == body["reference"]
    assert NUMBER not in MobileNumber.objects.get().number_encrypted
    assert not AuditEntry.objects.filter(data__icontains=NUMBER).exists()


def test_a_gateway_that_refuses_is_asked_again(
    notice: Notice, wang: User, gateway: type[Gateway]
) -> None:
    choose(wang, notice)
    gateway.status = 503
    tell(notice, wang)

    assert operations.deliver_due(now=NOW) == 0
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.error) == (OutgoingState.WAITING, "HTTP 503")


@pytest.mark.parametrize("mobile", ["", None])
def test_without_a_number_there_is_none(
    notice: Notice, wang: User, gateway: type[Gateway], mobile: str | None
) -> None:
    choose(wang, notice, mobile)
    tell(notice, wang)

    assert Delivery.objects.count() == 0
    assert gateway.got == []


def test_without_a_gateway_there_is_none(notice: Notice, wang: User) -> None:
    choose(wang, notice)
    tell(notice, wang)

    assert Delivery.objects.count() == 0


def test_a_number_taken_back_while_a_message_waits_gets_nothing(
    notice: Notice, wang: User, gateway: type[Gateway]
) -> None:
    choose(wang, notice)
    tell(notice, wang)
    choose(wang, notice, "")

    operations.deliver_due(now=NOW)
    assert Delivery.objects.get().state == OutgoingState.FAILED
    assert gateway.got == []


@pytest.mark.parametrize("typed", ["123", "1380000000a", "1" * 16, "+"])
def test_what_is_no_number_is_refused(notice: Notice, wang: User, typed: str) -> None:
    with pytest.raises(operations.MobileInvalid):
        choose(wang, notice, typed)

    assert queries.mobile_of(actor=actor_for(user=wang, today=TODAY)) == ""
