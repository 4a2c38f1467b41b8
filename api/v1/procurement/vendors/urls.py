from django.urls import URLPattern, path

from api.v1.procurement.vendors import parts, views

_ONE = "vendors/<int:vendor_id>/"
_CONTACT = "vendor-contacts/<int:vendor_contact_id>/"

urlpatterns: list[URLPattern] = [
    path("vendors/", views.Vendors.as_view()),
    path("vendors/coverage/", views.CoverageList.as_view()),
    path(_ONE, views.VendorDetail.as_view()),
    path(f"{_ONE}history/", views.VendorHistory.as_view()),
    path(f"{_ONE}standing/", views.VendorStanding.as_view()),
    path(f"{_ONE}scorecard/", views.VendorScorecard.as_view()),
    path(f"{_ONE}decision/", views.VendorDecision.as_view()),
    path(f"{_ONE}close/", views.VendorClosing.as_view()),
    path(f"{_ONE}reopen/", views.VendorReopening.as_view()),
    path(f"{_ONE}phone/", views.VendorPhone.as_view()),
    path(f"{_ONE}papers/", parts.VendorPapers.as_view()),
    path(f"{_ONE}supplies/", parts.Supplies.as_view()),
    path(f"{_ONE}accounts/", parts.Accounts.as_view()),
    path(f"{_ONE}contacts/", parts.Contacts.as_view()),
    path(f"{_ONE}holds/", parts.Holds.as_view()),
    path(f"{_ONE}blacklisting/", parts.Blacklisting.as_view()),
    path(f"{_ONE}delisting/", parts.Delisting.as_view()),
    path(f"{_ONE}visits/", parts.Visits.as_view()),
    path(f"{_ONE}checks/", parts.Checks.as_view()),
    path("vendor-papers/", parts.Papers.as_view()),
    path("vendor-papers/<int:vendor_paper_id>/decision/", parts.PaperDecision.as_view()),
    path("vendor-paper-kinds/", parts.PaperKinds.as_view()),
    path("vendor-paper-kinds/<int:paper_kind_id>/", parts.PaperKindDetail.as_view()),
    path("vendor-paper-kinds/<int:paper_kind_id>/history/", parts.PaperKindHistory.as_view()),
    path("vendor-supplies/<int:supply_id>/", parts.SupplyDetail.as_view()),
    path("vendor-accounts/<int:bank_account_id>/number/", parts.AccountNumber.as_view()),
    path(f"{_CONTACT}invitation/", parts.ContactInvitation.as_view()),
    path(f"{_CONTACT}end/", parts.ContactEnd.as_view()),
    path("vendor-holds/<int:vendor_hold_id>/lift/", parts.HoldLifting.as_view()),
]
