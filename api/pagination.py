"""Cursor pagination: stable while rows come in, constant cost however deep."""

from rest_framework import pagination


class CursorPagination(pagination.CursorPagination):
    """Pages by ``id`` unless the view names another unique order."""

    ordering = "id"
    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
