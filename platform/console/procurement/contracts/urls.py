from django.urls import URLPattern, path

from console.procurement.contracts import lists, pages, sheets

urlpatterns: list[URLPattern] = [
    path("c/contracts/", lists.Contracts.as_view(), name="contracts"),
    path("c/contracts/new/", sheets.NewContract.as_view(), name="contracts-new"),
    path("c/contracts/<int:contract_id>/", pages.ContractPage.as_view(), name="contracts-contract"),
    path(
        "c/contracts/<int:contract_id>/edit/", sheets.EditContract.as_view(), name="contracts-edit"
    ),
    path("c/contracts/<int:contract_id>/submit/", pages.Submit.as_view(), name="contracts-submit"),
    path("c/contracts/<int:contract_id>/sign/", sheets.Sign.as_view(), name="contracts-sign"),
    path(
        "c/contracts/<int:contract_id>/archive/", sheets.Archive.as_view(), name="contracts-archive"
    ),
    path("c/contracts/<int:contract_id>/copies/", sheets.GiveCopy.as_view(), name="contracts-copy"),
    path("c/contracts/<int:contract_id>/end/", sheets.End.as_view(), name="contracts-end"),
    path("c/contracts/<int:contract_id>/cancel/", sheets.Cancel.as_view(), name="contracts-cancel"),
]
