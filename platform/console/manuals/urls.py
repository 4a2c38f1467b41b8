from django.urls import URLPattern, path

from console.manuals import copies, lists, pages, papers

_MANUAL = "c/manuals/<int:manual_id>/"
_REVISION = "c/manuals/revisions/<int:revision_id>/"
_RELEASE = "c/manuals/releases/<int:release_id>/"

urlpatterns: list[URLPattern] = [
    path("c/manuals/", lists.Manuals.as_view(), name="manuals"),
    path("c/manuals/new/", pages.NewManual.as_view(), name="manuals-new"),
    path("c/manuals/mine/", copies.MyManuals.as_view(), name="manuals-mine"),
    path(_MANUAL, pages.ManualPage.as_view(), name="manuals-manual"),
    path(f"{_MANUAL}draft/", pages.NewDraft.as_view(), name="manuals-draft"),
    path(f"{_MANUAL}copies/", copies.Copies.as_view(), name="manuals-copies"),
    path(f"{_MANUAL}copies/issue/", copies.IssueCopy.as_view(), name="manuals-issue"),
    path(
        "c/manuals/copies/<int:copy_id>/return/", copies.ReturnCopy.as_view(), name="manuals-return"
    ),
    path(
        "c/manuals/copies/<int:copy_id>/acknowledge/",
        copies.Acknowledge.as_view(),
        name="manuals-acknowledge",
    ),
    path(_REVISION, pages.RevisionPage.as_view(), name="manuals-revision"),
    path(f"{_REVISION}submit/", pages.Submit.as_view(), name="manuals-submit"),
    path(f"{_REVISION}discard/", pages.Discard.as_view(), name="manuals-discard"),
    path(f"{_REVISION}in-force/", pages.PutInForce.as_view(), name="manuals-in-force"),
    path(f"{_REVISION}paper/", papers.Paper.as_view(), name="manuals-paper"),
    path(f"{_REVISION}release/", papers.RequestRelease.as_view(), name="manuals-release"),
    path(f"{_RELEASE}send/", papers.SendOutside.as_view(), name="manuals-send"),
]
