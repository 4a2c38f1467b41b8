from django.urls import path

from console.runs import bills, lists, views

urlpatterns = [
    path("p/<int:project_id>/bill-runs/", lists.Runs.as_view(), name="bill-runs"),
    path("p/<int:project_id>/bill-runs/new/", views.PrepareRun.as_view(), name="bill-runs-new"),
    path(
        "p/<int:project_id>/bill-runs/<int:run_id>/", views.RunPage.as_view(), name="bill-runs-run"
    ),
    path(
        "p/<int:project_id>/bill-runs/<int:run_id>/work/",
        views.RunWork.as_view(),
        name="bill-runs-work",
    ),
    path(
        "p/<int:project_id>/bill-runs/<int:run_id>/lines/",
        lists.DraftLines.as_view(),
        name="bill-runs-lines",
    ),
    path(
        "p/<int:project_id>/bill-runs/<int:run_id>/skips/",
        lists.Skips.as_view(),
        name="bill-runs-skips",
    ),
    path(
        "p/<int:project_id>/bill-runs/<int:run_id>/check/",
        views.CheckRun.as_view(),
        name="bill-runs-check",
    ),
    path(
        "p/<int:project_id>/bill-runs/<int:run_id>/post/",
        views.PostRun.as_view(),
        name="bill-runs-post",
    ),
    path(
        "p/<int:project_id>/bill-runs/<int:run_id>/recompute/",
        views.RecomputeRun.as_view(),
        name="bill-runs-recompute",
    ),
    path(
        "p/<int:project_id>/bill-runs/<int:run_id>/stop/",
        views.StopRun.as_view(),
        name="bill-runs-stop",
    ),
    path(
        "p/<int:project_id>/bill-runs/<int:run_id>/cancel/",
        views.CancelRun.as_view(),
        name="bill-runs-cancel",
    ),
    path("p/<int:project_id>/bills/", lists.Bills.as_view(), name="bills"),
    path("p/<int:project_id>/bills/<int:bill_id>/", bills.BillPage.as_view(), name="bills-bill"),
    path(
        "p/<int:project_id>/bills/<int:bill_id>/reverse/",
        bills.ReverseBill.as_view(),
        name="bills-reverse",
    ),
]
