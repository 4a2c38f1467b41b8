"""Robots repeat notices: the right address, signed, and a refusal inside a 200 is a failure."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pytest_django import Settings

from kernel import access, crypto, outgoing
from kernel.access.models import User
from kernel.audit.models import AuditEntry
from kernel.errors import NotFound
from kernel.notifications import channels, operations, queries, robots
from kernel.notifications.models import Channel, ChannelPost
from kernel.notifications.registry import Notice
from kernel.outgoing import OutgoingState
from services.properties.operations import create_project
from tenants.companies.models import Company
from tests.factories import NOW, add_actor, add_user

KEY = "0123abcd-4567-89ef"
TAKEN = {"wecom": {"errcode": 0}, "dingtalk": {"errcode": 0}, "feishu": {"code": 0}}


class Robot(BaseHTTPRequestHandler):
    answer: Any = {}
    got: list[tuple[str, Any]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, json.loads(body)))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(self.answer).encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        return


@pytest.fixture
def robot(settings: Settings) -> Iterator[type[Robot]]:
    settings.OUTBOUND_NETWORKS = ["127.0.0.0/8"]
    Robot.got = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Robot) as listening:
        host = f"http://127.0.0.1:{listening.server_port}"
        settings.ROBOT_HOSTS = dict.fromkeys(robots_known(), host)
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield Robot
        listening.shutdown()
        thread.join()


def robots_known() -> list[str]:
    return [robots.WECOM, robots.DINGTALK, robots.FEISHU]


@pytest.fixture
def admin(tenant: Company) -> access.Actor:
    return add_actor("xujing", "company_admin")


def add(admin: access.Actor, notice: Notice, **facts: Any) -> Channel:
    given: dict[str, Any] = {
        "kind": robots.WECOM,
        "name": "客服群",
        "key": KEY,
        "secret": "",
        "language": "en",
        "project_id": None,
        "kinds": [notice.key],
    }
    return channels.add_channel(actor=admin, now=NOW, **given | facts)


def tell(notice: Notice, *, project_id: int | None = None, to: tuple[int, ...] = ()) -> None:
    operations.notify(
        kind=notice.key,
        to=to,
        url="/approvals/7/",
        context={"title": "Waiver", "by": "Li"},
        project_id=project_id,
        now=NOW,
    )


@pytest.mark.parametrize("kind", robots_known())
def test_a_robot_repeats_what_people_are_told(
    admin: access.Actor, notice: Notice, robot: type[Robot], kind: str
) -> None:
    add(admin, notice, kind=kind)
    robot.answer = TAKEN[kind]
    tell(notice, to=(add_user("li").pk,))

    assert channels.deliver_due(now=NOW) == 1

    path, body = robot.got[0]
    assert KEY in path
    content = body["content"]["text"] if kind == robots.FEISHU else body["text"]["content"]
    assert content.startswith("Waiver waits\nFrom Li.\nhttp")


@pytest.mark.parametrize(
    ("kind", "answer", "error"),
    [
        (robots.WECOM, {"errcode": 93000, "errmsg": "invalid webhook url"}, "93000: invalid"),
        (robots.DINGTALK, {"errcode": 310000, "errmsg": "sign not match"}, "310000: sign"),
        (robots.FEISHU, {"code": 19021, "msg": "sign match fail"}, "19021: sign match"),
        (robots.FEISHU, [], "no answer that we know"),
    ],
)
def test_a_refusal_that_comes_as_a_success_is_a_failure(
    admin: access.Actor,
    notice: Notice,
    robot: type[Robot],
    kind: str,
    answer: Any,
    error: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outgoing, "monotonic", lambda: 0.0)  # no time passes while it is sent
    add(admin, notice, kind=kind)
    robot.answer = answer
    tell(notice)

    assert channels.deliver_due(now=NOW) == 0

    post = ChannelPost.objects.get()
    assert post.state == OutgoingState.WAITING
    assert post.error.startswith(error)
    assert post.due_at == NOW + timedelta(minutes=1)


def test_dingtalk_gets_the_signature_of_its_secret() -> None:
    url, _body = robots.request_of(
        robots.DINGTALK, key=KEY, secret="SECabc", text="x", timestamp=1_700_000_000
    )
    asked = parse_qs(urlsplit(url).query)
    expected = hmac.new(b"SECabc", b"1700000000000\nSECabc", hashlib.sha256).digest()

    assert asked["timestamp"] == ["1700000000000"]
    assert base64.b64decode(asked["sign"][0]) == expected


def test_feishu_gets_the_signature_of_its_secret() -> None:
    _url, body = robots.request_of(
        robots.FEISHU, key=KEY, secret="abc", text="x", timestamp=1_700_000_000
    )
    told = json.loads(body)
    expected = hmac.new(b"1700000000\nabc", b"", hashlib.sha256).digest()

    assert told["timestamp"] == "1700000000"
    assert base64.b64decode(told["sign"]) == expected


def test_a_title_calls_nobody() -> None:
    text = '<at user_id="all">所有人</at> @13812346027 @所有人'
    told = {
        kind: json.loads(
            robots.request_of(kind, key=KEY, secret="", text=text, timestamp=1_700_000_000)[1]
        )
        for kind in robots_known()
    }

    assert "<at" not in told[robots.FEISHU]["content"]["text"]
    for kind in (robots.WECOM, robots.DINGTALK):  # these call whom a field of its own names
        assert told[kind] == {"msgtype": "text", "text": {"content": text}}


def test_a_long_text_is_cut_between_characters() -> None:
    _url, body = robots.request_of(robots.WECOM, key=KEY, secret="", text="管" * 1000, timestamp=0)

    assert json.loads(body)["text"]["content"] == "管" * 666


def test_a_robot_of_a_project_repeats_that_project_only(
    admin: access.Actor, notice: Notice
) -> None:
    own = create_project(actor=access.SYSTEM, code="YL", name="云麓花园", now=NOW)
    other = create_project(actor=access.SYSTEM, code="BJ", name="滨江", now=NOW)
    add(admin, notice, project_id=own.pk)

    tell(notice, project_id=other.pk)
    tell(notice)
    assert ChannelPost.objects.count() == 0
    tell(notice, project_id=own.pk)
    assert ChannelPost.objects.count() == 1


def test_a_robot_that_is_off_or_does_not_carry_a_kind_is_silent(
    admin: access.Actor, notice: Notice, robot: type[Robot]
) -> None:
    channel = add(admin, notice)
    tell(notice)
    channels.change_channel(
        actor=admin,
        channel_id=channel.pk,
        name="off",
        language="en",
        kinds=[notice.key],
        is_active=False,
        now=NOW,
    )
    tell(notice)
    channels.deliver_due(now=NOW)

    assert robot.got == []
    assert [post.state for post in ChannelPost.objects.all()] == [OutgoingState.FAILED]


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (robots.WECOM, KEY),
        (robots.WECOM, f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"),
        (robots.DINGTALK, f"https://oapi.dingtalk.com/robot/send?access_token={KEY}"),
        (robots.FEISHU, f" https://open.feishu.cn/open-apis/bot/v2/hook/{KEY} "),
    ],
)
def test_the_robots_whole_address_is_understood(
    admin: access.Actor, notice: Notice, kind: str, typed: str
) -> None:
    channel = add(admin, notice, kind=kind, key=typed)

    assert KEY not in channel.key_encrypted
    assert crypto.decrypt(channel.key_encrypted) == KEY


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"kind": "icq"}, "kind"),
        ({"name": " "}, "name"),
        ({"key": "https://evil.example/?key=a b"}, "key"),
        ({"key": ""}, "key"),
        ({"language": "fr"}, "language"),
        ({"kinds": []}, "kinds"),
        ({"kinds": ["no.such"]}, "kinds"),
    ],
)
def test_a_robot_that_cannot_work_is_refused(
    admin: access.Actor, notice: Notice, facts: dict[str, Any], field: str
) -> None:
    with pytest.raises(channels.ChannelInvalid) as refused:
        add(admin, notice, **facts)

    assert refused.value.field == field
    assert Channel.objects.count() == 0


def test_only_who_configures_the_company_touches_robots(
    admin: access.Actor, notice: Notice
) -> None:
    channel = add(admin, notice)
    other = add_actor("fang", "property_manager")

    with pytest.raises(access.ActionDenied):
        add(other, notice)
    with pytest.raises(access.ActionDenied):
        channels.try_channel(actor=other, channel_id=channel.pk, now=NOW)
    with pytest.raises(access.ActionDenied):
        queries.posts_of(actor=other, channel_id=channel.pk)
    with pytest.raises(NotFound):
        channels.try_channel(actor=admin, channel_id=channel.pk + 1, now=NOW)
    assert not AuditEntry.objects.filter(data__icontains=KEY).exists()
    assert User.objects.count() == 2


def test_a_trial_is_posted(admin: access.Actor, notice: Notice, robot: type[Robot]) -> None:
    channel = add(admin, notice)
    robot.answer = {"errcode": 0}
    channels.try_channel(actor=admin, channel_id=channel.pk, now=NOW)

    assert channels.deliver_due(now=NOW) == 1
    assert "trial" in robot.got[0][1]["text"]["content"]
