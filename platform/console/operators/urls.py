from django.urls import URLPattern, path

from console.operators import views

_COMPANY = "companies/<int:company_id>/"

urlpatterns: list[URLPattern] = [
    path("", views.Companies.as_view(), name="operators"),
    path("sign-in/", views.SignIn.as_view(), name="operators-sign-in"),
    path("sign-out/", views.SignOut.as_view(), name="operators-sign-out"),
    path("log/", views.Log.as_view(), name="operators-log"),
    path("companies/new/", views.NewCompany.as_view(), name="operators-new"),
    path(_COMPANY, views.CompanyPage.as_view(), name="operators-company"),
    path(f"{_COMPANY}progress/", views.Progress.as_view(), name="operators-progress"),
    path(f"{_COMPANY}suspend/", views.Suspend.as_view(), name="operators-suspend"),
    path(f"{_COMPANY}resume/", views.Resume.as_view(), name="operators-resume"),
    path(f"{_COMPANY}retry/", views.Retry.as_view(), name="operators-retry"),
    path(f"{_COMPANY}invite/", views.InviteAgain.as_view(), name="operators-invite"),
]
