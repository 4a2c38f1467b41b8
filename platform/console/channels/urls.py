from django.urls import URLPattern, path

from console.channels import views

_ONE = "c/channels/<int:channel_id>/"

urlpatterns: list[URLPattern] = [
    path("c/channels/", views.Channels.as_view(), name="channels"),
    path("c/channels/new/", views.Add.as_view(), name="channels-new"),
    path(_ONE, views.ChannelPage.as_view(), name="channels-channel"),
    path(f"{_ONE}edit/", views.Edit.as_view(), name="channels-edit"),
    path(f"{_ONE}try/", views.Try.as_view(), name="channels-try"),
]
