"""Text messages through the gateway that the operator has set.

Gateways differ, and in China each wants its own templates approved: ours speaks one plain protocol
(JSON over HTTPS) that a provider's adapter answers to, see ``deploy/runbooks/sms.md``.
"""

import json

from django.conf import settings

from kernel import http

LONGEST = 300  # characters: five parts of a Chinese message


class SmsFailed(OSError):
    """The gateway was not reached or did not take the message."""


def is_set_up() -> bool:
    """Tell whether there is a gateway."""
    return bool(settings.SMS_GATEWAY_URL)


def send(number: str, text: str, *, reference: str) -> None:
    """Send one message. The gateway sends one ``reference`` once, however often it is asked.

    :raises SmsFailed: if the gateway cannot be reached or refuses.
    """
    body = {"number": number, "text": text[:LONGEST], "reference": reference}
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Authorization": f"Bearer {settings.SMS_GATEWAY_KEY}",
        "Idempotency-Key": reference,
    }
    try:
        answer = http.post(
            settings.SMS_GATEWAY_URL, json.dumps(body, ensure_ascii=False).encode(), headers
        )
    except (http.AddressRefused, http.RequestFailed) as failure:
        raise SmsFailed(type(failure).__name__) from failure
    if not answer.is_ok:
        raise SmsFailed(f"HTTP {answer.status}")
