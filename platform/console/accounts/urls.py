from django.urls import URLPattern, path

from console.accounts import own, views

urlpatterns: list[URLPattern] = [
    path("", own.Home.as_view(), name="home"),
    path("sign-in/", views.SignIn.as_view(), name="login"),
    path("sign-out/", views.SignOut.as_view(), name="logout"),
    path("language/", views.Language.as_view(), name="language"),
    path("password/", views.AskForLink.as_view(), name="ask-for-link"),
    path("password/<str:token>/", views.SetPassword.as_view(), name="set-password"),
    path("c/account/", own.Account.as_view(), name="account"),
    path("c/account/password/", own.ChangePassword.as_view(), name="account-password"),
    path("c/account/tokens/", own.CreateToken.as_view(), name="account-tokens"),
    path(
        "c/account/tokens/<int:token_id>/revoke/",
        own.RevokeToken.as_view(),
        name="account-token-revoke",
    ),
]
