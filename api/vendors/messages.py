"""What the company has told a vendor."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.vendors.views import VendorApiView
from services.procurement import news


class MessageOut(serializers.Serializer[Any]):
    """``subject_id`` is the number of what it is ``about``, ``text`` in the person's language."""

    at = serializers.DateTimeField()
    about = serializers.ChoiceField(choices=news.ABOUT)
    subject_id = serializers.IntegerField()
    text = serializers.CharField()


class Messages(VendorApiView):
    """Return what has happened, newest first, at most a hundred."""

    actions = {"GET": None}

    @extend_schema(responses=MessageOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(MessageOut(news.news_of(actor=self.actor), many=True).data)
