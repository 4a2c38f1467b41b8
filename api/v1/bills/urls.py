from django.urls import path

from api.v1.bills import bills, jobs, ledger, runs

urlpatterns = [
    path("jobs/<int:job_id>/", jobs.JobDetail.as_view()),
    path("bill-runs/", runs.Runs.as_view()),
    path("bill-runs/<int:run_id>/", runs.RunDetail.as_view()),
    path("bill-runs/<int:run_id>/preview/", runs.RunPreview.as_view()),
    path("bill-runs/<int:run_id>/draft-lines/", runs.RunDraftLines.as_view()),
    path("bill-runs/<int:run_id>/skips/", runs.RunSkips.as_view()),
    path("bill-runs/<int:run_id>/history/", runs.RunHistory.as_view()),
    path("bill-runs/<int:run_id>/recompute/", runs.RunRecompute.as_view()),
    path("bill-runs/<int:run_id>/check/", runs.RunCheck.as_view()),
    path("bill-runs/<int:run_id>/post/", runs.RunPost.as_view()),
    path("bill-runs/<int:run_id>/stop/", runs.RunStop.as_view()),
    path("bill-runs/<int:run_id>/cancel/", runs.RunCancel.as_view()),
    path("bills/", bills.Bills.as_view()),
    path("bills/<int:bill_id>/", bills.BillDetail.as_view()),
    path("bills/<int:bill_id>/reverse/", bills.BillReversal.as_view()),
    path("ledger/accounts/", ledger.Accounts.as_view()),
    path("ledger/check/", ledger.BooksCheck.as_view()),
    path("ledger/invariants/", ledger.Invariants.as_view()),
    path("ledger/trial-balance/", ledger.TrialBalance.as_view()),
    path("ledger/households/<int:household_id>/", ledger.HouseholdStatement.as_view()),
]
