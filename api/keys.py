"""The key that a request for money names itself by, so that it is done once."""

import re
from typing import Final

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

KEY: Final = "Idempotency-Key"
_PATTERN = "^[A-Za-z0-9._:-]{8,80}$"


def key_parameter(description: str) -> OpenApiParameter:
    """Return the header as the document describes it."""
    return OpenApiParameter(
        KEY,
        {"type": "string", "pattern": _PATTERN, "minLength": 8, "maxLength": 80},
        OpenApiParameter.HEADER,
        required=True,
        description=description,
    )


def key_of(request: Request) -> str:
    """Return the key that the request names itself by.

    :raises ValidationError: without one, or if it is none.
    """
    key: str | None = request.headers.get(KEY)
    if key is None:
        raise serializers.ValidationError({KEY: [_("Send this header.")]})
    if not re.fullmatch(_PATTERN, key):
        raise serializers.ValidationError(
            {KEY: [_("A key has 8 to 80 letters, digits or -._: characters.")]}
        )
    return key
