from django.urls import URLPattern, path

from console.accounts import entry, own, own_factors, views

urlpatterns: list[URLPattern] = [
    path("", own.Home.as_view(), name="home"),
    path("sign-in/", views.SignIn.as_view(), name="login"),
    path("sign-in/password/", entry.FirstPassword.as_view(), name="sign-in-password"),
    path("sign-in/factor/", entry.Factor.as_view(), name="sign-in-factor"),
    path("sign-in/enrol/", entry.Enrol.as_view(), name="sign-in-enrol"),
    path("sign-in/passkey/", entry.BeginPasskey.as_view(), name="sign-in-passkey"),
    path("sign-in/passkey/finish/", entry.FinishPasskey.as_view(), name="sign-in-passkey-finish"),
    path("sign-out/", views.SignOut.as_view(), name="logout"),
    path("language/", views.Language.as_view(), name="language"),
    path("password/", views.AskForLink.as_view(), name="ask-for-link"),
    path("password/<str:token>/", views.SetPassword.as_view(), name="set-password"),
    path("c/account/", own.Account.as_view(), name="account"),
    path("c/account/password/", own.ChangePassword.as_view(), name="account-password"),
    path("c/account/preferences/", own.Preferences.as_view(), name="account-preferences"),
    path("c/account/proof/", own_factors.Proof.as_view(), name="account-proof"),
    path("c/account/proof/passkey/", own_factors.BeginProof.as_view(), name="account-proof-begin"),
    path(
        "c/account/proof/passkey/finish/",
        own_factors.FinishProof.as_view(),
        name="account-proof-finish",
    ),
    path("c/account/app/", own_factors.AppSetup.as_view(), name="account-app"),
    path("c/account/app/remove/", own_factors.RemoveApp.as_view(), name="account-app-remove"),
    path("c/account/codes/", own_factors.Codes.as_view(), name="account-codes"),
    path("c/account/codes/renew/", own_factors.RenewCodes.as_view(), name="account-codes-renew"),
    path("c/account/passkeys/new/", own_factors.NewPasskey.as_view(), name="account-passkey-new"),
    path(
        "c/account/passkeys/begin/",
        own_factors.BeginPasskey.as_view(),
        name="account-passkey-begin",
    ),
    path(
        "c/account/passkeys/finish/",
        own_factors.FinishPasskey.as_view(),
        name="account-passkey-finish",
    ),
    path(
        "c/account/passkeys/<int:passkey_id>/",
        own_factors.RenamePasskey.as_view(),
        name="account-passkey",
    ),
    path(
        "c/account/passkeys/<int:passkey_id>/remove/",
        own_factors.RemovePasskey.as_view(),
        name="account-passkey-remove",
    ),
    path(
        "c/account/sessions/end/",
        own_factors.EndOtherSessions.as_view(),
        name="account-sessions-end",
    ),
    path(
        "c/account/sessions/<int:sign_in_id>/end/",
        own_factors.EndSession.as_view(),
        name="account-session-end",
    ),
    path("c/account/tokens/", own.CreateToken.as_view(), name="account-tokens"),
    path(
        "c/account/tokens/<int:token_id>/revoke/",
        own.RevokeToken.as_view(),
        name="account-token-revoke",
    ),
]
