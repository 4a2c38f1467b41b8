"""JSON in, within bounds."""

from io import BytesIO
from typing import IO, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser

MAX_DEPTH = 20
# A month's readings of 10,000 meters are a quarter of this.
MAX_BYTES = 8 << 20
_OPENING, _CLOSING = frozenset("[{"), frozenset("]}")


class TooLarge(APIException):
    status_code = 413
    default_code = "too-large"
    default_detail = _("The body is too large.")


class StrictJSONParser(JSONParser):
    """Refuses what is larger or nests deeper than any body of ours, before it is parsed."""

    def parse(self, stream: IO[Any], media_type: Any = None, parser_context: Any = None) -> Any:
        body = stream.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise TooLarge
        try:
            text = body.decode("utf-8") if isinstance(body, bytes) else body
        except UnicodeDecodeError as error:
            raise ParseError(gettext("The body is not UTF-8.")) from error
        if _depth(text) > MAX_DEPTH:
            raise ParseError(gettext("The body is nested too deep."))
        return super().parse(BytesIO(text.encode()), media_type, parser_context)


def _depth(text: str) -> int:
    depth = deepest = 0
    in_string = escaped = False
    for character in text:
        if in_string:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_string = False
        elif character == '"':
            in_string = True
        elif character in _OPENING:
            depth += 1
            deepest = max(deepest, depth)
            if deepest > MAX_DEPTH:
                break
        elif character in _CLOSING:
            depth -= 1
    return deepest
