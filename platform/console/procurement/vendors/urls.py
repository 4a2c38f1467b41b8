from django.urls import URLPattern, path

from console.procurement.vendors import lists, page, sheets

_ONE = "c/vendors/<int:vendor_id>/"

urlpatterns: list[URLPattern] = [
    path("c/vendors/", lists.Vendors.as_view(), name="vendors"),
    path("c/vendors/new/", sheets.NewVendor.as_view(), name="vendors-new"),
    path("c/vendors/coverage/", lists.Coverage.as_view(), name="vendors-coverage"),
    path("c/vendors/papers/", lists.Papers.as_view(), name="vendors-papers"),
    path(
        "c/vendors/papers/<int:vendor_paper_id>/",
        sheets.DecidePaper.as_view(),
        name="vendors-paper",
    ),
    path("c/vendors/kinds/", lists.Kinds.as_view(), name="vendors-kinds"),
    path("c/vendors/kinds/new/", sheets.NewKind.as_view(), name="vendors-kinds-new"),
    path(
        "c/vendors/kinds/<int:paper_kind_id>/", sheets.EditKind.as_view(), name="vendors-kinds-kind"
    ),
    path(
        "c/vendors/accounts/<int:bank_account_id>/",
        sheets.RevealAccount.as_view(),
        name="vendors-account",
    ),
    path("c/vendors/holds/<int:vendor_hold_id>/", sheets.LiftHold.as_view(), name="vendors-hold"),
    path(
        "c/vendors/supplies/<int:supply_id>/end/",
        sheets.EndSupply.as_view(),
        name="vendors-supply-end",
    ),
    path(
        "c/vendors/contacts/<int:vendor_contact_id>/again/",
        sheets.InviteAgain.as_view(),
        name="vendors-contact-again",
    ),
    path(
        "c/vendors/contacts/<int:vendor_contact_id>/end/",
        sheets.EndContact.as_view(),
        name="vendors-contact-end",
    ),
    path(_ONE, page.VendorPage.as_view(), name="vendors-vendor"),
    path(f"{_ONE}edit/", sheets.EditVendor.as_view(), name="vendors-edit"),
    path(f"{_ONE}decision/", sheets.Decide.as_view(), name="vendors-decide"),
    path(f"{_ONE}close/", sheets.Close.as_view(), name="vendors-close"),
    path(f"{_ONE}reopen/", sheets.Reopen.as_view(), name="vendors-reopen"),
    path(f"{_ONE}phone/", sheets.RevealPhone.as_view(), name="vendors-phone"),
    path(f"{_ONE}papers/new/", sheets.NewPaper.as_view(), name="vendors-paper-new"),
    path(f"{_ONE}account/", sheets.NewAccount.as_view(), name="vendors-account-new"),
    path(f"{_ONE}supplies/new/", sheets.NewSupply.as_view(), name="vendors-supply-new"),
    path(f"{_ONE}contacts/new/", sheets.NewContact.as_view(), name="vendors-contact-new"),
    path(f"{_ONE}holds/new/", sheets.NewHold.as_view(), name="vendors-hold-new"),
    path(f"{_ONE}blacklist/", sheets.Blacklist.as_view(), name="vendors-blacklist"),
    path(f"{_ONE}delist/", sheets.Delist.as_view(), name="vendors-delist"),
    path(f"{_ONE}visits/new/", sheets.NewVisit.as_view(), name="vendors-visit-new"),
    path(f"{_ONE}checks/new/", sheets.NewCheck.as_view(), name="vendors-check"),
]
