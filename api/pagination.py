"""Cursor pagination: stable while rows come in, constant cost however deep."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import pagination
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request


class CursorPagination(pagination.CursorPagination):
    """Pages by ``id`` unless the view names another unique order."""

    ordering = "id"
    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        """Return the order of the pages: the view's ``ordering``, if it has one."""
        return (getattr(view, "ordering", self.ordering),)

    def get_page_size(self, request: Request) -> int:
        """Return how many rows are asked for.

        :raises ValidationError: if it is no number from 1 to the most that a page holds.
        """
        asked = request.query_params.get(self.page_size_query_param)
        if asked is None:
            return self.page_size
        if not (asked.isascii() and asked.isdecimal() and len(asked) < 6):
            raise self._refusal()
        size = int(asked)
        if not 1 <= size <= self.max_page_size:
            raise self._refusal()
        return size

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Describe the parameters with their bounds."""
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            if parameter["name"] == self.page_size_query_param:
                parameter["schema"] |= {"minimum": 1, "maximum": self.max_page_size}
        return parameters

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe a page: ``null`` ends it, as OpenAPI 3.1 writes it."""
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": address, "previous": address, "results": schema},
        }

    def _refusal(self) -> ValidationError:
        message = _("A page holds 1 to %(most)d rows.") % {"most": self.max_page_size}
        return ValidationError({self.page_size_query_param: [message]})
