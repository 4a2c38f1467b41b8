from django.urls import URLPattern, path

from console.people import views

_PERSON = "c/people/<int:user_id>/"

urlpatterns: list[URLPattern] = [
    path("c/people/", views.People.as_view(), name="people"),
    path("c/people/new/", views.AddPerson.as_view(), name="people-new"),
    path(_PERSON, views.Person.as_view(), name="people-person"),
    path(f"{_PERSON}posts/", views.GivePost.as_view(), name="people-post"),
    path(f"{_PERSON}posts/<int:holding_id>/end/", views.EndPost.as_view(), name="people-post-end"),
    path(f"{_PERSON}department/", views.Move.as_view(), name="people-department"),
    path(f"{_PERSON}active/", views.LetInOrOut.as_view(), name="people-active"),
    path(f"{_PERSON}password/", views.FirstPassword.as_view(), name="people-password"),
    path(f"{_PERSON}factor/", views.ResetFactor.as_view(), name="people-factor"),
    path(f"{_PERSON}sessions/", views.EndSessions.as_view(), name="people-sessions"),
    path(f"{_PERSON}link/", views.SendLink.as_view(), name="people-link"),
    path(
        f"{_PERSON}tokens/<int:token_id>/revoke/",
        views.RevokeToken.as_view(),
        name="people-token-revoke",
    ),
]
