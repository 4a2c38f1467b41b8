"""The group robots of 企业微信, 钉钉 and 飞书: what is sent, and what the answer means.

All three answer HTTP 200 to a message that they refuse and say so in the body only. The one kept
library that knows them (apprise 2.2.0) takes such an answer for success and signs nothing for
飞书, so the few lines are our own.
"""

import base64
import hashlib
import hmac
import json
from typing import Any, Final
from urllib.parse import quote_plus, urlencode

from django.conf import settings

WECOM: Final = "wecom"
DINGTALK: Final = "dingtalk"
FEISHU: Final = "feishu"
_LONGEST: Final = 2000  # bytes that all of them take in a text message


def request_of(kind: str, *, key: str, secret: str, text: str, timestamp: int) -> tuple[str, bytes]:
    """Return address and body of a message. ``secret`` may be empty; 企业微信 has none.

    :param timestamp: seconds since 1970, which 钉钉 and 飞书 want signed.
    """
    content = text.encode()[:_LONGEST].decode("utf-8", "ignore")
    host = settings.ROBOT_HOSTS[kind]
    body: dict[str, Any]
    if kind == WECOM:
        body = {"msgtype": "text", "text": {"content": content}}
        return f"{host}/cgi-bin/webhook/send?{urlencode({'key': key})}", _json(body)
    if kind == DINGTALK:
        body = {"msgtype": "text", "text": {"content": content}}
        address = f"{host}/robot/send?{urlencode({'access_token': key})}"
        if secret:
            milliseconds = timestamp * 1000
            signed = _signed(secret.encode(), f"{milliseconds}\n{secret}".encode())
            address += f"&timestamp={milliseconds}&sign={quote_plus(signed)}"
        return address, _json(body)
    # 飞书 reads <at user_id="all"> in a text: whoever words a title would call everybody.
    body = {"msg_type": "text", "content": {"text": content.replace("<", "＜")}}
    if secret:
        body |= {
            "timestamp": str(timestamp),
            "sign": _signed(f"{timestamp}\n{secret}".encode(), b""),
        }
    return f"{host}/open-apis/bot/v2/hook/{quote_plus(key)}", _json(body)


def refusal_of(kind: str, text: str) -> str:
    """Return why a robot refused the message, ``""`` if it took it.

    :param text: the body of an answer whose HTTP status was a success.
    """
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        return "no answer that we know"
    code, words = ("code", "msg") if kind == FEISHU else ("errcode", "errmsg")
    if code not in answer and kind == FEISHU:
        code, words = "StatusCode", "StatusMessage"
    if answer.get(code) == 0:
        return ""
    return f"{answer.get(code)}: {answer.get(words, '')}"[:200]


def _signed(key: bytes, message: bytes) -> str:
    return base64.b64encode(hmac.digest(key, message, hashlib.sha256)).decode()


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
