from django.urls import URLPattern, URLResolver, include, path

from portal.vendors import account, company, home, joining, messages, papers, signing_in

# Of one company: each view is a VendorView, and its address begins with the place.
_COMPANY: list[URLPattern | URLResolver] = [
    path("", home.Home.as_view(), name="portal-home"),
    path("", include("portal.vendors.rounds.urls")),
    path("", include("portal.vendors.orders.urls")),
    path("", include("portal.vendors.deliveries.urls")),
    path("", include("portal.vendors.invoices.urls")),
    path("", include("portal.vendors.statement.urls")),
    path("papers/", papers.Papers.as_view(), name="portal-papers"),
    path("papers/new/", papers.NewPaper.as_view(), name="portal-papers-new"),
    path("company/", company.Company.as_view(), name="portal-company"),
    path("company/account/", company.NewAccount.as_view(), name="portal-company-account"),
    path("messages/", messages.Messages.as_view(), name="portal-messages"),
    path("files/<int:attachment_id>/", papers.OpenFile.as_view(), name="portal-file"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.Choose.as_view(), name="portal-choose"),
    path("sign-in/", signing_in.SignIn.as_view(), name="login"),
    path("sign-out/", signing_in.SignOut.as_view(), name="sign-out"),
    path("language/", signing_in.Language.as_view(), name="language"),
    path("password/", signing_in.AskForLink.as_view(), name="ask-for-link"),
    path("password/<str:token>/", signing_in.SetPassword.as_view(), name="set-password"),
    path("invitations/<str:key>/", joining.Invitation.as_view(), name="invitation"),
    path("join/<slug:slug>/", joining.Apply.as_view(), name="join"),
    path("account/", account.Account.as_view(), name="portal-account"),
    path("account/password/", account.Password.as_view(), name="portal-account-password"),
    path("account/tokens/", account.Tokens.as_view(), name="portal-account-tokens"),
    path(
        "account/tokens/<int:token_id>/revoke/",
        account.RevokeToken.as_view(),
        name="portal-account-revoke-token",
    ),
    path(
        "account/sessions/<int:session_id>/end/",
        account.EndSession.as_view(),
        name="portal-account-end-session",
    ),
    path("v/<place:place>/", include(_COMPANY)),
]
